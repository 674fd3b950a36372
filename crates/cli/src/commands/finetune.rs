//! `gradus finetune`: published weights learn classes of one's own, beside the same network from scratch.

use std::fmt::Write as _;
use std::io::Write;

use gradus::data::picture::{Color, Fit};
use gradus::io::write_atomic;
use gradus::run::{Measure, RunConfig, StartConfig};
use gradus::{Error, zoo};

use super::settings::settings;
use super::trials::{Trial, folder_for, run_all};
use crate::args::FinetuneArgs;
use crate::draw::{BarSeries, bars};
use crate::failure::Failure;
use crate::interrupt;

/// Trains with and without the weights, on one split or on folds, and prints what each reached.
pub fn run(args: &FinetuneArgs) -> Result<(), Failure> {
    interrupt::listen();
    let base = base(args)?;
    let start = StartConfig {
        weights: args.weights.display().to_string(),
        new_head: true,
        head_epochs: args.head_epochs.min(args.epochs),
        first_rate: args.first_rate,
    };
    let mut trials = Vec::new();
    for fold in 1..=args.folds.unwrap_or(1) {
        let mut config = base.clone();
        config.data.fold = args.folds.map(|folds| [fold, folds]);
        let suffix = if args.folds.is_some() { format!("-{fold}") } else { String::new() };
        let tuned = RunConfig { start: Some(start.clone()), ..config.clone() };
        trials.push(Trial { name: format!("fine-tuned{suffix}"), config: tuned });
        if !args.no_scratch {
            trials.push(Trial { name: format!("from-scratch{suffix}"), config });
        }
    }
    let folder = folder_for(&args.runs, args.name.as_deref(), &format!("finetune-{}", args.model));
    let all = run_all(&folder, &trials)?;
    let scores = |kind: &str| -> Vec<f64> {
        all.iter().filter(|one| one.name.starts_with(kind)).map(|one| 100.0 * one.score).collect()
    };
    conclude(args, &folder, &scores("fine-tuned"), &scores("from-scratch"))
}

/// The settings of the network from scratch: the pictures are those that the weights need.
fn base(args: &FinetuneArgs) -> Result<RunConfig, Error> {
    let member = zoo::member(&args.model)?;
    let preprocess = member.weights.map(|weights| weights.preprocess).ok_or_else(|| {
        let problem = format!("no weights of {} were published; `gradus models` lists those with weights", args.model);
        Error::setting("--model", problem)
    })?;
    let mut config = RunConfig::from_table(settings(&args.as_train())?)?;
    config.data.size.get_or_insert([preprocess.crop; 2]);
    config.data.color = Some(Color::Rgb);
    // As `predict --model` reads pictures for these weights.
    config.data.fit = Fit::Crop;
    config.data.measure = Some(Measure { mean: preprocess.mean.to_vec(), deviation: preprocess.deviation.to_vec() });
    Ok(config)
}

fn conclude(args: &FinetuneArgs, folder: &std::path::Path, tuned: &[f64], scratch: &[f64]) -> Result<(), Failure> {
    let mut csv = "fold,fine_tuned,from_scratch\n".to_owned();
    for (place, tuned) in tuned.iter().enumerate() {
        let scratch = scratch.get(place).map_or_else(String::new, |score| format!("{score:.3}"));
        let _ = writeln!(csv, "{},{tuned:.3},{scratch}", place + 1);
    }
    write_atomic(&folder.join("scores.csv"), csv.as_bytes())?;
    let names: Vec<String> = match args.folds {
        Some(folds) => (1..=folds).map(|fold| format!("fold {fold}")).collect(),
        None => vec!["held-out".into()],
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut series = vec![BarSeries { name: "fine-tuned", values: tuned }];
    if !scratch.is_empty() {
        series.push(BarSeries { name: "from scratch", values: scratch });
    }
    let title = format!("{} on {}: with published weights, and without", args.model, args.data);
    let files = super::report::save(&bars(&title, "held-out accuracy, %", &names, &series), &folder.join("scores"))?;
    let mut out = crate::output::output();
    writeln!(out, "fine-tuned:   {}", spread(tuned))?;
    if !scratch.is_empty() {
        let gains: Vec<f64> = tuned.iter().zip(scratch).map(|(tuned, scratch)| tuned - scratch).collect();
        writeln!(out, "from scratch: {}", spread(scratch))?;
        writeln!(out, "gain:         {}", spread(&gains))?;
    }
    writeln!(out, "\nin {}:", folder.display())?;
    for file in files {
        writeln!(out, "  {}", file.file_name().unwrap_or_default().to_string_lossy())?;
    }
    let first = if args.folds.is_some() { "fine-tuned-1" } else { "fine-tuned" };
    writeln!(out, "  scores.csv, and a run folder for each training")?;
    writeln!(out, "\nnext:\n  gradus predict {}/{first} PICTURE.png", folder.display())?;
    Ok(())
}

/// `99.00 %`, or the mean over folds with its standard deviation and the least.
fn spread(scores: &[f64]) -> String {
    let count = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / count;
    if scores.len() < 2 {
        return format!("{mean:.2} %");
    }
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    format!("{mean:.2} % over {count} folds, standard deviation {:.2}, least {least:.2}", variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn scores_are_summed_up() {
        assert_eq!(spread(&[98.5]), "98.50 %");
        assert_eq!(spread(&[98.0, 100.0]), "99.00 % over 2 folds, standard deviation 1.41, least 98.00");
    }
}
