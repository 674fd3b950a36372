//! A rate that falls by the same factor in every step.

use gradus_kernels::Real;

use super::Schedule;

/// Exponential decay: e_k = e_0 f^k.
#[derive(Clone, Debug, PartialEq)]
pub struct Exponential {
    /// e_0.
    pub first: f64,
    /// f.
    pub factor: f64,
}

impl Schedule for Exponential {
    fn rate(&self, step: u64) -> Real {
        (self.first * self.factor.powf(step as f64)) as Real
    }
}
