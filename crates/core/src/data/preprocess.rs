//! What published weights need pictures to be: resized, cropped, brought to the measure of the training pictures.

use std::path::Path;

use gradus_kernels::Real;
use image::imageops::{FilterType, crop_imm, resize};
use serde::{Deserialize, Serialize};

use super::picture::{self, Color, Picture, PictureOptions};
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
        let pixels = self.cut(picture);
        let scaled = pixels.as_chunks::<3>().0.iter().flat_map(|pixel| {
            let channel = |place: usize| (f64::from(pixel[place]) / 255.0 - self.mean[place]) / self.deviation[place];
            std::array::from_fn::<Real, 3, _>(|place| channel(place) as Real)
        });
        Tensor::new(scaled.collect::<Vec<Real>>(), [1, self.crop, self.crop, 3])
    }

    /// The resized and cropped pixels, `[crop, crop, 3]`.
    #[track_caller]
    fn cut(&self, picture: &Picture) -> Vec<u8> {
        assert!(picture.color == Color::Rgb, "preprocess: the picture is grey; read it as Color::Rgb");
        let (width, height) = (picture.width as u32, picture.height as u32);
        let whole = image::RgbImage::from_raw(width, height, picture.pixels.clone()).expect("a picture has its pixels");
        let filter = match self.interpolation {
            Interpolation::Bilinear => FilterType::Triangle,
            Interpolation::Bicubic => FilterType::CatmullRom,
        };
        // The longer side is cut to a whole pixel, as torchvision does; never below what is cut out.
        let (shorter, crop) = (width.min(height), self.crop as u32);
        let resized = |side: u32| (u64::from(side) * self.resize as u64 / u64::from(shorter)) as u32;
        // Of a very long strip only the middle is resized: the rest would be cut off.
        let longest = |side: u32| side.min(shorter.saturating_mul(4));
        let middle = |side: u32| (side - longest(side)) / 2;
        let whole = crop_imm(&whole, middle(width), middle(height), longest(width), longest(height)).to_image();
        let (width, height) = whole.dimensions();
        let small = resize(&whole, resized(width).max(crop), resized(height).max(crop), filter);
        let (left, top) = (half_even(small.width() - crop), half_even(small.height() - crop));
        crop_imm(&small, left, top, crop, crop).to_image().into_raw()
    }
}

/// Half of a margin; halves go to the even neighbour, as Python's `round` does in torchvision's crop.
fn half_even(margin: u32) -> u32 {
    margin / 2 + u32::from(margin % 4 == 3)
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
