//! Depthwise convolution: each channel has a kernel of its own. The loops run over the channels, which lie side by side.
//! Bound by memory with many channels; the weights are turned to `[taps, channels]` first so that all reads are contiguous.

use super::ConvShape;
use crate::Real;
use crate::disjoint::Disjoint;
use crate::gemm::Epilogue;
use crate::isa::vectorize;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;

/// The channels that are summed side by side in registers.
const LANES: usize = 64;

/// Along one axis: the range of output places whose tap `tap` falls on input `at`, at most one.
#[inline(always)]
fn reached_by(at: usize, tap: usize, stride: usize, dilation: usize, before: usize, places: usize) -> Option<usize> {
    let shifted = (at + before).checked_sub(tap * dilation)?;
    let place = shifted / stride;
    (shifted.is_multiple_of(stride) && place < places).then_some(place)
}

#[inline(always)]
fn source(place: usize, tap: usize, stride: usize, dilation: usize, before: usize, size: usize) -> Option<usize> {
    let at = (place * stride + tap * dilation).checked_sub(before)?;
    (at < size).then_some(at)
}

/// For each pixel of a picture's row: the sum over taps of a line of `data` times the tap's weights. `find` gives the line's
/// pixel for a row or column of the target and a tap, per axis.
#[inline(always)]
fn sum_taps(
    [kernel_height, kernel_width]: [usize; 2],
    channels: usize,
    row_of: impl Fn(usize) -> Option<usize>,
    column_of: impl Fn(usize, usize) -> Option<usize>,
    line: usize,
    data: &[Real],
    weight: &[Real],
    out: &mut [Real],
    store: impl Fn(usize, Real) -> Real,
) {
    for (column, pixel) in out.chunks_exact_mut(channels).enumerate() {
        for first in (0..channels).step_by(LANES) {
            let count = LANES.min(channels - first);
            let mut sums = [0.0; LANES];
            for down in 0..kernel_height {
                let Some(row) = row_of(down) else { continue };
                for right in 0..kernel_width {
                    let Some(at) = column_of(column, right) else { continue };
                    let x = &data[(row * line + at) * channels + first..][..count];
                    let w = &weight[(down * kernel_width + right) * channels + first..][..count];
                    if count == LANES {
                        for lane in 0..LANES {
                            sums[lane] += x[lane] * w[lane];
                        }
                    } else {
                        for ((sum, x), w) in sums.iter_mut().zip(x).zip(w) {
                            *sum += x * w;
                        }
                    }
                }
            }
            for (lane, out) in pixel[first..first + count].iter_mut().enumerate() {
                *out = store(first + lane, sums[lane]);
            }
        }
    }
}

/// Calls `f` with the weights as `[taps, channels]`.
fn with_turned(shape: &ConvShape, weight: &[Real], f: impl FnOnce(&[Real])) {
    let taps = shape.kernel[0] * shape.kernel[1];
    with_slot(Slot::Right, weight.len(), |turned| {
        crate::permute::permute(weight, &[shape.in_channels, taps], &[1, 0], turned);
        f(turned);
    });
}

pub(super) fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    let (height, width, channels) = (shape.out_height(), shape.out_width(), shape.in_channels);
    let output = Disjoint::new(output);
    with_turned(shape, weight, |weight| {
        parallel(shape.batch * height, &|index| {
            let (picture, row) = (index / height, index % height);
            let size = shape.in_height * shape.in_width * channels;
            let data = &input[picture * size..(picture + 1) * size];
            // SAFETY: each task has its own row of the output.
            let out = unsafe { output.part(index * width * channels, width * channels) };
            let [[top, _], [left, _]] = shape.padding;
            vectorize(
                #[inline(always)]
                || {
                    sum_taps(
                        shape.kernel,
                        channels,
                        |tap| source(row, tap, shape.stride[0], shape.dilation[0], top, shape.in_height),
                        |column, tap| source(column, tap, shape.stride[1], shape.dilation[1], left, shape.in_width),
                        shape.in_width,
                        data,
                        weight,
                        out,
                        |channel, sum| {
                            let sum = sum + epilogue.bias.map_or(0.0, |bias| bias[channel]);
                            if epilogue.relu && sum <= 0.0 { 0.0 } else { sum }
                        },
                    );
                },
            );
        });
    });
}

pub(super) fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    let (height, width, channels) = (shape.out_height(), shape.out_width(), shape.in_channels);
    let grad_input = Disjoint::new(grad_input);
    with_turned(shape, weight, |weight| {
        parallel(shape.batch * shape.in_height, &|index| {
            let (picture, row) = (index / shape.in_height, index % shape.in_height);
            let size = height * width * channels;
            let data = &grad_output[picture * size..(picture + 1) * size];
            // SAFETY: each task has its own row of the gradient.
            let out = unsafe { grad_input.part(index * shape.in_width * channels, shape.in_width * channels) };
            let [[top, _], [left, _]] = shape.padding;
            vectorize(
                #[inline(always)]
                || {
                    sum_taps(
                        shape.kernel,
                        channels,
                        |tap| reached_by(row, tap, shape.stride[0], shape.dilation[0], top, height),
                        |column, tap| reached_by(column, tap, shape.stride[1], shape.dilation[1], left, width),
                        width,
                        data,
                        weight,
                        out,
                        |_, sum| sum,
                    );
                },
            );
        });
    });
}

/// Pieces that the output's rows are summed in before the pieces are added up, in order.
const PIECES: usize = 16;

pub(super) fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    let (height, width, channels) = (shape.out_height(), shape.out_width(), shape.in_channels);
    let (taps, rows) = (shape.kernel[0] * shape.kernel[1], shape.batch * height);
    let size = taps * channels;
    let pieces = PIECES.min(rows);
    with_slot(Slot::Output, pieces * size, |parts| {
        let sums = Disjoint::new(parts);
        parallel(pieces, &|piece| {
            // SAFETY: each task has its own part.
            let sums = unsafe { sums.part(piece * size, size) };
            sums.fill(0.0);
            let [[top, _], [left, _]] = shape.padding;
            for index in rows * piece / pieces..rows * (piece + 1) / pieces {
                let (picture, row) = (index / height, index % height);
                for tap in 0..taps {
                    let (down, right) = (tap / shape.kernel[1], tap % shape.kernel[1]);
                    let Some(y) = source(row, down, shape.stride[0], shape.dilation[0], top, shape.in_height) else {
                        continue;
                    };
                    let sums = &mut sums[tap * channels..(tap + 1) * channels];
                    vectorize(
                        #[inline(always)]
                        || {
                            for column in 0..width {
                                let at =
                                    source(column, right, shape.stride[1], shape.dilation[1], left, shape.in_width);
                                let Some(x) = at else { continue };
                                let place = (picture * shape.in_height + y) * shape.in_width + x;
                                let x = &input[place * channels..(place + 1) * channels];
                                let grad = &grad_output[(index * width + column) * channels..][..channels];
                                for ((sum, x), grad) in sums.iter_mut().zip(x).zip(grad) {
                                    *sum += x * grad;
                                }
                            }
                        },
                    );
                }
            }
        });
        for piece in 1..pieces {
            let (first, rest) = parts.split_at_mut(size);
            for (sum, part) in first.iter_mut().zip(&rest[(piece - 1) * size..piece * size]) {
                *sum += part;
            }
        }
        crate::permute::permute(&parts[..size], &[taps, channels], &[1, 0], grad_weight);
    });
}
