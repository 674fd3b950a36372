//! `gradus train`: from settings to a run folder.

use std::io::Write;
use std::path::PathBuf;

use gradus::Error;
use gradus::profile::Report;
use gradus::run::{Run, RunConfig, Session};
use gradus::train::Outcome;

use super::progress::Watch;
use super::report::{draw_all, draw_profile, find};
use super::settings::settings;
use crate::args::TrainArgs;
use crate::failure::Failure;
use crate::interrupt;

/// Trains, or goes on training.
pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    interrupt::listen();
    let mut session = if let Some(folder) = &args.resume {
        Session::resume(folder)?
    } else {
        let config = RunConfig::from_table(settings(args)?)?;
        Session::create(&folder_for(args, &config)?, config)?
    };
    introduce(&session);
    if args.profile {
        gradus::profile::start();
    }
    let begun = session.progress.step;
    let config = &session.config;
    let share = session.task.greater_is_better();
    let mut watch = Watch::new(config.train.epochs, config.train.batch_size, session.task.score_name(), share);
    let outcome = session.fit(&mut watch)?;
    let (samples, seconds) = watch.done();
    drop(watch);
    let profile = args.profile.then(gradus::profile::stop);
    if let Some(profile) = &profile {
        eprintln!("\n{profile}");
    }
    let folder = session.folder.display().to_string();
    if outcome == Outcome::Interrupted {
        eprintln!("stopped; nothing is lost. Go on with:\n  gradus train --resume {folder}");
        return Err(Failure::Interrupted);
    }
    let speed = (session.progress.step > begun).then(|| (seconds, samples as f64 / seconds.max(1e-9)));
    conclude(&session, outcome, speed, profile.as_ref())
}

fn introduce(session: &Session) {
    let parameters = gradus::nn::parameter_count(&*session.network);
    let held_out = session.validation.as_ref().map_or(0, |loader| loader.dataset().len());
    eprintln!(
        "{} with {parameters} parameters on {}: {} samples to learn from, {held_out} held out; {} threads",
        session.config.model_name(),
        session.config.data.path,
        session.train.dataset().len(),
        gradus::threads(),
    );
    super::data::print_skipped(&session.skipped);
}

/// Draws the pictures, says what came out and what to type next.
fn conclude(
    session: &Session,
    outcome: Outcome,
    speed: Option<(f64, f64)>,
    profile: Option<&Report>,
) -> Result<(), Failure> {
    let run = Run::open(&session.folder)?;
    let progress = &session.progress;
    let judged = session.validation.as_ref().unwrap_or(&session.train).dataset();
    let findings = find(&run, judged)?;
    let mut files = draw_all(&run, progress, judged, &findings)?;
    if let Some(profile) = profile {
        files.extend(draw_profile(&run, profile)?);
    }
    let show = |score: f64| {
        if run.task.greater_is_better() { format!("{:.2} %", 100.0 * score) } else { format!("{score:.5}") }
    };
    let name = run.task.score_name();
    // Printing comes after all files are there: nobody may be reading, or the disk behind the output be full.
    let mut out = crate::output::output();
    if let Some((seconds, rate)) = speed {
        writeln!(out, "trained in {seconds:.1} s, {rate:.0} samples a second")?;
    }
    if outcome == Outcome::StoppedEarly {
        writeln!(out, "stopped early: no better epoch came within the patience")?;
    }
    if let (Some(last), Some(best)) = (progress.history.last(), progress.best) {
        let score = last.validation_score.unwrap_or(last.train_score);
        writeln!(
            out,
            "{name} after the last epoch: {} on {} {} samples",
            show(score),
            findings.evaluation.samples,
            if last.validation_score.is_some() { "held-out" } else { "training" }
        )?;
        writeln!(out, "best epoch: {}, with {}; its weights are kept", best.epoch + 1, show(best.score))?;
    }
    let folder = run.folder.display();
    writeln!(out, "\nin {folder}:")?;
    writeln!(out, "  config.toml  metrics.csv  best.safetensors  last.safetensors")?;
    for file in files {
        writeln!(out, "  {}", file.file_name().unwrap_or_default().to_string_lossy())?;
    }
    writeln!(out, "\nnext:\n  gradus eval {folder}\n  gradus inspect {folder}\n  gradus predict {folder} PICTURE.png")?;
    Ok(())
}

/// The folder of a new run: the given name, or the first free number behind model and data.
fn folder_for(args: &TrainArgs, config: &RunConfig) -> Result<PathBuf, Error> {
    if let Some(name) = &args.name {
        let folder = args.runs.join(name);
        if folder.exists() {
            let problem =
                format!("{} is there already; take another name, or go on with --resume {0}", folder.display());
            return Err(Error::setting("--name", problem));
        }
        return Ok(folder);
    }
    let data = std::path::Path::new(&config.data.path);
    let data = data.file_stem().map_or_else(|| "data".into(), |stem| stem.to_string_lossy().into_owned());
    let free = (1..).map(|number| args.runs.join(format!("{}-{data}-{number}", config.model_name())));
    Ok(free.into_iter().find(|folder| !folder.exists()).expect("there is always a free number"))
}
