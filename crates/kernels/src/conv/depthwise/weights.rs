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
use super::{PIXELS, ask_for, read, share, write};
use crate::Real;
use crate::conv::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::{multiply_add, with_simd};
use crate::scratch::{Slot, with_slot};
use pulp::{MemMask, Simd, WithSimd};
use std::ops::Range;

/// Pieces that the output's rows are summed in before the pieces are added up, in order.
const PIECES: usize = 16;

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
    fn with_simd<S: Simd>(self, simd: S) {
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

impl Stretch<'_> {
    /// All pixels: tiles of four, of which each sees `P` pixels by `KW` taps that are taken together, `STRIDE` more for each of the four.
    #[inline(always)]
    fn tiles<S: Simd, const KW: usize, const STRIDE: usize, const P: usize>(self, simd: S) {
        let ([down, right], channels) = (self.axes, self.channels);
        let step = if KW == 1 { right.stride } else { 1 };
        let inside = right.inside();
        let line = right.length * channels;
        for row in self.rows.clone() {
            let (picture, row_place) = (row / down.pixels, row % down.pixels);
            for place in (0..right.pixels).step_by(PIXELS) {
                let outputs = (right.pixels - place).min(PIXELS);
                let from = (row * right.pixels + place) * channels;
                let gradients = &self.grad_output[from..][..outputs * channels];
                let whole = inside.start <= place && place + PIXELS <= inside.end;
                for row_tap in 0..down.taps {
                    let Some(input_row) = down.source(row_place, row_tap) else { continue };
                    let pixels = self.input[(picture * down.length + input_row) * line..][..line].as_ptr();
                    // What no row of taps before this one has seen, a row further down.
                    let is_new = row_tap + down.stride >= down.taps;
                    for tap in (0..right.taps).step_by(KW) {
                        let column = right.column(place, tap);
                        let pixels = pixels.wrapping_offset(column * channels as isize);
                        let below = if is_new && tap == 0 { down.stride * line } else { 0 };
                        let sums = (row_tap * self.kernel_width + tap) * channels;
                        let tile = Tile {
                            pixels,
                            step: step * channels,
                            inside: right.within(column, step, P),
                            gradients: gradients.as_ptr(),
                            outputs,
                            ahead: [
                                pixels.wrapping_add(below),
                                gradients.as_ptr().wrapping_add(right.pixels * channels),
                            ],
                            sums: self.sums[sums..][..KW * channels].as_mut_ptr(),
                            channels,
                        };
                        if whole {
                            tile.run::<S, KW, STRIDE, P, false>(simd);
                        } else {
                            tile.run::<S, KW, STRIDE, P, true>(simd);
                        }
                    }
                }
            }
        }
    }
}

/// A row of taps of a tile.
struct Tile {
    /// P pixels, `step` apart, and which of them lie in the picture.
    pixels: *const f32,
    step: usize,
    inside: [usize; 2],
    /// `[outputs, channels]`.
    gradients: *const f32,
    outputs: usize,
    /// What the tile of the next row will see of both.
    ahead: [*const f32; 2],
    /// `[KW, channels]`.
    sums: *mut f32,
    channels: usize,
}

impl Tile {
    /// Adds to the sums of `KW` neighbouring taps; `EDGE` where pixels lie beside the picture or gradients do not exist.
    #[inline(always)]
    fn run<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const EDGE: bool>(self, simd: S) {
        let (lanes, channels) = (S::F32_LANES, self.channels);
        let whole = channels - channels % lanes;
        let full = simd.mask_between_m32s(0, lanes as u32);
        for at in (0..whole).step_by(lanes) {
            for (rows, pixels) in self.ahead.into_iter().zip([PIXELS * STRIDE, PIXELS]) {
                ask_for::<S>(rows, at, pixels);
            }
            // SAFETY: the vector's channels exist.
            unsafe { self.vector::<S, KW, STRIDE, P, EDGE, false>(simd, at, full) };
        }
        if whole < channels {
            let mask = simd.mask_between_m32s(0, (channels - whole) as u32);
            // SAFETY: the mask leaves out what is beyond the channels.
            unsafe { self.vector::<S, KW, STRIDE, P, EDGE, true>(simd, whole, mask) };
        }
    }

    /// A vector of channels from `at` on; `PART` where the mask leaves some out.
    ///
    /// # Safety
    /// The channels must exist, those that the mask leaves out excepted.
    #[inline(always)]
    unsafe fn vector<
        S: Simd,
        const KW: usize,
        const STRIDE: usize,
        const P: usize,
        const EDGE: bool,
        const PART: bool,
    >(
        &self,
        simd: S,
        at: usize,
        mask: MemMask<S::m32s>,
    ) {
        // SAFETY: what is read below lies in the picture, the gradients or the sums, for all channels.
        let read = |place| unsafe { read::<S, PART>(simd, place, mask) };
        let zero = simd.splat_f32s(0.0);
        let (mut x, mut gradients) = ([zero; P], [zero; PIXELS]);
        for p in 0..P {
            if !EDGE || (self.inside[0] <= p && p < self.inside[1]) {
                x[p] = read(self.pixels.wrapping_add(p * self.step + at));
            }
        }
        for t in 0..PIXELS {
            if !EDGE || t < self.outputs {
                gradients[t] = read(self.gradients.wrapping_add(t * self.channels + at));
            }
        }
        for tap in 0..KW {
            let place = self.sums.wrapping_add(tap * self.channels + at);
            let mut sum = read(place);
            for t in 0..PIXELS {
                sum = multiply_add(simd, x[t * STRIDE + tap], gradients[t], sum);
            }
            // SAFETY: the sums are this task's, and exist for all channels.
            unsafe { write::<S, PART>(simd, place, mask, sum) };
        }
    }
}
