//! The pictures of a finished run: learning curves, confusion matrix or scatter, the worst mistakes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gradus::Error;
use gradus::data::{Dataset, Target};
use gradus::profile::{Direction, Report};
use gradus::run::Run;
use gradus::train::{Evaluation, Progress, evaluate};

use crate::draw::{self, BarSeries, Drawing, LearningCurves, Mistake, Picture, TrainValidation};
use crate::failure::Failure;

/// The most mistakes on a sheet.
const MISTAKES: usize = 40;

/// What an evaluation found, sample by sample.
pub struct Findings {
    /// Mean loss and score.
    pub evaluation: Evaluation,
    /// How often a class (row) was taken for another (column); empty for a regression.
    pub confusion: Vec<Vec<u64>>,
    /// The wrong answers: sample, class, answer, how sure; the surest first.
    pub mistakes: Vec<(usize, usize, usize, f64)>,
    /// True and predicted values of a regression's first quantity.
    pub pairs: Vec<(f64, f64)>,
}

/// Evaluates a run and keeps what pictures are drawn from.
pub fn find(run: &Run, dataset: &Arc<dyn Dataset>) -> Result<Findings, Failure> {
    let classes = run.interface().classes.len();
    let mut confusion = vec![vec![0_u64; classes]; classes];
    let (mut mistakes, mut pairs) = (Vec::new(), Vec::new());
    let loader = run.loader(dataset.clone(), 256);
    let evaluation = evaluate(&*run.network, &*run.task, &loader, |batch, outputs| {
        let width = outputs.shape().last();
        let rows = outputs.as_slice().chunks_exact(width);
        if let Some(labels) = batch.labels() {
            for ((row, label), index) in rows.zip(labels.as_slice()).zip(batch.indices()) {
                let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let answer = row.iter().position(|value| *value == largest).unwrap_or(0);
                let sum: f64 = row.iter().map(|value| f64::from(value - largest).exp()).sum();
                confusion[*label as usize][answer] += 1;
                if answer != *label as usize {
                    mistakes.push((*index, *label as usize, answer, 1.0 / sum));
                }
            }
        } else if let Some(values) = batch.values() {
            let truths = values.as_slice().chunks_exact(width);
            pairs.extend(truths.zip(rows).map(|(truth, row)| (f64::from(truth[0]), f64::from(row[0]))));
        }
    })?;
    mistakes.sort_by(|a, b| b.3.total_cmp(&a.3).then(a.0.cmp(&b.0)));
    Ok(Findings { evaluation, confusion, mistakes, pairs })
}

/// Draws all there is to see of a run into its folder and gives the files' names.
pub fn draw_all(
    run: &Run,
    progress: &Progress,
    dataset: &Arc<dyn Dataset>,
    findings: &Findings,
) -> Result<Vec<PathBuf>, Failure> {
    let name = name_of(run);
    let mut files = save(&curves(run, progress, &name), &run.folder.join("learning-curves"))?;
    let classes: Vec<&str> = run.interface().classes.iter().map(String::as_str).collect();
    if classes.is_empty() {
        let value = run.interface().values.first().map_or("value", String::as_str);
        let (truth, predicted): (Vec<f64>, Vec<f64>) = findings.pairs.iter().copied().unzip();
        let title = format!("{name}: predicted against true {value}");
        files.extend(save(&draw::regression_scatter(&title, value, &truth, &predicted), &run.folder.join("scatter"))?);
        return Ok(files);
    }
    let title = format!("{name}: which class is taken for which");
    files.extend(save(
        &draw::confusion_matrix(&title, &classes, &findings.confusion),
        &run.folder.join("confusion-matrix"),
    )?);
    if let [height, width, channels] = run.interface().input[..] {
        let shown = &findings.mistakes[..findings.mistakes.len().min(MISTAKES)];
        let mut pixels = Vec::new();
        for (index, ..) in shown {
            let mut sample = vec![0.0; height * width * channels];
            let _: Target = dataset.read(*index, &mut sample)?;
            pixels.push(sample);
        }
        let mistakes: Vec<Mistake> = shown
            .iter()
            .zip(&pixels)
            .map(|((_, truth, answer, sure), pixels)| Mistake {
                picture: Picture { pixels, height, width, channels },
                truth: classes[*truth],
                prediction: classes[*answer],
                confidence: *sure as f32,
            })
            .collect();
        let title = format!("{name}: the surest of {} mistakes", findings.mistakes.len());
        files.extend(save(&draw::mistakes_sheet(&title, &mistakes), &run.folder.join("worst-mistakes"))?);
    }
    Ok(files)
}

