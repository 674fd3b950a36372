//! Text as words: numbers, names, signs, each with its place.

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Number(f64),
    Name(String),
    Sign(char),
    End,
}

/// The words and where each begins, counted in characters from 1.
pub fn tokens(text: &str) -> Result<Vec<(Token, usize)>, String> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let (start, first) = (at, characters[at]);
        at += 1;
        let token = if first.is_whitespace() {
            continue;
        } else if first.is_ascii_digit() || first == '.' {
            at = number_end(&characters, start);
            let word: String = characters[start..at].iter().collect();
            Token::Number(word.parse().map_err(|_| format!("{word:?} at {} is not a number", start + 1))?)
        } else if first.is_alphabetic() {
            while characters.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                at += 1;
            }
            Token::Name(characters[start..at].iter().collect())
        } else if "+-*/^()".contains(first) {
            Token::Sign(first)
        } else {
            return Err(format!("{first:?} at {} is not understood; known are + - * / ^ ( )", start + 1));
        };
        found.push((token, start + 1));
    }
    found.push((Token::End, characters.len() + 1));
    Ok(found)
}

/// Where the number that begins at `start` ends: digits, one point, and an exponent where digits follow its e.
fn number_end(characters: &[char], start: usize) -> usize {
    let digits = |mut at: usize| {
        while characters.get(at).is_some_and(char::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut at = digits(start);
    if characters.get(at) == Some(&'.') {
        at = digits(at + 1);
    }
    if matches!(characters.get(at), Some('e' | 'E')) {
        let sign = usize::from(matches!(characters.get(at + 1), Some('+' | '-')));
        let end = digits(at + 1 + sign);
        if end > at + 1 + sign {
            at = end;
        }
    }
    at
}
