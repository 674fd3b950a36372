//! Plots in a plane, side by side: fields as colours and contour lines, points, curves, words.

use super::bitmap::Bitmap;
use super::color::{BLUES, Color, INK, ORANGES, WHITE};
use super::contours::contour;
use super::drawing::{Drawing, HEADER, LABEL, MARGIN, SMALL, Stroke};
use super::panel::{FOOT, Panel, Swatch, left_margin, legend};
use super::raster::SCALE;
use super::scale::{Scale, Unit, drawable};

/// One pair of axes and what stands between them. Later marks lie over earlier ones; what is outside is cut off.
#[derive(Clone, Debug)]
pub struct Plot {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub marks: Vec<Mark>,
}

/// An axis: its name and its range.
#[derive(Clone, Debug)]
pub struct Axis {
    name: String,
    low: f64,
    high: f64,
    logarithmic: bool,
    /// What stands at 1, 2, and so on; nothing: numbers.
    kinds: Vec<String>,
}

impl Axis {
    /// From `low` to `high`.
    pub fn new(name: impl Into<String>, low: f64, high: f64) -> Self {
        Axis { name: name.into(), low, high, logarithmic: false, kinds: Vec::new() }
    }

    /// Kinds side by side: the first at 1, the next at 2, and so on.
    pub fn kinds<'a>(name: &str, kinds: impl IntoIterator<Item = &'a str>) -> Self {
        let kinds: Vec<String> = kinds.into_iter().map(str::to_owned).collect();
        Axis { name: name.into(), low: 0.4, high: kinds.len() as f64 + 0.6, logarithmic: false, kinds }
    }

    /// Around all of the values that can be drawn, with a little room.
    pub fn around(name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = super::scale::range(values).unwrap_or((0.0, 1.0));
        let room = if high > low { 0.06 * (high - low) } else { 0.1 * low.abs().max(1.0) };
        Axis::new(name, low - room, high + room)
    }

    /// Around all positive values, in powers of ten.
    pub fn powers(name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = super::scale::range(values.into_iter().filter(|value| *value > 0.0)).unwrap_or((0.1, 1.0));
        Axis { logarithmic: true, ..Axis::new(name, low, high.max(low * 10.0)) }
    }

    /// From where to where.
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    fn scale(&self, most_ticks: usize) -> Scale {
        if self.logarithmic {
            return Scale::powers(self.low, self.high, most_ticks);
        }
        if !self.kinds.is_empty() {
            return Scale::kinds(self.low, self.high, &self.kinds);
        }
        let (low, high) = if self.high > self.low { (self.low, self.high) } else { (self.low, self.low + 1.0) };
        Scale::exact(low, high, most_ticks, Unit::Plain)
    }
}

/// Numbers on an even grid over the plot: row by row, the first row at the low end of the upright axis, corners included.
#[derive(Clone, Debug)]
pub struct Field {
    pub values: Vec<f64>,
    pub columns: usize,
}

impl Field {
    /// The values of a function over a rectangle, `side` by `side`.
    pub fn of(x: (f64, f64), y: (f64, f64), side: usize, mut value: impl FnMut(f64, f64) -> f64) -> Self {
        let at = |(low, high): (f64, f64), place: usize| low + (high - low) * place as f64 / (side - 1) as f64;
        let values = (0..side * side).map(|place| value(at(x, place % side), at(y, place / side))).collect();
        Field { values, columns: side }
    }

    fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// The value at shares of the axes, between grid points in proportion.
    fn between(&self, x: f64, y: f64) -> f64 {
        let split = |share: f64, count: usize| {
            let place = share.clamp(0.0, 1.0) * (count - 1) as f64;
            let first = (place as usize).min(count.saturating_sub(2));
            (first, (first + 1).min(count - 1), place - first as f64)
        };
        let ((left, right, a), (low, high, b)) = (split(x, self.columns), split(y, self.rows()));
        let row = |row: usize| {
            let (from, to) = (self.values[row * self.columns + left], self.values[row * self.columns + right]);
            from + (to - from) * a
        };
        row(low) + (row(high) - row(low)) * b
    }

