//! One pair of axes: grid, ticks, names, curves, and labels at the ends of the curves.

use super::color::{AXIS, Color, GRID, INK, MUTED, WHITE};
use super::drawing::{Drawing, LABEL, MARGIN, SMALL, Stroke, crisp};
use super::scale::{Scale, drawable};

/// Where the data stand.
#[derive(Clone, Debug)]
pub struct Panel {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
    pub x: Scale,
    pub y: Scale,
}

/// Between a tick's label and its axis.
const TICK_GAP: f32 = 8.0;
/// Between the end of a curve and its label.
const LABEL_GAP: f32 = 14.0;
/// From one label to the next.
const LABEL_PITCH: f32 = 16.0;
/// Below a panel, for ticks and the name of the axis.
pub const FOOT: f32 = 48.0;
/// Curves of at most this many points also show them as dots.
const FEW: usize = 30;
/// Longer curves are thinned: the paper has no more columns than this.
const COLUMNS: usize = 1500;

/// What stands at the right end of a curve.
#[derive(Clone, Debug)]
pub struct EndLabel {
    pub text: String,
    /// Where the curve ends, if anywhere.
    pub value: Option<f64>,
    pub color: Color,
}

/// The room that the upright axis needs on its left: its name and its longest tick label.
pub fn left_margin<'a>(scales: impl IntoIterator<Item = &'a Scale>) -> f32 {
    let labels = scales.into_iter().flat_map(|scale| &scale.ticks).map(|tick| SMALL.width(&tick.label));
    (MARGIN + 24.0 + TICK_GAP + labels.fold(0.0, f32::max)).ceil()
}

/// The room that end labels need on their right.
pub fn right_margin<'a>(labels: impl IntoIterator<Item = &'a EndLabel>) -> f32 {
    let widths = labels.into_iter().map(|label| LABEL.width(&label.text));
    (LABEL_GAP + widths.fold(0.0, f32::max) + MARGIN).ceil()
}

impl Panel {
    pub fn right(&self) -> f32 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// The place of a pair of values.
    pub fn place(&self, x: f64, y: f64) -> (f32, f32) {
        (self.left + self.width * self.x.share(x) as f32, self.bottom() - self.height * self.y.share(y) as f32)
    }

    /// Draws the grid and names the upright axis. `x_name` is given where the panel carries the level axis too.
    pub fn axes(&self, drawing: &mut Drawing, x_name: Option<&str>, y_name: &str) {
        self.axes_from(MARGIN, drawing, x_name, y_name);
    }

    /// The same for a panel whose room begins at `edge`, where others stand to its left.
    pub fn axes_from(&self, edge: f32, drawing: &mut Drawing, x_name: Option<&str>, y_name: &str) {
        for tick in &self.y.ticks {
            let (_, y) = self.place(0.0, tick.value);
            drawing.level(self.left, self.right(), y, GRID);
            drawing.text(self.left - TICK_GAP, crisp(y) + SMALL.half(), &tick.label, SMALL.end());
        }
        for tick in &self.x.ticks {
            let x = self.left + self.width * self.x.share(tick.value) as f32;
            drawing.upright(x, self.top, self.bottom(), GRID);
            if x_name.is_some() {
                drawing.text(crisp(x), self.bottom() + 18.0, &tick.label, SMALL.middle());
            }
        }
        drawing.level(self.left, self.right(), self.bottom(), AXIS);
        let middle = self.top + self.height / 2.0;
        let y_name = LABEL.elide(y_name, self.height);
        drawing.text(edge + 9.0, middle, &y_name, LABEL.middle().colored(MUTED).turned(-90.0));
        if let Some(name) = x_name {
            let middle = self.left + self.width / 2.0;
            drawing.text(middle, self.bottom() + 39.0, name, LABEL.middle().colored(MUTED));
        }
    }

    /// Draws a curve through `points`. It is broken where a value is not finite; a point between two breaks is a dot.
    pub fn curve(
        &self,
        drawing: &mut Drawing,
        points: impl IntoIterator<Item = (f64, f64)>,
        color: Color,
        dashed: bool,
    ) {
        let mut runs: Vec<Vec<(f32, f32)>> = vec![Vec::new()];
        for (x, y) in points {
            if drawable(x) && drawable(y) && !(self.y.is_logarithmic() && y <= 0.0) {
                runs.last_mut().expect("there is always a run").push(self.place(x, y));
            } else {
                runs.push(Vec::new());
            }
        }
        let few = runs.iter().map(Vec::len).sum::<usize>() <= FEW;
        for run in runs {
            if few || run.len() == 1 {
                for &(x, y) in &run {
                    drawing.dot(x, y, 2.6, color, 0.0);
                }
            }
            if run.len() > 1 {
                drawing.line(thinned(run), Stroke { color, width: 2.0, dashed });
            }
        }
    }

    /// Marks one point of a curve with a ring.
    pub fn ring(&self, drawing: &mut Drawing, x: f64, y: f64, color: Color) {
        if drawable(x) && drawable(y) {
            let (x, y) = self.place(x, y);
            drawing.dot(x, y, 5.5, color, 1.0);
            drawing.dot(x, y, 3.0, WHITE, 0.0);
        }
    }

