//! Can a hyperplane separate two classes? The answer and its proof.

use std::io::Write;

use clap::Args;
use gradus::learn::separation::{Separation, separate};

use super::points::{Chosen, PointArgs, boundary, plane};
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Drawing, Mark, Plot, plots};
use crate::failure::Failure;

/// Which points.
#[derive(Args)]
pub struct Separability {
    #[command(flatten)]
    points: PointArgs,
}

impl Subject for Separability {
    const NAME: &'static str = "separability";
    const CHAPTER: Chapter = Chapter::Neurons;
    const SUMMARY: &'static str =
        "can a hyperplane separate two sets? An exact answer with its proof; takes your own data";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let chosen = self.points.choose("near", desk.seed)?;
        let answer = separate(&chosen.points, &chosen.signs)?;
        print(&chosen, &answer)?;
        if chosen.is_flat() {
            desk.draw(Self::NAME, &drawing(&chosen, &answer))?;
        }
        Ok(())
    }
}

fn print(chosen: &Chosen, answer: &Separation) -> Result<(), Failure> {
    let mut out = crate::output::output();
    let Chosen { names: [minus, plus], origin, columns, points, signs } = chosen;
    match answer {
        Separation::Separable(found) => {
            writeln!(out, "{origin}: a hyperplane separates {plus} from {minus}\n")?;
            writeln!(out, "  w'x + b > 0 for all {plus}, < 0 for all {minus}, with\n")?;
            for (name, weight) in columns.iter().zip(&found.weights) {
                writeln!(out, "  {weight:>12.5}  {name}")?;
            }
            writeln!(out, "  {:>12.5}  bias\n", found.bias)?;
            writeln!(out, "  the nearest point is {:.4} away\n", found.margin(points, signs))?;
        }
        Separation::Inseparable(common) => {
            writeln!(out, "{origin}: no hyperplane separates {plus} from {minus}\n")?;
            writeln!(out, "  because a point lies in the convex hulls of both:\n")?;
            for (side, shares) in [minus, plus].into_iter().zip(&common.shares) {
                let sum: Vec<String> =
                    shares.iter().take(8).map(|(index, share)| format!("{share:.4} x point {index}")).collect();
                let more = if shares.len() > 8 { format!(" and {} more", shares.len() - 8) } else { String::new() };
                writeln!(out, "  of {side}: {}{more}", sum.join(" + "))?;
            }
            let point: Vec<String> = common.point.iter().take(8).map(|x| format!("{x:.4}")).collect();
            writeln!(out, "\n  both are ({}); points count from 0\n", point.join(", "))?;
        }
    }
    Ok(())
}

fn drawing(chosen: &Chosen, answer: &Separation) -> Drawing {
    let frame = chosen.frame();
    let mut marks = Vec::new();
    let (title, subtitle) = match answer {
        Separation::Separable(found) => {
            let weights: Vec<f64> = std::iter::once(found.bias).chain(found.weights.iter().copied()).collect();
            let points = boundary(&weights, frame);
            marks.push(Mark::Curve {
                name: "w'x + b = 0".into(),
                points,
                color: Color::series(2),
                width: 2.0,
                dashed: false,
            });
            ("Separable: a line has each class on its side", "found by linear programming, checked on every point")
        }
        Separation::Inseparable(common) => {
            for (side, shares) in common.shares.iter().enumerate() {
                let corners = shares.iter().map(|(index, _)| plane(chosen.points.point(*index)));
                let points: Vec<_> = corners.clone().chain(corners.take(1)).collect();
                let color = Color::series(1 - side);
                marks.push(Mark::Curve { name: String::new(), points, color, width: 1.6, dashed: true });
            }
            let points = vec![plane(&common.point)];
            marks.push(Mark::Rings {
                name: "in both hulls".into(),
                points,
                color: Color::hex(0x1f_24_29),
                radius: 7.0,
            });
            (
                "Not separable: the ring lies between dots of each class",
                "dashed: the dots of each class of which it is a mean",
            )
        }
    };
    for (side, sign, color) in [(0, -1.0, Color::series(1)), (1, 1.0, Color::series(0))] {
        marks.push(Mark::Dots { name: chosen.names[side].clone(), points: chosen.side(sign), color, radius: 4.0 });
    }
    let second = chosen.columns.get(1).map_or("", String::as_str);
    let x = Axis::new(&chosen.columns[0], frame[0].0, frame[0].1);
    let y = Axis::new(second, frame[1].0, frame[1].1);
    plots(title, subtitle, 1, (460.0, 400.0), &[Plot { title: chosen.origin.clone(), x, y, marks }])
}
