//! A chart of named series.

use super::color::Color;
use super::drawing::{Drawing, LABEL, MARGIN, SHORT_HEADER};
use super::number;
use super::panel::{EndLabel, FOOT, Panel, left_margin, right_margin};
use super::scale::{Scale, Unit, drawable, range};

/// A named curve. It is broken where a value is not finite.
#[derive(Clone, Copy, Debug)]
pub struct LineSeries<'a> {
    pub name: &'a str,
    /// Pairs of x and y, x ascending.
    pub points: &'a [(f64, f64)],
}

const WIDTH: f32 = 780.0;
const LONGEST_NAME: f32 = 170.0;

/// Draws `series` over one pair of axes. Each curve carries its name and its last value at its end, in its colour.
pub fn line_chart(title: &str, x_name: &str, y_name: &str, series: &[LineSeries]) -> Drawing {
    let end_label = |(index, series): (usize, &LineSeries)| {
        let last = series.points.iter().map(|point| point.1).rfind(|y| drawable(*y));
        let shown = last.map_or_else(|| "–".to_owned(), number::short);
        let text = format!("{} {shown}", LABEL.elide(series.name, LONGEST_NAME));
        EndLabel { text, value: last, color: Color::series(index) }
    };
    let labels: Vec<_> = series.iter().enumerate().map(end_label).collect();
    let points = || series.iter().flat_map(|series| series.points);
    let y = Scale::padded(range(points().map(|point| point.1)), 6, Unit::Plain);
    let x = level_scale(range(points().map(|point| point.0)));

    let (left, right) = (left_margin([&y]), right_margin(&labels));
    let height = (series.len() as f32 * 16.0).max(300.0);
    let panel = Panel { left, top: SHORT_HEADER, width: WIDTH - left - right, height, x, y };
    let mut drawing = Drawing::new(WIDTH, panel.bottom() + FOOT + MARGIN / 2.0, title, "");
    panel.axes(&mut drawing, Some(x_name), y_name);
    for (index, series) in series.iter().enumerate() {
        let dashed = Color::series_repeats(index);
        panel.curve(&mut drawing, series.points.iter().copied(), Color::series(index), dashed);
    }
    if labels.iter().all(|label| label.value.is_none()) {
        panel.note(&mut drawing, "no finite value");
    }
    panel.end_labels(&mut drawing, &labels);
    drawing
}

/// The level axis: from the first to the last x, or a little to both sides of a single one.
fn level_scale(range: Option<(f64, f64)>) -> Scale {
    match range {
        Some((low, high)) if low < high => Scale::exact(low, high, 8, Unit::Plain),
        _ => Scale::padded(range, 4, Unit::Plain),
    }
}
