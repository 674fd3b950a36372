//! A function of the plane, by name or typed: what the subjects about minima look at.

use clap::Args;
use gradus::Error;
use gradus::learn::expression::Expression;
use gradus::learn::optimize::named;

use crate::draw::{Axis, Color, Field, Mark, Plot, Shade};
use crate::failure::Failure;

/// Which function, and where it is looked at.
#[derive(Args)]
pub struct FunctionArgs {
    /// A name (rosenbrock, himmelblau, rastrigin, bowl, valley, saddle, beale) or an expression of x and y.
    #[arg(long, value_name = "NAME|TEXT", allow_hyphen_values = true)]
    pub function: Option<String>,
    /// Where searches start: X,Y.
    #[arg(long, value_name = "X,Y", value_delimiter = ',', num_args = 1, allow_hyphen_values = true)]
    pub start: Option<Vec<f64>>,
    /// The part of the plane that is drawn: X0,X1,Y0,Y1.
    #[arg(long, value_name = "X0,X1,Y0,Y1", value_delimiter = ',', num_args = 1, allow_hyphen_values = true)]
    pub frame: Option<Vec<f64>>,
}

/// The function, its frame and a start.
pub struct PlaneFunction {
    pub expression: Expression,
    pub frame: [(f64, f64); 2],
    pub start: [f64; 2],
    /// Its name, or its text.
    pub title: String,
    field: Field,
}

/// Points of the grid along each axis.
const SIDE: usize = 161;

impl FunctionArgs {
    /// Reads it; without one, takes a function by name.
    pub fn choose(&self, default: &str) -> Result<PlaneFunction, Failure> {
        let text = self.function.as_deref().unwrap_or(default);
        let (found, known) = named(text)?;
        if found.dimension() > 2 {
            let problem = format!("{text:?} has {} variables; a plane has x and y", found.dimension());
            return Err(Error::setting("function", problem).into());
        }
        let expression = Expression::parse(found.text(), Some(2))?;
        let frame = match self.frame.as_deref() {
            None => known.map_or([(-2.0, 2.0); 2], |known| known.frame),
            Some(&[x0, x1, y0, y1]) if x0 < x1 && y0 < y1 => [(x0, x1), (y0, y1)],
            Some(other) => {
                let problem = format!("{other:?} is no frame; give X0,X1,Y0,Y1 with X0 < X1 and Y0 < Y1");
                return Err(Error::setting("frame", problem).into());
            }
        };
        let start = match self.start.as_deref() {
            None => known.map_or(frame.map(|(low, high)| low + 0.15 * (high - low)), |known| known.start),
            Some(&[x, y]) => [x, y],
            Some(other) => return Err(Error::setting("start", format!("{other:?} is no point; give X,Y")).into()),
        };
        let field = Field::of(frame[0], frame[1], SIDE, |x, y| expression.value(&[x, y]));
        if field.values.iter().all(|value| !value.is_finite()) {
            return Err(Error::setting("function", "is finite nowhere in the frame; choose another frame").into());
        }
        let title = known.map_or_else(|| text.to_owned(), |known| format!("{} function", capital(known.name)));
        Ok(PlaneFunction { expression, frame, start, title, field })
    }
}

impl PlaneFunction {
    /// A plot with the function's contours, as many of the plane's points between two of them, and marks over it.
    pub fn plot(&self, title: impl Into<String>, marks: impl IntoIterator<Item = Mark>) -> Plot {
        let mut values: Vec<f64> = self.field.values.iter().copied().filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let shares = [0.002, 0.01, 0.03, 0.07, 0.13, 0.21, 0.31, 0.43, 0.57, 0.72, 0.86];
        let level = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
        let levels: Vec<f64> = shares.map(level).to_vec();
        // Shades go by rank, as the lines do: a few high peaks would leave all else white.
        let rank = |value: f64| values.partition_point(|other| *other < value) as f64 / values.len() as f64;
        let ranks = self.field.values.iter().map(|value| if value.is_finite() { 1.0 - rank(*value) } else { 0.0 });
        let shaded = Field { values: ranks.collect(), columns: self.field.columns };
        let mut all = vec![
            Mark::Heat { field: shaded, shade: Shade::Rising { low: 0.0, high: 2.6 } },
            Mark::Contours { field: self.field.clone(), levels, color: Color::hex(0xa9_b6_c4), width: 0.8 },
        ];
        all.extend(marks);
        let x = Axis::new("x", self.frame[0].0, self.frame[0].1);
        let y = Axis::new("y", self.frame[1].0, self.frame[1].1);
        Plot { title: title.into(), x, y, marks: all }
    }
}

/// The way of a search: its line, the start, and the end.
pub fn way(path: &[Vec<f64>], color: Color) -> Vec<Mark> {
    let points: Vec<(f64, f64)> = path.iter().map(|x| (x[0], x[1])).collect();
    let (first, last) = (points[0], points[points.len() - 1]);
    let dots = if points.len() <= 60 { points.clone() } else { Vec::new() };
    vec![
        Mark::Curve { name: String::new(), points, color, width: 1.6, dashed: false },
        Mark::Dots { name: String::new(), points: dots, color, radius: 2.0 },
        Mark::Rings { name: String::new(), points: vec![first], color: Color::hex(0x1f_24_29), radius: 4.5 },
        Mark::Dots { name: String::new(), points: vec![last], color, radius: 4.5 },
    ]
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// A coordinate for a column of a table, short where a search has run away.
pub fn coordinate(x: f64) -> String {
    if x.abs() < 1e5 { format!("{x:.6}") } else { format!("{x:.3e}") }
}
