//! ARFF, the format of Weka, and the `.dat` files of KEEL, its dialect with ranges and `@inputs`, `@outputs`.
//!
//! ```text
//! % a comment
//! @relation 'German credit'
//! @attribute 'credit amount' numeric
//! @attribute housing {own, rent, 'for free'}
//! @data
//! 1169, own
//! ?, 'for free'
//! ```
//!
//! Names and texts with spaces or commas stand in single or double quotes, in which a backslash takes the next sign as it is.
//! `?` (KEEL: `<null>`) is missing. Sources: Weka's manual, chapter ARFF; Alcala-Fdez et al., KEEL data-mining software tool, 2011.

use super::SkipReport;
use super::raw_table::{Declared, RawTable, Row};
use crate::error::{Flaw, Place};
use crate::suggest::did_you_mean;
use std::collections::BTreeSet;

const TYPES: [&str; 5] = ["numeric", "real", "integer", "string", "date"];
/// Commas part fields; so do tabs, in files of Weka's first years.
const PARTS: [char; 2] = [',', '\t'];

/// Whether the first line that says anything begins with `@relation`; comments alone are the beginning of a file that was cut.
pub(super) fn is_arff(bytes: &[u8]) -> bool {
    let lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let mut telling = lines.filter(|line| !line.is_empty() && !line.starts_with(b"%"));
    match telling.next() {
        Some(line) => line.len() >= 9 && line[..9].eq_ignore_ascii_case(b"@relation"),
        None => bytes.trim_ascii_start().starts_with(b"%"),
    }
}

/// The declarations, and the rows that are UTF-8.
pub(super) fn rows(bytes: &[u8], skip_bad: bool, skipped: &mut SkipReport) -> Result<RawTable, Flaw> {
    let (mut names, mut declared, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let (mut inputs, mut outputs): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut in_data = false;
    for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1u64..) {
        let flaw = |problem: String| Flaw::at(Place::Line(number), problem);
        let read = match std::str::from_utf8(line) {
            Ok(text) if in_data => row(text.trim(), number),
            Ok(text) => match header_line(text.trim()).map_err(flaw)? {
                Line::Nothing => Ok(None),
                Line::Data if names.is_empty() => return Err(flaw("@data comes before any @attribute".into())),
                Line::Data => {
                    in_data = true;
                    Ok(None)
                }
                Line::Inputs(list) => {
                    inputs.extend(list);
                    Ok(None)
                }
                Line::Outputs(list) => {
                    outputs.extend(list);
                    Ok(None)
                }
                Line::Attribute(name, kind) => {
                    names.push(name);
                    declared.push(kind);
                    Ok(None)
                }
            },
            Err(_) => Err("it is not UTF-8 text; save the table as UTF-8".into()),
        };
        match read {
            Ok(row) => rows.extend(row),
            Err(problem) if skip_bad && in_data => skipped.add(format_args!("line {number}: {problem}")),
            Err(problem) => return Err(flaw(problem)),
        }
    }
    if !in_data {
        return Err(Flaw::new("there is no line @data, after which the rows stand"));
    }
    let known: BTreeSet<&String> = names.iter().collect();
    if let Some(name) = inputs.iter().chain(&outputs).find(|name| !known.contains(name)) {
        let near = did_you_mean(name, names.iter().map(String::as_str));
        return Err(Flaw::new(format!("@inputs and @outputs name {name}, which no @attribute declares{near}")));
    }
    if outputs.len() > 1 {
        let list = outputs.join(", ");
        return Err(Flaw::new(format!("there are {} outputs, {list}; leave one in @outputs", outputs.len())));
    }
    let used: BTreeSet<&String> = inputs.iter().chain(&outputs).collect();
    let unused = names.iter().filter(|name| !inputs.is_empty() && !used.contains(name)).cloned().collect();
    Ok(RawTable { names, declared, output: outputs.pop(), unused, named: true, rows })
}

enum Line {
    Nothing,
    Attribute(String, Declared),
    Inputs(Vec<String>),
    Outputs(Vec<String>),
    Data,
}

fn header_line(line: &str) -> Result<Line, String> {
    if line.is_empty() || line.starts_with('%') {
        return Ok(Line::Nothing);
    }
    let (word, rest) = line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()));
    Ok(match word.to_ascii_lowercase().as_str() {
        "@relation" => Line::Nothing,
        "@attribute" => attribute(rest.trim())?,
        "@inputs" | "@input" => Line::Inputs(fields(rest)?),
        "@outputs" | "@output" => Line::Outputs(fields(rest)?),
        "@data" => Line::Data,
        _ => {
            let near = did_you_mean(word, ["@relation", "@attribute", "@inputs", "@outputs", "@data"]);
            return Err(format!("{word:?} is no declaration of ARFF{near}"));
        }
    })
}

