//! Where nothing is drawn, the augmentations give what torchvision's functions give (golden/augment.py).

use std::path::PathBuf;

use safetensors::SafeTensors;

use super::affine::Affine;
use super::elastic_deformation::Field;
use super::random_resized_crop::enlarge;
use super::{Border, Rotate, Scale, Scene, Shear, color, gaussian};
use crate::Real;

/// torchvision computes in f32.
const TOLERANCE: Real = 1e-5;

struct Golden(Vec<u8>);

impl Golden {
    fn read() -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data/augment.safetensors");
        Golden(std::fs::read(path).unwrap())
    }

    fn scene(&self, name: &str) -> Scene {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let view = file.tensor(name).unwrap();
        let values = view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes) as Real).collect();
        Scene::new(view.shape().try_into().unwrap(), values)
    }

    /// What becomes of a golden picture is the golden result of that name, except in a margin of so many pixels.
    #[track_caller]
    fn compare(&self, name: &str, margin: usize, found: &Scene) {
        let expected = self.scene(name);
        let (width, channels) = (found.width, found.channels);
        assert_eq!([found.height, width, channels], [expected.height, expected.width, expected.channels], "{name}");
        for (place, (found_value, value)) in found.picture.iter().zip(&expected.picture).enumerate() {
            let (row, column) = (place / channels / width, place / channels % width);
            if row.min(found.height - 1 - row) < margin || column.min(width - 1 - column) < margin {
                continue;
            }
            let off = (found_value - value).abs();
            assert!(off < TOLERANCE, "{name}, row {row}, column {column}: {found_value}, expected {value}");
        }
    }
}

#[test]
fn maps_are_torchvisions() {
    let golden = Golden::read();
    let picture = golden.scene("picture");
    let center = picture.center();
    let affine = |name: &str, map: Affine, margin: usize, border: Border| {
        let mut scene = picture.clone();
        map.apply(&mut scene, border);
        golden.compare(name, margin, &scene);
    };
    affine("rotate", Rotate::by(30.0, center), 0, Border::Zero);
    affine("scale", Scale::by(1.3, center), 0, Border::Zero);
    affine("shear", Shear::by([20.0, -10.0], center), 0, Border::Zero);
    affine("translate", Affine::translation(2.0, -3.0), 0, Border::Zero);
    // At its rim, torchvision repeats the piece's last pixels; here the picture goes on.
    affine("resized crop", enlarge([3.0, 2.0, 6.0, 5.0], &picture), 1, Border::Edge);
}

#[test]
fn a_mask_is_read_as_torchvision_reads_the_nearest_pixel() {
    let golden = Golden::read();
    let picture = golden.scene("picture");
    // Each pixel's number as its class; a place from which nothing comes is black there and background here.
    let numbers = (1..=picture.height * picture.width).map(|number| number as u32).collect();
    let mut scene = picture.clone().mask(numbers);
    Rotate::by(25.0, picture.center()).apply(&mut scene, Border::Zero);
    let mask = scene.mask.take().unwrap();
    assert!(mask.contains(&0));
    for (pixel, &number) in scene.picture.chunks_mut(3).zip(&mask) {
        match number as usize {
            0 => pixel.fill(0.0),
            number => pixel.copy_from_slice(&picture.picture[(number - 1) * 3..number * 3]),
        }
    }
    golden.compare("nearest", 0, &scene);
}

#[test]
fn displacements_move_as_torchvisions_do() {
    let golden = Golden::read();
    let mut scene = golden.scene("picture");
    let displacement = golden.scene("displacement");
    Field::new([displacement.height, displacement.width], displacement.picture).apply(&mut scene, Border::Zero);
    golden.compare("elastic", 0, &scene);
}

#[test]
fn blur_is_torchvisions() {
    let golden = Golden::read();
    for (name, given, sigma) in [("blur", "picture", 0.9), ("blur grey", "grey", 1.2)] {
        let mut scene = golden.scene(given);
        let Scene { height, width, channels, .. } = scene;
        gaussian::smooth(&mut scene.picture, [height, width, channels], sigma);
        golden.compare(name, 0, &scene);
    }
}

#[test]
fn colors_are_torchvisions() {
    let golden = Golden::read();
    let change = |name: &str, given: &str, change: &dyn Fn(&mut Vec<Real>, usize)| {
        let mut scene = golden.scene(given);
        change(&mut scene.picture, scene.channels);
        golden.compare(name, 0, &scene);
    };
    change("brightness", "picture", &|picture, _| color::brightness(picture, 1.4));
    change("contrast", "picture", &|picture, channels| color::contrast(picture, channels, 0.6));
    change("contrast grey", "grey", &|picture, channels| color::contrast(picture, channels, 1.7));
    change("saturation", "picture", &|picture, _| color::saturation(picture.as_chunks_mut().0, 1.8));
    change("hue", "picture", &|picture, _| color::hue(picture.as_chunks_mut().0, 0.3));
    change("hue back", "picture", &|picture, _| color::hue(picture.as_chunks_mut().0, -0.45));
}
