//! The error on K samples against the error on all of a known F.

use std::io::Write;

use clap::{Args, ValueEnum};
use gradus::learn::capacity::{Band, Polynomial, fit_hidden_layer};
use gradus::learn::samples::{Predictor, Samples};
use gradus::learn::theory::{FittedErrors, FixedErrors, fitted_errors, fixed_errors, log_slope};
use gradus::{Error, Rng};

use super::known::KnownArgs;
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Mark, Plot, plots};
use crate::failure::Failure;

/// K is large from so many samples for each weight on.
const LARGE: usize = 10;

/// F, and what is fitted.
#[derive(Args)]
pub struct EmpiricalError {
    #[command(flatten)]
    known: KnownArgs,
    /// What is fitted to the K samples.
    #[arg(long, value_enum, default_value_t = Model::Polynomial)]
    model: Model,
    /// The degree of the polynomial.
    #[arg(long, default_value_t = 5)]
    degree: usize,
    /// The hidden units of the network.
    #[arg(long, value_name = "N", default_value_t = 4)]
    hidden: usize,
    /// Numbers of samples [default: 15 to 1920, doubling].
    #[arg(long, value_name = "K,K,..", value_delimiter = ',', num_args = 1)]
    sizes: Option<Vec<usize>>,
    /// Draws of each size.
    #[arg(long, value_name = "N", default_value_t = 100)]
    repeats: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Model {
    Polynomial,
    Network,
}

impl Subject for EmpiricalError {
    const NAME: &'static str = "empirical-error";
    const CHAPTER: Chapter = Chapter::Learning;
    const SUMMARY: &'static str =
        "the error on K samples against that on all of a known F, as K grows; takes your own function";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let known = self.known.choose()?;
        let (weights, name) = match self.model {
            Model::Polynomial => (self.degree + 1, format!("a polynomial of degree {}", self.degree)),
            Model::Network => (3 * self.hidden + 1, format!("a network of {} hidden units", self.hidden)),
        };
        let sizes = self.sizes.clone().unwrap_or_else(|| vec![15, 30, 60, 120, 240, 480, 960, 1920]);
        if let Some(size) = sizes.iter().find(|size| **size <= weights) {
            let problem = format!("{size} samples do not determine {weights} weights; give more than {weights}");
            return Err(Error::setting("sizes", problem).into());
        }
        let (degree, hidden, model, domain) = (self.degree, self.hidden, self.model, known.domain());
        let fit = |samples: &Samples, seed: u64| -> Result<Box<dyn Predictor>, Error> {
            Ok(match model {
                Model::Polynomial => Box::new(Polynomial::fit(samples, degree, domain)?),
                Model::Network => Box::new(fit_hidden_layer(samples, hidden, 200, seed)?),
            })
        };
        let fitted = fitted_errors(&known, &sizes, self.repeats, desk.seed, fit)?;
        // One that stays: fitted once, to samples that are then thrown away.
        let stays = fit(&known.draw(4 * weights, &mut Rng::new(desk.seed).fork(9))?, desk.seed)?;
        let fixed = fixed_errors(&known, &*stays, &sizes, self.repeats, desk.seed)?;
        let all = known.error(&*stays);
        // Laws for large K: not where single fits to few samples run wild.
        let from = LARGE * weights;
        let slopes = [
            slope(from, fitted.iter().map(|errors| (errors.size, errors.gap.mean))),
            slope(from, fixed.iter().map(|errors| (errors.size, errors.deviation))),
        ];
        let mut out = crate::output::output();
        let (text, noise, repeats) = (known.text(), known.noise(), self.repeats);
        writeln!(out, "F: x even in {:?}, y = {text} + noise of {noise}; {repeats} draws of each K\n", known.domain())?;
        writeln!(out, "{name} ({weights} weights) fitted to the K samples: means\n")?;
        writeln!(out, "  {:>6} {:>12} {:>12} {:>12} {:>14}", "K", "empirical", "theoretical", "gap", "2 s^2 p / K")?;
        for errors in &fitted {
            let (size, gap) = (errors.size, 2.0 * noise * noise * weights as f64 / errors.size as f64);
            let (empirical, theoretical, found) = (errors.empirical.mean, errors.theoretical.mean, errors.gap.mean);
            writeln!(out, "  {size:>6} {empirical:>12.5} {theoretical:>12.5} {found:>12.5} {gap:>14.5}")?;
        }
        writeln!(out, "\nthe same, fitted once and then kept: its theoretical error is {all:.5}\n")?;
        writeln!(out, "  {:>6} {:>12} {:>22} {:>18}", "K", "empirical", "away from theoretical", "sqrt(variance / K)")?;
        for errors in &fixed {
            let (size, empirical, away) = (errors.size, errors.empirical.mean, errors.deviation);
            writeln!(out, "  {size:>6} {empirical:>12.5} {away:>22.5} {:>18.5}", errors.expected)?;
        }
        let words = |slope: Option<f64>| slope.map_or("none".to_owned(), |slope| format!("{slope:.2}"));
        writeln!(
            out,
            "\nslopes from K = {from} on: the gap {} (theory: -1), the distance {} (theory: -1/2)\n",
            words(slopes[0]),
            words(slopes[1])
        )?;
        drop(out);
        let plots_of = [both(&fitted, noise * noise), one(&fixed, all), gaps(&fitted, &fixed, &slopes.map(words))];
        let subtitle = format!(
            "y = {text} with noise {noise}; {name}; bands from the 10 % to the 90 % quantile of {repeats} draws"
        );
        let title = "Empirical and theoretical error come together as samples grow more";
        desk.draw(Self::NAME, &plots(title, &subtitle, 3, (340.0, 300.0), &plots_of))
    }
}