    fn nearest(&self, x: f64, y: f64) -> f64 {
        let place = |share: f64, count: usize| (share.clamp(0.0, 1.0) * (count - 1) as f64).round() as usize;
        self.values[place(y, self.rows()) * self.columns + place(x, self.columns)]
    }
}

/// How a field becomes colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shade {
    /// White at `low`, deep blue at `high`.
    Rising { low: f64, high: f64 },
    /// White at 0, blue up to `most`, orange down to its negative.
    Signed { most: f64 },
    /// Each value is the number of a series, whose colour is shown pale.
    #[allow(dead_code)]
    Series,
}

/// What can stand in a plot. A mark with a name stands in the legend.
#[derive(Clone, Debug)]
pub enum Mark {
    /// A field as colours.
    Heat { field: Field, shade: Shade },
    /// Lines on which a field has these values.
    Contours { field: Field, levels: Vec<f64>, color: Color, width: f32 },
    /// Dots of one colour.
    Dots { name: String, points: Vec<(f64, f64)>, color: Color, radius: f32 },
    /// Rings, to mark dots that stand out.
    Rings { name: String, points: Vec<(f64, f64)>, color: Color, radius: f32 },
    /// A line through points; broken where one is not finite.
    Curve { name: String, points: Vec<(f64, f64)>, color: Color, width: f32, dashed: bool },
    /// Between a low and a high value at each place: `(x, low, high)`. Values outside are cut off; places from left to right.
    Band { points: Vec<(f64, f64, f64)>, color: Color },
    /// A word beside a point.
    #[allow(dead_code)]
    Words { x: f64, y: f64, text: String },
}

impl Mark {
    fn entry(&self) -> Option<(&str, Color, Swatch)> {
        let (name, color, swatch) = match self {
            Mark::Dots { name, color, .. } => (name, color, Swatch::Dot),
            Mark::Rings { name, color, .. } => (name, color, Swatch::Ring),
            Mark::Curve { name, color, dashed, .. } => {
                (name, color, if *dashed { Swatch::Dashes } else { Swatch::Line })
            }
            _ => return None,
        };
        (!name.is_empty()).then_some((name.as_str(), *color, swatch))
    }
}

/// Over each plot, for its title and its legend.
const HEAD: f32 = 44.0;
const GAP: f32 = 22.0;
/// Levels of a field are read at so many pixels of the PNG for one of the heat map.
const COARSE: usize = 2;

/// Draws plots of `size` (width and height of the axes) in rows of `columns`.
pub fn plots(title: &str, subtitle: &str, columns: usize, size: (f32, f32), plots: &[Plot]) -> Drawing {
    let ticks = (size.0 / 75.0).max(2.0) as usize;
    let scales: Vec<(Scale, Scale)> =
        plots.iter().map(|plot| (plot.x.scale(ticks), plot.y.scale((size.1 / 55.0).max(2.0) as usize))).collect();
    let columns = columns.clamp(1, plots.len().max(1));
    let left = left_margin(scales.iter().map(|(_, y)| y));
    let (across, down) = (left - MARGIN + size.0 + GAP, HEAD + size.1 + FOOT + 10.0);
    let rows = plots.len().div_ceil(columns) as f32;
    let width = (MARGIN + across * columns as f32 - GAP + 1.5 * MARGIN).max(430.0);
    let top = if subtitle.is_empty() { HEADER - 18.0 } else { HEADER } - 6.0;
    let mut drawing = Drawing::new(width, top + down * rows + MARGIN / 4.0, title, subtitle);
    for (index, (plot, (x, y))) in plots.iter().zip(scales).enumerate() {
        let (column, row) = ((index % columns) as f32, (index / columns) as f32);
        let top = top + HEAD + down * row;
        let panel = Panel { left: left + across * column, top, width: size.0, height: size.1, x, y };
        draw_plot(&mut drawing, &panel, MARGIN + across * column, plot);
    }
    drawing
}

