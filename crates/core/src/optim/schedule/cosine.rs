//! A rate that falls along half a wave of the cosine.

use gradus_kernels::Real;

use super::{Schedule, between_cosine, progress};

/// Cosine decay: e_k = e_t + (e_0 - e_t) (1 + cos(pi k / t)) / 2, constant after step t (Loshchilov and Hutter, 2017).
#[derive(Clone, Debug, PartialEq)]
pub struct Cosine {
    /// e_0.
    pub first: f64,
    /// e_t.
    pub last: f64,
    /// t.
    pub steps: u64,
}

impl Schedule for Cosine {
    fn rate(&self, step: u64) -> Real {
        between_cosine(self.first, self.last, progress(step, self.steps)) as Real
    }
}