fn slope(from: usize, points: impl Iterator<Item = (usize, f64)>) -> Option<f64> {
    log_slope(points.filter(|(size, _)| *size >= from).map(|(size, value)| (size as f64, value))).ok()
}

fn sizes_axis(sizes: impl Iterator<Item = usize>) -> Axis {
    Axis::powers("samples K", sizes.map(|size| size as f64))
}

fn curve(name: &str, points: Vec<(f64, f64)>, color: Color, dashed: bool) -> Mark {
    Mark::Curve { name: name.into(), points, color, width: 2.0, dashed }
}

fn level(name: &str, sizes: (usize, usize), value: f64) -> Mark {
    let points = [sizes.0, sizes.1].map(|size| (size as f64, value)).to_vec();
    Mark::Curve { name: name.into(), points, color: Color::hex(0x1f_24_29), width: 1.2, dashed: true }
}

fn ends(sizes: impl Iterator<Item = usize>) -> (usize, usize) {
    sizes.fold((usize::MAX, 0), |(low, high), size| (low.min(size), high.max(size)))
}

type Of = fn(&FittedErrors) -> Band;

fn both(fitted: &[FittedErrors], noise: f64) -> Plot {
    let mut marks = Vec::new();
    let kinds: [(&str, usize, Of); 2] =
        [("theoretical", 1, |errors| errors.theoretical), ("empirical", 0, |errors| errors.empirical)];
    for (_, series, of) in kinds {
        let points = fitted.iter().map(|errors| (errors.size as f64, of(errors).low, of(errors).high)).collect();
        marks.push(Mark::Band { points, color: Color::series(series).with_alpha(45) });
    }
    for (name, series, of) in kinds {
        let points = fitted.iter().map(|errors| (errors.size as f64, of(errors).median)).collect();
        marks.push(curve(name, points, Color::series(series), false));
    }
    marks.push(level("noise", ends(fitted.iter().map(|errors| errors.size)), noise));
    let most = fitted.iter().map(|errors| errors.theoretical.median).fold(2.0 * noise, f64::max);
    let y = Axis::new("mean squared error", 0.0, 1.3 * most.max(f64::MIN_POSITIVE));
    Plot { title: "fitted to the K samples".into(), x: sizes_axis(fitted.iter().map(|errors| errors.size)), y, marks }
}

fn one(fixed: &[FixedErrors], all: f64) -> Plot {
    let band = fixed.iter().map(|errors| (errors.size as f64, errors.empirical.low, errors.empirical.high)).collect();
    let middle = fixed.iter().map(|errors| (errors.size as f64, errors.empirical.median)).collect();
    let marks = vec![
        Mark::Band { points: band, color: Color::series(0).with_alpha(45) },
        curve("empirical", middle, Color::series(0), false),
        level("theoretical", ends(fixed.iter().map(|errors| errors.size)), all),
    ];
    let y = Axis::new("mean squared error", 0.0, 2.2 * all.max(f64::MIN_POSITIVE));
    Plot { title: "a predictor that stays".into(), x: sizes_axis(fixed.iter().map(|errors| errors.size)), y, marks }
}

fn gaps(fitted: &[FittedErrors], fixed: &[FixedErrors], slopes: &[String; 2]) -> Plot {
    let gap: Vec<(f64, f64)> = fitted.iter().map(|errors| (errors.size as f64, errors.gap.mean)).collect();
    let away: Vec<(f64, f64)> = fixed.iter().map(|errors| (errors.size as f64, errors.deviation)).collect();
    let expected: Vec<(f64, f64)> = fixed.iter().map(|errors| (errors.size as f64, errors.expected)).collect();
    let y = Axis::powers("error", gap.iter().chain(&away).chain(&expected).map(|(_, y)| *y));
    let marks = vec![
        curve(&format!("gap, {}", slopes[0]), gap.clone(), Color::series(1), false),
        curve(&format!("distance, {}", slopes[1]), away, Color::series(0), false),
        curve("its theory", expected, Color::hex(0x1f_24_29), true),
    ];
    let x = sizes_axis(fitted.iter().map(|errors| errors.size));
    Plot { title: "gap (fitted) and distance (kept), with their slopes".into(), x, y, marks }
}
