//! The embedded type: how wide a text is, and its outlines.

use std::sync::LazyLock;

use ttf_parser::{Face, GlyphId};

/// The families that an SVG names: Arimo and those of equal widths (`fonts/README.md`).
pub const FAMILIES: &str = "Arimo, 'Liberation Sans', Arial, Helvetica, sans-serif";

/// The height of a capital letter, as a share of the size.
pub const CAPITAL: f32 = 1409.0 / 2048.0;

static REGULAR: LazyLock<Face<'static>> = LazyLock::new(|| face(include_bytes!("../../fonts/Arimo-Regular.ttf")));
static BOLD: LazyLock<Face<'static>> = LazyLock::new(|| face(include_bytes!("../../fonts/Arimo-Bold.ttf")));

fn face(bytes: &'static [u8]) -> Face<'static> {
    Face::parse(bytes, 0).expect("the embedded font is valid")
}

/// Calls `each` with the face, every glyph of `text`, its left end in pixels and the pixels in a unit of the face; returns
/// the width of all. Kerning is left out: at the sizes of a chart it moves a letter by less than a pixel.
pub fn glyphs(text: &str, size: f32, bold: bool, mut each: impl FnMut(&Face, GlyphId, f32, f32)) -> f32 {
    let face: &Face = if bold { &BOLD } else { &REGULAR };
    let scale = size / f32::from(face.units_per_em());
    let mut x = 0.0;
    for character in text.chars() {
        // Glyph 0, an empty box, stands for what the face does not have.
        let glyph = face.glyph_index(character).unwrap_or_default();
        each(face, glyph, x, scale);
        x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    }
    x
}

/// The width of `text` in pixels.
pub fn width(text: &str, size: f32, bold: bool) -> f32 {
    glyphs(text, size, bold, |_, _, _, _| {})
}

/// `text`, or as much of its beginning as fits into `most` pixels with an ellipsis.
pub fn elide(text: &str, size: f32, bold: bool, most: f32) -> String {
    if width(text, size, bold) <= most {
        return text.to_owned();
    }
    let room = most - width("…", size, bold);
    let mut used = 0.0;
    let kept: String = text
        .chars()
        .take_while(|character| {
            used += width(character.encode_utf8(&mut [0; 4]), size, bold);
            used <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_arial() {
        // Advances of Arial, in 2048ths: H 1479, i 455, per cent 1821.
        assert!((width("Hi%", 2048.0, false) - 3755.0).abs() < 0.5);
        assert!(width("Hi%", 12.0, true) > width("Hi%", 12.0, false));
    }

    #[test]
    fn elided_text_fits() {
        let name = "a very long name of a class, which nobody can read at a glance";
        let short = elide(name, 12.0, false, 100.0);
        assert!(short.ends_with('…') && width(&short, 12.0, false) <= 100.0 && width(&short, 12.0, false) > 80.0);
        assert_eq!(elide("Shirt", 12.0, false, 100.0), "Shirt");
        assert_eq!(elide("Shirt", 12.0, false, 0.0), "…");
    }
}
