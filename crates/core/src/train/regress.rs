//! Regression: some quantities; mean squared error; scored by the root of it.

use super::{Tally, Task};
use crate::Tensor;
use crate::data::Targets;

/// Quantities to approximate.
#[derive(Clone, Debug)]
pub struct Regress {
    values: usize,
}

impl Regress {
    /// A task with so many quantities for each sample.
    pub fn new(values: usize) -> Self {
        Regress { values }
    }
}

impl Task for Regress {
    fn name(&self) -> &'static str {
        "regress"
    }

    fn outputs(&self) -> usize {
        self.values
    }

    #[track_caller]
    fn loss(&self, outputs: &Tensor, targets: &Targets) -> Tensor {
        let Targets::Values(values) = targets else { panic!("regress: the data has no quantities to learn") };
        outputs.mse(values)
    }

    fn tally(&self, outputs: &Tensor, targets: &Targets, tally: &mut Tally) {
        let Targets::Values(values) = targets else { return };
        let pairs = outputs.as_slice().iter().zip(values.as_slice());
        tally.points +=
            pairs.map(|(output, value)| f64::from(output - value).powi(2)).sum::<f64>() / self.values as f64;
    }

    fn score(&self, tally: &Tally) -> f64 {
        (tally.points / tally.samples.max(1) as f64).sqrt()
    }

    fn score_name(&self) -> &'static str {
        "rmse"
    }

    fn greater_is_better(&self) -> bool {
        false
    }
}
