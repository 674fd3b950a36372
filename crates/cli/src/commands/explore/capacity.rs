//! Capacity: errors on training and on new samples over degrees, units and numbers of samples.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use gradus::data::csv::TableOptions;
use gradus::data::{OpenOptions, TargetMeaning, k_fold};
use gradus::learn::capacity::{
    Errors, Polynomial, RandomFeatures, Sweep, Verdict, fit_hidden_layer, sweep, validation_curve,
};
use gradus::learn::samples::{Predictor, Samples};
use gradus::learn::theory::Known;
use gradus::{Error, Rng};

use super::known::KnownArgs;
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Mark, Plot, plots};
use crate::failure::Failure;

/// The samples, or data of one's own.
#[derive(Args)]
pub struct Capacity {
    #[command(flatten)]
    known: KnownArgs,
    /// Samples to fit to.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(4..=100))]
    count: u32,
    /// Times that samples are drawn.
    #[arg(long, value_name = "N", default_value_t = 25)]
    repeats: usize,
    /// A table (CSV) of your own with a column of numbers to approximate: networks of 1 to 64 hidden units, by five folds.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The column of numbers [default: the last].
    #[arg(long, value_name = "COLUMN", requires = "data")]
    target: Option<String>,
}

/// Errors are judged by so many new samples.
const FRESH: usize = 500;
/// Inputs that say nothing beside the one that does, for random features: in the plane alone they are too much alike to fit all
/// samples well.
const IDLE: usize = 2;
/// Hidden units tried on data of one's own.
const UNITS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

impl Subject for Capacity {
    const NAME: &'static str = "capacity";
    const CHAPTER: Chapter = Chapter::Learning;
    const SUMMARY: &'static str =
        "under- and over-fitting told apart, and the second descent; takes your own function or data";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        if let Some(path) = &self.data {
            return self.own(path, desk);
        }
        let (known, count, seed) = (self.known.choose()?, self.count as usize, desk.seed);
        let fresh = known.draw(FRESH, &mut Rng::new(seed).fork(1))?;
        let draw = |size: usize, round: usize| known.draw(size, &mut Rng::new(seed).fork(2).fork(round as u64));
        let judge = |samples: &Samples, fresh: &Samples, fit: &dyn Predictor| {
            let error = |samples: &Samples| samples.squared_error(&fit.predict(samples.inputs()));
            Errors { train: error(samples), validation: error(fresh) }
        };
        let degrees: Vec<usize> = (0..=12).collect();
        let polynomials = sweep(&degrees, self.repeats, |degree, round| {
            let samples = draw(count, round)?;
            Ok(judge(&samples, &fresh, &Polynomial::fit(&samples, degree, known.domain())?))
        })?;
        let (low, high) = known.domain();
        let reach = low.abs().max(high.abs());
        let wide = |size: usize, rng: Rng| known.draw_among(size, IDLE, &mut rng.fork(3));
        let fresh_wide = wide(FRESH, Rng::new(seed).fork(1))?;
        let features = sweep(&units(count), self.repeats, |units, round| {
            let samples = wide(count, Rng::new(seed).fork(2).fork(round as u64))?;
            Ok(judge(
                &samples,
                &fresh_wide,
                &RandomFeatures::fit(&samples, units, reach, seed.wrapping_add(round as u64))?,
            ))
        })?;
        let best = polynomials.best().setting;
        let sizes: Vec<usize> =
            [5, 7, 10, 15, 20, 30, 50, 100, 200, 400].into_iter().filter(|size| *size > best).collect();
        let growth = sweep(&sizes, self.repeats, |size, round| {
            let samples = draw(size, round)?;
            Ok(judge(&samples, &fresh, &Polynomial::fit(&samples, best, known.domain())?))
        })?;
        let mut out = crate::output::output();
        let (text, noise, repeats) = (known.text(), known.noise(), self.repeats);
        writeln!(
            out,
            "y = {text} + noise of {noise}, {count} samples, {repeats} times; the noise alone errs {:.4}\n",
            noise * noise
        )?;
        print(&mut out, "degree", &polynomials, true)?;
        print(&mut out, "units, weights at random", &features, true)?;
        describe_descent(&mut out, &features)?;
        print(&mut out, &format!("samples, degree {best}"), &growth, false)?;
        drop(out);
        let again =
            if features.second_descent().is_some() { "the error falls a second time" } else { "no second descent" };
        let all = [
            curves("polynomials: too stiff, right, too free", "degree", &polynomials, false, true),
            fits(&known, &draw(count, 0)?, &[0, best, 12])?,
            curves(&format!("random units, {IDLE} idle inputs: {again}"), "hidden units", &features, true, true),
            curves(&format!("degree {best}: more samples close the gap"), "samples", &growth, true, false),
        ];
        let title = "Capacity: the error on new samples falls, then rises, and may fall once more";
        let subtitle = format!(
            "{text} with noise {noise}, {count} samples; medians of {repeats} draws, bands from the 10 % to the 90 % quantile"
        );
        desk.draw(Self::NAME, &plots(title, &subtitle, 2, (430.0, 290.0), &all))
    }
}

