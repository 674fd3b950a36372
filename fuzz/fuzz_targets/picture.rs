//! Pictures in every format that is read: pixels or a flaw.
#![no_main]

use gradus::data::picture::{Color, PictureOptions, decode, decode_with};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(picture) = decode(bytes) {
        assert_eq!(picture.pixels.len(), picture.height * picture.width * picture.color.channels());
        let options = PictureOptions { size: Some([5, 7]), color: Some(Color::Grey), ..PictureOptions::default() };
        assert_eq!(decode_with(bytes, options).expect("it was read before").pixels.len(), 35);
    }
});
