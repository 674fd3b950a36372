//! A slow start before any other schedule.

use gradus_kernels::Real;

use super::{Schedule, between, progress};

/// Warm-up (Goyal et al., 2017): for the first steps the rate rises along a straight line to where the schedule that
/// follows begins. That schedule's own steps count from the end of the warm-up.
#[derive(Clone, Debug, PartialEq)]
pub struct WarmUp<S> {
    /// How many steps.
    pub steps: u64,
    /// The first rate, as a part of the one that is risen to.
    pub from: f64,
    /// What follows.
    pub then: S,
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn rate(&self, step: u64) -> Real {
        match step.checked_sub(self.steps) {
            Some(step) => self.then.rate(step),
            None => (between(self.from, 1.0, progress(step, self.steps)) * f64::from(self.then.rate(0))) as Real,
        }
    }

    fn momentum(&self, step: u64) -> Option<Real> {
        self.then.momentum(step.saturating_sub(self.steps))
    }
}
