//! Gradient, Hessian, and the stationary points of a function told apart.

use std::io::Write;

use clap::Args;
use gradus::Error;
use gradus::learn::optimize::{Kind, Stationary, classify, dot, norm, stationary_points};

use super::plane_function::{FunctionArgs, PlaneFunction};
use super::{Chapter, Desk, Subject};
use crate::draw::{Color, Mark, plots};
use crate::failure::Failure;

/// The function, and how hard its stationary points are looked for.
#[derive(Args)]
pub struct StationaryPoints {
    #[command(flatten)]
    function: FunctionArgs,
    /// Random points from which Newton's method looks for stationary ones.
    #[arg(long, value_name = "N", default_value_t = 400)]
    starts: usize,
    /// Print the derivatives here too [default: the start]: X,Y.
    #[arg(long, value_name = "X,Y", value_delimiter = ',', num_args = 1, allow_hyphen_values = true)]
    at: Option<Vec<f64>>,
    /// The direction of the directional derivative: X,Y.
    #[arg(
        long,
        value_name = "X,Y",
        value_delimiter = ',',
        num_args = 1,
        default_value = "1,1",
        allow_hyphen_values = true
    )]
    along: Vec<f64>,
}

impl Subject for StationaryPoints {
    const NAME: &'static str = "stationary-points";
    const CHAPTER: Chapter = Chapter::Optimization;
    const SUMMARY: &'static str =
        "minima, maxima and saddles told apart by the Hessian's eigenvalues; takes your own function";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let scene = self.function.choose("himmelblau")?;
        let at = self.at.clone().unwrap_or_else(|| scene.start.to_vec());
        for (name, point) in [("at", &at), ("along", &self.along)] {
            if point.len() != 2 {
                return Err(Error::setting(name, format!("{point:?} has not two numbers; give X,Y")).into());
            }
        }
        if norm(&self.along) == 0.0 {
            return Err(
                Error::setting("along", "0,0 is no direction; give one of its coordinates another value").into()
            );
        }
        let value = scene.expression.value(&at);
        if !value.is_finite() {
            let problem = format!("f is {value} at ({}, {}); give X,Y where the function has a value", at[0], at[1]);
            return Err(Error::setting("at", problem).into());
        }
        derivatives(&scene, &at, &self.along)?;
        let found = stationary_points(&scene.expression, &scene.frame, self.starts, desk.seed)?;
        print(&found, self.starts)?;
        let kinds = [
            (Kind::Minimum, ["minimum", "minima"], 0),
            (Kind::Saddle, ["saddle", "saddles"], 2),
            (Kind::Maximum, ["maximum", "maxima"], 1),
            (Kind::Flat, ["flat", "flat"], 6),
        ];
        let marks = kinds.into_iter().filter_map(|(kind, names, series)| {
            let of_kind = found.iter().filter(|point| point.kind == kind);
            let points: Vec<(f64, f64)> = of_kind.map(|point| (point.point[0], point.point[1])).collect();
            let name = format!("{} {}", points.len(), names[usize::from(points.len() != 1)]);
            (!points.is_empty()).then(|| Mark::Dots { name, points, color: Color::series(series), radius: 4.5 })
        });
        let plot = scene.plot("", marks.collect::<Vec<_>>());
        let title = format!("{}: its stationary points", scene.title);
        let subtitle = format!("found by Newton's method from {} random points; darker is lower", self.starts);
        desk.draw(Self::NAME, &plots(&title, &subtitle, 1, (460.0, 400.0), &[plot]))
    }
}

fn derivatives(scene: &PlaneFunction, at: &[f64], along: &[f64]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    let found = scene.expression.derivatives(at);
    let unit: Vec<f64> = along.iter().map(|d| d / norm(along)).collect();
    let point = classify(&scene.expression, at)?;
    writeln!(out, "f(x, y) = {}\n", scene.expression.text())?;
    writeln!(out, "at ({}, {})", at[0], at[1])?;
    writeln!(out, "  f                  {:>14.6}", found.value)?;
    writeln!(out, "  gradient           {:>14.6} {:>14.6}", found.gradient[0], found.gradient[1])?;
    writeln!(out, "  slope along ({:.3}, {:.3})  {:>8.6}", unit[0], unit[1], dot(&found.gradient, &unit))?;
    writeln!(out, "  Hessian            {:>14.6} {:>14.6}", found.hessian[0], found.hessian[1])?;
    writeln!(out, "                     {:>14.6} {:>14.6}", found.hessian[2], found.hessian[3])?;
    writeln!(out, "  its eigenvalues    {:>14.6} {:>14.6}\n", point.eigenvalues[0], point.eigenvalues[1])?;
    Ok(())
}

fn print(found: &[Stationary], starts: usize) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "Stationary points that Newton's method found from {starts} random points of the frame\n")?;
    writeln!(out, "  {:<8} {:>12} {:>12} {:>14}   {:>24}", "", "x", "y", "f", "eigenvalues")?;
    for point in found.iter().take(25) {
        let (x, y, e) = (point.point[0], point.point[1], &point.eigenvalues);
        let kind = point.kind.in_words();
        writeln!(out, "  {kind:<8} {x:>12.6} {y:>12.6} {:>14.6}   {:>12.4} {:>12.4}", point.value, e[0], e[1])?;
    }
    if found.len() > 25 {
        writeln!(out, "  and {} more", found.len() - 25)?;
    }
    if found.is_empty() {
        writeln!(out, "  none")?;
    }
    writeln!(out)?;
    Ok(())
}
