//! One picture file to pixels: PNG, JPEG, BMP, GIF (its first frame), WebP; 8 or 16 bits, grey, palette, RGB or CMYK, turned as
//! its EXIF tag says.

use super::preprocess::Interpolation;
use super::resample::{Window, resample};
use crate::error::{Error, Flaw};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageReader, Limits};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

/// No side of a picture may be longer: a header of a few bytes can promise any size.
const LONGEST_SIDE: u32 = 16_384;
/// No picture may need more memory while it is decoded.
const MOST_MEMORY: u64 = 512 << 20;

/// The endings of the names of picture files.
pub const EXTENSIONS: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "gif", "webp"];

/// Whether pictures are read as one grey channel or as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    /// One channel, the luma of ITU-R BT.709 for coloured pictures.
    Grey,
    /// Three channels.
    Rgb,
}

impl Color {
    /// How many channels a pixel has.
    pub fn channels(self) -> usize {
        match self {
            Color::Grey => 1,
            Color::Rgb => 3,
        }
    }
}

/// A decoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Grey or RGB.
    pub color: Color,
    /// `[height, width, channels]`.
    pub pixels: Vec<u8>,
}

/// How a picture is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PictureOptions {
    /// Resized to this height and width; left as it is where none is told.
    pub size: Option<[usize; 2]>,
    /// What becomes of a picture of another shape than `size`.
    pub fit: Fit,
    /// Grey or RGB; as the file has it where none is told. Transparency is dropped.
    pub color: Option<Color>,
}

/// How a picture is brought to a size whose height and width stand in another proportion than its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The whole picture, stretched.
    #[default]
    Stretch,
    /// The largest part of the wanted proportion, from the middle.
    Crop,
}

/// What a picture's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub size: [usize; 2],
    pub color: Color,
}

/// Whether a file's name ends like a picture's.
pub fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Reads a picture file.
pub fn read(path: &Path, options: PictureOptions) -> Result<Picture, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    decode_with(&bytes, options).map_err(|flaw| flaw.in_file(path))
}

/// Decodes the bytes of a picture file as it is.
pub fn decode(bytes: &[u8]) -> Result<Picture, Flaw> {
    decode_with(bytes, PictureOptions::default())
}

/// Decodes the bytes of a picture file.
pub fn decode_with(bytes: &[u8], options: PictureOptions) -> Result<Picture, Flaw> {
    let mut bytes = Cursor::new(bytes);
    let mut decoder = decoder(&mut bytes)?;
    let color = options.color.unwrap_or(color_of(decoder.color_type()));
    let orientation = orientation_of(&mut decoder);
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(|error| flaw(&error))?;
    decoded.apply_orientation(orientation);
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    let pixels = match color {
        Color::Grey => decoded.into_luma8().into_raw(),
        Color::Rgb => decoded.into_rgb8().into_raw(),
    };
    Ok(sized(Picture { height, width, color, pixels }, options))
}

/// Reads no more than a picture's header.
pub(super) fn header(path: &Path) -> Result<Header, Error> {
    let mut file = File::open(path).map(BufReader::new).map_err(Error::io(path, "read"))?;
    let mut decoder = decoder(&mut file).map_err(|flaw| flaw.in_file(path))?;
    let (width, height) = decoder.dimensions();
    let mut size = [height as usize, width as usize];
    if is_on_its_side(orientation_of(&mut decoder)) {
        size.reverse();
    }
    Ok(Header { size, color: color_of(decoder.color_type()) })
}

/// A file, or bytes. All decoders are compiled for each type that they read from: there is one.
trait Source: BufRead + Seek {}
impl<T: BufRead + Seek> Source for T {}

