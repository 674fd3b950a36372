//! Hyperparameters are checked where they are given: a builder panics, a config says an error.

use crate::Error;

/// Greater than 0 and finite.
pub(crate) fn positive(name: &str, value: f64) -> Result<(), Error> {
    within(name, value, value.is_finite() && value > 0.0, "a number greater than 0")
}

/// 0 or greater and finite.
pub(crate) fn not_negative(name: &str, value: f64) -> Result<(), Error> {
    within(name, value, value.is_finite() && value >= 0.0, "0 or a number greater than 0")
}

/// A share of what was: from [0, 1).
pub(crate) fn decay(name: &str, value: f64) -> Result<(), Error> {
    within(name, value, (0.0..1.0).contains(&value), "0, or a number between 0 and 1 (1 itself is too much)")
}

/// A part of a whole: from [0, 1].
pub(crate) fn fraction(name: &str, value: f64) -> Result<(), Error> {
    within(name, value, (0.0..=1.0).contains(&value), "a number from 0 to 1")
}

pub(crate) fn within(name: &str, value: f64, holds: bool, expected: &str) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::setting(name, format!("is {value}, but must be {expected}"))) }
}

/// For builders and setters: a wrong number in the program's own text is a programming error.
#[track_caller]
pub(crate) fn or_panic(checked: Result<(), Error>) {
    if let Err(error) = checked {
        panic!("{error}");
    }
}
