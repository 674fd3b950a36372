//! A picture through kernels: blurred, sharpened, its edges; named kernels and typed ones.

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use gradus::data::picture::{self, Color, PictureOptions};
use gradus::data::{Loader, OpenOptions};
use gradus::learn::convolution::{Border, Grid, NAMES, filter, gabor, named};
use gradus::{Error, did_you_mean};

use super::{Chapter, Desk, Subject};
use crate::draw::{Captioned, Picture, rows_sheet};
use crate::failure::Failure;

/// A picture through kernels.
#[derive(Args)]
pub struct Filters {
    /// A picture of yours, seen in greys; without one, the first that is held out of the built-in ones, 28x28.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// A kernel by name, or typed with commas in rows that semicolons end: "0,-1,0;-1,5,-1;0,-1,0". May be repeated; without it,
    /// all that have names.
    #[arg(long, value_name = "KERNEL", allow_hyphen_values = true)]
    kernel: Vec<Typed>,
    /// How the picture goes on beyond its border: reflect, mirror, nearest, wrap or constant (black).
    #[arg(long, default_value = "reflect")]
    border: Border,
    /// The largest side that the picture is shrunk to.
    #[arg(long, default_value_t = 240)]
    side: usize,
}

/// A kernel as it was asked for.
#[derive(Clone, Debug)]
struct Typed {
    name: String,
    kernel: Grid,
}

impl FromStr for Typed {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let kernel = if text.contains(|c: char| c.is_ascii_digit()) && !NAMES.iter().any(|(name, _)| *name == text) {
            let rows = text.split(';').enumerate().map(|(place, row)| numbers(place, row));
            Grid::from_rows(&rows.collect::<Result<Vec<_>, _>>()?)?
        } else {
            named(text)?
        };
        Ok(Typed { name: text.to_owned(), kernel })
    }
}

/// A row of a typed kernel.
fn numbers(place: usize, row: &str) -> Result<Vec<f64>, Error> {
    let number = |word: &str| {
        let word = word.trim();
        word.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(|| {
            let near = did_you_mean(word, NAMES.map(|(name, _)| name));
            let problem = format!(
                "row {} has {word:?}, which is no finite number{near}; write \"0,1,0;1,-4,1;0,1,0\"",
                place + 1
            );
            Error::setting("kernel", problem)
        })
    };
    row.split(',').map(number).collect()
}

/// Angles of the Gabor kernels on the sheet, in degrees.
const ANGLES: [f64; 4] = [0.0, 45.0, 90.0, 135.0];

impl Subject for Filters {
    const NAME: &'static str = "filters";
    const CHAPTER: Chapter = Chapter::Convolution;
    const SUMMARY: &'static str = "a picture through named and typed kernels: blur, sharpen, edges, Sobel, Gabor";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let picture = self.open()?;
        let kernels = if self.kernel.is_empty() { all()? } else { self.kernel.clone() };
        let seen: Vec<Grid> = kernels.iter().map(|typed| filter(&picture, &typed.kernel, self.border)).collect();
        print(&kernels, &seen)?;
        let mut cells =
            vec![(Shown::blank(&picture), "no kernel".to_owned()), (Shown::greys(&picture), "the picture".to_owned())];
        for (Typed { name, kernel }, seen) in kernels.iter().zip(&seen) {
            cells.push((Shown::signed(kernel), name.clone()));
            cells.push((Shown::answer(kernel, seen), String::new()));
        }
        let captioned: Vec<Captioned> =
            cells.iter().map(|(shown, caption)| Captioned { picture: shown.as_picture(), caption }).collect();
        let subtitle =
            "each kernel, and what it makes of the picture; where answers have both signs, 0 is the middle grey";
        desk.draw("filters", &rows_sheet("A picture through kernels", subtitle, 6, &captioned))
    }
}

