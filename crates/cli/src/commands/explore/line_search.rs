//! Gradient descent with every rule for its step.

use std::io::Write;

use clap::Args;
use gradus::learn::optimize::{Run, StepRule, Stop, gradient_descent};

use super::plane_function::{FunctionArgs, PlaneFunction, coordinate, way};
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Mark, Plot, plots};
use crate::failure::Failure;

/// The function and the steps.
#[derive(Args)]
pub struct LineSearch {
    #[command(flatten)]
    function: FunctionArgs,
    /// The fixed step, and the first of the decaying ones.
    #[arg(long, default_value_t = 0.001)]
    rate: f64,
    /// The decay: step k is rate / (1 + decay k).
    #[arg(long, default_value_t = 0.001)]
    decay: f64,
    /// Steps after which a descent gives up.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    steps: usize,
}

impl Subject for LineSearch {
    const NAME: &'static str = "line-search";
    const CHAPTER: Chapter = Chapter::Optimization;
    const SUMMARY: &'static str =
        "gradient descent with fixed, decaying, exact, Armijo's and Wolfe's steps; takes your own function";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let scene = self.function.choose("rosenbrock")?;
        let rules = [
            ("fixed", StepRule::Fixed { rate: self.rate }),
            ("decaying", StepRule::Decaying { rate: self.rate, decay: self.decay }),
            ("exact by sampling", StepRule::Sampled),
            ("backtracking (Armijo)", StepRule::Backtracking { first: 1.0 }),
            ("strong Wolfe", StepRule::StrongWolfe { first: 1.0 }),
        ];
        let stop = Stop { most_steps: self.steps, gradient: 1e-6 };
        let mut runs = Vec::new();
        for (name, rule) in rules {
            runs.push((name, gradient_descent(&scene.expression, &scene.start, rule, stop)?));
        }
        print(&scene, &runs)?;
        let paths = runs.iter().enumerate().map(|(place, (name, run))| {
            let title = format!("{name}: {} steps, {}", run.steps(), run.ended.in_words());
            scene.plot(title, way(&run.path, Color::series(place)))
        });
        let all: Vec<Plot> = paths.chain([falling(&runs)]).collect();
        let title = format!("{}: gradient descent, five rules for the step", scene.title);
        let subtitle = "ring: the start; full dot: the end; darker is lower";
        desk.draw(Self::NAME, &plots(&title, subtitle, 3, (300.0, 250.0), &all))
    }
}

fn falling(runs: &[(&str, Run)]) -> Plot {
    let lowest = runs.iter().flat_map(|(_, run)| run.values.iter().copied()).fold(f64::INFINITY, f64::min);
    let above = |run: &Run| -> Vec<(f64, f64)> {
        run.values.iter().enumerate().map(|(step, value)| (step as f64 + 1.0, value - lowest.min(0.0))).collect()
    };
    let curves: Vec<Vec<(f64, f64)>> = runs.iter().map(|(_, run)| above(run)).collect();
    let all = || curves.iter().flatten();
    let (x, y) = (Axis::powers("step", all().map(|p| p.0)), Axis::powers("f", all().map(|p| p.1.max(1e-14))));
    let marks = curves.iter().enumerate().map(|(place, points)| {
        let points = points.clone();
        Mark::Curve { name: String::new(), points, color: Color::series(place), width: 1.8, dashed: false }
    });
    Plot { title: "the value, step by step, in the same colours".into(), x, y, marks: marks.collect() }
}

fn print(scene: &PlaneFunction, runs: &[(&str, Run)]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "f(x, y) = {}, from ({}, {})\n", scene.expression.text(), scene.start[0], scene.start[1])?;
    writeln!(out, "  {:<22} {:>6} {:>12} {:>12} {:>12} {:>12}", "step", "steps", "x", "y", "f", "||gradient||")?;
    for (name, run) in runs {
        let (last, value, slope) = (run.last(), run.value(), run.gradient);
        let (x, y, ended) = (coordinate(last[0]), coordinate(last[1]), run.ended.in_words());
        writeln!(out, "  {name:<22} {:>6} {x:>12} {y:>12} {value:>12.3e} {slope:>12.1e}  {ended}", run.steps())?;
    }
    writeln!(out)?;
    Ok(())
}