/// `name type`; KEEL writes them without a space where the type begins with a bracket.
fn attribute(text: &str) -> Result<Line, String> {
    let (name, rest) = if let Some(quote @ ('\'' | '"')) = text.chars().next() {
        quoted(&text[1..], quote)?
    } else {
        let end = text.find(|c: char| c.is_whitespace() || c == '{' || c == '[').unwrap_or(text.len());
        (text[..end].to_owned(), &text[end..])
    };
    if name.is_empty() {
        return Err("an @attribute has no name".into());
    }
    let kind = rest.trim();
    if let Some(list) = kind.strip_prefix('{') {
        let inner = list.trim_end().strip_suffix('}');
        let inner = inner.ok_or_else(|| format!("the list of {name}'s categories has no closing brace"))?;
        let texts: Vec<String> = fields(inner)?.iter().map(|text| text.trim().to_owned()).collect();
        let mut seen = BTreeSet::new();
        let twice = texts.iter().position(|text| !seen.insert(text));
        return match twice {
            Some(place) => Err(format!("{name} has the category {:?} twice", texts[place])),
            None if texts.len() == 1 && texts[0].is_empty() => Err(format!("{name} has no categories")),
            None => Ok(Line::Attribute(name, Declared::Category(texts))),
        };
    }
    let end = kind.find(|c: char| c.is_whitespace() || c == '[').unwrap_or(kind.len());
    let declared = match kind[..end].to_ascii_lowercase().as_str() {
        "numeric" | "real" | "integer" => Declared::Number,
        "string" | "date" => Declared::Nothing,
        "relational" => return Err(format!("{name} is relational, a table in a table, which is not read")),
        "" => return Err(format!("{name} has no type; give {} or {{its, categories}}", TYPES.join(", "))),
        other => {
            let near = did_you_mean(other, TYPES);
            return Err(format!("{name} is of type {other:?}, which ARFF does not have{near}"));
        }
    };
    Ok(Line::Attribute(name, declared))
}

fn row(line: &str, number: u64) -> Result<Option<Row>, String> {
    if line.is_empty() || line.starts_with('%') {
        return Ok(None);
    }
    if line.starts_with('{') {
        return Err("it is a sparse row, {place value, ..}; write the table with all its fields".into());
    }
    let mut record = ::csv::StringRecord::new();
    for field in fields(line)? {
        record.push_field(if field == "<null>" { "?" } else { &field });
    }
    Ok(Some(Row { line: number, fields: record }))
}

/// The fields of a line, without their quotes and the spaces around them.
fn fields(line: &str) -> Result<Vec<String>, String> {
    let (mut found, mut rest) = (Vec::new(), line);
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() && !PARTS.contains(&c));
        let field = if let Some(quote @ ('\'' | '"')) = rest.chars().next() {
            let (text, after) = quoted(&rest[1..], quote)?;
            rest = after.trim_start_matches(|c: char| c.is_whitespace() && !PARTS.contains(&c));
            if !rest.is_empty() && !rest.starts_with(PARTS) {
                return Err(format!("after the quoted {text:?} there is no comma"));
            }
            text
        } else {
            let (text, after) = rest.split_at(rest.find(PARTS).unwrap_or(rest.len()));
            rest = after;
            text.trim().to_owned()
        };
        found.push(field);
        if rest.is_empty() {
            return Ok(found);
        }
        rest = &rest[1..];
    }
}

