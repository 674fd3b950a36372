//! Pictures of arrays brought to a size, as those of files are when they are read.

use std::sync::Arc;

use gradus_kernels::Real;

use super::picture::{Fit, proportioned};
use super::{Dataset, Target, TargetKind};
use crate::error::Error;

/// A set whose pictures are resized as they are read, by a triangle as wide as a pixel of the coarser grid.
pub(super) struct Resized {
    inner: Arc<dyn Dataset>,
    shape: [usize; 3],
    rows: Vec<Taps>,
    columns: Vec<Taps>,
}

/// The pixels of a line that make one new pixel, from `first` on.
struct Taps {
    first: usize,
    weights: Vec<Real>,
}

impl Resized {
    /// The set at a size; itself where its samples are no pictures or have that size.
    pub fn to(inner: Arc<dyn Dataset>, [height, width]: [usize; 2], fit: Fit) -> Arc<dyn Dataset> {
        let (whole_height, whole_width, channels) = match *inner.sample_shape() {
            [h, w, c] if [h, w] != [height, width] && [h, w, height, width].iter().all(|side| *side > 0) => (h, w, c),
            _ => return inner,
        };
        let [part_height, part_width] = match fit {
            Fit::Stretch => [whole_height, whole_width],
            Fit::Crop => proportioned([whole_height, whole_width], [height, width]),
        };
        let rows = taps((whole_height - part_height) / 2, part_height, height);
        let columns = taps((whole_width - part_width) / 2, part_width, width);
        Arc::new(Resized { inner, shape: [height, width, channels], rows, columns })
    }
}

/// The taps of each of `wanted` pixels over `length` pixels from `start` on.
fn taps(start: usize, length: usize, wanted: usize) -> Vec<Taps> {
    let ratio = length as f64 / wanted as f64;
    let reach = ratio.max(1.0);
    let taps = (0..wanted).map(|place| {
        let center = (place as f64 + 0.5) * ratio;
        let first = (center - reach).floor().max(0.0) as usize;
        let last = ((center + reach).ceil() as usize).min(length);
        let weight = |pixel: usize| (1.0 - ((pixel as f64 + 0.5 - center) / reach).abs()).max(0.0);
        let total: f64 = (first..last).map(weight).sum();
        Taps { first: start + first, weights: (first..last).map(|pixel| (weight(pixel) / total) as Real).collect() }
    });
    taps.collect()
}

impl Dataset for Resized {
    fn len(&self) -> usize {
        self.inner.len()
    }

    fn sample_shape(&self) -> &[usize] {
        &self.shape
    }

    fn read(&self, index: usize, out: &mut [Real]) -> Result<Target, Error> {
        let mut whole = vec![0.0; self.inner.sample_len()];
        let target = self.inner.read(index, &mut whole)?;
        let [_, width, channels] = self.shape;
        let line = self.inner.sample_shape()[1] * channels;
        let mut row = vec![0.0; line];
        for (taps, out) in self.rows.iter().zip(out.chunks_exact_mut(width * channels)) {
            row.fill(0.0);
            for (weight, source) in taps.weights.iter().zip(whole[taps.first * line..].chunks_exact(line)) {
                row.iter_mut().zip(source).for_each(|(sum, pixel)| *sum += weight * pixel);
            }
            out.fill(0.0);
            for (taps, out) in self.columns.iter().zip(out.chunks_exact_mut(channels)) {
                for (weight, source) in taps.weights.iter().zip(row[taps.first * channels..].chunks_exact(channels)) {
                    out.iter_mut().zip(source).for_each(|(sum, pixel)| *sum += weight * pixel);
                }
            }
        }
        Ok(target)
    }

    fn target_kind(&self) -> &TargetKind {
        self.inner.target_kind()
    }

    fn describe(&self, index: usize) -> String {
        self.inner.describe(index)
    }

    fn target(&self, index: usize) -> Result<Target, Error> {
        self.inner.target(index)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;
    use crate::data::picture::{PictureOptions, decode, decode_with};
    use crate::data::{InMemory, Origin, Samples, StoredTargets};

    #[test]
    fn arrays_are_resized_as_files_are() {
        let drawn = RgbImage::from_fn(9, 7, |x, y| image::Rgb([x as u8 * 28, y as u8 * 40, ((x * y) % 5) as u8 * 60]));
        let mut png = Cursor::new(Vec::new());
        DynamicImage::from(drawn).write_to(&mut png, ImageFormat::Png).unwrap();
        let png = png.into_inner();
        let pixels = Samples::Bytes(decode(&png).unwrap().pixels);
        let origin = Origin::file("drawn.png", "picture");
        let set = InMemory::new(pixels, vec![7, 9, 3], StoredTargets::None, origin, false).unwrap().0;
        let set: Arc<dyn Dataset> = Arc::new(set);
        for (size, fit) in
            [([14, 18], Fit::Stretch), ([3, 4], Fit::Stretch), ([5, 20], Fit::Stretch), ([4, 4], Fit::Crop)]
        {
            let resized = Resized::to(set.clone(), size, fit);
            assert_eq!(resized.sample_shape(), [size[0], size[1], 3]);
            let mut ours = vec![0.0; resized.sample_len()];
            resized.read(0, &mut ours).unwrap();
            let file = decode_with(&png, PictureOptions { size: Some(size), fit, color: None }).unwrap();
            // The file's pixels are rounded to bytes.
            let apart = ours.iter().zip(&file.pixels).map(|(ours, file)| (255.0 * ours - Real::from(*file)).abs());
            assert!(apart.fold(0.0, Real::max) < 1.01, "{size:?} {fit:?}");
        }
        assert!(Arc::ptr_eq(&Resized::to(set.clone(), [7, 9], Fit::Stretch), &set), "nothing to do");
    }
}
