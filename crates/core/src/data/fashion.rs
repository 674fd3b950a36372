//! A slice of Fashion-MNIST inside the program: 10,000 training and 2,000 test pictures, so that the first run needs no
//! download. Each part is a PNG sheet; its licence and how it was made stand beside it in `assets/`.

use super::{InMemory, Origin, Samples, SkipReport, Splits, StoredTargets, picture};
use crate::error::Error;
use std::path::Path;
use std::sync::Arc;

const SIDE: usize = 28;
const TRAIN: &[u8] = include_bytes!("../../assets/fashion-train.png");
const TEST: &[u8] = include_bytes!("../../assets/fashion-test.png");

/// The class names of Fashion-MNIST in the order of its labels.
pub const CLASSES: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// Unpacks the slice.
pub fn splits() -> Result<Splits, Error> {
    let train = Arc::new(part("fashion-train.png", TRAIN)?);
    let test = Arc::new(part("fashion-test.png", TEST)?);
    Ok(Splits { train, test: Some(test), skipped: SkipReport::default(), schema: None })
}

fn part(name: &str, png: &[u8]) -> Result<InMemory, Error> {
    let sheet = picture::decode(png).map_err(|flaw| flaw.in_file(Path::new(name)))?;
    let across = sheet.width / SIDE;
    let count = across * (sheet.height / SIDE);
    let mut pixels = Vec::with_capacity(sheet.pixels.len());
    for picture in 0..count {
        let (top, left) = (picture / across * SIDE, picture % across * SIDE);
        for row in top..top + SIDE {
            let start = row * sheet.width + left;
            pixels.extend_from_slice(&sheet.pixels[start..start + SIDE]);
        }
    }
    // The sheet was made so that the classes alternate.
    let labels = (0..count).map(|picture| (picture % CLASSES.len()) as u32).collect();
    let targets = StoredTargets::Classes { labels, names: CLASSES.map(str::to_owned).to_vec() };
    let origin = Origin::file(name, "picture");
    Ok(InMemory::new(Samples::Bytes(pixels), vec![SIDE, SIDE, 1], targets, origin, false)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Dataset, Target};

    #[test]
    fn the_slice_is_balanced_and_holds_the_original_pictures() {
        let splits = splits().unwrap();
        let test = splits.test.unwrap();
        assert_eq!((splits.train.len(), test.len()), (10_000, 2_000));
        assert_eq!(splits.train.sample_shape(), [28, 28, 1]);
        // Sums of pixels of the first T-shirt (file place 1), the first trouser (16) and the last ankle boot of the slice,
        // from the original training file; of the first ankle boot of the test file (0).
        let sum = |set: &dyn Dataset, index| {
            let mut out = vec![0.0; 784];
            let target = set.read(index, &mut out).unwrap();
            (target, out.iter().map(|x| (x * 255.0).round() as u32).sum::<u32>())
        };
        assert_eq!(sum(&*splits.train, 0), (Target::Class(0), 84_598));
        assert_eq!(sum(&*splits.train, 1), (Target::Class(1), 52_118));
        assert_eq!(sum(&*splits.train, 9_999), (Target::Class(9), 44_312));
        assert_eq!(sum(&*test, 9), (Target::Class(9), 33_456));
    }
}
