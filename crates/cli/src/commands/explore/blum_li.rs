//! A network of step neurons put together for a function and an error.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use gradus::Error;
use gradus::learn::blum_li::{Partition, StepNetwork};
use gradus::learn::expression::Expression;

use super::{Chapter, Desk, Subject};
use crate::commands::report;
use crate::draw::{Axis, Color, Drawing, Field, Mark, Plot, Shade, plots};
use crate::failure::Failure;

/// The function, its domain, and the error.
#[derive(Args)]
pub struct BlumLi {
    /// An expression of x, of x and y, or of x, y and z.
    #[arg(long, value_name = "TEXT", default_value = "sin(3*x) + tanh(20*(x - 1))", allow_hyphen_values = true)]
    function: String,
    /// The domain, the same for every variable, or one after the other: X0,X1 or X0,X1,Y0,Y1 ..
    #[arg(
        long,
        value_name = "X0,X1",
        value_delimiter = ',',
        num_args = 1,
        default_value = "-2,2",
        allow_hyphen_values = true
    )]
    domain: Vec<f64>,
    /// The L2 error: the root of the integral of the squared difference.
    #[arg(long, default_value_t = 0.1)]
    error: f64,
    /// Keep the network too, as safetensors.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

impl Subject for BlumLi {
    const NAME: &'static str = "blum-li";
    const CHAPTER: Chapter = Chapter::Neurons;
    const SUMMARY: &'static str =
        "a network of step neurons for any function and error, without training; takes your own function";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let function = Expression::parse(&self.function, None)?;
        let axes = function.dimension();
        let region: Vec<(f64, f64)> = match self.domain.as_slice() {
            &[low, high] => vec![(low, high); axes],
            ends if ends.len() == 2 * axes => ends.chunks(2).map(|ends| (ends[0], ends[1])).collect(),
            ends => {
                let problem = format!("has {} numbers; give two for all {axes} variables, or two for each", ends.len());
                return Err(Error::setting("domain", problem).into());
            }
        };
        if let Some(path) = &self.save {
            report::check_folder("--save", path)?;
        }
        let (network, partition) = StepNetwork::approximate(&function, &region, self.error)?;
        let even = even(&function, &region, self.error);
        self.print(&function, &network, &partition, even)?;
        if let Some(path) = &self.save {
            network.save(path)?;
            writeln!(crate::output::output(), "{}", path.display())?;
        }
        match axes {
            1 => desk.draw(Self::NAME, &staircase(&function, &network, &partition)),
            2 => desk.draw(Self::NAME, &tiles(&function, &network, &partition)),
            _ => Ok(()),
        }
    }
}

/// How many boxes of one size reach the error, and theirs; none where 20,000 do not.
fn even(function: &Expression, region: &[(f64, f64)], error: f64) -> Option<(usize, f64)> {
    let steps = std::iter::successors(Some(1usize), |count| Some(count + count.div_ceil(8)));
    let partitions = steps.map_while(|count| Partition::even(function, region, count).ok());
    partitions.map(|partition| (partition.cells.len(), partition.measured(function))).find(|(_, found)| *found <= error)
}

impl BlumLi {
    fn print(
        &self,
        function: &Expression,
        network: &StepNetwork,
        partition: &Partition,
        even: Option<(usize, f64)>,
    ) -> Result<(), Failure> {
        let mut out = crate::output::output();
        writeln!(out, "f = {}, L2 error at most {}\n", self.function, self.error)?;
        let cells = partition.cells.len();
        writeln!(out, "  boxes                      {cells:>10}")?;
        writeln!(out, "  step neurons, cuts         {:>10}", network.neurons() - cells)?;
        writeln!(out, "  step neurons, boxes        {cells:>10}")?;
        writeln!(out, "  error, measured            {:>10.5}", partition.measured(function))?;
        match even {
            Some((cells, found)) => writeln!(out, "  boxes of one size          {cells:>10}, error {found:.5}\n")?,
            None => writeln!(out, "  boxes of one size          more than 20,000\n")?,
        }
        Ok(())
    }
}

fn subtitle(network: &StepNetwork, partition: &Partition, function: &Expression) -> String {
    let (boxes, error) = (partition.cells.len(), partition.measured(function));
    format!(
        "{} step neurons, {boxes} boxes, L2 error {error:.4}; boxes are small where the function bends",
        network.neurons()
    )
}

fn staircase(function: &Expression, network: &StepNetwork, partition: &Partition) -> Drawing {
    let (low, high) = partition.region[0];
    let at: Vec<f64> = (0..=1600).map(|place| low + (high - low) * f64::from(place) / 1600.0).collect();
    let exact: Vec<(f64, f64)> = at.iter().map(|x| (*x, function.value(&[*x]))).collect();
    let stairs: Vec<(f64, f64)> = at.iter().copied().zip(network.predict(&at)).collect();
    let y = Axis::around("y", exact.iter().map(|(_, y)| *y));
    let marks = vec![
        Mark::Curve { name: "the function".into(), points: exact, color: Color::series(1), width: 2.0, dashed: false },
        Mark::Curve { name: "the network".into(), points: stairs, color: Color::series(0), width: 1.5, dashed: false },
    ];
    let plot = Plot { title: function.text().to_owned(), x: Axis::new("x", low, high), y, marks };
    let title = "A network of step neurons, put together without training (Blum and Li)";
    plots(title, &subtitle(network, partition, function), 1, (640.0, 330.0), &[plot])
}

fn tiles(function: &Expression, network: &StepNetwork, partition: &Partition) -> Drawing {
    let [x, y] = [partition.region[0], partition.region[1]];
    let field = Field::of(x, y, 201, |x, y| function.value(&[x, y]));
    let most = field.values.iter().fold(1e-12, |most: f64, value| most.max(value.abs()));
    let mut points = Vec::new();
    let mut stairs = Field::of(x, y, 401, |x, y| {
        points.extend([x, y]);
        0.0
    });
    stairs.values = points.chunks(2048).flat_map(|some| network.predict(some)).collect();
    let shade = Shade::Signed { most: 1.3 * most };
    let rims = partition.cells.iter().map(|cell| {
        let [(x0, x1), (y0, y1)] = [cell.region[0], cell.region[1]];
        let points = vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)];
        Mark::Curve {
            name: String::new(),
            points,
            color: Color::hex(0x59_61_69).with_alpha(90),
            width: 0.4,
            dashed: false,
        }
    });
    let axes = || (Axis::new("x", x.0, x.1), Axis::new("y", y.0, y.1));
    let plot = |title: &str, marks: Vec<Mark>| Plot { title: title.into(), x: axes().0, y: axes().1, marks };
    let all = [
        plot(function.text(), vec![Mark::Heat { field, shade }]),
        plot("the network, and its boxes", std::iter::once(Mark::Heat { field: stairs, shade }).chain(rims).collect()),
    ];
    let title = "A network of step neurons, put together without training (Blum and Li)";
    plots(title, &subtitle(network, partition, function), 2, (380.0, 340.0), &all)
}
