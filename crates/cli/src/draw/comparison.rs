//! Several measures of several things: a column of bars for each measure, a row for each thing.

use super::color::{AXIS, Color, INK};
use super::drawing::{Drawing, HEADER, LABEL, MARGIN, SMALL, crisp};
use super::number;
use super::scale::drawable;

/// One measure of all rows.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// What is measured, with its unit.
    pub name: &'a str,
    /// A value for each row; what is not finite has no bar.
    pub values: &'a [f64],
    /// Where bars begin; accuracies differ too little to be told apart from 0 on.
    pub from: f64,
}

const COLUMN: f32 = 150.0;
const GAP: f32 = 26.0;
const PITCH: f32 = 26.0;
const THICK: f32 = 16.0;
const LONGEST_NAME: f32 = 240.0;

/// Draws a row for each of `names` and a column of bars for each measure, each with a scale of its own; values stand at the bars' ends.
pub fn comparison(title: &str, subtitle: &str, names: &[&str], measures: &[Measure]) -> Drawing {
    let longest = names.iter().map(|name| LABEL.width(name)).fold(0.0, f32::max).min(LONGEST_NAME);
    let left = MARGIN + longest + 14.0;
    let width = left + (COLUMN + GAP) * measures.len() as f32 - GAP + MARGIN;
    let top = HEADER + 22.0;
    let bottom = top + PITCH * names.len() as f32;
    let mut drawing = Drawing::new(width.max(480.0), bottom + MARGIN, title, subtitle);
    for (row, name) in names.iter().enumerate() {
        let middle = top + PITCH * row as f32 + PITCH / 2.0 + LABEL.half();
        drawing.text(left - 14.0, middle, &LABEL.elide(name, longest), LABEL.end());
    }
    for (place, measure) in measures.iter().enumerate() {
        let x = left + (COLUMN + GAP) * place as f32;
        drawing.text(x, top - 10.0, &SMALL.elide(measure.name, COLUMN + GAP - 6.0), SMALL);
        drawing.upright(x, top, bottom, AXIS);
        let finite = || measure.values.iter().copied().filter(|value| drawable(*value));
        let labels = finite().map(|value| SMALL.width(&number::short(value))).fold(0.0, f32::max) + 6.0;
        let most = finite().fold(measure.from, f64::max) - measure.from;
        for (row, value) in measure.values.iter().enumerate() {
            let y = top + PITCH * row as f32 + (PITCH - THICK) / 2.0;
            let share = if drawable(*value) && most > 0.0 { ((value - measure.from) / most).max(0.0) } else { 0.0 };
            let length = (COLUMN - labels) * share as f32;
            drawing.rectangle(crisp(x), y, length, THICK, Color::series(place));
            drawing.text(x + length + 5.0, y + THICK / 2.0 + SMALL.half(), &number::short(*value), SMALL.colored(INK));
        }
    }
    drawing
}
