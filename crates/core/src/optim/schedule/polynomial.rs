//! A rate that falls along a power of the way left.

use gradus_kernels::Real;

use super::{Schedule, progress};

/// Polynomial decay: e_k = e_t + (e_0 - e_t) (1 - k / t)^p, constant after step t.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    /// e_0.
    pub first: f64,
    /// e_t.
    pub last: f64,
    /// p.
    pub power: f64,
    /// t.
    pub steps: u64,
}

impl Schedule for Polynomial {
    fn rate(&self, step: u64) -> Real {
        let left = 1.0 - progress(step, self.steps);
        (self.last + (self.first - self.last) * left.powf(self.power)) as Real
    }
}
