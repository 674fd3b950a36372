//! Random numbers of a range, and the check of a range.

use crate::{Error, Rng};

/// A number from [least, greatest).
pub(super) fn between(rng: &mut Rng, [least, greatest]: [f64; 2]) -> f64 {
    least + (greatest - least) * rng.uniform() as f64
}

/// A number from [-bound, bound).
pub(super) fn symmetric(rng: &mut Rng, bound: f64) -> f64 {
    between(rng, [-bound, bound])
}

/// That `range` rises, and lies in what is allowed.
pub(super) fn check_range(name: &str, range: [f64; 2], [lowest, highest]: [f64; 2]) -> Result<(), Error> {
    let [least, greatest] = range;
    if lowest <= least && least <= greatest && greatest <= highest {
        return Ok(());
    }
    let problem = format!(
        "is [{least}, {greatest}], but must be a least and a greatest number between {lowest} and {highest}, the least first"
    );
    Err(Error::setting(name, problem))
}
