//! Files that NumPy and Pillow wrote (golden/data/make.py), read by this crate's readers.

use gradus_core::Real;
use gradus_core::data::picture::{self, Color, PictureOptions};
use gradus_core::data::{Elements, npy};
use std::path::PathBuf;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data").join(name)
}

#[test]
fn numpy_archives_are_read_as_numpy_wrote_them() {
    for name in ["stored.npz", "deflated.npz"] {
        let arrays = npy::read_archive(&golden(name)).unwrap();
        assert_eq!(arrays.len(), 10);
        for (name, array) in arrays {
            let expected = match name.as_str() {
                "f4" | "f4_big" | "f8" | "f8_fortran" => Elements::Reals((0..12).map(|x| x as Real / 8.0).collect()),
                "u1" => Elements::Bytes((0..12).collect()),
                "u1_fortran" => Elements::Bytes((0..24).collect()),
                "i4_big" | "i8" | "i2" => Elements::Integers((-5..7).collect()),
                "bool" => Elements::Integers((0..12).map(|x| i64::from(x % 2 == 0)).collect()),
                other => panic!("{other} is not expected"),
            };
            assert_eq!(array.elements, expected, "{name}");
            assert_eq!(array.shape, if name == "u1_fortran" { vec![2, 3, 4] } else { vec![3, 4] }, "{name}");
        }
    }
}

/// The picture that the script draws.
fn drawn() -> Vec<u8> {
    (0..12u8).flat_map(|y| (0..16u8).flat_map(move |x| [x * 16, y * 20, 100])).collect()
}

#[test]
fn pictures_are_read_as_pillow_wrote_them() {
    // Lossy formats: the farthest that a pixel may be off. GIF has 256 colours for the 192 here.
    for (name, tolerance) in [("color.png", 0), ("color.bmp", 0), ("color.webp", 0), ("color.gif", 0), ("color.jpg", 8)]
    {
        let read = picture::read(&golden(name), PictureOptions::default()).unwrap();
        assert_eq!((read.height, read.width, read.color), (12, 16, Color::Rgb), "{name}");
        let worst = read.pixels.iter().zip(drawn()).map(|(a, b)| a.abs_diff(b)).max();
        assert!(worst.unwrap() <= tolerance, "{name}: off by {worst:?}");
    }
    let palette = picture::read(&golden("palette.png"), PictureOptions::default()).unwrap();
    assert_eq!((palette.color, palette.pixels), (Color::Rgb, drawn()));
    let grey: Vec<u8> = drawn().chunks(3).map(|pixel| pixel[0]).collect();
    for (name, tolerance) in [("grey.png", 0), ("grey16.png", 0), ("grey-alpha.png", 0), ("grey.jpg", 4)] {
        let read = picture::read(&golden(name), PictureOptions::default()).unwrap();
        assert_eq!(read.color, Color::Grey, "{name}");
        let worst = read.pixels.iter().zip(&grey).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst.unwrap() <= tolerance, "{name}: off by {worst:?}");
    }
}

#[test]
fn pictures_come_as_they_were_held() {
    let off = |name: &str| {
        let read = picture::read(&golden(name), PictureOptions::default()).unwrap();
        assert_eq!((read.height, read.width), (12, 16), "{name}");
        read.pixels.iter().zip(drawn()).map(|(a, b)| a.abs_diff(b)).max().unwrap()
    };
    for orientation in 1..=8 {
        assert_eq!(off(&format!("turned-{orientation}.png")), 0, "{orientation}");
    }
    assert!(off("turned-6.jpg") <= 8);
}

#[test]
fn unusual_pictures_are_read() {
    let read = |name: &str| picture::read(&golden(name), PictureOptions::default()).unwrap();
    // Inks as Pillow mixes them.
    let (cmyk, expected) = (read("cmyk.jpg"), read("cmyk.png"));
    assert_eq!((cmyk.height, cmyk.width, cmyk.color), (16, 16, Color::Rgb));
    let worst = cmyk.pixels.iter().zip(&expected.pixels).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst.unwrap() <= 3, "off by {worst:?}: {:?}, {:?}", &cmyk.pixels[..3], &expected.pixels[..3]);
    assert_eq!(read("animated.gif").pixels, drawn(), "the first frame");
    let one = read("one.png");
    assert_eq!((one.height, one.width, one.pixels), (1, 1, vec![48, 40, 100]));
    let options = PictureOptions { size: Some([5, 4]), ..PictureOptions::default() };
    let larger = picture::read(&golden("one.png"), options).unwrap();
    assert_eq!(larger.pixels, [48, 40, 100].repeat(20));
}
