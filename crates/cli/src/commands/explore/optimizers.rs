//! All optimizers from one start, side by side.

use std::io::Write;

use clap::Args;
use gradus::Error;
use gradus::learn::optimize::{
    NewtonOptions, Objective, Stop, first_order_path, first_order_rules, lbfgs, newton, norm,
};

use super::plane_function::{FunctionArgs, PlaneFunction, coordinate, way};
use super::{Chapter, Desk, Subject};
use crate::draw::{Color, Plot, plots};
use crate::failure::Failure;

/// The function, and how far the optimizers go.
#[derive(Args)]
pub struct Optimizers {
    #[command(flatten)]
    function: FunctionArgs,
    /// The learning rate of SGD, momentum and Nesterov's momentum.
    #[arg(long, default_value_t = 0.001)]
    rate: f64,
    /// The step of RMSProp, whose gradients are scaled; Adam has twice it, AdaGrad ten times.
    #[arg(long, default_value_t = 0.02)]
    stride: f64,
    /// Steps of each.
    #[arg(long, value_name = "N", default_value_t = 500)]
    steps: usize,
}

impl Subject for Optimizers {
    const NAME: &'static str = "optimizers";
    const CHAPTER: Chapter = Chapter::Optimization;
    const SUMMARY: &'static str =
        "SGD to Adam, Newton and L-BFGS from one start, side by side; takes your own function";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        for (name, value) in [("rate", self.rate), ("stride", self.stride)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::setting(name, format!("is {value}; it is positive")).into());
            }
        }
        let scene = self.function.choose("rosenbrock")?;
        let mut paths: Vec<(&str, Vec<Vec<f64>>)> = Vec::new();
        for (name, mut rule) in first_order_rules(self.rate, self.stride) {
            paths.push((name, first_order_path(&scene.expression, &mut *rule, &scene.start, self.steps)));
        }
        let stop = Stop { most_steps: self.steps, gradient: 1e-9 };
        paths.push(("Newton", newton(&scene.expression, &scene.start, NewtonOptions::default(), stop)?.path));
        paths.push(("L-BFGS", lbfgs(&scene.expression, &scene.start, stop)?.path));
        print(&scene, &paths)?;
        let plot = |(place, (name, path)): (usize, &(&str, Vec<Vec<f64>>))| -> Plot {
            let steps = path.len() - 1;
            let value = scene.expression.value(&path[steps]);
            scene.plot(format!("{name}: {steps} steps, f = {value:.2e}"), way(path, Color::series(place)))
        };
        let all: Vec<Plot> = paths.iter().enumerate().map(plot).collect();
        let title = format!("{}: eight optimizers from one start", scene.title);
        let subtitle = "ring: the start; full dot: the end; darker is lower";
        desk.draw(Self::NAME, &plots(&title, subtitle, 4, (230.0, 210.0), &all))
    }
}

fn print(scene: &PlaneFunction, paths: &[(&str, Vec<Vec<f64>>)]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "f(x, y) = {}, from ({}, {})\n", scene.expression.text(), scene.start[0], scene.start[1])?;
    writeln!(out, "  {:<10} {:>6} {:>12} {:>12} {:>12} {:>12}", "", "steps", "x", "y", "f", "||gradient||")?;
    for (name, path) in paths {
        let last = &path[path.len() - 1];
        let (value, gradient) = scene.expression.slope(last);
        let (x, y, slope) = (coordinate(last[0]), coordinate(last[1]), norm(&gradient));
        writeln!(out, "  {name:<10} {:>6} {x:>12} {y:>12} {value:>12.3e} {slope:>12.1e}", path.len() - 1)?;
    }
    writeln!(out)?;
    Ok(())
}
