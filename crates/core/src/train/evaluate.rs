//! Loss and score over a whole dataset.

use super::{Tally, Task};
use crate::data::{Batch, Loader};
use crate::nn::{Context, Module};
use crate::{Error, Tensor, no_grad};

/// Mean loss and score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss.
    pub loss: f64,
    /// The task's score: accuracy, root mean squared error.
    pub score: f64,
    /// How many samples were seen.
    pub samples: u64,
}

/// Evaluates a network; `observe` sees each batch and the network's outputs for it.
pub fn evaluate(
    network: &dyn Module,
    task: &dyn Task,
    loader: &Loader,
    mut observe: impl FnMut(&Batch, &Tensor),
) -> Result<Evaluation, Error> {
    let mut tally = Tally::default();
    let mut cx = Context::eval();
    no_grad(|| {
        for batch in loader.epoch(0) {
            let batch = batch?;
            let outputs = network.forward(&batch.inputs, &mut cx);
            tally.samples += batch.len() as u64;
            tally.loss += f64::from(task.loss(&outputs, &batch.targets).item()) * batch.len() as f64;
            task.tally(&outputs, &batch.targets, &mut tally);
            observe(&batch, &outputs);
        }
        Ok(())
    })?;
    Ok(Evaluation { loss: tally.mean_loss(), score: task.score(&tally), samples: tally.samples })
}
