//! The gradient of the weights: for each tap, the sum over pixels of the input there times the output's gradient.
//!
//! ```text
//!   4 gradients        [g0][g1][g2][g3]       in registers, one vector of channels each
//!                       │╲  │╲  │╲  │
//!   6 inputs     [x0][x1][x2][x3][x4][x5]     of each row of taps, in registers
//!                  sums[tap][channel] += x[t + tap] g[t]      for the three taps of the row
//! ```
//! The innermost loop runs over all channels of the tile, so that memory is read in order; the sums lie in the first cache.

use super::axis::Axis;
use super::{read, share};
use crate::Real;
use crate::conv::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::{load, multiply_add, store, with_simd};
use crate::prefetch::prefetch;
use crate::scratch::{Slot, with_slot};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Pieces that the output's rows are summed in before the pieces are added up, in order.
const PIECES: usize = 16;
/// The pixels of a tile.
const PIXELS: usize = 4;

pub(in crate::conv) fn backward_weights(
    shape: &ConvShape,
    input: &[Real],
    grad_output: &[Real],
    grad_weight: &mut [Real],
) {
    let (taps, rows) = (shape.kernel[0] * shape.kernel[1], shape.batch * shape.out_height());
    let (channels, size) = (shape.in_channels, taps * shape.in_channels);
    if rows == 0 {
        return grad_weight.fill(0.0);
    }
    let pieces = PIECES.min(rows);
    let axes = [0, 1].map(|axis| Axis::of_output(shape, axis));
    with_slot(Slot::Output, pieces * size, |parts| {
        let sums = Disjoint::new(parts);
        share(shape, pieces, &|piece| {
            // SAFETY: each task has its own part.
            let sums = unsafe { sums.part(piece * size, size) };
            sums.fill(0.0);
            let rows = rows * piece / pieces..rows * (piece + 1) / pieces;
            with_simd(Stretch { axes, channels, kernel_width: shape.kernel[1], input, grad_output, rows, sums });
        });
        let (sums, rest) = parts.split_at_mut(size);
        for part in rest.chunks_exact(size) {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        crate::permute::permute(sums, &[taps, channels], &[1, 0], grad_weight);
    });
}

/// Some rows of the output, those of all pictures counted on.
struct Stretch<'a> {
    axes: [Axis; 2],
    channels: usize,
    kernel_width: usize,
    input: &'a [f32],
    grad_output: &'a [f32],
    rows: Range<usize>,
    /// `[taps, channels]`.
    sums: &'a mut [f32],
}

impl WithSimd for Stretch<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let right = &self.axes[1];
        match (right.together(), right.stride) {
            (2, _) => self.tiles::<S, 2, 1, 5>(simd),
            (3, 1) => self.tiles::<S, 3, 1, 6>(simd),
            (3, _) => self.tiles::<S, 3, 2, 9>(simd),
            (5, 1) => self.tiles::<S, 5, 1, 8>(simd),
            (5, _) => self.tiles::<S, 5, 2, 11>(simd),
            _ => self.tiles::<S, 1, 1, PIXELS>(simd),
        }
    }
}

/// Pixels of a row that are taken one by one, tap by tap. A function by itself, so that it is compiled once for all kernels.
struct Singles<'a, 'b> {
    stretch: &'a mut Stretch<'b>,
    row: usize,
    places: Range<usize>,
}

impl WithSimd for Singles<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for place in self.places {
            self.stretch.tile::<S, 1, 1, 1, 1>(simd, self.row, place);
        }
    }
}

