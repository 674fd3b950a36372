//! Where a subject's points come from: the user's own table, or a set by name.

use std::path::PathBuf;

use clap::Args;
use gradus::data::csv::TableOptions;
use gradus::data::{OpenOptions, TargetMeaning};
use gradus::learn::points::{Points, Toy};
use gradus::{Error, Rng};

use crate::failure::Failure;

/// Points of the user's own, or a set by name.
#[derive(Args)]
pub struct PointArgs {
    /// Points of your own: a table (CSV) with a column of classes, or any other data with classes.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// The column of classes [default: the last].
    #[arg(long, value_name = "COLUMN", requires = "data", conflicts_with = "set")]
    pub target: Option<String>,
    /// The class to tell from all others [default: the second of two].
    #[arg(long, value_name = "NAME", requires = "data", conflicts_with = "set")]
    pub class: Option<String>,
    /// Drawn points instead: near, blobs, overlap, xor, rings, moons.
    #[arg(long, value_name = "NAME", conflicts_with = "data")]
    pub set: Option<String>,
    /// How many are drawn.
    #[arg(long, value_name = "N", default_value_t = 60, conflicts_with = "data", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub count: u32,
}

/// Points, their signs, and what they are called.
pub struct Chosen {
    pub points: Points,
    /// +1 for the class to tell from the others.
    pub signs: Vec<f64>,
    /// The names of the sides -1 and +1.
    pub names: [String; 2],
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Where the points are from, in words.
    pub origin: String,
}

impl PointArgs {
    /// The drawn set: the one that was chosen, or the subject's own.
    pub fn set(&self, default: &str) -> Result<Toy, Error> {
        Toy::named(self.set.as_deref().unwrap_or(default))
    }

    /// Reads or draws them; `default` is the set where none is chosen.
    pub fn choose(&self, default: &str, seed: u64) -> Result<Chosen, Failure> {
        let Some(path) = &self.data else {
            let points = self.set(default)?.points(self.count as usize, &mut Rng::new(seed));
            let signs = points.two_classes()?;
            let origin = format!("{} points of the set {}", points.len(), self.set.as_deref().unwrap_or(default));
            let columns = ["x1", "x2"].map(str::to_owned).to_vec();
            return Ok(Chosen { points, signs, names: ["minus", "plus"].map(str::to_owned), columns, origin });
        };
        let table = TableOptions { target: self.target.clone(), ..Default::default() };
        let options = OpenOptions { table, targets: Some(TargetMeaning::Classes), ..Default::default() };
        let splits = gradus::data::open(path, &options)?;
        let points = Points::of(&*splits.train)?;
        let columns =
            splits.schema.map(|schema| schema.feature_names()).filter(|names| names.len() == points.dimension());
        let columns = columns.unwrap_or_else(|| (1..=points.dimension()).map(|place| format!("x{place}")).collect());
        let origin = format!("{} points of {}", points.len(), path.display());
        let (signs, names) = self.sides(&points).map_err(|error| match error {
            Error::Data(problem) => Error::Data(format!("{}: {problem}", path.display())),
            other => other,
        })?;
        Ok(Chosen { points, signs, names, columns, origin })
    }

    fn sides(&self, points: &Points) -> Result<(Vec<f64>, [String; 2]), Error> {
        let classes = points.classes();
        let Some(name) = &self.class else {
            let known = classes.join(", ");
            let signs = points.two_classes().map_err(|error| match classes.len() {
                0..=2 => error,
                _ => Error::setting("class", format!("is needed: the data has the classes {known}; choose one")),
            })?;
            return Ok((signs, [classes[0].clone(), classes[1].clone()]));
        };
        let Some(label) = classes.iter().position(|class| class == name) else {
            let near = gradus::did_you_mean(name, classes.iter().map(String::as_str));
            return Err(Error::setting(
                "class",
                format!("there is no class {name} among {}{near}", classes.join(", ")),
            ));
        };
        let rest = if classes.len() == 2 { classes[1 - label].clone() } else { format!("not {name}") };
        Ok((points.signs(label as u32)?, [rest, name.clone()]))
    }
}

impl Chosen {
    /// The points of one side, by their first two columns.
    pub fn side(&self, sign: f64) -> Vec<(f64, f64)> {
        self.points.rows().zip(&self.signs).filter(|(_, s)| **s == sign).map(|(x, _)| plane(x)).collect()
    }

    /// The smallest and the largest value of each of the first two columns, with a little room.
    pub fn frame(&self) -> [(f64, f64); 2] {
        [0, 1].map(|axis| {
            let values = self.points.rows().map(|x| if axis == 0 { plane(x).0 } else { plane(x).1 });
            let (low, high) =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
            let room = if high > low { 0.1 * (high - low) } else { 1.0 };
            (low - room, high + room)
        })
    }

    /// Whether all there is to see fits into a plane.
    pub fn is_flat(&self) -> bool {
        self.points.dimension() <= 2
    }
}

/// A point's place on paper: its first two numbers.
pub fn plane(x: &[f64]) -> (f64, f64) {
    (x[0], x.get(1).copied().unwrap_or(0.0))
}

/// Where w_0 + w_1 x_1 + w_2 x_2 = 0 runs through a frame: two points far outside it, or nothing.
pub fn boundary(weights: &[f64], frame: [(f64, f64); 2]) -> Vec<(f64, f64)> {
    let (bias, a, b) = (weights[0], weights[1], weights.get(2).copied().unwrap_or(0.0));
    let square = a * a + b * b;
    if square == 0.0 {
        return Vec::new();
    }
    // From the line's point nearest to the frame's middle, as far as the frame is wide in both directions.
    let middle = frame.map(|(low, high)| f64::midpoint(low, high));
    let off = (bias + a * middle[0] + b * middle[1]) / square;
    let nearest = (middle[0] - a * off, middle[1] - b * off);
    let reach = 2.0 * frame.iter().map(|(low, high)| high - low).fold(0.0, f64::max) / square.sqrt();
    [-reach, reach].map(|way| (nearest.0 - b * way, nearest.1 + a * way)).to_vec()
}
