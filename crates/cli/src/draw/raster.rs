//! A drawing as PNG: paths filled by tiny-skia, text as outlines, bitmaps copied pixel by pixel.

use tiny_skia::{FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, StrokeDash, Transform};
use ttf_parser::OutlineBuilder;

use super::bitmap::Bitmap;
use super::color::{Color, WHITE};
use super::drawing::{Anchor, Drawing, Shape, Stroke, TextStyle};
use super::{font, svg};

/// Pixels of a PNG for each pixel of the drawing: sharp on fine screens and in print.
pub const SCALE: u32 = 2;

impl Drawing {
    /// The drawing as a PNG, twice as wide and as high in pixels as the SVG says, with the resolution noted in it.
    pub fn png(&self) -> Vec<u8> {
        let scale = SCALE as f32;
        self.pixels(scale).png(scale)
    }

    /// The drawing as pixels, `scale` of them for each of its own.
    pub(super) fn pixels(&self, scale: f32) -> Bitmap {
        let mut canvas = Pixmap::new((self.width * scale) as u32, (self.height * scale) as u32)
            .expect("a drawing is neither empty nor larger than the memory");
        for shape in &self.shapes {
            draw(&mut canvas, shape, scale);
        }
        // The ground is white and opaque, so red, green and blue stand as they are.
        let rgb = canvas.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Bitmap::new(canvas.width() as usize, canvas.height() as usize, rgb)
    }
}

fn draw(canvas: &mut Pixmap, shape: &Shape, scale: f32) {
    let transform = Transform::from_scale(scale, scale);
    match shape {
        Shape::Rectangle { x, y, width, height, fill } => {
            if let Some(rectangle) = Rect::from_xywh(*x, *y, *width, *height) {
                canvas.fill_rect(rectangle, &paint(*fill), transform, None);
            }
        }
        Shape::Line { points, stroke } => draw_line(canvas, points, *stroke, transform),
        Shape::Area { points, fill } => {
            if let Some(path) = path(points) {
                canvas.fill_path(&path, &paint(*fill), FillRule::Winding, transform, None);
            }
        }
        Shape::Dot { x, y, radius, fill, rim } => {
            for (radius, color) in [(radius + rim, WHITE), (*radius, *fill)] {
                if let Some(circle) = PathBuilder::from_circle(*x, *y, radius)
                    && (color == *fill || *rim > 0.0)
                {
                    canvas.fill_path(&circle, &paint(color), FillRule::Winding, transform, None);
                }
            }
        }
        Shape::Text { x, y, text, style } => {
            if let Some(path) = letters(text, *style) {
                let place = transform.pre_translate(*x, *y).pre_rotate(style.turn);
                canvas.fill_path(&path, &paint(style.color), FillRule::Winding, place, None);
            }
        }
        Shape::Bitmap { x, y, width, height, bitmap } => {
            copy(canvas, [*x, *y, *width, *height].map(|v| v * scale), bitmap);
        }
    }
}

fn path(points: &[(f32, f32)]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 {
            builder.move_to(*x, *y);
        } else {
            builder.line_to(*x, *y);
        }
    }
    builder.finish()
}

fn draw_line(canvas: &mut Pixmap, points: &[(f32, f32)], stroke: Stroke, transform: Transform) {
    let dash = stroke.dashed.then(|| StrokeDash::new(svg::dashes(stroke.width).to_vec(), 0.0)).flatten();
    let style = tiny_skia::Stroke { width: stroke.width, line_join: LineJoin::Round, dash, ..Default::default() };
    if let Some(path) = path(points) {
        canvas.stroke_path(&path, &paint(stroke.color), &style, transform, None);
    }
}

fn paint(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(color.red, color.green, color.blue, color.alpha);
    paint
}

/// The outlines of a text whose place is the origin.
fn letters(text: &str, style: TextStyle) -> Option<Path> {
    let start = match style.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -style.width(text) / 2.0,
        Anchor::End => -style.width(text),
    };
    let mut path = PathBuilder::new();
    font::glyphs(text, style.size, style.bold, |face, glyph, x, scale| {
        face.outline_glyph(glyph, &mut Pen { path: &mut path, x: start + x, scale });
    });
    path.finish()
}

/// Appends outlines in font units, y upward, to a path in pixels, y downward.
struct Pen<'a> {
    path: &'a mut PathBuilder,
    x: f32,
    scale: f32,
}

impl Pen<'_> {
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, -y * self.scale)
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.place(x, y);
        self.path.line_to(x, y);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.place(x1, y1), self.place(x, y));
        self.path.quad_to(x1, y1, x, y);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }
    fn close(&mut self) {
        self.path.close();
    }
}

/// Copies a bitmap over the rectangle `[x, y, width, height]` of the canvas, each pixel from the nearest of the bitmap.
fn copy(canvas: &mut Pixmap, [x, y, width, height]: [f32; 4], bitmap: &Bitmap) {
    let (left, top) = (x.round() as usize, y.round() as usize);
    let (columns, rows) = (width.round() as usize, height.round() as usize);
    let stride = canvas.width() as usize;
    let data = canvas.data_mut();
    for row in 0..rows {
        for column in 0..columns {
            let [red, green, blue] = bitmap.pixel(column * bitmap.width / columns, row * bitmap.height / rows);
            let at = ((top + row) * stride + left + column) * 4;
            data[at..at + 4].copy_from_slice(&[red, green, blue, 255]);
        }
    }
}
