//! Drawings one after the other, as a GIF: what slides and browsers play.

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbaImage};

use super::drawing::Drawing;

/// Milliseconds that a frame stands; the last stands longer, before all begins again.
const STEP: u32 = 120;
const LAST: u32 = 2500;
/// How hard the encoder looks for the best 256 colours, 1 (hardest) to 30. A chart has few.
const HASTE: i32 = 12;

/// The frames as a GIF that plays for ever.
///
/// # Panics
/// If there are none, or they differ in size.
pub fn animation(frames: &[Drawing]) -> Vec<u8> {
    assert!(!frames.is_empty(), "animation: there are no frames");
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, HASTE);
    encoder.set_repeat(Repeat::Infinite).expect("a vector takes all that is written to it");
    for (index, frame) in frames.iter().enumerate() {
        assert!(frame.width == frames[0].width && frame.height == frames[0].height, "animation: frames of two sizes");
        let bitmap = frame.pixels(1.0);
        let picture = RgbaImage::from_fn(bitmap.width as u32, bitmap.height as u32, |x, y| {
            let [red, green, blue] = bitmap.pixel(x as usize, y as usize);
            [red, green, blue, 255].into()
        });
        let delay = Delay::from_numer_denom_ms(if index + 1 == frames.len() { LAST } else { STEP }, 1);
        encoder
            .encode_frame(Frame::from_parts(picture, 0, 0, delay))
            .expect("a vector takes all that is written to it");
    }
    drop(encoder);
    bytes
}

#[cfg(test)]
mod tests {
    use image::AnimationDecoder;
    use image::codecs::gif::GifDecoder;

    use super::*;

    #[test]
    fn all_frames_are_played_and_the_last_stands() {
        let frames = ["a", "b", "c"].map(|title| Drawing::new(200.0, 100.0, title, ""));
        let bytes = animation(&frames);
        let read = GifDecoder::new(std::io::Cursor::new(bytes)).unwrap().into_frames().collect_frames().unwrap();
        let delays: Vec<u32> = read.iter().map(|frame| frame.delay().numer_denom_ms().0).collect();
        assert_eq!(delays, [STEP, STEP, LAST]);
        assert!(read.iter().all(|frame| frame.buffer().dimensions() == (200, 100)));
    }
}
