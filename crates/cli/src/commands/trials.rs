//! Several trainings beside each other, measured alike: what `compare` and `finetune` are made of.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use gradus::io::write_atomic;
use gradus::nn::{Context, Module, parameter_count};
use gradus::run::{LAST, RunConfig, Session};
use gradus::train::Outcome;
use gradus::{Error, Flaw, Tensor, dry_run, memory_use, no_grad, reset_peak};
use serde::{Deserialize, Serialize};

use super::progress::Watch;
use crate::failure::Failure;

/// The file in a trial's run folder with what was measured.
const MEASURED: &str = "trial.json";
/// Forward passes of one sample that are timed.
const TIMED: usize = 20;

/// One training of several.
pub struct Trial {
    /// What it is called: the name of its folder.
    pub name: String,
    /// Its settings.
    pub config: RunConfig,
}

/// What a trial gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// The trial's name.
    pub name: String,
    /// The held-out score after the last epoch.
    pub score: f64,
    /// Numbers that are learnt.
    pub parameters: usize,
    /// Multiplications of a forward pass of one sample.
    pub multiplies: u64,
    /// Seconds of training for an epoch.
    pub epoch_seconds: f64,
    /// Milliseconds of a forward pass of one sample, the median of twenty.
    pub sample_milliseconds: f64,
    /// The most memory that tensors held at once in training, in MiB.
    pub memory: f64,
}

/// Trains all in folders below `folder`. What was finished before is taken up, what was stopped goes on.
pub fn run_all(folder: &Path, trials: &[Trial]) -> Result<Vec<Measured>, Failure> {
    let mut all = Vec::with_capacity(trials.len());
    for (place, trial) in trials.iter().enumerate() {
        eprintln!("[{}/{}] {}", place + 1, trials.len(), trial.name);
        all.push(run_one(&folder.join(&trial.name), trial)?);
    }
    Ok(all)
}

fn run_one(folder: &Path, trial: &Trial) -> Result<Measured, Failure> {
    let record = folder.join(MEASURED);
    if record.exists() {
        let text = fs::read_to_string(&record).map_err(Error::io(&record, "read"))?;
        return Ok(serde_json::from_str(&text).map_err(|problem| Flaw::new(problem.to_string()).in_file(&record))?);
    }
    let resumed = folder.join(LAST).exists();
    let mut session = if resumed { Session::resume(folder)? } else { Session::create(folder, trial.config.clone())? };
    super::data::print_skipped(&session.skipped);
    let begun = session.progress.epoch;
    let config = &session.config;
    let task = &session.task;
    let mut watch =
        Watch::new(config.train.epochs, config.train.batch_size, task.score_name(), task.greater_is_better());
    reset_peak();
    let outcome = session.fit(&mut watch)?;
    let memory = memory_use().peak as f64 / f64::from(1 << 20);
    let (_, seconds) = watch.done();
    drop(watch);
    if outcome == Outcome::Interrupted {
        eprintln!("stopped; nothing is lost. Give the same command with --name to go on: {}", folder.display());
        return Err(Failure::Interrupted);
    }
    let last = session.progress.history.last();
    let epochs = session.progress.epoch.saturating_sub(begun).max(1);
    let input = &session.interface().input;
    let measured = Measured {
        name: trial.name.clone(),
        score: last.map_or(f64::NAN, |row| row.validation_score.unwrap_or(row.train_score)),
        parameters: parameter_count(&*session.network),
        multiplies: multiplies(&*session.network, input)?,
        epoch_seconds: seconds / epochs as f64,
        sample_milliseconds: milliseconds(&*session.network, input),
        memory,
    };
    let text = serde_json::to_string_pretty(&measured).expect("numbers and names");
    write_atomic(&record, text.as_bytes())?;
    Ok(measured)
}

fn one_sample(input: &[usize]) -> Vec<usize> {
    [1].into_iter().chain(input.iter().copied()).collect()
}

fn multiplies(network: &dyn Module, input: &[usize]) -> Result<u64, Failure> {
    let ops = dry_run(&one_sample(input)[..], |x| network.forward(x, &mut Context::eval()))?;
    Ok(ops.iter().map(|op| op.multiplies).sum())
}

/// The median time of a forward pass of one sample.
fn milliseconds(network: &dyn Module, input: &[usize]) -> f64 {
    let sample = Tensor::zeros(&one_sample(input)[..]);
    let mut times: Vec<f64> = (0..TIMED)
        .map(|_| {
            let begin = Instant::now();
            let _ = no_grad(|| network.forward(&sample, &mut Context::eval()));
            begin.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TIMED / 2]
}

/// The folder of several trials: the given name, or the first free number behind a stem.
pub fn folder_for(runs: &Path, name: Option<&str>, stem: &str) -> PathBuf {
    if let Some(name) = name {
        return runs.join(name);
    }
    let free = (1..).map(|number| runs.join(format!("{stem}-{number}")));
    free.into_iter().find(|folder| !folder.exists()).expect("there is always a free number")
}
