//! The gradient of the weights: for each tap, the sum over pixels of the input there times the output's gradient.
//!
//! The sums of a few taps of a kernel row stay in registers along a row of the picture, so that each number of the output's
//! gradient is read once for all of them.

use super::share;
use crate::Real;
use crate::conv::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::{load, multiply_add, store, with_simd};
use crate::scratch::{Slot, with_slot};
use pulp::{Simd, WithSimd};
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
    let size = taps * shape.in_channels;
    if rows == 0 {
        return grad_weight.fill(0.0);
    }
    let pieces = PIECES.min(rows);
    with_slot(Slot::Output, pieces * size, |parts| {
        let sums = Disjoint::new(parts);
        share(shape, pieces, &|piece| {
            // SAFETY: each task has its own part.
            let sums = unsafe { sums.part(piece * size, size) };
            sums.fill(0.0);
            let rows = rows * piece / pieces..rows * (piece + 1) / pieces;
            with_simd(Stretch { shape, input, grad_output, rows, sums });
        });
        let (sums, rest) = parts.split_at_mut(size);
        for part in rest.chunks_exact(size) {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        crate::permute::permute(sums, &[taps, shape.in_channels], &[1, 0], grad_weight);
    });
}

/// Some rows of the output, those of all pictures counted on.
struct Stretch<'a> {
    shape: &'a ConvShape,
    input: &'a [Real],
    grad_output: &'a [Real],
    rows: Range<usize>,
    /// `[taps, channels]`.
    sums: &'a mut [Real],
}

impl WithSimd for Stretch<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (shape, lanes) = (self.shape, S::F32_LANES);
        let height = shape.out_height();
        for index in self.rows.clone() {
            for down in 0..shape.kernel[0] {
                let at =
                    (index % height * shape.stride[0] + down * shape.dilation[0]).wrapping_sub(shape.padding[0][0]);
                if at >= shape.in_height {
                    continue; // above the picture, where it has wrapped around, or below
                }
                let input_row = index / height * shape.in_height + at;
                let mut channel = 0;
                while channel + 2 * lanes <= shape.in_channels {
                    self.kernel_row::<S, 2>(simd, [index, input_row, down], channel, lanes);
                    channel += 2 * lanes;
                }
                while channel < shape.in_channels {
                    let count = lanes.min(shape.in_channels - channel);
                    self.kernel_row::<S, 1>(simd, [index, input_row, down], channel, count);
                    channel += count;
                }
            }
        }
    }
}

impl Stretch<'_> {
    /// The taps of a row of the kernel, three at a time.
    #[inline(always)]
    fn kernel_row<S: Simd, const NV: usize>(&mut self, simd: S, rows: [usize; 3], channel: usize, count: usize) {
        let mut first = 0;
        while first < self.shape.kernel[1] {
            match self.shape.kernel[1] - first {
                1 => self.taps::<S, NV, 1>(simd, rows, first, channel, count),
                2 => self.taps::<S, NV, 2>(simd, rows, first, channel, count),
                _ => self.taps::<S, NV, 3>(simd, rows, first, channel, count),
            }
            first += 3;
        }
    }

    /// Taps `first..first + T` along a row of the output, `NV` vectors of `count` channels.
    #[inline(always)]
    fn taps<S: Simd, const NV: usize, const T: usize>(
        &mut self,
        simd: S,
        [row, input_row, down]: [usize; 3],
        first: usize,
        channel: usize,
        count: usize,
    ) {
        let (shape, lanes, channels) = (self.shape, S::F32_LANES, self.shape.in_channels);
        let ([stride, dilation], [left, _]) = ([shape.stride[1], shape.dilation[1]], shape.padding[1]);
        let width = shape.out_width();
        let sum_at = |t: usize, v: usize| (down * shape.kernel[1] + first + t) * channels + channel + v * lanes;
        let mut sums = [[simd.splat_f32s(0.0); NV]; T];
        for t in 0..T {
            for v in 0..NV {
                sums[t][v] = load(simd, &self.sums[sum_at(t, v)..][..count]);
            }
        }
        for column in 0..width {
            let gradient: [S::f32s; NV] = std::array::from_fn(
                #[inline(always)]
                |v| load(simd, &self.grad_output[(row * width + column) * channels + channel + v * lanes..][..count]),
            );
            for t in 0..T {
                let at = (column * stride + (first + t) * dilation).wrapping_sub(left);
                // Beside the picture there are zeros.
                if at < shape.in_width {
                    let x = (input_row * shape.in_width + at) * channels + channel;
                    for v in 0..NV {
                        let x = load(simd, &self.input[x + v * lanes..][..count]);
                        sums[t][v] = multiply_add(simd, x, gradient[v], sums[t][v]);
                    }
                }
            }
        }
        for t in 0..T {
            for v in 0..NV {
                store(simd, &mut self.sums[sum_at(t, v)..][..count], sums[t][v]);
            }
        }
    }
}