impl Filters {
    fn open(&self) -> Result<Grid, Failure> {
        let Some(path) = &self.picture else { return built_in() };
        if self.side < 8 {
            return Err(Error::setting("side", format!("{} pixels are too few; give 8 or more", self.side)).into());
        }
        let grey = PictureOptions { color: Some(Color::Grey), ..PictureOptions::default() };
        let mut read = picture::read(path, grey)?;
        let longest = read.height.max(read.width);
        if longest > self.side {
            let share = |length: usize| (length * self.side / longest).max(1);
            let size = Some([share(read.height), share(read.width)]);
            read = picture::read(path, PictureOptions { size, ..grey })?;
        }
        let values: Vec<f64> = read.pixels.iter().map(|value| f64::from(*value) / 255.0).collect();
        Ok(Grid::new(values, read.height, read.width)?)
    }
}

/// The first picture that is held out from the built-in ones.
fn built_in() -> Result<Grid, Failure> {
    let splits = gradus::data::open("fashion", &OpenOptions::default())?;
    let test = splits.test.unwrap_or(splits.train);
    let batch = Loader::new(test, 1).epoch(0).next();
    let batch = batch.ok_or_else(|| Error::Data("there are no pictures to look at".into()))??;
    let shape = batch.inputs.shape();
    let values: Vec<f64> = batch.inputs.as_slice().iter().map(|value| f64::from(*value)).collect();
    Ok(Grid::new(values, shape[1], shape[2])?)
}

/// All kernels with names, and Gabor's at other angles.
fn all() -> Result<Vec<Typed>, Error> {
    let mut kernels: Vec<Typed> = NAMES.iter().skip(1).map(|(name, _)| name.parse()).collect::<Result<_, _>>()?;
    for angle in &ANGLES[1..] {
        let kernel = gabor(6, 6.0, angle.to_radians(), 2.5, 0.6, 0.0)?;
        kernels.push(Typed { name: format!("gabor, {angle} degrees"), kernel });
    }
    Ok(kernels)
}

fn print(kernels: &[Typed], seen: &[Grid]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "  {:<22} {:>7} {:>9} {:>10} {:>10}  answers to", "kernel", "size", "its sum", "least", "most")?;
    for (Typed { name, kernel }, seen) in kernels.iter().zip(seen) {
        let size = format!("{}x{}", kernel.rows(), kernel.columns());
        let sum: f64 = kernel.values().iter().sum();
        let (least, most) = extremes(seen);
        let words = NAMES.iter().find(|(known, _)| known == name).map_or("", |(_, words)| words);
        writeln!(out, "  {name:<22} {size:>7} {sum:>9.3} {least:>10.3} {most:>10.3}  {words}")?;
    }
    writeln!(out)?;
    Ok(())
}

fn extremes(grid: &Grid) -> (f64, f64) {
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    grid.values().iter().fold(ends, |(least, most), value| (least.min(*value), most.max(*value)))
}

/// A grid as greys from 0 to 1.
pub(super) struct Shown {
    pixels: Vec<f32>,
    height: usize,
    width: usize,
}

impl Shown {
    fn of(grid: &Grid, grey: impl Fn(f64) -> f64) -> Self {
        let pixels = grid.values().iter().map(|value| grey(*value).clamp(0.0, 1.0) as f32).collect();
        Shown { pixels, height: grid.rows(), width: grid.columns() }
    }

    fn blank(like: &Grid) -> Self {
        Self::of(like, |_| 0.5)
    }

    fn greys(grid: &Grid) -> Self {
        Self::of(grid, |value| value)
    }

    /// Zero in the middle.
    pub(super) fn signed(grid: &Grid) -> Self {
        let (least, most) = extremes(grid);
        let largest = most.max(-least).max(f64::MIN_POSITIVE);
        Self::of(grid, move |value| 0.5 + 0.5 * value / largest)
    }

    /// What a kernel that keeps brightness gives is a picture; what others give has both signs.
    fn answer(kernel: &Grid, seen: &Grid) -> Self {
        let sum: f64 = kernel.values().iter().sum();
        if (sum - 1.0).abs() < 1e-6 { Self::greys(seen) } else { Self::signed(seen) }
    }

    pub(super) fn as_picture(&self) -> Picture<'_> {
        Picture { pixels: &self.pixels, height: self.height, width: self.width, channels: 1 }
    }
}
