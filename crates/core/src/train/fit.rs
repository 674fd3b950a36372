//! The fit loop. It is short so that it can be read, and nothing else depends on it: a loop of one's own does as well.

use gradus_kernels::Real;

use super::{Best, EpochMetrics, Progress, Tally, Task, evaluate};
use crate::data::{Batch, Loader};
use crate::graph::first_non_finite_op;
use crate::nn::{self, Context, Mode, Module};
use crate::optim::{self, Optimizer, Schedule};
use crate::{Error, Gradients, Tensor};

/// A bound on gradients before each update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// Each number is cut to [-bound, bound].
    Value(Real),
    /// All gradients are scaled down together if their common norm exceeds the bound (Pascanu et al., 2013).
    Norm(Real),
}

/// How to train.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// How often all the data is gone through.
    pub epochs: u64,
    /// A bound on gradients.
    pub clip: Option<Clip>,
    /// Batches whose gradients are averaged for one update.
    pub accumulate: usize,
    /// Epochs without a better score after which training stops.
    pub patience: Option<u64>,
    /// Whether the best epoch's weights are in the network at the end, not the last one's.
    pub restore_best: bool,
}

impl Default for FitOptions {
    fn default() -> Self {
        FitOptions { epochs: 10, clip: None, accumulate: 1, patience: None, restore_best: true }
    }
}

/// All that a training run works on.
pub struct Fit<'a> {
    /// What learns.
    pub network: &'a mut dyn Module,
    /// What it is trained for.
    pub task: &'a dyn Task,
    /// The batches to learn from.
    pub train: &'a Loader,
    /// The batches to judge epochs by.
    pub validation: Option<&'a Loader>,
    /// What turns gradients into updates.
    pub optimizer: &'a mut dyn Optimizer,
    /// The learning rate of each update; the optimizer's own where there is none.
    pub schedule: Option<&'a dyn Schedule>,
    /// How to train.
    pub options: FitOptions,
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop here; the run can be resumed.
    Stop,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Finished,
    /// No better epoch came for as long as the patience lasted.
    StoppedEarly,
    /// An observer asked to stop.
    Interrupted,
}

/// What an observer may look at and save.
pub struct Snapshot<'a> {
    /// The network.
    pub network: &'a dyn Module,
    /// The optimizer.
    pub optimizer: &'a dyn Optimizer,
    /// Where the run stands.
    pub progress: &'a Progress,
    /// Batches in an epoch.
    pub batches: usize,
    /// The loss of the last batch.
    pub loss: f64,
}

/// What watches a run: progress bars, checkpoints, plots. Every method may stop the run.
pub trait Observer {
    /// After each update.
    fn after_step(&mut self, _: &Snapshot<'_>) -> Result<Flow, Error> {
        Ok(Flow::Continue)
    }

    /// After each epoch's validation; `improved` says that it is the best so far.
    fn after_epoch(&mut self, _: &Snapshot<'_>, _improved: bool) -> Result<Flow, Error> {
        Ok(Flow::Continue)
    }
}

/// An observer that does nothing.
pub struct Quiet;
impl Observer for Quiet {}

