//! Masks and boxes follow the picture, whatever is drawn.

use super::{
    Augment, Border, BoundingBox, Crop, ElasticDeformation, Flip, RandomResizedCrop, Rotate, Scale, Scene, Shear,
    Translate,
};
use crate::{Real, Rng};

/// A dark picture with one bright patch, which mask and box mark.
fn patch() -> Scene {
    let (height, width) = (24, 30);
    let inside = |place: usize| (8..14).contains(&(place / width)) && (11..21).contains(&(place % width));
    let picture = (0..height * width).map(|place| if inside(place) { 1.0 } else { 0.0 }).collect();
    let mask = (0..height * width).map(|place| if inside(place) { 7 } else { 0 }).collect();
    let thing = BoundingBox { corners: [11.0, 8.0, 21.0, 14.0], label: 7 };
    Scene::new([height, width, 1], picture).mask(mask).boxes(vec![thing])
}

/// Black is what comes in, so that the one bright thing stays the only one.
fn geometric() -> Vec<(&'static str, Box<dyn Augment>)> {
    let border = Border::Zero;
    vec![
        ("translate", Box::new(Translate { x: 0.5, y: 0.5, border })),
        ("rotate", Box::new(Rotate { degrees: 180.0, border })),
        ("scale", Box::new(Scale { factor: [0.5, 2.0], border })),
        ("shear", Box::new(Shear { x: 30.0, y: 20.0, border })),
        ("flip", Box::new(Flip { horizontal: 0.5, vertical: 0.5 })),
        ("crop", Box::new(Crop { padding: 12, border })),
        ("random_resized_crop", Box::new(RandomResizedCrop::default())),
        ("elastic_deformation", Box::new(ElasticDeformation::default())),
    ]
}

#[test]
fn the_mask_still_covers_what_is_bright_and_the_box_holds_it() {
    for (name, step) in geometric() {
        let mut seen = 0;
        for seed in 0..100 {
            let mut scene = patch();
            step.apply(&mut scene, &mut Rng::new(seed));
            let mask = scene.mask.as_ref().unwrap();
            assert_eq!((scene.picture.len(), mask.len()), (24 * 30, 24 * 30));
            for (place, (&value, &label)) in scene.picture.iter().zip(mask).enumerate() {
                // Where more than three quarters of a pixel are bright, the nearest source pixel is; where less than a quarter
                // is, it is dark: along an edge the share of the nearest is at least one half, at a corner a quarter.
                assert!(
                    label == 7 || value <= 0.75 + 1e-4,
                    "{name}, seed {seed}: {value} at {place} is not in the mask"
                );
                assert!(label == 0 || value >= 0.25 - 1e-4, "{name}, seed {seed}: {value} at {place} is in the mask");
                if label == 7 {
                    let (x, y) = ((place % 30) as Real + 0.5, (place / 30) as Real + 0.5);
                    let [left, top, right, bottom] = scene.boxes[0].corners;
                    // A displacement is known at the middles of pixels; between them a side may bend by a part of one.
                    let slack = if name == "elastic_deformation" { 0.5 } else { 1e-3 };
                    let held = x > left - slack && x < right + slack && y > top - slack && y < bottom + slack;
                    assert!(held, "{name}, seed {seed}: {:?} does not hold {x}, {y}", scene.boxes[0]);
                }
            }
            seen += usize::from(mask.contains(&7));
            assert!(
                scene
                    .boxes
                    .iter()
                    .all(|thing| thing.label == 7 && thing.corners[2] <= 30.0 && thing.corners[3] <= 24.0)
            );
        }
        assert!(seen > 60, "{name}: the patch was left in {seen} of 100 pictures");
    }
}

#[test]
fn boxes_are_no_larger_than_what_they_hold() {
    // Where sides stay upright and level, the box is the smallest about the mask's pixels, but for parts of pixels.
    for (name, step) in geometric() {
        if ["rotate", "shear", "elastic_deformation"].contains(&name) {
            continue;
        }
        for seed in 0..100 {
            let mut scene = patch();
            step.apply(&mut scene, &mut Rng::new(seed));
            let Some(thing) = scene.boxes.first() else { continue };
            let mask = scene.mask.unwrap();
            let marked = || (0..mask.len()).filter(|place| mask[*place] == 7);
            if marked().count() == 0 {
                continue; // less than half a pixel is left
            }
            let columns =
                (marked().map(|place| place % 30).min().unwrap(), marked().map(|place| place % 30).max().unwrap() + 1);
            let rows = (marked().min().unwrap() / 30, marked().max().unwrap() / 30 + 1);
            let around = [columns.0, rows.0, columns.1, rows.1].map(|side| side as Real);
            for (side, expected) in thing.corners.iter().zip(around) {
                assert!((side - expected).abs() <= 0.501, "{name}, seed {seed}: {thing:?}, the mask {around:?}");
            }
        }
    }
}

#[test]
fn what_moves_nothing_leaves_the_scene_as_it_is() {
    let still: [Box<dyn Augment>; 5] = [
        Box::new(Translate { x: 0.0, y: 0.0, border: Border::Zero }),
        Box::new(Rotate { degrees: 0.0, border: Border::Zero }),
        Box::new(Scale { factor: [1.0, 1.0], border: Border::Zero }),
        Box::new(Shear { x: 0.0, y: 0.0, border: Border::Zero }),
        Box::new(Flip { horizontal: 0.0, vertical: 0.0 }),
    ];
    for step in still {
        step.check().unwrap();
        let mut scene = patch();
        step.apply(&mut scene, &mut Rng::new(1));
        assert_eq!(scene, patch());
    }
}

#[test]
fn draws_are_spread_as_told() {
    let count = |step: &dyn Augment, holds: &dyn Fn(&Scene) -> bool| {
        (0..1000)
            .filter(|seed| {
                let mut scene = patch();
                step.apply(&mut scene, &mut Rng::new(*seed));
                holds(&scene)
            })
            .count()
    };
    let flipped = |scene: &Scene| scene.boxes[0].corners[0] != 11.0;
    assert!(count(&Flip::horizontal(0.3), &flipped).abs_diff(300) < 50);
    assert_eq!(count(&Flip::vertical(1.0), &|scene| scene.boxes[0].corners[1] == 10.0), 1000);
    // Five by five places, each as likely.
    let crop = Crop { padding: 2, border: Border::Zero };
    for (x, y) in [(-2, -2), (0, 0), (2, 1)] {
        let there = |scene: &Scene| scene.boxes[0].corners[..2] == [(11 + x) as Real, (8 + y) as Real];
        assert!(count(&crop, &there).abs_diff(40) < 25, "{x}, {y}");
    }
}