    /// Writes the labels beside the ends of their curves, moved apart where they would overlap.
    pub fn end_labels(&self, drawing: &mut Drawing, labels: &[EndLabel]) {
        let wanted = |label: &EndLabel| label.value.map_or(self.bottom(), |value| self.place(0.0, value).1);
        let mut order: Vec<&EndLabel> = labels.iter().collect();
        order.sort_by(|a, b| wanted(a).total_cmp(&wanted(b)));
        let places = apart(&order.iter().map(|label| wanted(label)).collect::<Vec<_>>(), self.top, self.bottom());
        for (label, y) in order.into_iter().zip(places) {
            if label.value.is_some() {
                let ends = vec![(self.right() + 3.0, wanted(label)), (self.right() + LABEL_GAP - 4.0, y)];
                drawing.line(ends, Stroke::new(label.color.with_alpha(140), 1.0));
            }
            let ink = label.color.mix(INK, 0.25);
            drawing.text(self.right() + LABEL_GAP, y + LABEL.half(), &label.text, LABEL.colored(ink));
        }
    }

    /// Says in the middle of the panel why there is nothing in it.
    pub fn note(&self, drawing: &mut Drawing, text: &str) {
        let (x, y) = (self.left + self.width / 2.0, self.top + self.height / 2.0);
        drawing.text(x, y, text, LABEL.middle().colored(MUTED));
    }
}

/// What stands before a name in a legend, drawn as the series itself is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Swatch {
    Line,
    Dashes,
    Dot,
    Ring,
    Patch,
}

/// Draws a row of swatches and names that ends at `right`; `y` is its middle.
pub fn legend(drawing: &mut Drawing, right: f32, y: f32, entries: &[(&str, Color, Swatch)]) {
    let mut x = right;
    for (name, color, swatch) in entries.iter().rev() {
        x -= SMALL.width(name);
        drawing.text(x, y + SMALL.half(), name, SMALL.colored(INK));
        let wide = match swatch {
            Swatch::Line | Swatch::Dashes => 20.0,
            Swatch::Dot | Swatch::Ring | Swatch::Patch => 10.0,
        };
        let (from, middle) = (x - 7.0 - wide, x - 7.0 - wide / 2.0);
        match swatch {
            Swatch::Line => drawing.line(vec![(from, y), (x - 7.0, y)], Stroke::new(*color, 2.5)),
            Swatch::Dashes => {
                drawing.line(vec![(from, y), (x - 7.0, y)], Stroke { color: *color, width: 2.5, dashed: true });
            }
            Swatch::Dot => drawing.dot(middle, y, 4.0, *color, 0.0),
            Swatch::Ring => drawing.ring(middle, y, 4.0, *color),
            Swatch::Patch => drawing.rectangle(from, y - wide / 2.0, wide, wide, *color),
        }
        x = from - 18.0;
    }
}

/// Places in ascending order, near the wanted ones (which ascend too), a pitch apart, and between `top` and `bottom` if
/// there is room.
fn apart(wanted: &[f32], top: f32, bottom: f32) -> Vec<f32> {
    let mut places = wanted.to_vec();
    // Down from the top, then up from the bottom.
    let mut least = top;
    for place in &mut places {
        *place = place.max(least);
        least = *place + LABEL_PITCH;
    }
    let mut most = bottom.max(top + LABEL_PITCH * (places.len() as f32 - 1.0));
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - LABEL_PITCH;
    }
    places
}

/// A long curve with the highest and the lowest point of each stretch: it looks the same, spikes included.
fn thinned(points: Vec<(f32, f32)>) -> Vec<(f32, f32)> {
    if points.len() <= 2 * COLUMNS {
        return points;
    }
    let stretch = points.len().div_ceil(COLUMNS);
    let mut kept = vec![points[0]];
    for stretch in points.chunks(stretch) {
        let by_height = |a: &&(f32, f32), b: &&(f32, f32)| a.1.total_cmp(&b.1);
        if let (Some(&high), Some(&low)) = (stretch.iter().min_by(by_height), stretch.iter().max_by(by_height)) {
            kept.extend(if high.0 < low.0 { [high, low] } else { [low, high] });
        }
    }
    kept.extend(points.last());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_do_not_overlap_and_stay_inside() {
        let places = apart(&[10.0, 11.0, 12.0, 98.0, 99.0], 0.0, 100.0);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_PITCH), "{places:?}");
        assert!(places[0] >= 0.0 && places[4] <= 100.0);
        assert_eq!(apart(&[50.0], 0.0, 100.0), [50.0]);
    }

    #[test]
    fn thinning_keeps_spikes_and_ends() {
        let mut points: Vec<(f32, f32)> = (0..100_000).map(|x| (x as f32, 0.0)).collect();
        points[54_321].1 = 9.0;
        let kept = thinned(points.clone());
        assert!(kept.len() <= 2 * COLUMNS + 2);
        assert!(kept.contains(&(54_321.0, 9.0)));
        assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
        assert!(kept.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }
}
