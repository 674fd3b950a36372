//! `gradus predict`: answers for pictures, folders of pictures and tables.

use std::io::Write;
use std::path::{Path, PathBuf};

use gradus::data::picture;
use gradus::freeze::Plans;
use gradus::nn::Module;
use gradus::pretrained::Pretrained;
use gradus::run::{Prediction, Run};
use gradus::{Error, Flaw, Real, Tensor};
use serde_json::json;

use crate::args::PredictArgs;
use crate::failure::Failure;

/// Samples that go through the network together.
const BATCH: usize = 64;
/// Photographs that do.
const PHOTOS: usize = 8;

/// What predicts.
enum Predictor {
    Run(Box<Run>),
    Pretrained(Pretrained),
}

impl Predictor {
    /// What the arguments name, and the inputs.
    fn open(args: &PredictArgs) -> Result<(Self, &[PathBuf]), Error> {
        if let (Some(model), Some(weights)) = (&args.model, &args.weights) {
            let classes = args.classes.as_deref().map(names_in).transpose()?;
            return Ok((Predictor::Pretrained(Pretrained::open(model, weights, classes)?), &args.paths));
        }
        let (run, inputs) = args.paths.split_first().expect("clap asks for one path at least");
        if inputs.is_empty() {
            let problem = format!("{}: give what is to be predicted behind the run folder, or --model", run.display());
            return Err(Error::setting("predict", problem));
        }
        Ok((Predictor::Run(Box::new(Run::open(run)?)), inputs))
    }

    fn batch(&self) -> usize {
        match self {
            Predictor::Run(_) => BATCH,
            Predictor::Pretrained(_) => PHOTOS,
        }
    }

    fn is_classifier(&self) -> bool {
        match self {
            Predictor::Run(run) => !run.interface().classes.is_empty(),
            Predictor::Pretrained(_) => true,
        }
    }

    fn network(&self) -> &dyn Module {
        match self {
            Predictor::Run(run) => &*run.network,
            Predictor::Pretrained(network) => &*network.network,
        }
    }

    fn predict_pictures(&self, plans: &mut Plans<'_>, paths: &[PathBuf]) -> Result<Vec<Prediction>, Failure> {
        match self {
            Predictor::Run(run) => Ok(run.predict_by(plans, &read_pictures(run, paths)?)?),
            Predictor::Pretrained(network) => {
                let pictures = paths.iter().map(|path| network.read(path)).collect::<Result<Vec<Tensor>, Error>>()?;
                Ok(network.predict_by(plans, &Tensor::concat(&pictures.iter().collect::<Vec<_>>(), 0))?)
            }
        }
    }
}

/// Predicts each input and prints the answers in the inputs' order.
pub fn run(args: &PredictArgs) -> Result<(), Failure> {
    let (predictor, inputs) = Predictor::open(args)?;
    let mut out = std::io::stdout().lock();
    let shown = args.top.unwrap_or(if args.model.is_some() { 5 } else { 3 });
    let printer = Printer { is_classifier: predictor.is_classifier(), shown: shown.max(1), json: args.json };
    // One plan for whole batches, then one for the smaller batch at the end.
    let mut plans = Plans::new(predictor.network());
    let mut pictures = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let found = pictures_in(input)?;
            if found.is_empty() {
                return Err(Flaw::new("has no picture in it (PNG, JPEG, BMP, GIF, WebP)").in_file(input).into());
            }
            pictures.extend(found);
        } else if picture::is_picture(input) {
            pictures.push(input.clone());
        } else {
            match &predictor {
                Predictor::Run(run) => predict_rows(run, &mut plans, input, &printer, &mut out)?,
                Predictor::Pretrained(_) => {
                    let problem = "is no picture (PNG, JPEG, BMP, GIF, WebP) and no folder of pictures";
                    return Err(Flaw::new(problem).in_file(input).into());
                }
            }
        }
    }
    for paths in pictures.chunks(predictor.batch()) {
        for (path, prediction) in paths.iter().zip(predictor.predict_pictures(&mut plans, paths)?) {
            printer.print(&mut out, &path.display().to_string(), &prediction)?;
        }
    }
    Ok(())
}

/// The lines of a file.
fn names_in(path: &Path) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read"))?;
    let names: Vec<String> = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if names.is_empty() {
        return Err(Flaw::new("has no names; write one a line, in the order of the network's answers").in_file(path));
    }
    Ok(names)
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
fn predict_rows(
    run: &Run,
    plans: &mut Plans<'_>,
    path: &Path,
    printer: &Printer,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let splits = run.open_data(&path.display().to_string(), false)?;
    let dataset = splits.train;
    for first in (0..dataset.len()).step_by(BATCH) {
        let count = BATCH.min(dataset.len() - first);
        let mut values = vec![0.0; count * dataset.sample_len()];
        for (place, sample) in values.chunks_exact_mut(dataset.sample_len()).enumerate() {
            dataset.read(first + place, sample)?;
        }
        let shape: gradus::Shape = [count].into_iter().chain(dataset.sample_shape().iter().copied()).collect();
        for (place, prediction) in run.predict_by(plans, &Tensor::new(values, shape))?.iter().enumerate() {
            printer.print(out, &dataset.describe(first + place), prediction)?;
        }
    }
    Ok(())
}

/// How answers are printed.
struct Printer {
    is_classifier: bool,
    shown: usize,
    json: bool,
}

impl Printer {
    fn print(&self, out: &mut impl Write, name: &str, prediction: &Prediction) -> Result<(), Failure> {
        let count = if self.is_classifier { self.shown } else { prediction.answers.len() };
        let shown = &prediction.answers[..count.min(prediction.answers.len())];
        if self.json {
            let key = if self.is_classifier { "probability" } else { "value" };
            let answers: Vec<_> = shown.iter().map(|(name, value)| json!({ "name": name, (key): value })).collect();
            writeln!(out, "{}", json!({ "input": name, "answers": answers }))?;
            return Ok(());
        }
        let show = |(name, value): &(String, f64)| {
            if self.is_classifier { format!("{name} {:.1} %", 100.0 * value) } else { format!("{name} {value:.5}") }
        };
        writeln!(out, "{name}: {}", shown.iter().map(show).collect::<Vec<_>>().join(", "))?;
        Ok(())
    }
}
