//! A drawing as SVG 1.1. Text stays text: it can be searched, selected and read aloud.

use std::fmt::{Display, Formatter, Result, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::color::{Color, WHITE};
use super::drawing::{Anchor, Drawing, Shape, Stroke, TextStyle};
use super::font;

impl Drawing {
    /// The drawing as an SVG document, pictures inside it as PNG data.
    pub fn svg(&self) -> String {
        let mut out = String::new();
        self.write_svg(&mut out).expect("a string takes all that is written to it");
        out
    }

    fn write_svg(&self, out: &mut String) -> Result {
        let (width, height) = (Number(self.width), Number(self.height));
        writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="{}">"#,
            font::FAMILIES
        )?;
        writeln!(out, "<title>{}</title>", Escaped(&self.title))?;
        for shape in &self.shapes {
            write_shape(out, shape)?;
        }
        out.write_str("</svg>\n")
    }
}

fn write_shape(out: &mut String, shape: &Shape) -> Result {
    match shape {
        Shape::Rectangle { x, y, width, height, fill } => {
            let (x, y, width, height) = (Number(*x), Number(*y), Number(*width), Number(*height));
            writeln!(out, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}"{}/>"#, Paint("fill", *fill))
        }
        Shape::Line { points, stroke } => write_line(out, points, *stroke),
        Shape::Area { points, fill } => {
            out.write_str("<polygon")?;
            write_points(out, points)?;
            writeln!(out, "{}/>", Paint("fill", *fill))
        }
        Shape::Dot { x, y, radius, fill, rim } => {
            let (x, y) = (Number(*x), Number(*y));
            write!(out, r#"<circle cx="{x}" cy="{y}" r="{}"{}"#, Number(*radius + *rim / 2.0), Paint("fill", *fill))?;
            if *rim > 0.0 {
                write!(out, r#"{} stroke-width="{}""#, Paint("stroke", WHITE), Number(*rim))?;
            }
            out.write_str("/>\n")
        }
        Shape::Text { x, y, text, style } => write_text(out, *x, *y, text, *style),
        Shape::Bitmap { x, y, width, height, bitmap } => {
            let (x, y, width, height) = (Number(*x), Number(*y), Number(*width), Number(*height));
            // SVG 1.1 says optimizeSpeed for hard pixels, CSS says pixelated; a reader keeps the one that it knows.
            writeln!(
                out,
                r#"<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none" image-rendering="optimizeSpeed" style="image-rendering:pixelated" xlink:href="data:image/png;base64,{}"/>"#,
                BASE64_STANDARD.encode(bitmap.png(1.0))
            )
        }
    }
}

fn write_line(out: &mut String, points: &[(f32, f32)], stroke: Stroke) -> Result {
    out.write_str("<polyline")?;
    write_points(out, points)?;
    let (paint, width) = (Paint("stroke", stroke.color), Number(stroke.width));
    write!(out, r#" fill="none"{paint} stroke-width="{width}" stroke-linejoin="round""#)?;
    if stroke.dashed {
        let [on, off] = dashes(stroke.width).map(Number);
        write!(out, r#" stroke-dasharray="{on} {off}""#)?;
    }
    out.write_str("/>\n")
}

fn write_points(out: &mut String, points: &[(f32, f32)]) -> Result {
    out.write_str(r#" points=""#)?;
    for (index, (x, y)) in points.iter().enumerate() {
        let space = if index == 0 { "" } else { " " };
        write!(out, "{space}{},{}", Number(*x), Number(*y))?;
    }
    out.write_str(r#"""#)
}

/// Lengths of the dashes of a line and of the gaps between them.
pub fn dashes(width: f32) -> [f32; 2] {
    [2.5 * width + 1.0, 1.5 * width + 1.0]
}

fn write_text(out: &mut String, x: f32, y: f32, text: &str, style: TextStyle) -> Result {
    let (x, y) = (Number(x), Number(y));
    write!(out, r#"<text x="{x}" y="{y}" font-size="{}"{}"#, Number(style.size), Paint("fill", style.color))?;
    if style.bold {
        out.write_str(r#" font-weight="bold""#)?;
    }
    match style.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.write_str(r#" text-anchor="middle""#)?,
        Anchor::End => out.write_str(r#" text-anchor="end""#)?,
    }
    if style.turn != 0.0 {
        write!(out, r#" transform="rotate({} {x} {y})""#, Number(style.turn))?;
    }
    writeln!(out, ">{}</text>", Escaped(text))
}

/// A length with at most two decimals: a fiftieth of a pixel of the PNG.
struct Number(f32);

impl Display for Number {
    fn fmt(&self, f: &mut Formatter) -> Result {
        // Adding zero turns -0 into 0.
        write!(f, "{}", (f64::from(self.0) * 100.0).round() / 100.0 + 0.0)
    }
}

/// An attribute that names a colour, and its opacity where it is not opaque.
struct Paint(&'static str, Color);

impl Display for Paint {
    fn fmt(&self, f: &mut Formatter) -> Result {
        let Self(name, Color { red, green, blue, alpha }) = *self;
        write!(f, r##" {name}="#{red:02x}{green:02x}{blue:02x}""##)?;
        if alpha < 255 {
            write!(f, r#" {name}-opacity="{}""#, Number(f32::from(alpha) / 255.0))?;
        }
        Ok(())
    }
}

/// Text with the characters that mean something in XML replaced.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
