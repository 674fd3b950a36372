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
        match targets {
            Targets::Labels(labels) => outputs.cross_entropy(labels),
            Targets::Soft(shares) => outputs.soft_cross_entropy(shares),
            Targets::Values(_) | Targets::None => panic!("classify: the data has no classes to learn"),
        }
    }

    /// Of a mixture, the class with the larger share is the right one.
    fn tally(&self, outputs: &Tensor, targets: &Targets, tally: &mut Tally) {
        let rows = outputs.as_slice().chunks_exact(self.classes).map(first_largest);
        let right = match targets {
            Targets::Labels(labels) => {
                rows.zip(labels.as_slice()).filter(|(found, label)| *found == **label as usize).count()
            }
            Targets::Soft(shares) => {
                let truths = shares.as_slice().chunks_exact(self.classes).map(first_largest);
                rows.zip(truths).filter(|(found, truth)| found == truth).count()
            }
            Targets::Values(_) | Targets::None => return,
        };
        tally.points += right as f64;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Indices;

    #[test]
    fn whole_shares_count_as_labels_do() {
        let task = Classify::new(3);
        let outputs = Tensor::from([[2.0, 1.0, 0.0], [0.0, 0.5, 3.0], [0.1, 0.0, 0.2]]);
        let labels = Indices::from([0, 2, 1]);
        let (hard, soft) = (Targets::Labels(labels.clone()), Targets::Soft(labels.one_hot(3)));
        assert!((task.loss(&outputs, &hard).item() - task.loss(&outputs, &soft).item()).abs() < 1e-6);
        for targets in [hard, soft] {
            let mut tally = Tally::default();
            task.tally(&outputs, &targets, &mut tally);
            assert_eq!(tally.points, 2.0);
        }
    }
}