impl Stretch<'_> {
    /// All pixels: tiles of four where all taps lie in the picture, the others one by one, as in the forward pass.
    #[inline(always)]
    fn tiles<S: Simd, const KW: usize, const STRIDE: usize, const P: usize>(&mut self, simd: S) {
        let (pixels, inside) = (self.axes[1].pixels, self.axes[1].inside());
        let whole = inside.start + inside.len() / PIXELS * PIXELS;
        for row in self.rows.clone() {
            simd.vectorize(Singles { stretch: self, row, places: 0..inside.start });
            for place in (inside.start..whole).step_by(PIXELS) {
                self.tile::<S, KW, STRIDE, P, PIXELS>(simd, row, place);
            }
            simd.vectorize(Singles { stretch: self, row, places: whole..pixels });
        }
    }

    /// What `T` neighbouring pixels add to the sums of all taps.
    #[inline(always)]
    fn tile<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const T: usize>(
        &mut self,
        simd: S,
        row: usize,
        place: usize,
    ) {
        let ([down, right], channels) = (self.axes, self.channels);
        let step = if KW == 1 { right.stride } else { 1 } * channels;
        let (picture, row_place) = (row / down.pixels, row % down.pixels);
        let from = (row * right.pixels + place) * channels;
        let (gradients, next) = self.grad_output[from..].split_at(T * channels);
        let next = &next[((right.pixels - T) * channels).min(next.len())..];
        for row_tap in 0..down.taps {
            let Some(input_row) = down.source(row_place, row_tap) else { continue };
            let line = (picture * down.length + input_row) * right.length;
            let is_last = row_tap + 1 == down.taps;
            for tap in (0..right.taps).step_by(KW) {
                let Some(column) = right.source(place, tap) else { continue };
                let from = (line + column) * channels;
                let mut ahead: [&[f32]; 2] = [&[], &[]];
                if tap == 0 && row_tap + down.stride >= down.taps {
                    let below = from + down.stride * right.length * channels;
                    ahead = [&self.input[below.min(self.input.len())..], if is_last { next } else { &[] }];
                }
                let tile = Tile { pixels: &self.input[from..from + (P - 1) * step + channels], step, gradients, ahead };
                let tap = row_tap * self.kernel_width + tap;
                let sums = &mut self.sums[tap * channels..][..KW * channels];
                tile.sum::<S, KW, STRIDE, P, T>(simd, sums, right.stride);
            }
        }
    }
}

/// A row of taps of a tile.
#[derive(Clone, Copy)]
struct Tile<'a> {
    /// P pixels, `step` apart, and `[T, channels]` gradients.
    pixels: &'a [f32],
    step: usize,
    gradients: &'a [f32],
    /// What the tile of the next row will see of both.
    ahead: [&'a [f32]; 2],
}

impl Tile<'_> {
    /// What it adds to the sums of `KW` neighbouring taps, `[KW, channels]`.
    #[inline(always)]
    fn sum<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const T: usize>(
        self,
        simd: S,
        sums: &mut [f32],
        stride: usize,
    ) {
        let (lanes, channels) = (S::F32_LANES, sums.len() / KW);
        let whole = channels - channels % lanes;
        for at in (0..whole).step_by(lanes) {
            for (rows, steps) in self.ahead.into_iter().zip([stride * T, T]) {
                for line in 0..steps {
                    prefetch(rows, at * steps + line * lanes);
                }
            }
            self.vector::<S, KW, STRIDE, P, T, false>(simd, sums, at..at + lanes);
        }
        if whole < channels {
            self.vector::<S, KW, STRIDE, P, T, true>(simd, sums, whole..channels);
        }
    }

    #[inline(always)]
    fn vector<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const T: usize, const PART: bool>(
        self,
        simd: S,
        sums: &mut [f32],
        range: Range<usize>,
    ) {
        let (zero, channels) = (simd.splat_f32s(0.0), sums.len() / KW);
        let (mut x, mut gradients) = ([zero; P], [zero; T]);
        for p in 0..P {
            // SAFETY: the pixels reach to the end of the P-th.
            x[p] = unsafe { read::<S, PART>(simd, self.pixels, p * self.step, &range) };
        }
        for t in 0..T {
            // SAFETY: there are T gradients.
            gradients[t] = unsafe { read::<S, PART>(simd, self.gradients, t * channels, &range) };
        }
        for tap in 0..KW {
            let sums = &mut sums[tap * channels..][range.clone()];
            let mut sum = load(simd, sums);
            for t in 0..T {
                sum = multiply_add(simd, x[t * STRIDE + tap], gradients[t], sum);
            }
            store(simd, sums, sum);
        }
    }
}
