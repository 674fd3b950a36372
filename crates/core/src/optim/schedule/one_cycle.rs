//! One cycle: up to a high rate and down to a very small one, with the momentum going the other way.

use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

use super::{Schedule, between, between_cosine};

/// The form of a rise or fall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anneal {
    /// Half a wave of the cosine.
    #[default]
    Cosine,
    /// A straight line.
    Linear,
}

/// The one-cycle schedule (Smith and Topin, 2018), with the numbers and the counting of steps of PyTorch's `OneCycleLR`.
///
/// The rate rises from `peak / rise` to `peak` for the first part of the steps and then falls to
/// `peak / rise / fall` in the last step. The momentum, if it is cycled, falls and rises at the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct OneCycle {
    /// The highest rate.
    pub peak: f64,
    /// How many steps the cycle has.
    pub steps: u64,
    /// The part of the steps in which the rate rises.
    pub warm_up: f64,
    /// What the rate rises by.
    pub rise: f64,
    /// What the last rate is below the first by.
    pub fall: f64,
    /// The form of rise and fall.
    pub anneal: Anneal,
    /// The momentum at the peak and at both ends.
    pub momentum: Option<[f64; 2]>,
}

impl OneCycle {
    /// A cycle with PyTorch's numbers: rising for 0.3 of the steps by a factor of 25, falling to 1 / 10,000 of the first
    /// rate, the momentum between 0.95 and 0.85.
    pub fn new(peak: f64, steps: u64) -> Self {
        OneCycle {
            peak,
            steps,
            warm_up: 0.3,
            rise: 25.0,
            fall: 1e4,
            anneal: Anneal::Cosine,
            momentum: Some([0.85, 0.95]),
        }
    }

    /// From `low` to `high` and from there to `end` on the way of the cycle.
    fn cycled(&self, step: u64, low: f64, high: f64, end: f64) -> Real {
        let turn = self.warm_up * self.steps as f64 - 1.0;
        let last = self.steps as f64 - 1.0;
        let step = (step as f64).min(last);
        let way = match self.anneal {
            Anneal::Cosine => between_cosine,
            Anneal::Linear => between,
        };
        (if step <= turn {
            // A rise of a single step is there at once.
            way(low, high, if turn > 0.0 { step / turn } else { 1.0 })
        } else {
            way(high, end, (step - turn) / (last - turn))
        }) as Real
    }
}

impl Schedule for OneCycle {
    fn rate(&self, step: u64) -> Real {
        let first = self.peak / self.rise;
        self.cycled(step, first, self.peak, first / self.fall)
    }

    fn momentum(&self, step: u64) -> Option<Real> {
        self.momentum.map(|[at_peak, at_ends]| self.cycled(step, at_ends, at_peak, at_ends))
    }
}
