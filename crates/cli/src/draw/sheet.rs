//! Sheets of pictures with captions.

use super::bitmap::{Bitmap, Picture};
use super::color::INK;
use super::drawing::{Drawing, HEADER, MARGIN, SMALL, SUBTITLE};
use super::number;
use super::raster::SCALE;

/// A picture and what is written under it.
#[derive(Clone, Copy, Debug)]
pub struct Captioned<'a> {
    pub picture: Picture<'a>,
    pub caption: &'a str,
}

/// A picture that was taken for another class.
#[derive(Clone, Copy, Debug)]
pub struct Mistake<'a> {
    pub picture: Picture<'a>,
    pub truth: &'a str,
    pub prediction: &'a str,
    /// The probability that the network gave to its prediction, 0 to 1.
    pub confidence: f32,
}

/// The side that pictures are brought to: small ones by a whole factor, large ones by shrinking.
const SIDE: f32 = 120.0;
const GAP: f32 = 18.0;
const WIDEST: f32 = 960.0;
const LINE: f32 = 15.0;
const LEAST_WIDTH: f32 = 420.0;
/// Pictures beyond these are left out, and the subtitle says so.
const MOST: usize = 200;

/// Draws `pictures` in rows with their captions, of two lines at most. Small pictures are enlarged by a whole factor with
/// hard pixels, large ones shrunk.
pub fn picture_sheet(title: &str, pictures: &[Captioned]) -> Drawing {
    let subtitle = shown(pictures.len(), "picture");
    let cells = pictures.iter().take(MOST).map(|item| (item.picture, item.caption));
    sheet(title, &subtitle, "No pictures.", None, &cells.collect::<Vec<_>>(), |caption, width| wrapped(caption, width))
}

/// Draws `pictures` in rows of so many, which belong together.
pub fn rows_sheet(title: &str, subtitle: &str, columns: usize, pictures: &[Captioned]) -> Drawing {
    let cells: Vec<_> = pictures.iter().map(|item| (item.picture, item.caption)).collect();
    sheet(title, subtitle, "No pictures.", Some(columns), &cells, |caption, width| wrapped(caption, width))
}

/// Draws pictures that were taken for another class, in the order given, each with `truth → prediction` and the probability
/// that the network gave to its prediction.
pub fn mistakes_sheet(title: &str, mistakes: &[Mistake]) -> Drawing {
    let subtitle = match mistakes.len() {
        0 => String::new(),
        all => format!("{}: true class → prediction, and its probability", shown(all, "mistake")),
    };
    let cells = mistakes.iter().take(MOST).map(|mistake| (mistake.picture, mistake));
    sheet(title, &subtitle, "No mistakes.", None, &cells.collect::<Vec<_>>(), |mistake, width| in_words(mistake, width))
}

fn shown(all: usize, what: &str) -> String {
    let counted = number::counted(all, what);
    if all > MOST { format!("the first {MOST} of {counted}") } else { counted }
}

/// `truth → prediction 98 %` in one line, or in two that break after the arrow.
fn in_words(mistake: &Mistake, width: f32) -> Vec<String> {
    let Mistake { truth, prediction, confidence, .. } = mistake;
    let confidence = if confidence.is_finite() { format!(" {:.0} %", confidence * 100.0) } else { String::new() };
    let line = format!("{truth} → {prediction}{confidence}");
    if SMALL.width(&line) <= width {
        return vec![line];
    }
    let truth = SMALL.elide(truth, width - SMALL.width(" →"));
    let prediction = SMALL.elide(prediction, width - SMALL.width(&confidence));
    vec![format!("{truth} →"), format!("{prediction}{confidence}")]
}

/// `caption` in at most two lines of `width` pixels, broken between words where that is possible.
fn wrapped(caption: &str, width: f32) -> Vec<String> {
    if SMALL.width(caption) <= width {
        return vec![caption.to_owned()];
    }
    let spaces = caption.match_indices(' ').map(|(at, _)| at);
    match spaces.rev().find(|at| SMALL.width(&caption[..*at]) <= width) {
        Some(at) => vec![caption[..at].to_owned(), SMALL.elide(caption[at..].trim_start(), width)],
        None => vec![SMALL.elide(caption, width)],
    }
}

