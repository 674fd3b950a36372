//! Seeing each picture a little differently: augmentations, alone and in a row.
//!
//! cargo run --release -p gradus --example 09_augment --features fashion

use gradus::data::augment::{Crop, CutOut, Flip, Pipeline, Rotate};
use gradus::data::{OpenOptions, open};
use gradus::prelude::*;

fn main() -> Result<(), Error> {
    let shoes_and_shirts = open("fashion", &OpenOptions::default())?.train;
    let pipeline = Pipeline::new()
        .then(Flip::horizontal(0.5))
        .then(Rotate { degrees: 20.0, ..Rotate::default() })
        .then(Crop { padding: 3, ..Crop::default() })
        .then(CutOut { side: 0.25, value: 1.0 });
    let loader = Loader::new(shoes_and_shirts, 1).seed(1).augment(pipeline);

    // The same sample in three epochs: three pictures.
    let versions: Vec<Tensor> =
        (0..3).map(|epoch| Ok(loader.epoch(epoch).next().expect("a batch")?.inputs)).collect::<Result<_, Error>>()?;
    for row in (0..28).step_by(2) {
        let line = |picture: &Tensor| (0..28).map(|column| shade(picture.at(&[0, row, column, 0]))).collect::<String>();
        println!("{}", versions.iter().map(line).collect::<Vec<_>>().join("  "));
    }
    Ok(())
}

fn shade(value: Real) -> char {
    [' ', '.', ':', '+', '#', '@'][((value * 6.0) as usize).min(5)]
}
