//! The drawings: what fewer multiplications cost, and the kernels as pictures.

use gradus::Tensor;
use gradus::learn::kernels::{LowRank, Measured};

use super::{Desk, SIDE, TakenApart};
use crate::draw::{Captioned, Drawing, Note, Picture, TradeOff, TradeOffSeries, picture_sheet, trade_offs};
use crate::failure::Failure;

/// The picture that is drawn: an ankle boot.
const SHOWN: usize = 9;

/// Draws all.
pub fn save(desk: &Desk, kernels: &[TakenApart], layers: &[Measured], pictures: &Tensor) -> Result<(), Failure> {
    desk.draw("decomposed-kernels", &chart(kernels, layers))?;
    desk.draw("decomposed-kernels-pictures", &sheet(kernels, &pictures.narrow(0, SHOWN, 1)))
}

fn chart(kernels: &[TakenApart], layers: &[Measured]) -> Drawing {
    let points: Vec<Vec<(f64, f64)>> = kernels
        .iter()
        .map(|kernel| kernel.needed().iter().map(|rank| (rank.multiplies as f64, rank.error)).collect())
        .collect();
    let errors: Vec<TradeOffSeries> = kernels
        .iter()
        .zip(&points)
        .map(|(kernel, points)| TradeOffSeries { name: kernel.name, points, joined: true })
        .collect();
    let place = |value: fn(&Measured) -> f64| -> Vec<(f64, f64)> {
        layers.iter().map(|row| (row.multiplies as f64 / 1e6, value(row))).collect()
    };
    let (replaced, tuned) = (place(|row| row.accuracy), place(|row| row.tuned));
    let note = |(row, (x, _)): (&'_ Measured, &(f64, f64))| {
        // Layers of as many multiplications share a name, over the higher of them.
        let y = tuned.iter().filter(|(other, _)| other == x).map(|(_, y)| *y).fold(f64::NEG_INFINITY, f64::max);
        (*x, y, row.layer.strip_prefix("5x1, 1x5, ").unwrap_or(&row.layer).to_owned())
    };
    let notes: Vec<(f64, f64, String)> = layers.iter().zip(&tuned).map(note).collect();
    let notes: Vec<Note> = notes
        .iter()
        .filter(|(_, _, text)| !text.contains("ReLU"))
        .map(|(x, y, text)| Note { x: *x, y: *y, text })
        .collect();
    let panels = [
        TradeOff {
            x_name: "multiplies a pixel, at rank 1, 2, 3 ..",
            y_name: "relative error",
            mark: Some(((SIDE * SIDE) as f64, "7x7 whole")),
            series: &errors,
            notes: &[],
        },
        TradeOff {
            x_name: "million multiplies of the layer for a picture",
            y_name: "accuracy",
            mark: None,
            series: &[
                TradeOffSeries { name: "put in place", points: &replaced, joined: false },
                TradeOffSeries { name: "after one more epoch", points: &tuned, joined: false },
            ],
            notes: &notes,
        },
    ];
    let subtitle =
        "above: kernels as sums of columns times rows; below: the second 5x5 layer of a trained network replaced";
    trade_offs("Kernels taken apart: what fewer multiplications cost", subtitle, &panels)
}

/// A row for each kernel: itself, whole and of low rank, and what these make of a picture.
fn sheet(kernels: &[TakenApart], picture: &Tensor) -> Drawing {
    let mut cells: Vec<(Vec<f32>, usize, String)> = Vec::new();
    for TakenApart { name, kernel, .. } in kernels {
        let low = |rank| LowRank::of(kernel, rank).kernel();
        let kernels = [kernel.clone(), low(1), low(2), low(3)];
        let seen: Vec<Tensor> = kernels[..3].iter().map(|kernel| kernel.apply(picture)).collect();
        let (tap, value) = (largest(kernel.taps()), largest(seen[0].as_slice()));
        for (rank, kernel) in kernels.iter().enumerate() {
            let caption = if rank == 0 { (*name).to_owned() } else { format!("rank {rank}") };
            cells.push((greys(kernel.taps(), tap), SIDE, caption));
        }
        for (rank, seen) in seen.iter().enumerate() {
            let caption = if rank == 0 { "picture, whole".to_owned() } else { format!("picture, rank {rank}") };
            cells.push((greys(seen.as_slice(), value), seen.shape()[1], caption));
        }
    }
    let captioned: Vec<Captioned> = cells
        .iter()
        .map(|(pixels, side, caption)| {
            let picture = Picture { pixels, height: *side, width: *side, channels: 1 };
            Captioned { picture, caption }
        })
        .collect();
    picture_sheet("Kernels, whole and of low rank, and a picture through them; zero is the middle grey", &captioned)
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()))
}

/// Values of both signs as greys: zero in the middle, `largest` white and its negative black.
fn greys(values: &[f32], largest: f32) -> Vec<f32> {
    values.iter().map(|value| 0.5 + 0.5 * value / largest).collect()
}