fn sheet<T>(
    title: &str,
    subtitle: &str,
    none: &str,
    columns: Option<usize>,
    cells: &[(Picture, T)],
    caption: impl Fn(&T, f32) -> Vec<String>,
) -> Drawing {
    if cells.is_empty() {
        let mut drawing = Drawing::new(LEAST_WIDTH, HEADER + 40.0, title, "");
        drawing.text(MARGIN, HEADER, none, SUBTITLE);
        return drawing;
    }
    let sizes: Vec<_> = cells.iter().map(|(picture, _)| size(picture.width, picture.height)).collect();
    let cell_width = sizes.iter().map(|size| size.0).fold(SIDE, f32::max);
    let cell_height = sizes.iter().map(|size| size.1).fold(0.0, f32::max);
    let captions: Vec<_> = cells.iter().map(|(_, item)| caption(item, cell_width)).collect();
    let lines = captions.iter().map(Vec::len).max().unwrap_or(0) as f32;

    let columns = columns.unwrap_or(((WIDEST + GAP) / (cell_width + GAP)) as usize).min(cells.len());
    let rows = cells.len().div_ceil(columns);
    let (across, down) = (cell_width + GAP, cell_height + 6.0 + lines * LINE + GAP);
    let width = 2.0 * MARGIN + across * columns as f32 - GAP;
    let mut drawing = Drawing::new(width.max(LEAST_WIDTH), HEADER + down * rows as f32, title, subtitle);
    for (index, ((picture, _), lines)) in cells.iter().zip(&captions).enumerate() {
        let (x, y) = (MARGIN + across * (index % columns) as f32, HEADER + down * (index / columns) as f32);
        let (width, height) = sizes[index];
        // Pictures of one row stand on one line.
        let top = y + cell_height - height;
        drawing.bitmap(x, top, width, height, fitted(picture.bitmap(), width, height));
        drawing.frame(x, top, width, height);
        for (line, text) in lines.iter().enumerate() {
            let baseline = y + cell_height + 6.0 + LINE * line as f32 + SMALL.size;
            drawing.text(x, baseline, text, SMALL.colored(INK));
        }
    }
    drawing
}

/// The size at which a picture is shown.
fn size(width: usize, height: usize) -> (f32, f32) {
    let (width, height) = (width as f32, height as f32);
    let factor = SIDE / width.max(height);
    // The nearest whole factor that does not leave the picture far from the usual side.
    let factor = if factor >= 1.0 { factor.round() } else { factor };
    ((width * factor).round().max(1.0), (height * factor).round().max(1.0))
}

/// The bitmap, shrunk where it has more pixels than will be drawn.
fn fitted(bitmap: Bitmap, width: f32, height: f32) -> Bitmap {
    let (columns, rows) = (width as usize * SCALE as usize, height as usize * SCALE as usize);
    if bitmap.width > columns || bitmap.height > rows {
        return bitmap.shrunk(bitmap.width.min(columns), bitmap.height.min(rows));
    }
    bitmap
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pictures_grow_by_whole_factors() {
        assert_eq!(size(28, 28), (112.0, 112.0));
        assert_eq!(size(32, 32), (128.0, 128.0));
        assert_eq!(size(8, 4), (120.0, 60.0));
        assert_eq!(size(640, 480), (120.0, 90.0));
        assert_eq!(size(5000, 1), (120.0, 1.0));
    }

    #[test]
    fn captions_keep_the_confidence() {
        let picture = Picture { pixels: &[0.0], height: 1, width: 1, channels: 1 };
        let long = "an unusually long name of a class that nobody would ever write down";
        let mistake = Mistake { picture, truth: long, prediction: long, confidence: 0.982 };
        let lines = in_words(&mistake, 120.0);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].ends_with("… →") && lines[1].ends_with("… 98 %"), "{lines:?}");
        assert!(lines.iter().all(|line| SMALL.width(line) <= 120.0));
        let short = Mistake { truth: "Shirt", prediction: "Coat", ..mistake };
        assert_eq!(in_words(&short, 120.0), ["Shirt → Coat 98 %"]);
    }

    #[test]
    fn captions_break_between_words() {
        assert_eq!(wrapped("one", 120.0), ["one"]);
        assert_eq!(wrapped("first half and second half", 90.0), ["first half and", "second half"]);
        assert!(wrapped("Donaudampfschifffahrtsgesellschaft", 90.0)[0].ends_with('…'));
    }
}
