//! The delta rule on a line through points: instance-wise and batch, against the closed form.

use std::io::Write;

use clap::Args;
use gradus::Rng;
use gradus::learn::least_squares::{DeltaOptions, DeltaRun, Update, delta_rule, largest_rate, least_squares, risk};

use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Drawing, Field, Mark, Plot, plots};
use crate::failure::Failure;

/// The points of a noisy line, and how it is learned.
#[derive(Args)]
pub struct DeltaRule {
    /// How many points are drawn around the line.
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    count: u32,
    /// The standard deviation of the noise.
    #[arg(long, default_value_t = 0.4)]
    noise: f64,
    /// The step of batch updates [default: half of the largest at which they converge].
    #[arg(long)]
    rate: Option<f64>,
    /// The step of instance-wise updates.
    #[arg(long, default_value_t = 0.1)]
    instance_rate: f64,
    /// Passes over the points.
    #[arg(long, value_name = "N", default_value_t = 30)]
    epochs: usize,
}

struct Learned {
    inputs: Vec<f64>,
    wanted: Vec<f64>,
    closed: Vec<f64>,
    runs: [(&'static str, DeltaRun); 3],
}

impl Subject for DeltaRule {
    const NAME: &'static str = "delta-rule";
    const CHAPTER: Chapter = Chapter::Neurons;
    const SUMMARY: &'static str =
        "Widrow and Hoff's rule, point by point and in batch, against least squares in closed form";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let mut rng = Rng::new(desk.seed);
        let inputs: Vec<f64> = (0..self.count).map(|_| f64::from(rng.uniform_in(-0.5, 2.0))).collect();
        let wanted: Vec<f64> = inputs.iter().map(|x| 1.0 - 0.8 * x + self.noise * f64::from(rng.normal())).collect();
        let closed = least_squares(&inputs, 1, &wanted)?;
        let most = largest_rate(&inputs, 1, wanted.len());
        let run = |update, rate, decay| {
            let options = DeltaOptions { update, rate, decay, epochs: self.epochs, seed: desk.seed };
            delta_rule(&inputs, 1, &wanted, &options)
        };
        let runs = [
            ("batch", run(Update::Batch, self.rate.unwrap_or(0.5 * most), 0.0)?),
            ("instance-wise", run(Update::Instance, self.instance_rate, 0.0)?),
            ("decaying", run(Update::Instance, self.instance_rate, 1.0)?),
        ];
        let learned = Learned { inputs, wanted, closed, runs };
        learned.print(most)?;
        desk.draw(Self::NAME, &learned.drawing())
    }
}

impl Learned {
    fn risk(&self, weights: &[f64]) -> f64 {
        risk(&self.inputs, 1, &self.wanted, weights)
    }

    fn print(&self, most: f64) -> Result<(), Failure> {
        let mut out = crate::output::output();
        let epochs = self.runs[0].1.risks.len() - 1;
        writeln!(
            out,
            "y = w_0 + w_1 x through {} points, {epochs} passes; R is half the mean squared error",
            self.wanted.len()
        )?;
        writeln!(out, "batch steps converge for rates below {most:.3}\n")?;
        writeln!(out, "  {:<26} {:>10} {:>10} {:>12} {:>12}", "", "w_0", "w_1", "R", "R - least R")?;
        let least = self.risk(&self.closed);
        let closed = ("closed form", self.closed.as_slice());
        let runs = self.runs.iter().map(|(name, run)| (*name, run.weights()));
        for (name, w) in std::iter::once(closed).chain(runs) {
            let r = self.risk(w);
            writeln!(out, "  {name:<26} {:>10.5} {:>10.5} {r:>12.6} {:>12.2e}", w[0], w[1], (r - least).max(0.0))?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn drawing(&self) -> Drawing {
        let all = || self.runs.iter().flat_map(|(_, run)| &run.path).chain([&self.closed]);
        let (x, y) = (Axis::around("w_0", all().map(|w| w[0])), Axis::around("w_1", all().map(|w| w[1])));
        let field = Field::of(x.range(), y.range(), 121, |a, b| self.risk(&[a, b]));
        let least = self.risk(&self.closed);
        let levels = (0..14).map(|step| least + 0.004 * 1.75f64.powi(step)).collect();
        let mut marks = vec![Mark::Contours { field, levels, color: Color::hex(0xb4_bb_c2), width: 1.0 }];
        for (place, (name, run)) in self.runs.iter().enumerate().rev() {
            let points = run.path.iter().map(|w| (w[0], w[1])).collect();
            let width = if place == 0 { 2.2 } else { 1.1 };
            marks.push(Mark::Curve { name: (*name).into(), points, color: Color::series(place), width, dashed: false });
        }
        let batch = self.runs[0].1.path.iter().map(|w| (w[0], w[1])).collect();
        marks.push(Mark::Dots { name: String::new(), points: batch, color: Color::series(0), radius: 2.4 });
        let point = vec![(self.closed[0], self.closed[1])];
        marks.push(Mark::Rings {
            name: "closed form".into(),
            points: point,
            color: Color::hex(0x1f_24_29),
            radius: 6.0,
        });
        let paths = Plot { title: "the way over the risk's contours".into(), x, y, marks };

        let excess = |run: &DeltaRun| -> Vec<(f64, f64)> {
            run.risks.iter().enumerate().map(|(epoch, r)| (epoch as f64, r - least)).collect()
        };
        let curves: Vec<Vec<(f64, f64)>> = self.runs.iter().map(|(_, run)| excess(run)).collect();
        let y = Axis::powers("R - least R", curves.iter().flatten().map(|(_, r)| r.max(1e-12)));
        let x = Axis::new("passes over the points", 0.0, curves[0].len() as f64 - 1.0);
        let marks = curves
            .into_iter()
            .zip(&self.runs)
            .enumerate()
            .map(|(place, (points, (name, _)))| Mark::Curve {
                name: (*name).into(),
                points,
                color: Color::series(place),
                width: 2.0,
                dashed: false,
            })
            .collect();
        let risks = Plot { title: "what is left of the risk".into(), x, y, marks };
        let subtitle = "batch goes straight down; instance-wise rattles about the minimum until its step decays";
        plots("The delta rule on its way to the least squares", subtitle, 2, (430.0, 380.0), &[paths, risks])
    }
}
