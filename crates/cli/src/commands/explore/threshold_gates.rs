//! Threshold gates: weights by hand, and which Boolean functions have any.

use std::io::Write;

use clap::Args;
use gradus::learn::neuron::{Boolean, gates, threshold_gates};
use gradus::learn::separation::{Separation, separate};

use super::points::boundary;
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Drawing, Mark, Plot, plots};
use crate::failure::Failure;

/// No options of its own.
#[derive(Args)]
pub struct ThresholdGates {}

impl Subject for ThresholdGates {
    const NAME: &'static str = "threshold-gates";
    const CHAPTER: Chapter = Chapter::Neurons;
    const SUMMARY: &'static str = "one neuron as AND, OR, majority ..: weights by hand, and why none gives XOR";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let mut out = crate::output::output();
        writeln!(out, "A neuron fires when w'x + b >= 0; a positive weight excites, a negative one inhibits\n")?;
        writeln!(out, "  {:<18} {:>14} {:>6}   answers to the inputs 0..0, 1..0, .. 1..1", "gate", "weights", "bias")?;
        for gate in gates() {
            let weights: Vec<String> = gate.neuron.weights().iter().map(f64::to_string).collect();
            let answers: String = gate.function().rows().map(|(_, answer)| if answer { " 1" } else { " 0" }).collect();
            writeln!(out, "  {:<18} {:>14} {:>6}  {answers}", gate.name, weights.join("  "), gate.neuron.bias() + 0.0)?;
        }
        writeln!(out, "\nHow many Boolean functions one neuron computes\n")?;
        writeln!(
            out,
            "  {:<8} {:>10} {:>16} {:>22}",
            "inputs", "functions", "weights by hand", "by linear programming"
        )?;
        for inputs in [2, 3] {
            let (by_hand, all) = (threshold_gates(inputs), 1u64 << (1 << inputs));
            let mut by_program = 0;
            for function in Boolean::all(inputs) {
                by_program +=
                    usize::from(answer_to(function)?.is_none_or(|answer| matches!(answer, Separation::Separable(_))));
            }
            writeln!(out, "  {inputs:<8} {all:>10} {:>16} {by_program:>22}", by_hand.len())?;
        }
        writeln!(out)?;
        drop(out);
        desk.draw(Self::NAME, &drawing()?)
    }
}

/// Whether a line separates the ones from the zeros, where there are both.
fn answer_to(function: Boolean) -> Result<Option<Separation>, Failure> {
    let points = function.points();
    let Ok(signs) = points.two_classes() else { return Ok(None) };
    Ok(Some(separate(&points, &signs)?))
}

const NAMES: [&str; 16] = [
    "never",
    "NOR",
    "a and not b",
    "not b",
    "b and not a",
    "not a",
    "XOR",
    "NAND",
    "AND",
    "XNOR",
    "a",
    "b implies a",
    "b",
    "a implies b",
    "OR",
    "always",
];

fn drawing() -> Result<Drawing, Failure> {
    let frame = [(-0.35, 1.35); 2];
    let mut all = Vec::new();
    for function in Boolean::all(2) {
        let mut marks = Vec::new();
        match answer_to(function)? {
            Some(Separation::Separable(plane)) => {
                let weights = [plane.bias, plane.weights[0], plane.weights[1]];
                let points = boundary(&weights, frame);
                marks.push(Mark::Curve {
                    name: String::new(),
                    points,
                    color: Color::series(2),
                    width: 2.0,
                    dashed: false,
                });
            }
            Some(Separation::Inseparable(common)) => {
                let points = function.points();
                for (side, shares) in common.shares.iter().enumerate() {
                    let ends =
                        shares.iter().map(|(index, _)| (points.point(*index)[0], points.point(*index)[1])).collect();
                    let color = Color::series(1 - side);
                    marks.push(Mark::Curve { name: String::new(), points: ends, color, width: 1.5, dashed: true });
                }
                let point = vec![(common.point[0], common.point[1])];
                marks.push(Mark::Rings {
                    name: String::new(),
                    points: point,
                    color: Color::hex(0x1f_24_29),
                    radius: 6.0,
                });
            }
            None => {}
        }
        for (answer, color) in [(false, Color::series(1)), (true, Color::series(0))] {
            let points = function.rows().filter(|(_, a)| *a == answer).map(|(x, _)| (x[0], x[1])).collect();
            marks.push(Mark::Dots { name: String::new(), points, color, radius: 5.5 });
        }
        let (x, y) = (Axis::new("a", frame[0].0, frame[0].1), Axis::new("b", frame[1].0, frame[1].1));
        all.push(Plot { title: NAMES[function.table() as usize].to_owned(), x, y, marks });
    }
    let subtitle = "blue answers 1, orange 0; green: a line between them; ring: a point that both hulls share, so that no line can be";
    Ok(plots("The 16 Boolean functions of two inputs: a line separates 14 of them", subtitle, 4, (150.0, 150.0), &all))
}
