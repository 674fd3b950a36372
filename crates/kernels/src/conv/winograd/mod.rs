//! Winograd's convolution for kernels of 3x3 with stride 1: fewer multiplications, in all three passes.
//!
//! A tile of m x m pixels of the output is computed from N x N pixels of the input, N = m + 2, by N x N multiplications for
//! each pair of channels rather than 9 m x m: a quarter with m = 4, 1 / 2.25 with m = 2. Over all tiles and channels those are
//! N x N matrix products, around which pictures and weights are transformed:
//!
//! | pass | file | products | N x N times |
//! |---|---|---|---|
//! | output | `forward.rs` | V U | `[tiles, in] x [in, out]` |
//! | input's gradient | `input_gradient.rs` | the same, of the output's gradient | `[tiles, out] x [out, in]` |
//! | weights' gradient | `weight_gradient.rs` | V transposed times W | `[in, tiles] x [tiles, out]` |
//!
//! `transforms.rs` has the algebra; `grid.rs` a picture of the tiles; `windows.rs` and `results.rs` take pictures apart and
//! put them together; `weights.rs` transforms weights; `plan.rs` lays out and calls the products.
//!
//! Rounding errors are larger than a direct convolution's, relative to the largest number of the result: with random numbers
//! of 64 to 512 channels up to 5e-6 for m = 4 and 1.5e-6 for m = 2, against 1e-6 (`tests.rs` holds this against f64).

mod forward;
mod grid;
mod input_gradient;
mod plan;
mod results;
#[cfg(test)]
mod tests;
mod transforms;
mod weight_gradient;
mod weights;
mod windows;

use super::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::Epilogue;
use crate::large_pages;
use forward::Convolution;
use grid::Grid;
use plan::Plan;
use weights::Source;

/// The side of the tiles of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Two,
    Four,
}

pub(super) fn forward(
    side: Side,
    shape: &ConvShape,
    input: &[f32],
    weight: &[f32],
    epilogue: Epilogue,
    output: &mut [f32],
) {
    let output = Disjoint::new(output);
    for group in 0..shape.groups {
        let (grid, source) = (|side| Grid::of_output(shape, group, side), source(shape, group, weight));
        match side {
            Side::Two => forward::convolve::<4>(grid(2), input, source, epilogue, output.part_of_all()),
            Side::Four => forward::convolve::<6>(grid(4), input, source, epilogue, output.part_of_all()),
        }
    }
}

/// The weights of a group for the forward pass.
fn source<'a>(shape: &ConvShape, group: usize, weight: &'a [f32]) -> Source<'a> {
    let size = weight.len() / shape.groups;
    Source { weight: &weight[group * size..(group + 1) * size], channels: shape.group_in(), turned: false }
}

pub(super) fn backward_data(
    side: Side,
    shape: &ConvShape,
    grad_output: &[f32],
    weight: &[f32],
    grad_input: &mut [f32],
) {
    match side {
        Side::Two => input_gradient::run::<4>(shape, grad_output, weight, grad_input),
        Side::Four => input_gradient::run::<6>(shape, grad_output, weight, grad_input),
    }
}

pub(super) fn backward_weights(
    side: Side,
    shape: &ConvShape,
    input: &[f32],
    grad_output: &[f32],
    grad_weight: &mut [f32],
) {
    match side {
        Side::Two => weight_gradient::run::<4>(shape, input, grad_output, grad_weight),
        Side::Four => weight_gradient::run::<6>(shape, input, grad_output, grad_weight),
    }
}

/// A layer's weights, transformed once for many forward passes.
pub(super) struct Weights {
    side: Side,
    plan: Plan,
    /// A group after the other.
    packed: Vec<f32>,
}

impl Weights {
    /// Transforms the weights of a convolution's forward pass.
    pub fn new(side: Side, shape: &ConvShape, weight: &[f32]) -> Self {
        let [depth, columns] = [shape.group_in(), shape.out_channels / shape.groups];
        let plan = match side {
            Side::Two => Plan::new::<4>(depth, columns, usize::MAX),
            Side::Four => Plan::new::<6>(depth, columns, usize::MAX),
        };
        let mut packed = large_pages::zeros(shape.groups * plan.all_weights_len());
        for (group, packed) in packed.chunks_mut(plan.all_weights_len()).enumerate() {
            let source = source(shape, group, weight);
            match side {
                Side::Two => weights::transform::<4>(&plan, source, packed),
                Side::Four => weights::transform::<6>(&plan, source, packed),
            }
        }
        Weights { side, plan, packed }
    }

    /// The bytes that they take.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.packed)
    }

    /// The forward pass, into pixels that are `pixel` numbers apart. The shape may differ from the one of [`Weights::new`] in batch,
    /// height, width and padding.
    pub fn forward(&self, shape: &ConvShape, input: &[f32], epilogue: Epilogue, pixel: usize, output: &mut [f32]) {
        let output = Disjoint::new(output);
        for (group, packed) in self.packed.chunks(self.plan.all_weights_len()).enumerate() {
            let grid = |side| {
                let mut grid = Grid::of_output(shape, group, side);
                grid.output.pixel = pixel;
                grid
            };
            let weights = forward::Weights::Packed(packed);
            let (plan, output) = (&self.plan, output.part_of_all());
            match self.side {
                Side::Two => Convolution { grid: grid(2), plan, input, weights, epilogue, output }.run::<4>(),
                Side::Four => Convolution { grid: grid(4), plan, input, weights, epilogue, output }.run::<6>(),
            }
        }
    }
}
