//! Pictures made larger or smaller: a new pixel is a weighted mean of the old ones about its place, with weights that are the product
//! of one function of the row and one of the column, so that rows are mixed first and columns then. A picture that is made smaller
//! is averaged over the width of a new pixel (antialiasing).
//!
//! Only what is asked for of the result is computed. Decoding a JPEG takes ten times as long as this: both loops are plain code
//! over contiguous numbers that the compiler turns into vector instructions.

use gradus_kernels::isa::vectorize;

use super::preprocess::Interpolation;

/// A rectangle of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub top: usize,
    pub left: usize,
    pub height: usize,
    pub width: usize,
}

impl Window {
    /// All of a picture.
    pub(super) fn whole([height, width]: [usize; 2]) -> Self {
        Window { top: 0, left: 0, height, width }
    }
}

/// The part of a picture of so many columns and channels, resized to `size` (height, width); of that the pixels of `cut`,
/// `[height, width, channels]`.
pub(super) fn resample(
    pixels: &[u8],
    [columns, channels]: [usize; 2],
    part: Window,
    size: [usize; 2],
    cut: Window,
    interpolation: Interpolation,
) -> Vec<u8> {
    let down = Taps::new(part.height, size[0], cut.top, cut.height, interpolation);
    let across = Taps::new(part.width, size[1], cut.left, cut.width, interpolation);
    // Of the old columns those between the first and the last that are looked at.
    let (first, end) = across.reach();
    let length = (end - first) * channels;
    // A pixel of three channels is read as four numbers: one more stands behind the last.
    let mut row = vec![0.0_f32; length + 1];
    let mut out = vec![0_u8; cut.height * cut.width * channels];
    for (out, (top, weights)) in out.chunks_exact_mut(cut.width * channels).zip(down.each()) {
        let start = |line: usize| ((part.top + top + line) * columns + part.left + first) * channels;
        mix_rows(&mut row[..length], weights, |line| &pixels[start(line)..start(line) + length]);
        match channels {
            3 => mix_colours(&row, &across, first, out),
            _ => mix_columns(&row, &across, first, channels, out),
        }
    }
    out
}

/// The weighted sum of rows.
fn mix_rows<'a>(sum: &mut [f32], weights: &[f32], row: impl Fn(usize) -> &'a [u8]) {
    vectorize(
        #[inline(always)]
        move || {
            sum.fill(0.0);
            for (line, weight) in weights.iter().enumerate() {
                for (sum, byte) in sum.iter_mut().zip(row(line)) {
                    *sum += weight * f32::from(*byte);
                }
            }
        },
    );
}

/// The weighted sums of pixels of red, green and blue; the fourth number of a vector goes along unused.
fn mix_colours(row: &[f32], across: &Taps, first: usize, out: &mut [u8]) {
    vectorize(
        #[inline(always)]
        move || {
            for (out, (left, weights)) in out.as_chunks_mut::<3>().0.iter_mut().zip(across.each()) {
                let mut sums = [0.0_f32; 4];
                for (place, weight) in weights.iter().enumerate() {
                    let at = (left + place - first) * 3;
                    for (sum, number) in sums.iter_mut().zip(&row[at..at + 4]) {
                        *sum += weight * number;
                    }
                }
                *out = [byte(sums[0]), byte(sums[1]), byte(sums[2])];
            }
        },
    );
}

fn mix_columns(row: &[f32], across: &Taps, first: usize, channels: usize, out: &mut [u8]) {
    for (out, (left, weights)) in out.chunks_exact_mut(channels).zip(across.each()) {
        for (channel, out) in out.iter_mut().enumerate() {
            let numbers = row[(left - first) * channels + channel..].iter().step_by(channels);
            *out = byte(weights.iter().zip(numbers).map(|(weight, number)| weight * number).sum());
        }
    }
}

/// The nearest byte.
#[inline(always)]
fn byte(number: f32) -> u8 {
    (number.clamp(0.0, 255.0) + 0.5) as u8
}

/// For each new pixel along one side, the old ones it is the mean of, and their weights.
struct Taps {
    /// The first old pixel, and where its weights begin.
    places: Vec<(usize, usize)>,
    weights: Vec<f32>,
}

