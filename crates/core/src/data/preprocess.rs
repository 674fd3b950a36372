//! What published weights need pictures to be: resized, cropped, brought to the measure of the training pictures.

use std::path::Path;

use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

use super::picture::{self, Color, Picture, PictureOptions};
use super::resample::{Window, resample};
use crate::{Error, Tensor};

/// How a picture is made ready for a network: resized so that its shorter side is `resize`, the middle `crop` x `crop` cut
/// out, and each channel of 0..1 brought to (x - mean) / deviation. It travels with the weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preprocess {
    /// The shorter side after resizing.
    pub resize: usize,
    /// The side of the square that is cut out of the middle.
    pub crop: usize,
    /// How pixels between pixels are found.
    pub interpolation: Interpolation,
    /// What is subtracted from red, green and blue.
    pub mean: [f64; 3],
    /// What they are divided by.
    pub deviation: [f64; 3],
}

/// How pixels between pixels are found. A picture that is made smaller is averaged over the width of a new pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// Linearly between neighbours.
    Bilinear,
    /// By cubic pieces with slope parameter -1/2 (Keys, 1981).
    Bicubic,
}

impl Interpolation {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Interpolation::Bilinear => "bilinear",
            Interpolation::Bicubic => "bicubic",
        }
    }

    /// How far a pixel's weight reaches, in pixels.
    pub(super) fn reach(self) -> f32 {
        match self {
            Interpolation::Bilinear => 1.0,
            Interpolation::Bicubic => 2.0,
        }
    }

    /// The weight of a pixel at a distance, in pixels.
    pub(super) fn weight(self, distance: f32) -> f32 {
        let x = distance.abs();
        match self {
            Interpolation::Bilinear => (1.0 - x).max(0.0),
            Interpolation::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Interpolation::Bicubic if x < 2.0 => ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0,
            Interpolation::Bicubic => 0.0,
        }
    }
}

impl Preprocess {
    /// Mean and deviation of ImageNet's channels, resized to 256 and cropped to 224.
    pub const IMAGENET: Preprocess = Preprocess {
        resize: 256,
        crop: 224,
        interpolation: Interpolation::Bilinear,
        mean: [0.485, 0.456, 0.406],
        deviation: [0.229, 0.224, 0.225],
    };

    /// Pixels brought to -1..1, as networks first trained with TensorFlow expect them.
    pub const HALVES: Preprocess = Preprocess { mean: [0.5; 3], deviation: [0.5; 3], ..Self::IMAGENET };

    /// With other sizes.
    #[must_use]
    pub const fn sizes(mut self, resize: usize, crop: usize) -> Self {
        self.resize = resize;
        self.crop = crop;
        self
    }

    /// With bicubic interpolation.
    #[must_use]
    pub const fn bicubic(mut self) -> Self {
        self.interpolation = Interpolation::Bicubic;
        self
    }

    /// A picture file as a network's input, `[1, crop, crop, 3]`. Grey pictures count as red, green and blue alike.
    pub fn read(&self, path: &Path) -> Result<Tensor, Error> {
        Ok(self.apply(&picture::read(path, PictureOptions { color: Some(Color::Rgb), ..PictureOptions::default() })?))
    }

    /// A picture as a network's input, `[1, crop, crop, 3]`.
    ///
    /// # Panics
    /// When the picture is grey; read it in colour.
    #[track_caller]
    pub fn apply(&self, picture: &Picture) -> Tensor {
        Tensor::build([1, self.crop, self.crop, 3], |out| self.fill(picture, out))
    }

    /// Writes a picture as a network's input into `out`, `[crop, crop, 3]`.
    ///
    /// # Panics
    /// When the picture is grey, or `out` of another length.
    #[track_caller]
    pub fn fill(&self, picture: &Picture, out: &mut [Real]) {
        let pixels = self.cut(picture);
        assert!(out.len() == pixels.len(), "preprocess: the input has {} numbers, out {}", pixels.len(), out.len());
        // A byte has 256 values: each is brought to measure once.
        let measured = |channel: usize, byte: usize| {
            ((byte as f64 / 255.0 - self.mean[channel]) / self.deviation[channel]) as Real
        };
        let table: [[Real; 256]; 3] =
            std::array::from_fn(|channel| std::array::from_fn(|byte| measured(channel, byte)));
        for (out, pixel) in out.as_chunks_mut::<3>().0.iter_mut().zip(pixels.as_chunks::<3>().0) {
            *out = std::array::from_fn(|channel| table[channel][usize::from(pixel[channel])]);
        }
    }

    /// The resized and cropped pixels, `[crop, crop, 3]`.
    #[track_caller]
    fn cut(&self, picture: &Picture) -> Vec<u8> {
        assert!(picture.color == Color::Rgb, "preprocess: the picture is grey; read it as Color::Rgb");
        let sides = [picture.height, picture.width];
        let shorter = sides[0].min(sides[1]);
        // Of a very long strip only the middle is resized: the rest would be cut off.
        let longest = sides.map(|side| side.min(shorter * 4));
        let [top, left] = [0, 1].map(|axis| (sides[axis] - longest[axis]) / 2);
        let part = Window { top, left, height: longest[0], width: longest[1] };
        // The longer side is cut to a whole pixel, as torchvision does; never below what is cut out.
        let size = longest.map(|side| (side * self.resize / shorter).max(self.crop));
        let [top, left] = size.map(|side| half_even(side - self.crop));
        let cut = Window { top, left, height: self.crop, width: self.crop };
        resample(&picture.pixels, [picture.width, 3], part, size, cut, self.interpolation)
    }
}

/// Half of a margin; halves go to the even neighbour, as Python's `round` does in torchvision's crop.
fn half_even(margin: usize) -> usize {
    margin / 2 + usize::from(margin % 4 == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Picture {
        let pixel = |x: usize, y: usize| [x as u8, y as u8, (x + y) as u8];
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        Picture { height, width, color: Color::Rgb, pixels }
    }

    #[test]
    fn the_middle_is_cut_out_and_brought_to_measure() {
        let plain = Preprocess { mean: [0.0; 3], deviation: [1.0 / 255.0; 3], ..Preprocess::IMAGENET };
        // Resized to its own height: pixels stay as they are; 200 - 100 pixels are cut off at left and right, 40 above.
        let input = plain.sizes(180, 100).apply(&ramp(200, 180));
        assert_eq!(&*input.shape(), [1, 100, 100, 3]);
        let found = [input.at(&[0, 0, 0, 0]), input.at(&[0, 0, 0, 1]), input.at(&[0, 99, 99, 2])];
        for (found, expected) in found.into_iter().zip([50.0, 40.0, 149.0 + 139.0 - 256.0]) {
            assert!((found - expected).abs() < 1e-3, "{found} {expected}");
        }
    }

    #[test]
    fn strips_and_single_pixels_pass() {
        for (width, height) in [(1, 1), (250, 1), (1, 250), (3, 250)] {
            assert_eq!(&*Preprocess::IMAGENET.bicubic().apply(&ramp(width, height)).shape(), [1, 224, 224, 3]);
        }
    }

    #[test]
    fn margins_are_halved_as_torchvision_does() {
        assert_eq!([0, 1, 2, 3, 4, 5, 32].map(half_even), [0, 0, 1, 2, 2, 2, 16]);
    }
}
