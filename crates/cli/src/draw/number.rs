//! Numbers as text for people.

/// `value` with four significant digits at most: `0.2834`, `93.1`, `12,400`, `3.2 × 10⁻⁹`.
pub fn short(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e7).contains(&size) {
        return scientific(value, 1);
    }
    let decimals = match size {
        1000.0.. => 0,
        100.0.. => 1,
        10.0.. => 2,
        1.0.. => 3,
        _ => 4,
    };
    trimmed(fixed(value, decimals))
}

/// A share as per cent with one decimal: `93.1 %`.
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{} %", fixed(share * 100.0, 1)) } else { short(share) }
}

/// `value` with so many decimals, a real minus sign, and commas between thousands.
pub fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) =
        digits.split_once('.').map_or((digits.as_str(), String::new()), |(w, f)| (w, format!(".{f}")));
    let negative = value < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    format!("{}{}{fraction}", if negative { "−" } else { "" }, grouped(whole))
}

/// A whole number with commas between thousands.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// `1 picture`, `2,000 pictures`.
pub fn counted(count: usize, one: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {one}{ending}", grouped(&count.to_string()))
}

/// `value` as a digit, decimals where they are not zero, and a power of ten.
pub fn scientific(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return short(value);
    }
    let text = format!("{:.decimals$e}", value.abs());
    let (digits, exponent) = text.split_once('e').expect("the form of LowerExp");
    let sign = if value < 0.0 { "−" } else { "" };
    let digits = trimmed(digits.to_owned());
    let power: String = exponent.chars().map(superscript).collect();
    if digits == "1" { format!("{sign}10{power}") } else { format!("{sign}{digits} × 10{power}") }
}

fn superscript(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        other => char::from_u32(0x2070 + other.to_digit(10).unwrap_or(0)).expect("superscripts follow each other"),
    }
}

fn trimmed(number: String) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers() {
        let cases = [
            (0.0, "0"),
            (0.28341, "0.2834"),
            (0.5, "0.5"),
            (-1.5, "−1.5"),
            (93.104, "93.1"),
            (12400.4, "12,400"),
            (3.2e-9, "3.2 × 10⁻⁹"),
            (1e-12, "10⁻¹²"),
            (-2e10, "−2 × 10¹⁰"),
            (f64::INFINITY, "∞"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn shares_and_counts() {
        assert_eq!(percent(0.9305), "93.0 %");
        assert_eq!(percent(f64::NAN), "NaN");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(
            (counted(1, "picture"), counted(2000, "picture")),
            ("1 picture".to_owned(), "2,000 pictures".to_owned())
        );
        assert_eq!(fixed(-0.001, 2), "0.00", "no minus before zero");
    }
}
