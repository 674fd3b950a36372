//! The loss around a trained network.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use gradus::data::Dataset;
use gradus::learn::optimize::{self, loss_surface};
use gradus::learn::points::Toy;
use gradus::nn::{Activation, Context, Linear, Module, Sequential};
use gradus::optim::{Adam, Optimizer};
use gradus::run::Run;
use gradus::train::evaluate;
use gradus::{Error, Indices, Real, Rng, Tensor, no_grad};

use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Field, Mark, Plot, Shade, plots};
use crate::failure::Failure;

/// The network and the grid around it.
#[derive(Args)]
pub struct LossSurface {
    /// A trained run of your own, on its data [default: a small network that is trained on the spot].
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,
    /// Points of the grid along each direction, odd.
    #[arg(long, value_name = "N", default_value_t = 31)]
    side: usize,
    /// How far the grid reaches, in lengths of the network's filters.
    #[arg(long, default_value_t = 1.0)]
    reach: f64,
}

impl Subject for LossSurface {
    const NAME: &'static str = "loss-surface";
    const CHAPTER: Chapter = Chapter::Optimization;
    const SUMMARY: &'static str = "a trained network's loss along two random directions; takes your own run";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let (surface, name) = match &self.run {
            Some(path) => (self.around_run(path, desk.seed)?, path.display().to_string()),
            None => (self.around_small(desk.seed)?, "2-16-16-2, tanh, trained on two moons".to_owned()),
        };
        let finite = surface.losses.iter().copied().filter(|loss| loss.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, 0.0f64), |(low, high), loss| (low.min(loss), high.max(loss)));
        let mut out = crate::output::output();
        writeln!(
            out,
            "The loss around {name}, {0}x{0} points, up to {1} filter lengths away\n",
            surface.side, surface.reach
        )?;
        writeln!(out, "  at the network   {:>12.5}", surface.middle())?;
        writeln!(out, "  lowest           {low:>12.5}")?;
        writeln!(out, "  highest          {high:>12.5}\n")?;
        drop(out);
        let logs: Vec<f64> = surface.losses.iter().map(|loss| loss.max(1e-12).ln()).collect();
        let (bottom, top) = (low.max(1e-12).ln(), high.max(2e-12).ln());
        let field = Field { values: logs.iter().map(|log| top - log).collect(), columns: surface.side };
        let levels = (1..14).map(|step| bottom + (top - bottom) * f64::from(step) / 14.0).collect();
        let lines = Field { values: logs, columns: surface.side };
        let marks = vec![
            Mark::Heat { field, shade: Shade::Rising { low: 0.0, high: top - bottom } },
            Mark::Contours { field: lines, levels, color: Color::hex(0x59_61_69), width: 0.8 },
            Mark::Dots { name: "the network".into(), points: vec![(0.0, 0.0)], color: Color::series(1), radius: 5.0 },
        ];
        let [x, y] =
            ["first", "second"].map(|name| Axis::new(format!("{name} random direction"), -self.reach, self.reach));
        let subtitle = format!(
            "loss {:.3} at the network to {high:.3}, contours in equal ratios; darker is lower",
            surface.middle()
        );
        let plot = Plot { title: name, x, y, marks };
        desk.draw(Self::NAME, &plots("The loss around a trained network", &subtitle, 1, (460.0, 400.0), &[plot]))
    }
}

impl LossSurface {
    fn around_run(&self, path: &Path, seed: u64) -> Result<optimize::LossSurface, Failure> {
        let run = Run::open(path)?;
        let splits = run.open_data(&run.config.data.path.clone(), false)?;
        let data: Arc<dyn Dataset> = splits.test.clone().unwrap_or(splits.train);
        let loader = run.loader(data, 256);
        let Run { mut network, task, .. } = run;
        let loss = |network: &dyn Module| Ok(evaluate(network, &*task, &loader, |_, _| {})?.loss);
        Ok(loss_surface(&mut *network, loss, self.side, self.reach, seed)?)
    }

    fn around_small(&self, seed: u64) -> Result<optimize::LossSurface, Error> {
        let points = Toy::Moons.points(300, &mut Rng::new(seed));
        let values: Vec<Real> = points.values().iter().map(|x| *x as Real).collect();
        let (inputs, labels) = (Tensor::new(values, [points.len(), 2]), Indices::new(points.labels(), [points.len()]));
        let rng = &mut Rng::new(seed);
        let mut network = Sequential::new()
            .add(Linear::new(2, 16).init(rng))
            .add(Activation::Tanh)
            .add(Linear::new(16, 16).init(rng))
            .add(Activation::Tanh)
            .add(Linear::new(16, 2).init(rng));
        let mut optimizer = Adam::new(0.01);
        for _ in 0..400 {
            let loss = network.forward(&inputs, &mut Context::train(seed)).cross_entropy(&labels);
            optimizer.step(&mut network, &loss.backward());
        }
        let loss = |network: &dyn Module| {
            let loss = no_grad(|| network.forward(&inputs, &mut Context::eval()).cross_entropy(&labels));
            Ok(f64::from(loss.item()))
        };
        loss_surface(&mut network, loss, self.side, self.reach, seed)
    }
}