impl Fit<'_> {
    /// Trains from where `progress` stands to the end, early or late.
    pub fn run(&mut self, progress: &mut Progress, observer: &mut dyn Observer) -> Result<Outcome, Error> {
        nn::name_parameters(self.network);
        let mut best_state = None;
        let mut outcome = Outcome::Finished;
        while progress.epoch < self.options.epochs {
            if self.epoch(progress, observer)? == Flow::Stop {
                return Ok(Outcome::Interrupted);
            }
            let improved = self.finish_epoch(progress)?;
            if improved && self.options.restore_best {
                best_state = Some(nn::state(self.network));
            }
            let last_loss = progress.history.last().map_or(0.0, |row| row.train_loss);
            if observer.after_epoch(&self.snapshot(progress, last_loss), improved)? == Flow::Stop {
                return Ok(Outcome::Interrupted);
            }
            let waited = progress.best.map_or(0, |best| progress.epoch - 1 - best.epoch);
            if self.options.patience.is_some_and(|patience| waited >= patience) {
                outcome = Outcome::StoppedEarly;
                break;
            }
        }
        if let Some(state) = best_state {
            nn::load_state(self.network, &state.into_iter().collect())?;
        }
        Ok(outcome)
    }

    fn epoch(&mut self, progress: &mut Progress, observer: &mut dyn Observer) -> Result<Flow, Error> {
        let batches = self.train.batches();
        let mut cx = Context::new(Mode::Train, progress.rng.clone());
        let mut sum: Option<Gradients> = None;
        for batch in self.train.epoch_from(progress.epoch, progress.batch) {
            let batch = batch?;
            let loss = self.learn(&batch, &mut cx, &mut sum, progress)?;
            progress.batch += 1;
            let group = self.options.accumulate.max(1);
            if !progress.batch.is_multiple_of(group) && progress.batch < batches {
                continue; // more batches belong to this update
            }
            if let Some(mut gradients) = sum.take() {
                self.update(&mut gradients, progress);
            }
            progress.rng.clone_from(&cx.rng);
            if observer.after_step(&self.snapshot(progress, loss))? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    /// The forward and the backward pass of a batch; gradients go to `sum`.
    fn learn(
        &self,
        batch: &Batch,
        cx: &mut Context,
        sum: &mut Option<Gradients>,
        progress: &mut Progress,
    ) -> Result<f64, Error> {
        let before = cx.clone();
        let outputs = self.network.forward(&batch.inputs, cx);
        let loss = self.loss(&outputs, batch, cx);
        let value = f64::from(loss.item());
        if !value.is_finite() {
            return Err(self.diverged(batch, before, value, progress));
        }
        progress.tally.samples += batch.len() as u64;
        progress.tally.loss += value * batch.len() as f64;
        self.task.tally(&outputs, &batch.targets, &mut progress.tally);
        let group = self.options.accumulate.max(1);
        let loss = if group > 1 { loss.scale(1.0 / group as Real) } else { loss };
        let gradients = loss.backward();
        match sum {
            Some(sum) => sum.accumulate(gradients),
            None => *sum = Some(gradients),
        }
        Ok(value)
    }

    /// The task's loss, with the weighted losses of the side branches.
    fn loss(&self, outputs: &Tensor, batch: &Batch, cx: &mut Context) -> Tensor {
        let own = self.task.loss(outputs, &batch.targets);
        cx.auxiliary
            .drain(..)
            .fold(own, |sum, branch| sum.add(&self.task.loss(&branch.outputs, &batch.targets).scale(branch.weight)))
    }

    fn update(&mut self, gradients: &mut Gradients, progress: &mut Progress) {
        match self.options.clip {
            Some(Clip::Value(bound)) => optim::clip::by_value(gradients, bound),
            Some(Clip::Norm(bound)) => {
                optim::clip::by_norm(gradients, bound);
            }
            None => {}
        }
        if let Some(schedule) = self.schedule {
            self.optimizer.follow(schedule, progress.step);
        }
        self.optimizer.step(self.network, gradients);
        progress.step += 1;
    }

    /// Books the epoch and says whether it is the best so far.
    fn finish_epoch(&mut self, progress: &mut Progress) -> Result<bool, Error> {
        let tally = std::mem::take(&mut progress.tally);
        let validation =
            self.validation.map(|loader| evaluate(self.network, self.task, loader, |_, _| {})).transpose()?;
        progress.history.push(EpochMetrics {
            epoch: progress.epoch,
            learning_rate: self.optimizer.learning_rate(),
            train_loss: tally.mean_loss(),
            train_score: self.task.score(&tally),
            validation_loss: validation.map(|evaluation| evaluation.loss),
            validation_score: validation.map(|evaluation| evaluation.score),
        });
        let score = validation.map_or_else(|| self.task.score(&tally), |evaluation| evaluation.score);
        let improved = progress.best.is_none_or(|best| self.task.beats(score, best.score));
        if improved {
            progress.best = Some(Best { epoch: progress.epoch, score });
        }
        progress.epoch += 1;
        progress.batch = 0;
        progress.tally = Tally::default();
        Ok(improved)
    }

    fn snapshot<'s>(&'s self, progress: &'s Progress, loss: f64) -> Snapshot<'s> {
        let batches = self.train.batches();
        Snapshot { network: self.network, optimizer: self.optimizer, progress, batches, loss }
    }

    /// Runs the batch again to find where the first number stopped being finite.
    fn diverged(&self, batch: &Batch, mut cx: Context, loss: f64, progress: &Progress) -> Error {
        let culprit = if batch.inputs.is_finite() {
            first_non_finite_op(|| self.loss(&self.network.forward(&batch.inputs, &mut cx), batch, &mut cx))
                .unwrap_or_else(|| "the loss".into())
        } else {
            "the input data".into()
        };
        Error::Diverged { loss, epoch: progress.epoch + 1, step: progress.step + 1, culprit }
    }
}