fn decoder(source: &mut dyn Source) -> Result<impl ImageDecoder, Flaw> {
    let guessed = ImageReader::new(source).with_guessed_format();
    let mut reader = guessed.map_err(|error| Flaw::new(error.to_string()))?;
    let mut limits = Limits::default();
    // Sides are checked behind the header, where they can be told.
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| flaw(&error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    Ok(decoder)
}

/// Not every decoder holds the limits by itself before it gives memory for the pixels.
fn check_size(width: u32, height: u32) -> Result<(), Flaw> {
    if width == 0 || height == 0 {
        return Err(Flaw::new(format!("its header promises {width} x {height} pixels, which is no picture")));
    }
    let memory = u64::from(width) * u64::from(height) * 4;
    if width > LONGEST_SIDE || height > LONGEST_SIDE || memory > MOST_MEMORY {
        let most = format!("{LONGEST_SIDE} pixels a side and {} MiB", MOST_MEMORY >> 20);
        return Err(Flaw::new(format!(
            "its header promises {width} x {height} pixels; the most that is read is {most}; make it smaller first"
        )));
    }
    Ok(())
}

/// How the camera was held. A tag that cannot be read turns nothing: the picture is still one.
fn orientation_of(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

fn is_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

fn color_of(kind: ColorType) -> Color {
    if kind.has_color() { Color::Rgb } else { Color::Grey }
}

/// The picture at the size that is asked for.
fn sized(picture: Picture, options: PictureOptions) -> Picture {
    let whole = [picture.height, picture.width];
    let Some(size) = options.size.filter(|size| *size != whole) else { return picture };
    let part = match options.fit {
        Fit::Stretch => whole,
        Fit::Crop => proportioned(whole, size),
    };
    let [top, left] = [0, 1].map(|axis| (whole[axis] - part[axis]) / 2);
    let part = Window { top, left, height: part[0], width: part[1] };
    let columns = [picture.width, picture.color.channels()];
    let pixels = resample(&picture.pixels, columns, part, size, Window::whole(size), Interpolation::Bilinear);
    Picture { height: size[0], width: size[1], color: picture.color, pixels }
}

/// The largest height and width within `whole` that stand to each other as those of `wanted`, each at least a pixel.
pub(super) fn proportioned(whole: [usize; 2], wanted: [usize; 2]) -> [usize; 2] {
    let along = |side: usize, of: usize, to: usize| side * of / to.max(1);
    let height = along(whole[1], wanted[0], wanted[1]).clamp(1, whole[0]);
    let width = along(whole[0], wanted[1], wanted[0]).clamp(1, whole[1]);
    [height, width]
}

fn flaw(error: &image::ImageError) -> Flaw {
    match error {
        image::ImageError::Unsupported(_) => {
            Flaw::new(format!("it is none of the pictures that are read ({}): {error}", EXTENSIONS.join(", ")))
        }
        image::ImageError::Limits(_) => Flaw::new(format!("it needs more memory than a picture may ({error})")),
        _ => Flaw::new(format!("the picture is damaged ({error}): take another copy")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageFormat, RgbImage};
    use proptest::prelude::*;

    fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn colourful() -> DynamicImage {
        RgbImage::from_fn(4, 3, |x, y| image::Rgb([x as u8 * 60, y as u8 * 80, 100])).into()
    }

    #[test]
    fn lossless_formats_give_their_pixels_back() {
        let picture = colourful();
        for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Gif] {
            let source = if format == ImageFormat::Gif { picture.to_rgba8().into() } else { picture.clone() };
            let read = decode(&encode(&source, format)).unwrap();
            assert_eq!((read.height, read.width, read.color), (3, 4, Color::Rgb), "{format:?}");
            assert_eq!(read.pixels, picture.as_bytes(), "{format:?}");
        }
        let grey: DynamicImage = picture.to_luma8().into();
        let read = decode(&encode(&grey, ImageFormat::Png)).unwrap();
        assert_eq!((read.color, read.pixels.as_slice()), (Color::Grey, grey.as_bytes()));
    }

    #[test]
    fn jpeg_gives_nearly_its_pixels_back() {
        let flat: DynamicImage = RgbImage::from_pixel(16, 8, image::Rgb([200, 100, 50])).into();
        let read = decode(&encode(&flat, ImageFormat::Jpeg)).unwrap();
        assert_eq!((read.height, read.width), (8, 16));
        assert!(read.pixels.iter().zip(flat.as_bytes()).all(|(a, b)| a.abs_diff(*b) <= 3));
    }

    #[test]
    fn sixteen_bits_are_rounded_to_eight() {
        let wide: DynamicImage =
            image::ImageBuffer::from_fn(3, 1, |x, _| image::Rgb([x as u16 * 257 * 100, 65_535, 128])).into();
        let read = decode(&encode(&wide, ImageFormat::Png)).unwrap();
        assert_eq!((read.color, read.pixels), (Color::Rgb, vec![0, 255, 0, 100, 255, 0, 200, 255, 0]));
    }

    #[test]
    fn size_and_colour_are_changed_as_told() {
        let bytes = encode(&colourful(), ImageFormat::Png);
        let options = PictureOptions { size: Some([6, 2]), color: Some(Color::Grey), ..PictureOptions::default() };
        let read = decode_with(&bytes, options).unwrap();
        assert_eq!((read.height, read.width, read.color, read.pixels.len()), (6, 2, Color::Grey, 12));
    }

    #[test]
    fn the_middle_is_taken_where_the_proportion_is_to_stay() {
        // Five columns of brightness 0, 50, .. 200: a square of two rows has the columns of 50 and 100.
        let strip: DynamicImage = GrayImage::from_fn(5, 2, |x, _| image::Luma([50 * x as u8])).into();
        let read = |size, fit| {
            decode_with(&encode(&strip, ImageFormat::Png), PictureOptions { size: Some(size), fit, color: None })
        };
        assert_eq!(read([2, 2], Fit::Crop).unwrap().pixels, [50, 100, 50, 100]);
        assert_eq!(read([2, 5], Fit::Crop).unwrap().pixels, read([2, 5], Fit::Stretch).unwrap().pixels);
        assert_ne!(read([2, 2], Fit::Stretch).unwrap().pixels, read([2, 2], Fit::Crop).unwrap().pixels);
        assert_eq!(proportioned([480, 640], [224, 224]), [480, 480]);
        assert_eq!(proportioned([640, 480], [100, 200]), [240, 480]);
        assert_eq!(proportioned([1, 9000], [224, 224]), [1, 1]);
        assert_eq!(read([64, 1], Fit::Crop).unwrap().pixels.len(), 64);
    }

    #[test]
    fn what_is_damaged_or_too_large_is_said() {
        let bytes = encode(&colourful(), ImageFormat::Png);
        assert!(decode(&bytes[..bytes.len() / 2]).unwrap_err().problem.contains("damaged"));
        assert!(decode(b"hello").unwrap_err().problem.contains("png, jpg"));
        // A BMP header that promises 16000 x 16000 pixels.
        let mut bomb = encode(&colourful(), ImageFormat::Bmp);
        bomb[18..22].copy_from_slice(&16_000u32.to_le_bytes());
        bomb[22..26].copy_from_slice(&16_000u32.to_le_bytes());
        assert!(decode(&bomb).unwrap_err().problem.contains("16000 x 16000"));
        // A PNG header that promises 20000 x 20000, with its checksum.
        let mut bomb = bytes.clone();
        bomb[16..20].copy_from_slice(&20_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&20_000u32.to_be_bytes());
        let checksum = crc32fast::hash(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(
            decode(&bomb).unwrap_err().problem,
            "its header promises 20000 x 20000 pixels; the most that is read is 16384 pixels a side and 512 MiB; \
             make it smaller first"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_damaged_picture_never_panics(place in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
            for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Jpeg] {
                let mut bytes = encode(&colourful(), format);
                let place = place.index(bytes.len());
                bytes[place] = byte;
                let _ = decode(&bytes);
                let _ = decode(&bytes[..end.index(bytes.len())]);
            }
        }

        #[test]
        fn any_bytes_give_a_picture_or_a_flaw(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