fn draw_plot(drawing: &mut Drawing, panel: &Panel, edge: f32, plot: &Plot) {
    for mark in &plot.marks {
        if let Mark::Heat { field, shade } = mark {
            heat(drawing, panel, field, *shade);
        }
    }
    panel.axes_from(edge, drawing, Some(&plot.x.name), &plot.y.name);
    drawing.text(panel.left, panel.top - 28.0, &LABEL.elide(&plot.title, panel.width), LABEL.colored(INK));
    let names: Vec<_> = plot.marks.iter().filter_map(Mark::entry).collect();
    legend(drawing, panel.right(), panel.top - 12.0, &names);
    plot.marks.iter().for_each(|mark| draw_mark(drawing, panel, mark));
    drawing.frame(panel.left, panel.top, panel.width, panel.height);
}

fn draw_mark(drawing: &mut Drawing, panel: &Panel, mark: &Mark) {
    match mark {
        Mark::Heat { .. } => {}
        Mark::Contours { field, levels, color, width } => {
            let (columns, rows) = ((field.columns - 1) as f32, (field.rows() - 1) as f32);
            for line in levels.iter().flat_map(|level| contour(&field.values, field.columns, *level)) {
                let place = |(x, y): (f64, f64)| {
                    (panel.left + panel.width * x as f32 / columns, panel.bottom() - panel.height * y as f32 / rows)
                };
                drawing.line(line.into_iter().map(place).collect(), Stroke::new(*color, *width));
            }
        }
        Mark::Dots { points, color, radius, .. } => {
            let rim = if *radius > 2.5 { 0.8 } else { 0.0 };
            inside(panel, points).for_each(|(x, y)| drawing.dot(x, y, *radius, *color, rim));
        }
        Mark::Rings { points, color, radius, .. } => {
            inside(panel, points).for_each(|(x, y)| drawing.ring(x, y, *radius, *color));
        }
        Mark::Curve { points, color, width, dashed, .. } => {
            for run in clipped(panel, points) {
                drawing.line(run, Stroke { color: *color, width: *width, dashed: *dashed });
            }
        }
        Mark::Band { points, color } => {
            let place = |x: f64, y: f64| {
                let share = panel.y.share(y).clamp(0.0, 1.0) as f32;
                (panel.left + panel.width * panel.x.share(x) as f32, panel.bottom() - panel.height * share)
            };
            let within = |x: f64| (-1e-6..=1.0 + 1e-6).contains(&panel.x.share(x));
            let seen = || points.iter().filter(|(x, low, high)| within(*x) && low.is_finite() && !high.is_nan());
            let lower = seen().map(|(x, low, _)| place(*x, *low));
            drawing.area(lower.chain(seen().rev().map(|(x, _, high)| place(*x, *high))).collect(), *color);
        }
        Mark::Words { x, y, text } => {
            for (x, y) in inside(panel, &[(*x, *y)]) {
                // Towards the middle, so that it stays inside.
                let style = if x > panel.left + 0.6 * panel.width { SMALL.end() } else { SMALL };
                let shift = if x > panel.left + 0.6 * panel.width { -7.0 } else { 7.0 };
                drawing.text(x + shift, y - 6.0, text, style.colored(INK));
            }
        }
    }
}

fn fits(panel: &Panel, (x, y): (f64, f64)) -> bool {
    drawable(x) && drawable(y) && !(panel.x.is_logarithmic() && x <= 0.0) && !(panel.y.is_logarithmic() && y <= 0.0)
}

fn inside(panel: &Panel, points: &[(f64, f64)]) -> impl Iterator<Item = (f32, f32)> {
    let within = |share: f64| (-1e-6..=1.0 + 1e-6).contains(&share);
    points
        .iter()
        .filter(|point| fits(panel, **point))
        .filter(move |(x, y)| within(panel.x.share(*x)) && within(panel.y.share(*y)))
        .map(|(x, y)| panel.place(*x, *y))
}

