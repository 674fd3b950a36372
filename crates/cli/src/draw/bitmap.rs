//! Pictures as data, and bitmaps as they are drawn and stored.

use super::color::Color;

/// A picture to draw: `[height, width, channels]`, row-major, from 0 (dark) to 1. One channel is grey, three are red, green
/// and blue, four have opacity (drawn over white), and of any other number the mean is shown in grey. Values outside the
/// range are clipped; what is not a number is dark.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    pub pixels: &'a [f32],
    pub height: usize,
    pub width: usize,
    pub channels: usize,
}

/// Rows of red, green, blue bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    pub width: usize,
    pub height: usize,
    rgb: Vec<u8>,
}

impl Picture<'_> {
    /// The picture as bytes.
    ///
    /// # Panics
    /// If the number of pixels is not height times width times channels, or zero.
    pub fn bitmap(&self) -> Bitmap {
        let Self { pixels, height, width, channels } = *self;
        assert!(
            !pixels.is_empty() && pixels.len() == height * width * channels,
            "picture: {} values do not make [{height}, {width}, {channels}]",
            pixels.len()
        );
        let rgb = pixels.chunks_exact(channels).flat_map(|pixel| color(pixel).map(byte)).collect();
        Bitmap { width, height, rgb }
    }
}

fn color(pixel: &[f32]) -> [f32; 3] {
    match *pixel {
        [red, green, blue] => [red, green, blue],
        [red, green, blue, opacity] => [red, green, blue].map(|value| 1.0 + (value - 1.0) * opacity.clamp(0.0, 1.0)),
        _ => [pixel.iter().sum::<f32>() / pixel.len() as f32; 3],
    }
}

fn byte(value: f32) -> u8 {
    // The conversion clips at both ends and makes NaN zero.
    (value * 255.0).round() as u8
}

impl Bitmap {
    /// A bitmap of `rgb`, three bytes a pixel.
    pub fn new(width: usize, height: usize, rgb: Vec<u8>) -> Self {
        assert_eq!(rgb.len(), width * height * 3, "bitmap: bytes of {width} by {height} pixels");
        Self { width, height, rgb }
    }

    /// A bitmap whose pixel at column x and row y is `color(x, y)`.
    pub fn from_fn(width: usize, height: usize, color: impl Fn(usize, usize) -> Color) -> Self {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb = pixels.map(|(x, y)| color(x, y)).flat_map(|Color { red, green, blue, .. }| [red, green, blue]);
        Self { width, height, rgb: rgb.collect() }
    }

    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// The bitmap at a smaller size: each new pixel is the mean of the whole old pixels that it covers, so that nothing
    /// flickers away as it does when single pixels are picked.
    pub fn shrunk(&self, width: usize, height: usize) -> Self {
        let mut rgb = Vec::with_capacity(width * height * 3);
        let span = |index: usize, from: usize, to: usize| {
            let first = index * from / to;
            first..((index + 1) * from / to).max(first + 1)
        };
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0usize; 3];
                let (rows, columns) = (span(y, self.height, height), span(x, self.width, width));
                let count = rows.len() * columns.len();
                for row in rows {
                    for column in columns.clone() {
                        for (sum, value) in sum.iter_mut().zip(self.pixel(column, row)) {
                            *sum += usize::from(value);
                        }
                    }
                }
                rgb.extend(sum.map(|sum| ((sum + count / 2) / count) as u8));
            }
        }
        Self { width, height, rgb }
    }

    /// The bitmap as a PNG, `scale` of whose pixels are one pixel of the page: 96 to the inch, as CSS has it.
    pub fn png(&self, scale: f32) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        let grey = self.rgb.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
        encoder.set_color(if grey { png::ColorType::Grayscale } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
        let per_metre = (96.0 * scale / 0.0254).round() as u32;
        let unit = png::Unit::Meter;
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
        let mut writer = encoder.write_header().expect("a vector takes all that is written to it");
        let data = if grey { self.rgb.iter().copied().step_by(3).collect() } else { self.rgb.clone() };
        writer.write_image_data(&data).expect("the size of the data is that of the header");
        writer.finish().expect("a vector takes all that is written to it");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_become_colours() {
        let show =
            |pixels: &[f32]| Picture { pixels, height: 1, width: 1, channels: pixels.len() }.bitmap().pixel(0, 0);
        assert_eq!(show(&[0.5]), [128; 3]);
        assert_eq!(show(&[0.0, 1.0]), [128; 3]);
        assert_eq!(show(&[1.0, 0.0, 0.2]), [255, 0, 51]);
        assert_eq!(show(&[1.0, 0.0, 0.0, 0.0]), [255; 3], "what is transparent shows the white ground");
        assert_eq!(show(&[-3.0, f32::NAN, f32::INFINITY]), [0, 0, 255]);
    }

    #[test]
    #[should_panic(expected = "picture: 3 values do not make [2, 2, 1]")]
    fn a_wrong_size_is_named() {
        Picture { pixels: &[0.0; 3], height: 2, width: 2, channels: 1 }.bitmap();
    }

    #[test]
    fn shrinking_takes_means() {
        let bitmap = Bitmap::from_fn(4, 2, |x, _| if x == 0 { Color::hex(0xff_ff_ff) } else { Color::hex(0) });
        assert_eq!(bitmap.shrunk(2, 1), Bitmap::new(2, 1, vec![128, 128, 128, 0, 0, 0]));
        assert_eq!(bitmap.shrunk(4, 2), bitmap);
    }
}
