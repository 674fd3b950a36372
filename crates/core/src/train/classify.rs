//! Classification: one of n classes; softmax and negative log-likelihood; scored by accuracy.

use super::{Tally, Task};
use crate::Tensor;
use crate::data::Targets;

/// One of several classes.
#[derive(Clone, Debug)]
pub struct Classify {
    classes: usize,
}

impl Classify {
    /// A task with so many classes.
    pub fn new(classes: usize) -> Self {
        Classify { classes }
    }
}

impl Task for Classify {
    fn name(&self) -> &'static str {
        "classify"
    }

    fn outputs(&self) -> usize {
        self.classes
    }

    #[track_caller]
    fn loss(&self, outputs: &Tensor, targets: &Targets) -> Tensor {
        let Targets::Labels(labels) = targets else { panic!("classify: the data has no classes to learn") };
        outputs.cross_entropy(labels)
    }

    fn tally(&self, outputs: &Tensor, targets: &Targets, tally: &mut Tally) {
        let Targets::Labels(labels) = targets else { return };
        let rows = outputs.as_slice().chunks_exact(self.classes);
        tally.points +=
            rows.zip(labels.as_slice()).filter(|(row, label)| first_largest(row) == **label as usize).count() as f64;
    }

    fn score(&self, tally: &Tally) -> f64 {
        tally.points / tally.samples.max(1) as f64
    }

    fn score_name(&self) -> &'static str {
        "accuracy"
    }

    fn greater_is_better(&self) -> bool {
        true
    }
}

fn first_largest(row: &[crate::Real]) -> usize {
    let mut best = 0;
    for (place, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = place;
        }
    }
    best
}