fn curves(run: &Run, progress: &Progress, name: &str) -> Drawing {
    let column =
        |value: fn(&gradus::train::EpochMetrics) -> f64| -> Vec<f64> { progress.history.iter().map(value).collect() };
    let x = column(|row| row.epoch as f64 + 1.0);
    let (train_loss, train_score) = (column(|row| row.train_loss), column(|row| row.train_score));
    let loss = column(|row| row.validation_loss.unwrap_or(f64::NAN));
    let score = column(|row| row.validation_score.unwrap_or(f64::NAN));
    let rate = column(|row| f64::from(row.learning_rate));
    let has_validation = progress.history.iter().any(|row| row.validation_loss.is_some());
    let pair = |train, validation| TrainValidation { train, validation: if has_validation { validation } else { &[] } };
    draw::learning_curves(
        &format!("{name}: how it learnt"),
        &LearningCurves {
            x: &x,
            x_name: "epoch",
            loss: pair(&train_loss, &loss),
            score_name: run.task.score_name(),
            score_is_share: run.task.greater_is_better(),
            score: pair(&train_score, &score),
            learning_rate: &rate,
            best: progress.best.map(|best| best.epoch as usize),
        },
    )
}

/// Draws how long each op took, into the run's folder.
pub fn draw_profile(run: &Run, profile: &Report) -> Result<Vec<PathBuf>, Failure> {
    let mut times: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for ((op, direction), cost) in &profile.costs {
        times.entry(op).or_default()[*direction as usize] = cost.time.as_secs_f64() * 1e3;
    }
    let mut times: Vec<_> = times.into_iter().collect();
    times.sort_by(|a, b| b.1.iter().sum::<f64>().total_cmp(&a.1.iter().sum()));
    let names: Vec<&str> = times.iter().map(|(op, _)| *op).collect();
    let values: [Vec<f64>; 3] = std::array::from_fn(|way| times.iter().map(|(_, times)| times[way]).collect());
    let series: Vec<BarSeries> = Direction::ALL
        .map(Direction::name)
        .into_iter()
        .zip(&values)
        .filter(|(_, values)| values.iter().any(|time| *time > 0.0))
        .map(|(name, values)| BarSeries { name, values })
        .collect();
    let title = format!("{}: where the time went", name_of(run));
    save(&draw::bars(&title, "milliseconds", &names, &series), &run.folder.join("profile"))
}

fn name_of(run: &Run) -> String {
    run.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Refuses a file whose folder is not there, before the work that would be lost.
pub fn check_folder(option: &str, file: &Path) -> Result<(), Error> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => Err(Error::setting(option, format!("there is no folder {}; make it first", folder.display()))),
        None => Ok(()),
    }
}

/// Saves a drawing as PNG and SVG and prints the files' names.
pub fn leave(drawing: &Drawing, stem: &Path) -> Result<(), Failure> {
    for file in save(drawing, stem)? {
        writeln!(crate::output::output(), "{}", file.display())?;
    }
    Ok(())
}

/// Saves a drawing as PNG and SVG.
pub fn save(drawing: &Drawing, stem: &Path) -> Result<Vec<PathBuf>, Failure> {
    Ok(drawing.save(stem)?.to_vec())
}
