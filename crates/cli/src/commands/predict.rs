//! `gradus predict`: answers for pictures, folders of pictures and tables.

use std::io::Write;
use std::path::{Path, PathBuf};

use gradus::data::picture;
use gradus::run::{Prediction, Run};
use gradus::{Error, Flaw, Real, Tensor};
use serde_json::json;

use crate::args::PredictArgs;
use crate::failure::Failure;

/// Samples that go through the network together.
const BATCH: usize = 64;

/// Predicts each input and prints the answers in the inputs' order.
pub fn run(args: &PredictArgs) -> Result<(), Failure> {
    let run = Run::open(&args.run)?;
    let mut out = std::io::stdout().lock();
    let mut pictures = Vec::new();
    for input in &args.inputs {
        if input.is_dir() {
            let found = pictures_in(input)?;
            if found.is_empty() {
                return Err(Flaw::new("has no picture in it (PNG, JPEG, BMP, GIF, WebP)").in_file(input).into());
            }
            pictures.extend(found);
        } else if picture::is_picture(input) {
            pictures.push(input.clone());
        } else {
            predict_rows(&run, input, args, &mut out)?;
        }
    }
    for paths in pictures.chunks(BATCH) {
        let samples = read_pictures(&run, paths)?;
        for (path, prediction) in paths.iter().zip(run.predict(&samples)) {
            print(&mut out, &path.display().to_string(), &prediction, &run, args)?;
        }
    }
    Ok(())
}

fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder, "read"))? {
        let path = entry.map_err(Error::io(folder, "read"))?.path();
        if path.is_dir() {
            found.extend(pictures_in(&path)?);
        } else if picture::is_picture(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read_pictures(run: &Run, paths: &[PathBuf]) -> Result<Tensor, Error> {
    let [height, width, channels] = run.interface().input[..] else {
        let problem = format!("is a picture, but the network takes samples of shape {:?}", run.interface().input);
        return Err(Flaw::new(problem).in_file(&paths[0]));
    };
    let options = run.open_options().picture;
    let mut values: Vec<Real> = Vec::with_capacity(paths.len() * height * width * channels);
    for path in paths {
        values.extend(picture::read(path, options)?.pixels.iter().map(|pixel| *pixel as Real / 255.0));
    }
    Ok(Tensor::new(values, [paths.len(), height, width, channels]))
}

/// The rows of a table or the samples of an array file.
fn predict_rows(run: &Run, path: &Path, args: &PredictArgs, out: &mut impl Write) -> Result<(), Failure> {
    let splits = run.open_data(&path.display().to_string(), false)?;
    let dataset = splits.train;
    for first in (0..dataset.len()).step_by(BATCH) {
        let count = BATCH.min(dataset.len() - first);
        let mut values = vec![0.0; count * dataset.sample_len()];
        for (place, sample) in values.chunks_exact_mut(dataset.sample_len()).enumerate() {
            dataset.read(first + place, sample)?;
        }
        let shape: gradus::Shape = [count].into_iter().chain(dataset.sample_shape().iter().copied()).collect();
        for (place, prediction) in run.predict(&Tensor::new(values, shape)).iter().enumerate() {
            print(out, &dataset.describe(first + place), prediction, run, args)?;
        }
    }
    Ok(())
}

fn print(
    out: &mut impl Write,
    name: &str,
    prediction: &Prediction,
    run: &Run,
    args: &PredictArgs,
) -> Result<(), Failure> {
    let is_classifier = !run.interface().classes.is_empty();
    let count = if is_classifier { args.top.max(1) } else { prediction.answers.len() };
    let shown = &prediction.answers[..count.min(prediction.answers.len())];
    if args.json {
        let key = if is_classifier { "probability" } else { "value" };
        let answers: Vec<_> = shown.iter().map(|(name, value)| json!({ "name": name, (key): value })).collect();
        writeln!(out, "{}", json!({ "input": name, "answers": answers }))?;
        return Ok(());
    }
    let show = |(name, value): &(String, f64)| {
        if is_classifier { format!("{name} {:.1} %", 100.0 * value) } else { format!("{name} {value:.5}") }
    };
    writeln!(out, "{name}: {}", shown.iter().map(show).collect::<Vec<_>>().join(", "))?;
    Ok(())
}
