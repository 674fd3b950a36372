//! Where a training run stands: all that must be saved besides weights and moments to go on as if it had not stopped.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Tally;
use crate::{Real, Rng};

/// Where a training run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The epoch it is in, counted from 0.
    pub epoch: u64,
    /// The next batch of that epoch.
    pub batch: usize,
    /// Updates made so far.
    pub step: u64,
    /// The stream of the network's random decisions.
    pub rng: Rng,
    /// Sums over this epoch's batches so far.
    pub tally: Tally,
    /// The finished epochs.
    pub history: Vec<EpochMetrics>,
    /// The best epoch so far.
    pub best: Option<Best>,
}

/// The best epoch so far by the validation score, or by the training loss where there is no validation data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The epoch, counted from 0.
    pub epoch: u64,
    /// Its score.
    pub score: f64,
}

/// What an epoch gave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// The epoch, counted from 0.
    pub epoch: u64,
    /// The learning rate of its last update.
    pub learning_rate: Real,
    /// Mean loss over the training batches, each before its update.
    pub train_loss: f64,
    /// Score over the training batches, each before its update.
    pub train_score: f64,
    /// Mean loss on the validation data.
    pub validation_loss: Option<f64>,
    /// Score on the validation data.
    pub validation_score: Option<f64>,
}

impl Progress {
    /// The beginning of a run with random decisions from a seed.
    pub fn new(seed: u64) -> Self {
        let rng = Rng::new(seed).fork(1);
        Progress { epoch: 0, batch: 0, step: 0, rng, tally: Tally::default(), history: Vec::new(), best: None }
    }

    /// Whether it can be where a run stood: its epochs are those that its history tells, and the best is one of them.
    pub(super) fn check(&self) -> Result<(), String> {
        let finished = self.history.len() as u64;
        if finished != self.epoch || self.history.iter().zip(0..).any(|(row, epoch)| row.epoch != epoch) {
            return Err(format!("says epoch {}, but the history of {finished} epochs does not lead there", self.epoch));
        }
        match self.best {
            Some(best) if best.epoch >= self.epoch => {
                Err(format!("says that epoch {} was the best, of {finished} finished ones", best.epoch))
            }
            _ => Ok(()),
        }
    }

    /// The finished epochs as CSV, a header line first. Epochs are counted from 1, as people do.
    pub fn csv(&self, score_name: &str) -> String {
        let mut text =
            format!("epoch,learning_rate,train_loss,train_{score_name},validation_loss,validation_{score_name}\n");
        for row in &self.history {
            let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
            let _ = writeln!(
                text,
                "{},{},{},{},{},{}",
                row.epoch + 1,
                row.learning_rate,
                row.train_loss,
                row.train_score,
                cell(row.validation_loss),
                cell(row.validation_score)
            );
        }
        text
    }
}