impl Capacity {
    /// Networks of more and more units on a table, by folds.
    fn own(&self, path: &std::path::Path, desk: &Desk) -> Result<(), Failure> {
        let table = TableOptions { target: self.target.clone(), ..Default::default() };
        let options = OpenOptions { table, targets: Some(TargetMeaning::Values), ..Default::default() };
        let samples = Samples::of_values(&*gradus::data::open(path, &options)?.train)?;
        let (count, dimension) = (samples.len(), samples.dimension());
        let mean = samples.targets().iter().sum::<f64>() / count as f64;
        let variance = samples.targets().iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / count as f64;
        if variance <= 0.0 {
            let problem = format!("{}: all {count} targets are {mean}; there is nothing to learn", path.display());
            return Err(Error::Data(problem).into());
        }
        let targets = samples.targets().iter().map(|y| (y - mean) / variance.sqrt()).collect();
        let samples = Samples::of_numbers(samples.inputs().to_vec(), dimension, targets)?;
        let folds = k_fold(count, None, 5, desk.seed)?;
        let fit = |train: &Samples, units: usize, fold: usize| {
            // Scaled by the training part alone.
            let reference = train.clone();
            let network =
                fit_hidden_layer(&train.standardized_by(train), units, 300, desk.seed.wrapping_add(fold as u64))?;
            let predict = move |inputs: &[f64]| {
                let rows = Samples::of_numbers(inputs.to_vec(), dimension, vec![0.0; inputs.len() / dimension]);
                rows.map_or_else(|_| Vec::new(), |rows| network.predict(rows.standardized_by(&reference).inputs()))
            };
            Ok(Box::new(predict) as Box<dyn Predictor>)
        };
        let found = validation_curve(&samples, &UNITS, &folds, fit)?;
        let mut out = crate::output::output();
        writeln!(
            out,
            "{count} samples of {}, five folds; errors as shares of the target's variance\n",
            path.display()
        )?;
        print(&mut out, "hidden units", &found, true)?;
        drop(out);
        let plot = curves(&path.display().to_string(), "hidden units", &found, true, true);
        let title = format!("Validation curve: {} hidden units are best", found.best().setting);
        let subtitle = format!("{count} samples, five folds; squared error as a share of the target's variance");
        desk.draw(Self::NAME, &plots(&title, &subtitle, 1, (560.0, 360.0), &[plot]))
    }
}

/// From 1 to ten times the samples, close together where all samples can just be fitted.
fn units(count: usize) -> Vec<usize> {
    let shares = [0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 1.0, 1.1, 1.3, 1.6, 2.0, 3.0, 5.0, 10.0];
    let mut units: Vec<usize> = shares.iter().map(|share| ((share * count as f64).round() as usize).max(1)).collect();
    units.dedup();
    units
}

fn print(out: &mut impl Write, name: &str, found: &Sweep, verdicts: bool) -> std::io::Result<()> {
    writeln!(out, "  {name:<24} {:>10} {:>12} {:>26}", "training", "new samples", "10 % to 90 %")?;
    let best = found.best().setting;
    for point in &found.points {
        let (setting, band) = (point.setting, point.validation);
        let verdict = match point.verdict {
            _ if !verdicts => "",
            _ if setting == best => "best",
            verdict => verdict.in_words(),
        };
        let (train, validation, low, high) = (point.train.median, band.median, band.low, band.high);
        writeln!(out, "  {setting:<24} {train:>10.4} {validation:>12.4} {low:>12.4} .. {high:>10.4}  {verdict}")?;
    }
    writeln!(out)
}

