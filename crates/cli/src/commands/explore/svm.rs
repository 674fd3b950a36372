//! Support vector machines in the plane: the margin, the support vectors, what a kernel bends.

use std::io::Write;

use clap::Args;
use gradus::learn::scaling::Scaling;
use gradus::learn::svm::{Kernel, Machine, SvmOptions};

use super::points::{Chosen, PointArgs, plane};
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Field, Mark, Plot, Shade, plots};
use crate::failure::Failure;

/// The points, and how the machines are trained.
#[derive(Args)]
pub struct Svm {
    #[command(flatten)]
    points: PointArgs,
    /// C, the price of a point inside the margin.
    #[arg(long = "c", short = 'C', value_name = "C", default_value_t = 1.0)]
    bound: f64,
    /// Take the columns of your own data as they are, instead of scaling each to mean 0 and standard deviation 1.
    #[arg(long, requires = "data")]
    no_scaling: bool,
    /// gamma of the RBF kernel.
    #[arg(long, default_value_t = 1.0)]
    gamma: f64,
    /// The degree of the polynomial kernel (gamma x'y + 1)^degree.
    #[arg(long, default_value_t = 3)]
    degree: u32,
}

impl Subject for Svm {
    const NAME: &'static str = "svm";
    const CHAPTER: Chapter = Chapter::Neurons;
    const SUMMARY: &'static str =
        "margins and support vectors with linear, RBF and polynomial kernels; takes your own data";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let chosen = self.points.choose("near", desk.seed)?;
        let scaling = (self.points.data.is_some() && !self.no_scaling)
            .then(|| Scaling::of(chosen.points.values(), chosen.points.dimension()));
        let scaled = Scaled { chosen, scaling };
        let values = scaled.scale(scaled.chosen.points.values());
        let polynomial = Kernel::Polynomial { degree: self.degree, gamma: self.gamma, constant: 1.0 };
        let kernels =
            [("linear", Kernel::Linear), ("RBF", Kernel::Rbf { gamma: self.gamma }), ("polynomial", polynomial)];
        let mut machines = Vec::new();
        for (name, kernel) in kernels {
            let options = SvmOptions { kernel, bound: self.bound, ..Default::default() };
            let Chosen { points, signs, .. } = &scaled.chosen;
            machines.push((name, Machine::train(&values, points.dimension(), signs, &options)?));
        }
        print(&scaled, &machines, self.bound)?;
        let chosen = &scaled.chosen;
        if chosen.points.dimension() == 2 {
            let all: Vec<Plot> = machines.iter().map(|(name, machine)| plot(&scaled, name, machine)).collect();
            let title = format!("Support vector machines, C = {}: {}", self.bound, chosen.origin);
            let subtitle = format!(
                "blue: {}, orange: {}; line: f = 0; grey lines: f = 1 and -1, the rims of the margin; ringed: support vectors",
                chosen.names[1], chosen.names[0]
            );
            desk.draw(Self::NAME, &plots(&title, &subtitle, 3, (310.0, 290.0), &all))?;
        }
        Ok(())
    }
}

/// The points, and how their columns are scaled for the machines; drawings keep the data's own units.
struct Scaled {
    chosen: Chosen,
    scaling: Option<Scaling>,
}

impl Scaled {
    fn scale(&self, values: &[f64]) -> Vec<f64> {
        self.scaling.as_ref().map_or_else(|| values.to_vec(), |scaling| scaling.scale(values))
    }

    fn wrong(&self, machine: &Machine) -> usize {
        let decisions = machine.decide(&self.scale(self.chosen.points.values()));
        decisions.iter().zip(&self.chosen.signs).filter(|(f, y)| **f * **y <= 0.0).count()
    }
}

fn print(scaled: &Scaled, machines: &[(&str, Machine)], bound: f64) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "{}, C = {bound}\n", scaled.chosen.origin)?;
    writeln!(
        out,
        "  {:<12} {:>16} {:>14} {:>8} {:>8}",
        "kernel", "support vectors", "margin 1/||w||", "wrong", "steps"
    )?;
    for (name, machine) in machines {
        let (vectors, margin, wrong) = (machine.support().len(), machine.margin(), scaled.wrong(machine));
        writeln!(out, "  {name:<12} {vectors:>16} {margin:>14.5} {wrong:>8} {:>8}", machine.steps())?;
    }
    let units = if scaled.scaling.is_some() {
        "the data's, each column divided by its standard deviation"
    } else {
        "the data's"
    };
    writeln!(out, "\nthe margin of a kernel is in its own space; of the linear one, in {units}\n")?;
    Ok(())
}

fn plot(scaled: &Scaled, name: &str, machine: &Machine) -> Plot {
    let chosen = &scaled.chosen;
    let frame = chosen.frame();
    let field = Field::of(frame[0], frame[1], 121, |x, y| machine.decide(&scaled.scale(&[x, y]))[0]);
    let line = |levels: Vec<f64>, color, width| Mark::Contours { field: field.clone(), levels, color, width };
    let mut marks = vec![
        Mark::Heat { field: field.clone(), shade: Shade::Signed { most: 2.5 } },
        line(vec![-1.0, 1.0], Color::hex(0x7a_82_8a), 1.0),
        line(vec![0.0], Color::hex(0x1f_24_29), 2.0),
    ];
    for (sign, color) in [(-1.0, Color::series(1)), (1.0, Color::series(0))] {
        marks.push(Mark::Dots { name: String::new(), points: chosen.side(sign), color, radius: 3.2 });
    }
    let points = machine.support().iter().map(|place| plane(chosen.points.point(*place))).collect();
    marks.push(Mark::Rings { name: String::new(), points, color: Color::hex(0x1f_24_29), radius: 5.5 });
    let x = Axis::new(&chosen.columns[0], frame[0].0, frame[0].1);
    let y = Axis::new(&chosen.columns[1], frame[1].0, frame[1].1);
    let title = format!("{name}: {} support vectors, {} wrong", machine.support().len(), scaled.wrong(machine));
    Plot { title, x, y, marks }
}
