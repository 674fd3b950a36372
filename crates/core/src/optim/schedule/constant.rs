//! A rate that stays.

use gradus_kernels::Real;

use super::Schedule;

/// The same rate in every step.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant(pub f64);

impl Schedule for Constant {
    fn rate(&self, _step: u64) -> Real {
        self.0 as Real
    }
}
