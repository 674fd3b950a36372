//! Points in the plane, coloured by class.

use super::color::{Color, INK, MUTED, WHITE};
use super::drawing::{Drawing, HEADER, LABEL, MARGIN, SMALL};
use super::number;
use super::panel::{FOOT, Panel, left_margin};
use super::scale::{Scale, Unit, range};

const SIDE: f32 = 560.0;
/// More points than this are thinned evenly: they would hide one another, and swell the SVG.
const MOST_POINTS: usize = 20_000;
/// More classes than this are not listed.
const MOST_LISTED: usize = 24;
/// Colours of classes that stand beside each other: hues that differ, then the same ones lighter and darker.
const HUES: [Color; 10] = [
    Color::hex(0x1f_77_b4),
    Color::hex(0xff_7f_0e),
    Color::hex(0x2c_a0_2c),
    Color::hex(0xd6_27_28),
    Color::hex(0x94_67_bd),
    Color::hex(0x8c_56_4b),
    Color::hex(0xe3_77_c2),
    Color::hex(0x4d_4d_4d),
    Color::hex(0xbc_bd_22),
    Color::hex(0x17_be_cf),
];

/// What is drawn.
pub struct ClassMap<'a> {
    pub title: &'a str,
    pub subtitle: &'a str,
    /// The names of the axes.
    pub axes: [&'a str; 2],
    pub points: &'a [(f64, f64)],
    /// The class of each point and the names of the classes.
    pub classes: Option<(&'a [u32], &'a [String])>,
}

/// The colour of a class.
fn color(class: usize) -> Color {
    let hue = HUES[class % HUES.len()];
    match class / HUES.len() % 3 {
        0 => hue,
        1 => hue.mix(WHITE, 0.45),
        _ => hue.mix(INK, 0.45),
    }
}

/// Draws the points with one scale on both axes, so that distances are true; the name of each class stands where most of its
/// points are, and in a list on the right.
pub fn class_map(map: &ClassMap) -> Drawing {
    let (x, y) = scales(map.points);
    let left = left_margin([&y]);
    let listed = map.classes.map_or(&[][..], |(_, names)| &names[..names.len().min(MOST_LISTED)]);
    let widest = listed.iter().map(|name| SMALL.width(name)).fold(0.0, f32::max).min(170.0);
    let room = if listed.is_empty() { MARGIN } else { 34.0 + widest + MARGIN };
    let panel = Panel { left, top: HEADER, width: SIDE, height: SIDE, x, y };
    let step = map.points.len().div_ceil(MOST_POINTS).max(1);
    let subtitle = if step > 1 { format!("{}, one point in {step} drawn", map.subtitle) } else { map.subtitle.into() };
    let height = panel.bottom() + FOOT + MARGIN / 2.0;
    let mut drawing = Drawing::new(panel.right() + room, height, map.title, &subtitle);
    panel.axes(&mut drawing, Some(map.axes[0]), map.axes[1]);
    let radius = if map.points.len() > 3000 { 1.5 } else { 2.4 };
    for (place, (x, y)) in map.points.iter().enumerate().step_by(step) {
        let color = map.classes.map_or(Color::series(0), |(classes, _)| color(classes[place] as usize));
        let (x, y) = panel.place(*x, *y);
        drawing.dot(x, y, radius, color.with_alpha(170), 0.0);
    }
    let Some((classes, names)) = map.classes else { return drawing };
    for (class, name) in listed.iter().enumerate() {
        if let Some((x, y)) = middle(map.points, classes, class as u32) {
            let (x, y) = panel.place(x, y);
            // White around it, so that it can be read over the dots.
            for (across, down) in [(-1.2, 0.0), (1.2, 0.0), (0.0, -1.2), (0.0, 1.2)] {
                drawing.text(x + across, y + LABEL.half() + down, name, LABEL.middle().colored(WHITE));
            }
            drawing.text(x, y + LABEL.half(), name, LABEL.middle().colored(INK));
        }
        let (x, y) = (panel.right() + 18.0, panel.top + 8.0 + 19.0 * class as f32);
        drawing.dot(x, y, 4.5, color(class), 0.0);
        drawing.text(x + 12.0, y + SMALL.half(), &SMALL.elide(name, widest), SMALL.colored(INK));
    }
    if names.len() > listed.len() {
        let y = panel.top + 8.0 + 19.0 * listed.len() as f32;
        let more = format!("and {} more", number::count((names.len() - listed.len()) as u64));
        drawing.text(panel.right() + 18.0, y + SMALL.half(), &more, SMALL.colored(MUTED));
    }
    drawing
}

/// Two scales of one length, about the middle of the points.
fn scales(points: &[(f64, f64)]) -> (Scale, Scale) {
    let of = |part: fn(&(f64, f64)) -> f64| range(points.iter().map(part)).unwrap_or((0.0, 1.0));
    let ((left, right), (low, high)) = (of(|point| point.0), of(|point| point.1));
    let half = ((right - left).max(high - low) / 2.0 * 1.05).max(1e-9);
    let scale = |low: f64, high: f64| {
        let middle = f64::midpoint(low, high);
        Scale::exact(middle - half, middle + half, 7, Unit::Plain)
    };
    (scale(left, right), scale(low, high))
}

/// The medians of a class's coordinates.
fn middle(points: &[(f64, f64)], classes: &[u32], class: u32) -> Option<(f64, f64)> {
    let own = || points.iter().zip(classes).filter(|(_, other)| **other == class).map(|(point, _)| point);
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    Some((median(own().map(|point| point.0).collect())?, median(own().map(|point| point.1).collect())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_axes_have_one_scale_and_names_stand_in_the_middle() {
        let points = [(0.0, 0.0), (10.0, 1.0), (4.0, 0.5), (5.0, 0.5)];
        let (x, y) = scales(&points);
        assert!((x.share(6.0) - x.share(5.0) - (y.share(1.0) - y.share(0.0))).abs() < 1e-12);
        assert_eq!(middle(&points, &[0, 0, 0, 1], 0), Some((4.0, 0.5)));
        assert_eq!(middle(&points, &[0, 0, 0, 1], 2), None);
    }

    #[test]
    fn the_classes_are_named() {
        let names = ["ship".to_owned(), "frog".to_owned()];
        let points = [(0.0, 0.0), (1.0, 1.0)];
        let classes = Some((&[0, 1][..], &names[..]));
        let map = ClassMap { title: "two", subtitle: "", axes: ["across", "up"], points: &points, classes };
        let svg = class_map(&map).svg();
        assert!(["ship", "frog", "across", "up", "two"].iter().all(|word| svg.contains(word)));
    }
}
