//! A small network trained by methods of first and second order: loss against steps and time.

use std::io::Write;
use std::time::Instant;

use clap::Args;
use gradus::learn::optimize::{NetworkLoss, NewtonOptions, Run, Stop, lbfgs, levenberg_marquardt, newton, newton_cg};
use gradus::nn::{Activation, Context, Linear, Module, Sequential, parameter_count};
use gradus::optim::{Adam, Optimizer};
use gradus::{Error, Rng, Tensor};

use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Mark, Plot, plots};
use crate::failure::Failure;

/// The network and how long it is trained.
#[derive(Args)]
pub struct SecondOrder {
    /// Hidden units.
    #[arg(long, value_name = "N", default_value_t = 16)]
    hidden: usize,
    /// Points of the curve that is learned.
    #[arg(long, value_name = "N", default_value_t = 100)]
    count: usize,
    /// Steps of the methods that need a Hessian or a Jacobian; L-BFGS and Adam, whose steps are cheap, have twenty times as
    /// many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    steps: usize,
}

/// Steps of a method that needs gradients alone for one of those that need more.
const CHEAPER: usize = 20;

/// A method: its name, and the loss at each step with the seconds gone.
type Curve = (&'static str, Vec<(f64, f64)>, Vec<f64>);

impl Subject for SecondOrder {
    const NAME: &'static str = "second-order";
    const CHAPTER: Chapter = Chapter::Optimization;
    const SUMMARY: &'static str = "a small network trained by Newton, Newton-CG, L-BFGS, Levenberg-Marquardt and Adam";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        if !(1..=500).contains(&self.hidden) || self.count == 0 {
            let problem =
                format!("are {} with {} points; give 1 to 500 units and at least a point", self.hidden, self.count);
            return Err(Error::setting("hidden", problem).into());
        }
        let x = Tensor::linspace(-3.0, 3.0, self.count).reshape([self.count, 1]);
        let y = x.scale(2.0).sin().add(&x.scale(0.3));
        let network = || {
            let rng = &mut Rng::new(desk.seed);
            Sequential::new()
                .add(Linear::new(1, self.hidden).init(rng))
                .add(Activation::Tanh)
                .add(Linear::new(self.hidden, 1).init(rng))
        };
        let stop = Stop { most_steps: self.steps, gradient: 1e-7 };
        let mut curves: Vec<Curve> = Vec::new();
        for name in ["Newton, damped", "Newton-CG", "L-BFGS", "Levenberg-Marquardt"] {
            let mut network = network();
            let loss = NetworkLoss::squares(&mut network, &x, &y);
            let start = loss.parameters();
            let run: Run = match name {
                "Newton, damped" => newton(&loss, &start, NewtonOptions::default(), stop)?,
                "Newton-CG" => newton_cg(&loss, &start, stop)?,
                "L-BFGS" => lbfgs(&loss, &start, Stop { most_steps: CHEAPER * self.steps, ..stop })?,
                _ => levenberg_marquardt(&loss, &start, stop)?,
            };
            curves.push((name, run.seconds.iter().copied().zip(run.values.iter().copied()).collect(), run.values));
        }
        curves.push(adam(network(), &x, &y, CHEAPER * self.steps));
        print(&curves, parameter_count(&network()))?;
        desk.draw(Self::NAME, &drawing(&curves, parameter_count(&network())))
    }
}

fn adam(mut network: Sequential, x: &Tensor, y: &Tensor, steps: usize) -> Curve {
    let (mut optimizer, begin) = (Adam::new(0.01), Instant::now());
    let (mut points, mut values) = (Vec::new(), Vec::new());
    for _ in 0..=steps {
        let loss = network.forward(x, &mut Context::eval()).sub(y).square().mean().scale(0.5);
        let value = f64::from(loss.item());
        points.push((begin.elapsed().as_secs_f64(), value));
        values.push(value);
        optimizer.step(&mut network, &loss.backward());
    }
    ("Adam", points, values)
}

fn print(curves: &[Curve], parameters: usize) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "sin(2x) + 0.3x learned by a network of {parameters} parameters, the whole batch at once\n")?;
    writeln!(
        out,
        "  {:<20} {:>6} {:>12} {:>12} {:>24}",
        "", "steps", "seconds", "last loss", "seconds to a loss of 1e-3"
    )?;
    for (name, points, values) in curves {
        let reached =
            points.iter().find(|(_, loss)| *loss <= 1e-3).map_or("not reached".into(), |(s, _)| format!("{s:.3}"));
        let (seconds, loss) = points[points.len() - 1];
        writeln!(out, "  {name:<20} {:>6} {seconds:>12.3} {loss:>12.2e} {reached:>24}", values.len() - 1)?;
    }
    writeln!(out)?;
    Ok(())
}

fn drawing(curves: &[Curve], parameters: usize) -> crate::draw::Drawing {
    let losses = || curves.iter().flat_map(|(_, _, values)| values.iter().copied());
    let draw = |title: &str, x: Axis, of: &dyn Fn(&Curve) -> Vec<(f64, f64)>| {
        let marks = curves.iter().enumerate().map(|(place, curve)| {
            let (name, points) = (curve.0.to_owned(), of(curve));
            Mark::Curve { name, points, color: Color::series(place), width: 2.0, dashed: false }
        });
        let y = Axis::powers("loss", losses());
        Plot { title: title.into(), x, y, marks: marks.collect() }
    };
    let most = curves.iter().map(|(_, _, values)| values.len()).max().unwrap_or(1);
    let steps =
        |(_, _, values): &Curve| values.iter().enumerate().map(|(step, loss)| (step as f64 + 1.0, *loss)).collect();
    let times = curves.iter().flat_map(|(_, points, _)| points.iter().map(|(seconds, _)| *seconds));
    let all = [
        draw("by steps", Axis::powers("step", [1.0, most as f64]), &steps),
        draw("by time", Axis::powers("seconds", times.filter(|seconds| *seconds > 1e-5)), &|(_, points, _)| {
            points.clone()
        }),
    ];
    let subtitle =
        format!("{parameters} parameters learn sin(2x) + 0.3x; a step by the Hessian is dear, and few are needed");
    plots("A small network trained by methods of first and second order", &subtitle, 1, (640.0, 270.0), &all)
}
