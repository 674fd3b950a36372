//! What a network is trained for.

use serde::{Deserialize, Serialize};

use crate::Tensor;
use crate::data::Targets;

/// A kind of answer: its loss, its score, how many outputs the network needs. The fit loop, checkpoints, run folders and
/// the program know tasks, not networks.
pub trait Task: Send + Sync {
    /// The task's name in configs.
    fn name(&self) -> &'static str;

    /// How many numbers the network gives for each sample.
    fn outputs(&self) -> usize;

    /// The mean loss of a batch: one number with a graph.
    fn loss(&self, outputs: &Tensor, targets: &Targets) -> Tensor;

    /// Adds what the score is computed from.
    fn tally(&self, outputs: &Tensor, targets: &Targets, tally: &mut Tally);

    /// The score of what was tallied.
    fn score(&self, tally: &Tally) -> f64;

    /// The score's name.
    fn score_name(&self) -> &'static str;

    /// Whether a greater score is a better one.
    fn greater_is_better(&self) -> bool;

    /// Whether the score `new` beats `old`.
    fn beats(&self, new: f64, old: f64) -> bool {
        if self.greater_is_better() { new > old } else { new < old }
    }
}

/// Sums over the samples seen so far, from which mean loss and score are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// How many samples were seen.
    pub samples: u64,
    /// Their losses' sum.
    pub loss: f64,
    /// The sum that the task's score is made of: right answers, squared errors.
    pub points: f64,
}

impl Tally {
    /// The mean loss; 0 of nothing.
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.samples.max(1) as f64
    }
}
