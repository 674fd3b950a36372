//! A rate that falls along a straight line.

use gradus_kernels::Real;

use super::{Schedule, between, progress};

/// Linear decay: e_k = (1 - a) e_0 + a e_t with a = k / t, constant after step t (Goodfellow et al., 2016, eq. 8.14).
#[derive(Clone, Debug, PartialEq)]
pub struct LinearDecay {
    /// e_0.
    pub first: f64,
    /// e_t.
    pub last: f64,
    /// t.
    pub steps: u64,
}

impl Schedule for LinearDecay {
    fn rate(&self, step: u64) -> Real {
        between(self.first, self.last, progress(step, self.steps)) as Real
    }
}
