//! A rate that falls by a factor every so many steps.

use gradus_kernels::Real;

use super::Schedule;

/// Step decay: e_k = e_0 f^floor(k / n).
#[derive(Clone, Debug, PartialEq)]
pub struct Stairs {
    /// e_0.
    pub first: f64,
    /// f.
    pub factor: f64,
    /// n, at least 1.
    pub every: u64,
}

impl Schedule for Stairs {
    fn rate(&self, step: u64) -> Real {
        (self.first * self.factor.powf((step / self.every.max(1)) as f64)) as Real
    }
}
