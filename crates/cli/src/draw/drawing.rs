//! What is drawn: shapes at exact places, in pixels, y downward.

use super::bitmap::Bitmap;
use super::color::{Color, GRID, INK, MUTED, WHITE};
use super::font;

/// A finished drawing. [`Drawing::svg`] and [`Drawing::png`] are its two forms, [`Drawing::save`] writes both.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub(super) width: f32,
    pub(super) height: f32,
    /// What the drawing is, for readers who cannot see it.
    pub(super) title: String,
    pub(super) shapes: Vec<Shape>,
}

/// One mark.
#[derive(Clone, Debug)]
pub enum Shape {
    Rectangle {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Color,
    },
    Line {
        points: Vec<(f32, f32)>,
        stroke: Stroke,
    },
    /// What a closed line runs around.
    Area {
        points: Vec<(f32, f32)>,
        fill: Color,
    },
    /// A dot with a rim of white around it, which keeps it apart from what it lies on; `rim` may be 0.
    Dot {
        x: f32,
        y: f32,
        radius: f32,
        fill: Color,
        rim: f32,
    },
    Text {
        x: f32,
        y: f32,
        text: String,
        style: TextStyle,
    },
    /// A bitmap stretched over a rectangle with hard pixels.
    Bitmap {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        bitmap: Bitmap,
    },
}

/// How a line looks.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    pub color: Color,
    pub width: f32,
    pub dashed: bool,
}

impl Stroke {
    /// A full line.
    pub const fn new(color: Color, width: f32) -> Self {
        Self { color, width, dashed: false }
    }
}

/// Which end of a text its place names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks. Its place is the named end of its baseline.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    pub size: f32,
    pub bold: bool,
    pub color: Color,
    pub anchor: Anchor,
    /// Degrees, clockwise, around the place.
    pub turn: f32,
}

pub const TITLE: TextStyle = TextStyle { size: 17.0, bold: true, ..LABEL };
pub const SUBTITLE: TextStyle = TextStyle { size: 12.5, color: MUTED, ..LABEL };
/// Names of axes and of series.
pub const LABEL: TextStyle = TextStyle { size: 12.5, bold: false, color: INK, anchor: Anchor::Start, turn: 0.0 };
/// Numbers at ticks and in cells, captions.
pub const SMALL: TextStyle = TextStyle { size: 11.5, color: MUTED, ..LABEL };

impl TextStyle {
    pub const fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }
    pub const fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }
    pub const fn colored(self, color: Color) -> Self {
        Self { color, ..self }
    }
    pub const fn turned(self, degrees: f32) -> Self {
        Self { turn: degrees, ..self }
    }
    /// The width of `text` in this style.
    pub fn width(self, text: &str) -> f32 {
        font::width(text, self.size, self.bold)
    }
    /// `text` shortened to `most` pixels in this style.
    pub fn elide(self, text: &str, most: f32) -> String {
        font::elide(text, self.size, self.bold, most)
    }
    /// From the middle of a line of text down to its baseline.
    pub fn half(self) -> f32 {
        self.size * font::CAPITAL / 2.0
    }
}

/// White space around every drawing.
pub const MARGIN: f32 = 24.0;
/// Where the content begins under a title and a subtitle.
pub const HEADER: f32 = 74.0;
/// Where it begins under a title alone.
pub const SHORT_HEADER: f32 = 56.0;

/// The middle of the pixel that `place` falls into: a line one pixel wide is sharp there, in both sizes of output.
pub fn crisp(place: f32) -> f32 {
    place.floor() + 0.5
}

impl Drawing {
    /// A white ground of `width` by `height` pixels with a title and, where it is not empty, a line under it.
    pub(super) fn new(width: f32, height: f32, title: &str, subtitle: &str) -> Self {
        let (width, height) = (width.ceil(), height.ceil());
        let mut drawing = Self { width, height, title: visible(title), shapes: Vec::new() };
        drawing.rectangle(0.0, 0.0, width, height, WHITE);
        let room = width - 2.0 * MARGIN;
        drawing.text(MARGIN, 34.0, &TITLE.elide(title, room), TITLE);
        drawing.text(MARGIN, 54.0, &SUBTITLE.elide(subtitle, room), SUBTITLE);
        drawing
    }

    pub(super) fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32, fill: Color) {
        if width > 0.0 && height > 0.0 {
            self.shapes.push(Shape::Rectangle { x, y, width, height, fill });
        }
    }

    pub(super) fn area(&mut self, points: Vec<(f32, f32)>, fill: Color) {
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, fill });
        }
    }

    pub(super) fn line(&mut self, points: Vec<(f32, f32)>, stroke: Stroke) {
        self.shapes.push(Shape::Line { points, stroke });
    }

    /// A thin level line from `left` to `right`.
    pub(super) fn level(&mut self, left: f32, right: f32, y: f32, color: Color) {
        self.line(vec![(left, crisp(y)), (right, crisp(y))], Stroke::new(color, 1.0));
    }

    /// A thin upright line from `top` to `bottom`.
    pub(super) fn upright(&mut self, x: f32, top: f32, bottom: f32, color: Color) {
        self.line(vec![(crisp(x), top), (crisp(x), bottom)], Stroke::new(color, 1.0));
    }

    pub(super) fn dot(&mut self, x: f32, y: f32, radius: f32, fill: Color, rim: f32) {
        self.shapes.push(Shape::Dot { x, y, radius, fill, rim });
    }

    /// A thin circle.
    pub(super) fn ring(&mut self, x: f32, y: f32, radius: f32, color: Color) {
        let corner = |step: u8| {
            let (sine, cosine) = (f32::from(step) * std::f32::consts::TAU / 24.0).sin_cos();
            (x + radius * cosine, y + radius * sine)
        };
        self.line((0..=24).map(corner).collect(), Stroke::new(color, 1.3));
    }

    pub(super) fn text(&mut self, x: f32, y: f32, text: &str, style: TextStyle) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text { x, y, text: visible(text), style });
        }
    }

    pub(super) fn bitmap(&mut self, x: f32, y: f32, width: f32, height: f32, bitmap: Bitmap) {
        self.shapes.push(Shape::Bitmap { x, y, width, height, bitmap });
    }

    /// A thin frame just outside a rectangle.
    pub(super) fn frame(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let (left, top, right, bottom) = (x - 0.5, y - 0.5, x + width + 0.5, y + height + 0.5);
        let corners = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        self.line(corners, Stroke::new(GRID, 1.0));
    }
}

/// `text` with a blank for each character that has no shape; XML 1.0 forbids most of them.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c }).collect()
}
