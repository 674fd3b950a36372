//! Bars: one number, or a few, for each name.

use super::color::{AXIS, Color, GRID, INK};
use super::drawing::{Drawing, HEADER, LABEL, MARGIN, SHORT_HEADER, SMALL, crisp};
use super::number;
use super::panel::{Swatch, legend};
use super::scale::{Scale, Unit, drawable, range};

/// A set of bars of one colour, a value for each name of the chart.
#[derive(Clone, Copy, Debug)]
pub struct BarSeries<'a> {
    pub name: &'a str,
    pub values: &'a [f64],
}

const WIDTH: f32 = 780.0;
const LONGEST_NAME: f32 = 240.0;
/// Rows beyond these are left out, and the subtitle says so.
const MOST_ROWS: usize = 200;

/// Draws lying bars, one row for each of `names` and in it one bar for each series, with their values. What is not finite
/// has a label and no bar. `value_name` says what is counted, with its unit.
pub fn bars(title: &str, value_name: &str, names: &[&str], series: &[BarSeries]) -> Drawing {
    let rows = &names[..names.len().min(MOST_ROWS)];
    let (thick, gap) = if series.len() > 1 { (13.0, 9.0) } else { (18.0, 8.0) };
    let pitch = thick * series.len().max(1) as f32 + gap;

    let longest = rows.iter().map(|name| LABEL.width(name)).fold(0.0, f32::max).min(LONGEST_NAME);
    let values = || series.iter().flat_map(|series| series.values.iter().copied().take(rows.len()));
    let widest = values().map(|value| SMALL.width(&number::short(value))).fold(0.0, f32::max) + 8.0;
    let (low, high) = range(values()).unwrap_or((0.0, 1.0));
    let (low, high) = (low.min(0.0), if low >= 0.0 && high <= 0.0 { 1.0 } else { high.max(0.0) });
    let scale = Scale::exact(low, high, 6, Unit::Plain);

    let left = MARGIN + longest + 10.0 + if low < 0.0 { widest } else { 0.0 };
    let right = WIDTH - MARGIN - widest;
    let subtitle = left_out(names.len());
    let header = if subtitle.is_empty() { SHORT_HEADER } else { HEADER };
    let top = header + if series.len() > 1 { 20.0 } else { 0.0 };
    let bottom = top + pitch * rows.len() as f32 + gap;
    let mut drawing = Drawing::new(WIDTH, bottom + 48.0 + MARGIN / 2.0, title, &subtitle);
    let place = |value: f64| left + (right - left) * scale.share(value) as f32;

    for tick in &scale.ticks {
        drawing.upright(place(tick.value), top, bottom, GRID);
        drawing.text(crisp(place(tick.value)), bottom + 18.0, &tick.label, SMALL.middle());
    }
    drawing.text(f32::midpoint(left, right), bottom + 39.0, value_name, SMALL.middle());
    for (row, name) in rows.iter().enumerate() {
        let y = top + gap + pitch * row as f32;
        let middle = y + (pitch - gap) / 2.0 + LABEL.half();
        drawing.text(MARGIN + longest, middle, &LABEL.elide(name, longest), LABEL.end());
        for (index, series) in series.iter().enumerate() {
            let value = series.values.get(row).copied().unwrap_or(f64::NAN);
            let y = y + thick * index as f32;
            let (zero, end) = (crisp(place(0.0)), if drawable(value) { place(value) } else { place(0.0) });
            drawing.rectangle(zero.min(end), y, (end - zero).abs(), thick - 2.0, Color::series(index));
            let (x, style) = if value < 0.0 { (end - 5.0, SMALL.end()) } else { (end.max(zero) + 5.0, SMALL) };
            drawing.text(x, y + (thick - 2.0) / 2.0 + SMALL.half(), &number::short(value), style.colored(INK));
        }
    }
    drawing.upright(place(0.0), top, bottom, AXIS);
    if series.len() > 1 {
        let entries: Vec<_> = series
            .iter()
            .enumerate()
            .map(|(index, series)| (series.name, Color::series(index), Swatch::Patch))
            .collect();
        legend(&mut drawing, right, header + 2.0, &entries);
    }
    drawing
}

fn left_out(rows: usize) -> String {
    if rows > MOST_ROWS { format!("the first {MOST_ROWS} of {}", number::count(rows as u64)) } else { String::new() }
}
