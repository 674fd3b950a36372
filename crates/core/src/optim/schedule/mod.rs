//! Schedules: the learning rate as a pure function of the step. One schedule, one file.
//!
//! A schedule keeps no state, so a run resumes at any step with nothing but its number. Steps count updates, from 0.

mod config;
mod constant;
mod cosine;
mod exponential;
mod linear;
mod one_cycle;
mod polynomial;
mod stairs;
mod warm_up;

use gradus_kernels::Real;

pub use config::ScheduleConfig;
pub use constant::Constant;
pub use cosine::Cosine;
pub use exponential::Exponential;
pub use linear::LinearDecay;
pub use one_cycle::{Anneal, OneCycle};
pub use polynomial::Polynomial;
pub use stairs::Stairs;
pub use warm_up::WarmUp;

/// The learning rate, and where it is cycled the momentum, of each step.
pub trait Schedule: Send + Sync {
    /// The learning rate of a step.
    fn rate(&self, step: u64) -> Real;

    /// The momentum of a step, where the schedule sets it.
    fn momentum(&self, _step: u64) -> Option<Real> {
        None
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn rate(&self, step: u64) -> Real {
        (**self).rate(step)
    }

    fn momentum(&self, step: u64) -> Option<Real> {
        (**self).momentum(step)
    }
}

/// How far a step is on the way of `steps` steps, from 0 to 1, and 1 ever after.
fn progress(step: u64, steps: u64) -> f64 {
    if step >= steps { 1.0 } else { step as f64 / steps as f64 }
}

/// The point at `progress` on the straight way from one number to another.
fn between(from: f64, to: f64, progress: f64) -> f64 {
    from + (to - from) * progress
}

/// The same along half a wave of the cosine: flat at both ends.
fn between_cosine(from: f64, to: f64, progress: f64) -> f64 {
    to + (from - to) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
}