/// The parts of a curve inside the panel (Liang and Barsky, 1984).
fn clipped(panel: &Panel, points: &[(f64, f64)]) -> Vec<Vec<(f32, f32)>> {
    let mut runs: Vec<Vec<(f32, f32)>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let piece = if pair.iter().all(|point| fits(panel, *point)) { cut(panel, pair[0], pair[1]) } else { None };
        let Some((from, to, whole)) = piece else {
            open = false;
            continue;
        };
        match runs.last_mut().filter(|_| open) {
            Some(run) => run.push(to),
            None => runs.push(vec![from, to]),
        }
        open = whole;
    }
    runs
}

/// A place on the paper.
type Place = (f32, f32);

/// The part of a segment inside the panel, and whether its end is inside.
fn cut(panel: &Panel, from: (f64, f64), to: (f64, f64)) -> Option<(Place, Place, bool)> {
    let share = |(x, y): (f64, f64)| [panel.x.share(x), panel.y.share(y)];
    let (a, b) = (share(from), share(to));
    let (mut first, mut last) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let step = b[axis] - a[axis];
        if step == 0.0 {
            if !(0.0..=1.0).contains(&a[axis]) {
                return None;
            }
            continue;
        }
        let (enter, leave) = (-a[axis] / step, (1.0 - a[axis]) / step);
        first = first.max(enter.min(leave));
        last = last.min(enter.max(leave));
    }
    if first > last {
        return None;
    }
    let place = |at: f64| {
        let [x, y] = [0, 1].map(|axis| (a[axis] + (b[axis] - a[axis]) * at) as f32);
        (panel.left + panel.width * x, panel.bottom() - panel.height * y)
    };
    Some((place(first), place(last), last == 1.0))
}

fn heat(drawing: &mut Drawing, panel: &Panel, field: &Field, shade: Shade) {
    let pixels = |length: f32| ((length * SCALE as f32) as usize / COARSE).max(1);
    let (width, height) = (pixels(panel.width), pixels(panel.height));
    let bitmap = Bitmap::from_fn(width, height, |x, y| {
        let (x, y) = ((x as f64 + 0.5) / width as f64, 1.0 - (y as f64 + 0.5) / height as f64);
        match shade {
            Shade::Rising { low, high } => {
                let share = ((field.between(x, y) - low) / (high - low)).clamp(0.0, 1.0);
                BLUES.at(0.85 * share as f32)
            }
            Shade::Signed { most } => {
                let share = (field.between(x, y) / most).clamp(-1.0, 1.0) as f32;
                if share >= 0.0 { BLUES.at(0.6 * share) } else { ORANGES.at(-0.6 * share) }
            }
            Shade::Series => {
                let value = field.nearest(x, y);
                if value >= 0.0 { Color::series(value as usize).mix(WHITE, 0.78) } else { WHITE }
            }
        }
    });
    drawing.bitmap(panel.left, panel.top, panel.width, panel.height, bitmap);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel() -> Panel {
        let scale = Scale::exact(0.0, 10.0, 5, Unit::Plain);
        Panel { left: 0.0, top: 0.0, width: 100.0, height: 100.0, x: scale.clone(), y: scale }
    }

    #[test]
    fn curves_are_cut_at_the_frame() {
        let runs = clipped(&panel(), &[(-5.0, 5.0), (5.0, 5.0), (15.0, 5.0), (5.0, f64::NAN), (1.0, 1.0), (2.0, 2.0)]);
        assert_eq!(runs, [vec![(0.0, 50.0), (50.0, 50.0), (100.0, 50.0)], vec![(10.0, 90.0), (20.0, 80.0)]]);
        assert!(clipped(&panel(), &[(20.0, 0.0), (20.0, 10.0)]).is_empty());
    }

    #[test]
    fn a_field_is_read_between_its_points() {
        let field = Field::of((0.0, 1.0), (0.0, 2.0), 5, |x, y| x + 10.0 * y);
        assert!((field.between(0.3, 0.45) - 9.3).abs() < 1e-12);
        assert_eq!(field.nearest(1.0, 1.0), 21.0);
    }
}
