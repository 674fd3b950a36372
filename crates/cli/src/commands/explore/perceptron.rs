//! Rosenblatt's rule, correction by correction, and the bound on its mistakes.

use std::io::Write;

use clap::{Args, ValueEnum};
use gradus::learn::perceptron::{self, Bound, Order, PerceptronOptions, Start, Trained, mistake_bound};

use super::points::{Chosen, PointArgs, boundary};
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Drawing, Mark, Plot, plots};
use crate::failure::Failure;

/// How the perceptron is trained, and on what.
#[derive(Args)]
pub struct Perceptron {
    #[command(flatten)]
    points: PointArgs,
    /// The order in which points are shown.
    #[arg(long, value_enum, default_value_t = OrderName::Cyclic)]
    order: OrderName,
    /// Where the weights start from.
    #[arg(long, value_enum, default_value_t = StartName::Zero)]
    start: StartName,
    /// The step of a correction.
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// Passes over the points after which training gives up.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    epochs: usize,
    /// Keep the best weights that were met, for sets that no line separates.
    #[arg(long)]
    pocket: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum OrderName {
    Cyclic,
    Random,
}

#[derive(Clone, Copy, ValueEnum)]
enum StartName {
    Zero,
    Random,
}

/// Frames of the animation at most.
const FRAMES: usize = 60;

impl Subject for Perceptron {
    const NAME: &'static str = "perceptron";
    const CHAPTER: Chapter = Chapter::Neurons;
    const SUMMARY: &'static str = "Rosenblatt's rule step by step, its mistakes against the bound; takes your own data";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let chosen = self.points.choose("near", desk.seed)?;
        let order = if matches!(self.order, OrderName::Cyclic) { Order::Cyclic } else { Order::Random };
        let start = if matches!(self.start, StartName::Zero) { Start::Zero } else { Start::Random };
        let (rate, most_epochs, pocket, seed) = (self.rate, self.epochs, self.pocket, desk.seed);
        let options = PerceptronOptions { order, start, rate, most_epochs, pocket, seed };
        let trained = perceptron::train(&chosen.points, &chosen.signs, &options)?;
        let bound = mistake_bound(&chosen.points, &chosen.signs, &trained.weights);
        print(&chosen, &options, &trained, bound)?;
        if chosen.is_flat() {
            let last = trained.path.len() - 1;
            desk.draw(Self::NAME, &frame(&chosen, &trained.weights, &title(&trained), &told(&trained, None)))?;
            let shown = (0..=last).step_by(last.div_ceil(FRAMES).max(1)).chain([last]);
            let frames: Vec<Drawing> = shown
                .map(|place| {
                    frame(
                        &chosen,
                        &trained.path[place],
                        "Rosenblatt's rule, correction by correction",
                        &told(&trained, Some(place)),
                    )
                })
                .collect();
            desk.animate(Self::NAME, &frames)?;
        }
        Ok(())
    }
}

fn print(chosen: &Chosen, options: &PerceptronOptions, trained: &Trained, bound: Option<Bound>) -> Result<(), Failure> {
    let mut out = crate::output::output();
    let Trained { weights, converged, epochs, mistakes, wrong, .. } = trained;
    writeln!(out, "{}: {mistakes} corrections in {epochs} passes", chosen.origin)?;
    if *converged {
        writeln!(out, "the last pass was without mistakes\n")?;
    } else {
        let kept = if options.pocket { "the best weights met answer" } else { "the last weights answer" };
        writeln!(out, "no pass was without mistakes; {kept} {wrong} of {} points wrongly", chosen.points.len())?;
        writeln!(out, "`gradus explore separability` tells whether any could; --pocket keeps the best weights\n")?;
    }
    for (name, weight) in std::iter::once("bias").chain(chosen.columns.iter().map(String::as_str)).zip(weights) {
        writeln!(out, "  {weight:>12.5}  {name}")?;
    }
    if let Some(bound) = bound {
        let Bound { alpha, beta, square } = bound;
        writeln!(out, "\nThe convergence theorem, with these weights as w_o\n")?;
        writeln!(out, "  alpha = min y w_o'x     {alpha:>14.4}")?;
        writeln!(out, "  beta  = max ||x||^2     {beta:>14.4}")?;
        writeln!(out, "  ||w_o||^2               {square:>14.4}")?;
        writeln!(out, "  n_max = beta ||w_o||^2 / alpha^2   {:>14.0}", bound.mistakes())?;
        let holds = options.start == Start::Zero;
        let told = if holds { "corrections really made" } else { "corrections made (the bound is for w(0) = 0)" };
        writeln!(out, "  {told:<34} {mistakes:>14}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn title(trained: &Trained) -> String {
    if trained.converged {
        return "Rosenblatt's rule has found a line".to_owned();
    }
    format!("Rosenblatt's rule gave up: {} points are on the wrong side", trained.wrong)
}

fn told(trained: &Trained, place: Option<usize>) -> String {
    match place {
        Some(place) => format!("correction {place} of {}", trained.mistakes),
        None => format!("{} corrections in {} passes over the points", trained.mistakes, trained.epochs),
    }
}

fn frame(chosen: &Chosen, weights: &[f64], title: &str, subtitle: &str) -> Drawing {
    let frame = chosen.frame();
    let points = boundary(weights, frame);
    let mut marks =
        vec![Mark::Curve { name: "w'x = 0".into(), points, color: Color::series(2), width: 2.0, dashed: false }];
    for (side, sign, color) in [(0, -1.0, Color::series(1)), (1, 1.0, Color::series(0))] {
        marks.push(Mark::Dots { name: chosen.names[side].clone(), points: chosen.side(sign), color, radius: 4.0 });
    }
    let second = chosen.columns.get(1).map_or("", String::as_str);
    let x = Axis::new(&chosen.columns[0], frame[0].0, frame[0].1);
    let y = Axis::new(second, frame[1].0, frame[1].1);
    plots(title, subtitle, 1, (460.0, 400.0), &[Plot { title: chosen.origin.clone(), x, y, marks }])
}
