//! What one quantity costs in another: points and curves, panel under panel.

use super::color::{AXIS, Color, MUTED};
use super::drawing::{Drawing, HEADER, MARGIN, SMALL, Stroke, crisp};
use super::panel::{FOOT, Panel, Swatch, left_margin, legend};
use super::scale::{Scale, Unit, drawable, range};

/// One panel: shares against costs.
#[derive(Clone, Copy, Debug)]
pub struct TradeOff<'a> {
    /// What it costs, with its unit.
    pub x_name: &'a str,
    /// The share that it buys, shown as per cent.
    pub y_name: &'a str,
    /// A cost to compare with, and what it is called.
    pub mark: Option<(f64, &'a str)>,
    pub series: &'a [TradeOffSeries<'a>],
    pub notes: &'a [Note<'a>],
}

/// Points of one colour.
#[derive(Clone, Copy, Debug)]
pub struct TradeOffSeries<'a> {
    pub name: &'a str,
    /// Cost and share.
    pub points: &'a [(f64, f64)],
    /// Whether the points are joined in their order.
    pub joined: bool,
}

/// What is written over a point.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    pub x: f64,
    pub y: f64,
    pub text: &'a str,
}

const WIDTH: f32 = 780.0;
const HEIGHT: f32 = 250.0;
/// Over each panel, for its legend.
const LEGEND: f32 = 30.0;

/// Draws the panels, each with its own axes and legend. What is not finite is left out.
pub fn trade_offs(title: &str, subtitle: &str, panels: &[TradeOff]) -> Drawing {
    let scales: Vec<(Scale, Scale)> = panels.iter().map(axes).collect();
    let left = left_margin(scales.iter().map(|(_, y)| y));
    let pitch = LEGEND + HEIGHT + FOOT + MARGIN / 2.0;
    let mut drawing = Drawing::new(WIDTH, HEADER + pitch * panels.len() as f32, title, subtitle);
    for (index, (content, (x, y))) in panels.iter().zip(scales).enumerate() {
        let top = HEADER + LEGEND + pitch * index as f32;
        let panel = Panel { left, top, width: WIDTH - left - MARGIN, height: HEIGHT, x, y };
        draw_panel(&mut drawing, &panel, content);
    }
    drawing
}

fn axes(panel: &TradeOff) -> (Scale, Scale) {
    let points = || panel.series.iter().flat_map(|series| series.points.iter().copied());
    let costs = points().map(|(x, _)| x).chain(panel.mark.map(|(x, _)| x));
    (Scale::padded(range(costs), 8, Unit::Plain), Scale::padded(range(points().map(|(_, y)| y)), 6, Unit::Percent))
}

fn swatch(series: &TradeOffSeries<'_>) -> Swatch {
    if series.joined { Swatch::Line } else { Swatch::Dot }
}

fn draw_panel(drawing: &mut Drawing, panel: &Panel, content: &TradeOff) {
    panel.axes(drawing, Some(content.x_name), content.y_name);
    let names: Vec<_> = content
        .series
        .iter()
        .enumerate()
        .map(|(index, series)| (series.name, Color::series(index), swatch(series)))
        .collect();
    legend(drawing, panel.right(), panel.top - 18.0, &names);
    if let Some((cost, name)) = content.mark.filter(|(cost, _)| drawable(*cost)) {
        let x = crisp(panel.place(cost, 0.0).0);
        drawing.line(vec![(x, panel.top), (x, panel.bottom())], Stroke { color: AXIS, width: 1.2, dashed: true });
        drawing.text(x + 6.0, panel.top + 12.0, name, SMALL);
    }
    let mut any = false;
    for (index, series) in content.series.iter().enumerate() {
        let points = series.points.iter().copied().filter(|(x, y)| drawable(*x) && drawable(*y));
        any |= points.clone().next().is_some();
        let color = Color::series(index);
        if series.joined {
            panel.curve(drawing, points, color, false);
        } else {
            for (x, y) in points.map(|(x, y)| panel.place(x, y)) {
                drawing.dot(x, y, 5.0, color, 1.2);
            }
        }
    }
    for note in content.notes.iter().filter(|note| drawable(note.x) && drawable(note.y)) {
        let (x, y) = panel.place(note.x, note.y);
        drawing.text(x, y - 10.0, note.text, SMALL.middle().colored(MUTED));
    }
    if !any {
        panel.note(drawing, "no finite value");
    }
}
