//! The text header of a NumPy array: a Python dictionary of three entries, and nothing else is accepted.

/// What a `.npy` header says.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub kind: Kind,
    /// Bytes an element.
    pub width: usize,
    pub big_endian: bool,
    pub fortran_order: bool,
    pub shape: Vec<usize>,
}

/// The element kinds that are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Float,
    Signed,
    Unsigned,
    Boolean,
}

impl Header {
    /// Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut cursor = Cursor { rest: text.trim() };
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        cursor.expect('{')?;
        while !cursor.skip('}') {
            let key = cursor.quoted()?;
            cursor.expect(':')?;
            match key {
                "descr" if cursor.rest.starts_with('[') => {
                    return Err(
                        "it is a structured array (a table with named fields); save the columns as plain arrays".into(),
                    );
                }
                "descr" => descr = Some(cursor.quoted()?),
                "fortran_order" => fortran_order = Some(cursor.boolean()?),
                "shape" => shape = Some(cursor.tuple()?),
                other => return Err(format!("the header has an unknown entry {other:?}")),
            }
            if !cursor.skip(',') {
                cursor.expect('}')?;
                break;
            }
        }
        if !cursor.rest.is_empty() {
            return Err(format!("the header goes on after its end: {:?}", cursor.rest));
        }
        let missing = |name: &str| format!("the header has no entry {name:?}");
        let (kind, width, big_endian) = element(descr.ok_or_else(|| missing("descr"))?)?;
        Ok(Header {
            kind,
            width,
            big_endian,
            fortran_order: fortran_order.ok_or_else(|| missing("fortran_order"))?,
            shape: shape.ok_or_else(|| missing("shape"))?,
        })
    }
}

fn element(descr: &str) -> Result<(Kind, usize, bool), String> {
    let (order, rest) = match descr.strip_prefix(['<', '|', '=']) {
        Some(rest) => (false, rest),
        None => descr.strip_prefix('>').map_or((false, descr), |rest| (true, rest)),
    };
    let (kind, width) = match rest {
        "f4" => (Kind::Float, 4),
        "f8" => (Kind::Float, 8),
        "i1" => (Kind::Signed, 1),
        "i2" => (Kind::Signed, 2),
        "i4" => (Kind::Signed, 4),
        "i8" => (Kind::Signed, 8),
        "u1" => (Kind::Unsigned, 1),
        "u2" => (Kind::Unsigned, 2),
        "u4" => (Kind::Unsigned, 4),
        "u8" => (Kind::Unsigned, 8),
        "b1" => (Kind::Boolean, 1),
        "O" => return Err("it holds pickled Python objects, which are code and are not run; save plain numbers".into()),
        _ => {
            return Err(format!(
                "elements of type {descr:?} are not read; save as float32, float64, bool or an integer type, e.g. with .astype(\"float32\")"
            ));
        }
    };
    Ok((kind, width, order))
}

/// What is left of the header's text.
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn skip(&mut self, symbol: char) -> bool {
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, symbol: char) -> Result<(), String> {
        if self.skip(symbol) {
            return Ok(());
        }
        let found: String = self.rest.chars().take(20).collect();
        Err(format!("the header is damaged: expected {symbol:?}, found {found:?}"))
    }

    fn until(&mut self, end: impl Fn(char) -> bool) -> &'a str {
        let (word, rest) = self.rest.split_at(self.rest.find(end).unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    fn quoted(&mut self) -> Result<&'a str, String> {
        let quote = if self.rest.starts_with('"') { '"' } else { '\'' };
        self.expect(quote)?;
        let word = self.until(|c| c == quote);
        self.expect(quote)?;
        Ok(word)
    }

    fn boolean(&mut self) -> Result<bool, String> {
        match self.until(|c| !c.is_ascii_alphabetic()) {
            "True" => Ok(true),
            "False" => Ok(false),
            other => Err(format!("the header is damaged: expected True or False, found {other:?}")),
        }
    }

    fn tuple(&mut self) -> Result<Vec<usize>, String> {
        self.expect('(')?;
        let mut sizes = Vec::new();
        while !self.skip(')') {
            let digits = self.until(|c| !c.is_ascii_digit());
            sizes.push(digits.parse().map_err(|_| format!("the header's shape is damaged at {:?}", self.rest))?);
            self.skip('L'); // Python 2 wrote long integers so
            self.rest = self.rest.trim_start();
            if !self.skip(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_numpy_writes_is_understood() {
        let text = "{'descr': '>i8', 'fortran_order': True, 'shape': (60000, 28, 28), }            \n";
        let header =
            Header { kind: Kind::Signed, width: 8, big_endian: true, fortran_order: true, shape: vec![60000, 28, 28] };
        assert_eq!(Header::parse(text).unwrap(), header);
        assert_eq!(Header::parse("{'descr': '<f4', 'fortran_order': False, 'shape': ()}").unwrap().shape.len(), 0);
        assert_eq!(Header::parse("{\"shape\": (3L,), 'descr': '<f4', 'fortran_order': False}").unwrap().shape, [3]);
    }

    #[test]
    fn all_else_is_refused_by_name() {
        let problem = |text: &str| Header::parse(text).unwrap_err();
        assert!(problem("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}").contains("structured"));
        assert!(problem("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}").contains("astype"));
        assert!(problem("{'descr': '<f4', 'shape': (1,)}").contains("fortran_order"));
        assert!(problem("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}").contains("Maybe"));
        assert!(problem("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}").contains("shape"));
        assert!(problem("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} import os").contains("goes on"));
        assert!(problem("{'code': 'x'}").contains("unknown entry"));
        assert!(problem("").contains("expected '{'"));
    }
}