/// A text up to its closing quote, and what comes after.
fn quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut found = String::new();
    let mut signs = text.char_indices();
    while let Some((place, sign)) = signs.next() {
        match sign {
            '\\' => found.extend(signs.next().map(|(_, sign)| sign)),
            sign if sign == quote => return Ok((found, &text[place + 1..])),
            sign => found.push(sign),
        }
    }
    Err(format!("the quote before {:?} is not closed", text.chars().take(20).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::StoredTargets;
    use crate::data::csv::{TableOptions, parse};
    use proptest::prelude::*;

    const CREDIT: &str = "% from a bank\n\n@RELATION 'small credit'\n@attribute 'credit amount' numeric\n\
        @attribute housing {rent,  own, 'for, free'}\n@ATTRIBUTE class {good,bad}\n@DATA\n% rows\n\
        1169,own,good\n  51.5 , 'for, free' ,bad\n\n7,rent,good\n";

    fn flaw(text: &str) -> String {
        let problem = parse(text.as_bytes(), &TableOptions::default()).unwrap_err().to_string();
        problem.trim_start_matches([',', ':', ' ']).to_owned()
    }

    #[test]
    fn declared_categories_keep_their_order_and_unseen_ones_their_place() {
        assert!(is_arff(CREDIT.as_bytes()) && !is_arff(b"a,b\n@relation,2\n"));
        let table = parse(CREDIT.as_bytes(), &TableOptions::default()).unwrap();
        let names = ["credit amount", "housing=rent", "housing=own", "housing=for, free"];
        assert_eq!(table.schema.feature_names(), names);
        assert_eq!(table.features, [1169.0, 0.0, 1.0, 0.0, 51.5, 0.0, 0.0, 1.0, 7.0, 1.0, 0.0, 0.0]);
        let names = vec!["good".to_owned(), "bad".to_owned()];
        assert_eq!(table.targets, StoredTargets::Classes { labels: vec![0, 1, 0], names });
        assert_eq!(table.lines, [9, 10, 12]);
        let fewer = CREDIT.replace("7,rent,good\n", "");
        assert_eq!(parse(fewer.as_bytes(), &TableOptions::default()).unwrap().schema, table.schema);
    }

    #[test]
    fn the_dialect_of_keel_is_read() {
        let text = "@relation crx\n@attribute A1{b, a}\n@attribute A2 real[13.75,80.25]\n@attribute id integer [1, 9]\n\
            @attribute Class {+,-}\n@inputs A1, A2\n@outputs Class\n@data\nb, 30.5, 1, +\na, 22, 2, -\n";
        let table = parse(text.as_bytes(), &TableOptions::default()).unwrap();
        assert_eq!(table.schema.feature_names(), ["A1=b", "A1=a", "A2"]);
        assert_eq!(table.features, [1.0, 0.0, 30.5, 0.0, 1.0, 22.0]);
        assert!(flaw(&text.replace("22,", "<null>,")).starts_with("line 10, column A2: the field is missing"));
        assert!(flaw(&text.replace("@inputs A1", "@inputs B1")).starts_with("@inputs and @outputs name B1"));
        assert!(flaw(&text.replace("@outputs Class", "@outputs Class, id")).starts_with("there are 2 outputs"));
    }

    #[test]
    fn bad_text_is_named_by_its_line() {
        let data = |row: &str| CREDIT.replace("7,rent,good", row);
        assert_eq!(
            flaw(&data("7,rant,good")),
            "line 12, column housing: \"rant\" is none of the 3 known categories; did you mean rent?"
        );
        assert_eq!(flaw(&data("old,rent,good")), "line 12, column credit amount: \"old\" is not a number");
        assert!(flaw(&data("?,rent,good")).starts_with("line 12, column credit amount: the field is missing"));
        assert_eq!(flaw(&data("7,rent")), "line 12: it has 2 fields, the header has 3");
        assert!(flaw(&data("{0 7, 1 rent}")).starts_with("line 12: it is a sparse row"));
        assert_eq!(flaw(&data("7,'rent,good")), "line 12: the quote before \"rent,good\" is not closed");
        assert_eq!(flaw(&data("7,'rent'x,good")), "line 12: after the quoted \"rent\" there is no comma");
        let head = |from: &str, to: &str| flaw(&CREDIT.replace(from, to));
        assert_eq!(
            head("numeric", "numreic"),
            "line 4: credit amount is of type \"numreic\", which ARFF does not have; did you mean numeric?"
        );
        assert_eq!(
            head(" numeric", ""),
            "line 4: credit amount has no type; give numeric, real, integer, string, date or {its, categories}"
        );
        assert_eq!(head("{good,bad}", "{good,bad"), "line 6: the list of class's categories has no closing brace");
        assert_eq!(head("{good,bad}", "{good,good}"), "line 6: class has the category \"good\" twice");
        assert_eq!(head("@DATA", "@dat"), "line 7: \"@dat\" is no declaration of ARFF; did you mean @data?");
        assert_eq!(flaw("@relation a\n@attribute b real\n"), "there is no line @data, after which the rows stand");
        assert_eq!(flaw("% of a bank\n% and"), "there is no line @data, after which the rows stand");
        assert_eq!(flaw("@relation a\n@data\n"), "line 2: @data comes before any @attribute");
        assert_eq!(
            flaw("@relation a\n@attribute b real\n@attribute c real\n@data\n"),
            "there is no line of data in it"
        );
        let skipping = TableOptions { skip_bad: true, ..TableOptions::default() };
        let table = parse(data("{0 7}\n7,rent\n8,own,bad").as_bytes(), &skipping).unwrap();
        assert_eq!((table.lines, table.skipped.len()), (vec![9, 10, 14], 2));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_table_or_a_flaw(text in "[@a{}'\"\\\\,1.?\n% ]{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            for text in [format!("@relation r\n{text}").into_bytes(), format!("@relation r\n@attribute a {{a}}\n@data\n{text}").into_bytes(),
                [b"@relation\n".to_vec(), bytes].concat()] {
                let _ = parse(&text, &TableOptions::default());
            }
        }
    }
}