fn describe_descent(out: &mut impl Write, found: &Sweep) -> std::io::Result<()> {
    let Some(descent) = found.second_descent() else {
        return writeln!(out, "  no second descent: no peak twice as high as the errors on both sides\n");
    };
    let [first, peak, second] = [descent.first, descent.peak, descent.second].map(|place| found.points[place]);
    writeln!(
        out,
        "  a second descent: {:.4} at {}, up to {:.3} at {}, down to {:.4} at {}\n",
        first.validation.median,
        first.setting,
        peak.validation.median,
        peak.setting,
        second.validation.median,
        second.setting
    )
}

fn curves(title: &str, x: &str, found: &Sweep, logarithmic: bool, best: bool) -> Plot {
    let settings = || found.points.iter().map(|point| point.setting as f64);
    let both = || found.points.iter().flat_map(|point| [point.train, point.validation]);
    let most = both().map(|band| band.median).fold(0.0, f64::max);
    // Errors that are rounding would stretch the axis; their curve leaves it through the foot.
    let least = most * 1e-4;
    let floor = both().map(|band| band.median.max(least)).chain([3.0 * most]);
    let y = Axis::powers("mean squared error", floor);
    let x = if logarithmic { Axis::powers(x, settings()) } else { Axis::around(x, settings()) };
    let mut marks = Vec::new();
    let series = [("new samples", 1), ("training samples", 0)];
    let band = |place: usize, series: usize| {
        if place == 1 { found.points[series].validation } else { found.points[series].train }
    };
    for (_, place) in series {
        let points = (0..found.points.len())
            .map(|at| (found.points[at].setting as f64, band(place, at).low, band(place, at).high));
        marks.push(Mark::Band { points: points.collect(), color: Color::series(place).with_alpha(45) });
    }
    for (name, place) in series {
        let points = (0..found.points.len())
            .map(|at| (found.points[at].setting as f64, band(place, at).median.max(1e-3 * least)));
        let (name, color) = (name.to_owned(), Color::series(place));
        marks.push(Mark::Curve { name, points: points.collect(), color, width: 2.0, dashed: false });
    }
    if best {
        let chosen = found.best();
        let at = vec![(chosen.setting as f64, chosen.validation.median)];
        let color = Color::hex(0x1f_24_29);
        marks.push(Mark::Rings { name: format!("best: {}", chosen.setting), points: at, color, radius: 6.0 });
        for verdict in [Verdict::Underfit, Verdict::Overfit] {
            let of_kind: Vec<_> = found.points.iter().filter(|point| point.verdict == verdict).collect();
            if let Some(point) = of_kind.get(of_kind.len() / 2) {
                let most = of_kind.iter().map(|point| point.validation.median).fold(0.0, f64::max);
                let (x, y) = (point.setting as f64, 1.5 * most);
                marks.push(Mark::Words { x, y, text: verdict.in_words().to_owned() });
            }
        }
    }
    Plot { title: title.into(), x, y, marks }
}

fn fits(known: &Known, samples: &Samples, degrees: &[usize]) -> Result<Plot, Error> {
    let (low, high) = known.domain();
    let at: Vec<f64> = (0..=300).map(|place| low + (high - low) * f64::from(place) / 300.0).collect();
    let points: Vec<(f64, f64)> = samples.inputs().iter().copied().zip(samples.targets().iter().copied()).collect();
    let truth: Vec<(f64, f64)> = at.iter().map(|x| (*x, known.value(*x))).collect();
    let y = Axis::around("y", points.iter().chain(&truth).map(|(_, y)| *y));
    let grey = Color::hex(0x7a_82_8a);
    let mut marks = vec![Mark::Curve { name: "f".into(), points: truth, color: grey, width: 1.5, dashed: true }];
    for (place, degree) in degrees.iter().enumerate() {
        let fit = Polynomial::fit(samples, *degree, known.domain())?;
        let points = at.iter().map(|x| (*x, fit.value(*x))).collect();
        let color = Color::series([2, 0, 1][place % 3]);
        marks.push(Mark::Curve { name: format!("degree {degree}"), points, color, width: 1.8, dashed: false });
    }
    marks.push(Mark::Dots { name: String::new(), points, color: Color::hex(0x1f_24_29), radius: 3.0 });
    Ok(Plot { title: format!("{} samples and three fits", samples.len()), x: Axis::new("x", low, high), y, marks })
}
