//! `gradus data`: fetches public sets, describes what is there.

use std::io::{IsTerminal, Write};
use std::path::Path;

use gradus::Error;
use gradus::data::picture::PictureOptions;
use gradus::data::{Dataset, OpenOptions, SkipReport, Splits, Target, TargetKind, open};
use indicatif::{ProgressBar, ProgressStyle};

use super::augmented;
use super::settings::sides;
use crate::args::DataCommand;
use crate::datasets::{self, SETS};
use crate::draw::{BarSeries, Captioned, Drawing, Picture, bars, histogram, picture_sheet};
use crate::failure::Failure;

/// The pictures on a sheet.
const SHOWN: usize = 40;

/// Fetches or shows.
pub fn run(command: &DataCommand) -> Result<(), Failure> {
    match command {
        DataCommand::Get { name: Some(name), to } => get(name, to),
        DataCommand::Get { name: None, .. } => {
            let mut out = std::io::stdout().lock();
            for set in &SETS {
                writeln!(out, "{:<14} {}", set.name, set.about)?;
            }
            Ok(())
        }
        DataCommand::Show { path, sheet, augment, seed, size, skip_bad } => {
            let splits = describe_all(path, size.as_deref(), *skip_bad)?;
            let Some(stem) = sheet else { return Ok(()) };
            let drawn = match augment {
                Some(kinds) => augmented::sheet(splits.train, path, kinds, *seed)?,
                None => overview(&*splits.train, path)?,
            };
            super::report::leave(&drawn, stem)
        }
    }
}

fn get(name: &str, to: &Path) -> Result<(), Failure> {
    let set = datasets::find(name)?;
    let folder = to.join(name);
    let bar = std::io::stderr().is_terminal().then(|| {
        let style =
            ProgressStyle::with_template("{prefix} {bar:30.cyan/blue} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    });
    let count = datasets::get(set, &folder, &mut |progress| {
        if let Some(bar) = &bar {
            bar.set_prefix(progress.file.to_owned());
            bar.set_length(progress.total.unwrap_or(0));
            bar.set_position(progress.received);
        }
    })?;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let folder = folder.display();
    let mut out = std::io::stdout().lock();
    match count {
        0 => writeln!(out, "{folder}: all there already, and whole")?,
        count => writeln!(out, "{folder}: {count} files fetched and checked")?,
    }
    writeln!(out, "next: gradus train --data {folder}")?;
    Ok(())
}

/// Reads data, and says of what it consists.
fn describe_all(path: &str, size: Option<&str>, skip_bad: bool) -> Result<Splits, Failure> {
    let mut options = OpenOptions { skip_bad, ..OpenOptions::default() };
    if let Some(size) = size {
        let [height, width] = sides(size)?[..] else {
            return Err(Error::setting("--size", format!("{size} is not HEIGHTxWIDTH")).into());
        };
        options.picture = PictureOptions { size: Some([height, width]), ..PictureOptions::default() };
    }
    let splits = open(path, &options)?;
    print_skipped(&splits.skipped);
    describe(&*splits.train, if splits.test.is_some() { "training part" } else { "all" })?;
    if let Some(test) = &splits.test {
        describe(&**test, "test part")?;
    }
    Ok(splits)
}

/// The first pictures, or how the targets are spread.
fn overview(data: &dyn Dataset, path: &str) -> Result<Drawing, Failure> {
    let drawn = match data.sample_shape() {
        [height, width, channels] => Some(sheet_of(data, path, [*height, *width, *channels])?),
        _ => targets_of(data, path)?,
    };
    Ok(drawn.ok_or_else(|| Error::setting("--sheet", "there are neither pictures nor targets to draw"))?)
}

fn describe(dataset: &dyn Dataset, part: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{part}: {} samples of shape {:?}", dataset.len(), dataset.sample_shape())?;
    match dataset.target_kind() {
        TargetKind::Classes(names) => {
            for (name, count) in names.iter().zip(class_counts(dataset)?) {
                writeln!(out, "  {name:<24} {count}")?;
            }
        }
        TargetKind::Values(names) => writeln!(out, "  to predict: {}", names.join(", "))?,
        TargetKind::None => writeln!(out, "  no targets")?,
    }
    Ok(())
}

/// How the targets of a table are spread: bars of classes, or a histogram of the first value to predict.
fn targets_of(dataset: &dyn Dataset, title: &str) -> Result<Option<Drawing>, Failure> {
    match dataset.target_kind() {
        TargetKind::Classes(names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let counts: Vec<f64> = class_counts(dataset)?.into_iter().map(|count| count as f64).collect();
            Ok(Some(bars(title, "samples", &names, &[BarSeries { name: "samples", values: &counts }])))
        }
        TargetKind::Values(names) => {
            let mut sample = vec![0.0; dataset.sample_len()];
            let mut values = Vec::with_capacity(dataset.len());
            for index in 0..dataset.len() {
                if let Target::Values(read) = dataset.read(index, &mut sample)? {
                    values.push(f64::from(read[0]));
                }
            }
            Ok(Some(histogram(title, &names[0], &values)))
        }
        TargetKind::None => Ok(None),
    }
}

fn class_counts(dataset: &dyn Dataset) -> Result<Vec<usize>, Failure> {
    let mut counts = vec![0; dataset.target_kind().class_names().len()];
    for label in gradus::data::labels(dataset)? {
        counts[label as usize] += 1;
    }
    Ok(counts)
}

fn sheet_of(dataset: &dyn Dataset, title: &str, [height, width, channels]: [usize; 3]) -> Result<Drawing, Failure> {
    let names = dataset.target_kind().class_names().to_vec();
    let mut samples = Vec::new();
    for index in 0..dataset.len().min(SHOWN) {
        let mut pixels = vec![0.0; dataset.sample_len()];
        let caption = match dataset.read(index, &mut pixels)? {
            Target::Class(class) => names[class as usize].clone(),
            Target::Values(values) => values.iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>().join(", "),
            Target::None => format!("{}", index + 1),
        };
        samples.push((pixels, caption));
    }
    let captioned: Vec<Captioned> = samples
        .iter()
        .map(|(pixels, caption)| Captioned { picture: Picture { pixels, height, width, channels }, caption })
        .collect();
    Ok(picture_sheet(title, &captioned))
}

/// Says what was left out.
pub fn print_skipped(skipped: &SkipReport) {
    if skipped.is_empty() {
        return;
    }
    eprintln!("left out {} samples that could not be used:", skipped.len());
    for entry in skipped.entries().iter().take(20) {
        eprintln!("  {entry}");
    }
    if skipped.len() > 20 {
        eprintln!("  and {} more", skipped.len() - 20);
    }
}