impl Taps {
    /// The new pixels `start .. start + count` of `new`, made of `old` ones.
    fn new(old: usize, new: usize, start: usize, count: usize, interpolation: Interpolation) -> Self {
        let ratio = old as f32 / new as f32;
        let width = ratio.max(1.0);
        let reach = interpolation.reach() * width;
        let (mut places, mut weights) = (Vec::with_capacity(count), Vec::new());
        for place in start..start + count {
            let center = (place as f32 + 0.5) * ratio;
            let left = ((center - reach).floor().max(0.0) as usize).min(old - 1);
            let right = ((center + reach).ceil() as usize).clamp(left + 1, old);
            let begin = weights.len();
            places.push((left, begin));
            if old == new {
                // As it is: no rounding of a sum of weights may change it.
                weights.extend((left..right).map(|other| if other == place { 1.0 } else { 0.0 }));
                continue;
            }
            weights.extend((left..right).map(|other| interpolation.weight((other as f32 - (center - 0.5)) / width)));
            let sum: f32 = weights[begin..].iter().sum();
            weights[begin..].iter_mut().for_each(|weight| *weight /= sum);
        }
        Taps { places, weights }
    }

    fn each(&self) -> impl Iterator<Item = (usize, &[f32])> {
        let ends = self.places.iter().skip(1).map(|(_, begin)| *begin).chain([self.weights.len()]);
        self.places.iter().zip(ends).map(|((first, begin), end)| (*first, &self.weights[*begin..end]))
    }

    /// The first old pixel that is looked at, and the one behind the last.
    fn reach(&self) -> (usize, usize) {
        let first = self.places.first().map_or(0, |(first, _)| *first);
        (first, self.each().map(|(first, weights)| first + weights.len()).max().unwrap_or(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::imageops::{FilterType, crop_imm, resize};
    use image::{GrayImage, RgbImage};
    use proptest::prelude::*;

    fn pixels(length: usize, seed: u32) -> Vec<u8> {
        (0..length as u32).map(|place| ((place ^ seed).wrapping_mul(2_654_435_761) >> 24) as u8).collect()
    }

    /// The same by the crate image, which first resizes all of the part, in floating point throughout.
    fn plain(
        pixels: &[u8],
        [columns, channels]: [usize; 2],
        part: Window,
        size: [usize; 2],
        cut: Window,
        of: FilterType,
    ) -> Vec<u8> {
        let (width, height) = (columns as u32, (pixels.len() / columns / channels) as u32);
        let [new_height, new_width] = size.map(|side| side as u32);
        let [left, top, part_width, part_height] =
            [part.left, part.top, part.width, part.height].map(|side| side as u32);
        let [cut_left, cut_top, cut_width, cut_height] =
            [cut.left, cut.top, cut.width, cut.height].map(|side| side as u32);
        if channels == 3 {
            let whole = RgbImage::from_raw(width, height, pixels.to_vec()).unwrap();
            let part = crop_imm(&whole, left, top, part_width, part_height).to_image();
            let small = resize(&part, new_width, new_height, of);
            return crop_imm(&small, cut_left, cut_top, cut_width, cut_height).to_image().into_raw();
        }
        let whole = GrayImage::from_raw(width, height, pixels.to_vec()).unwrap();
        let part = crop_imm(&whole, left, top, part_width, part_height).to_image();
        let small = resize(&part, new_width, new_height, of);
        crop_imm(&small, cut_left, cut_top, cut_width, cut_height).to_image().into_raw()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn it_is_what_the_image_crate_gives(
            (height, width, new_height, new_width) in (1_usize..50, 1_usize..50, 1_usize..60, 1_usize..60),
            grey: bool, cubic: bool, seed: u32,
        ) {
            let channels = if grey { 1 } else { 3 };
            let pixels = pixels(height * width * channels, seed);
            let part = Window { top: height / 5, left: width / 4, height: height - height / 5, width: width - width / 4 };
            let cut = Window { top: new_height / 3, left: new_width / 7, height: new_height - new_height / 3, width: new_width - new_width / 7 };
            let (ours, filter) = if cubic { (Interpolation::Bicubic, FilterType::CatmullRom) } else { (Interpolation::Bilinear, FilterType::Triangle) };
            let found = resample(&pixels, [width, channels], part, [new_height, new_width], cut, ours);
            let expected = plain(&pixels, [width, channels], part, [new_height, new_width], cut, filter);
            // Sums in another order may round to the neighbour.
            prop_assert_eq!(found.len(), expected.len());
            prop_assert!(found.iter().zip(&expected).all(|(a, b)| a.abs_diff(*b) <= 1), "{found:?}\n{expected:?}");
            let off = found.iter().zip(&expected).filter(|(a, b)| a != b).count();
            prop_assert!(off * 50 <= found.len() + 50, "{off} of {} differ", found.len());
        }
    }

    #[test]
    fn a_picture_of_the_size_stays_as_it_is() {
        let given = pixels(7 * 9 * 3, 1);
        for interpolation in [Interpolation::Bilinear, Interpolation::Bicubic] {
            let whole = Window::whole([7, 9]);
            assert_eq!(resample(&given, [9, 3], whole, [7, 9], whole, interpolation), given);
        }
    }
}
