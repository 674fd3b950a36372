//! The sum over a kernel's taps, for all pixels of a row: the forward pass and the gradient of the input.

use crate::conv::ConvShape;
use crate::conv::phase::Phase;
use crate::gemm::Epilogue;
use crate::isa::{load, multiply_add, store};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// The pixels of a tile.
const PIXELS: usize = 4;

/// One axis: which pixels are computed, from which ones, by which taps.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    /// The first pixel that is computed, the step to the next, and how many there are.
    first: usize,
    spacing: usize,
    pixels: usize,
    /// Pixel `place` by tap `t` comes from `place * stride + t * dilation - before`, where that is one of `length`.
    stride: usize,
    dilation: usize,
    before: isize,
    length: usize,
    taps: usize,
    /// The kernel's tap that the first one is, and the step to the next.
    weight: [isize; 2],
}

impl Axis {
    /// The output from the input.
    pub fn of_output(shape: &ConvShape, axis: usize) -> Self {
        Axis {
            first: 0,
            spacing: 1,
            pixels: [shape.out_height(), shape.out_width()][axis],
            stride: shape.stride[axis],
            dilation: shape.dilation[axis],
            before: shape.padding[axis][0] as isize,
            length: [shape.in_height, shape.in_width][axis],
            taps: shape.kernel[axis],
            weight: [0, 1],
        }
    }

    /// A phase of the input from the output: the taps in reverse.
    pub fn of_input(shape: &ConvShape, axis: usize, phase: Phase) -> Self {
        let last = phase.tap + phase.taps.saturating_sub(1) * phase.step;
        Axis {
            first: phase.first,
            spacing: shape.stride[axis],
            pixels: phase.pixels,
            stride: 1,
            dilation: phase.dilation,
            before: phase.before,
            length: [shape.out_height(), shape.out_width()][axis],
            taps: phase.taps,
            weight: [last as isize, -(phase.step as isize)],
        }
    }

    #[inline(always)]
    fn source(&self, place: usize, tap: usize) -> Option<usize> {
        let at = (place * self.stride + tap * self.dilation) as isize - self.before;
        (at >= 0 && at < self.length as isize).then_some(at as usize)
    }

    #[inline(always)]
    fn weight(&self, tap: usize) -> usize {
        (self.weight[0] + tap as isize * self.weight[1]) as usize
    }

    /// The places that all taps of which come from a pixel.
    fn inside(&self) -> Range<usize> {
        let reach = (self.taps.saturating_sub(1) * self.dilation) as isize;
        let (begin, end) = (self.before, self.length as isize - reach + self.before);
        let place = |at: isize| ((at.max(0) as usize).div_ceil(self.stride)).min(self.pixels);
        place(begin)..place(end).max(place(begin))
    }
}

/// One row of pixels.
pub(super) struct Row<'a> {
    /// Down and to the right.
    pub axes: [Axis; 2],
    /// The row, as a place along the first axis.
    pub place: usize,
    pub channels: usize,
    pub kernel_width: usize,
    /// The picture that it is computed from.
    pub data: &'a [f32],
    /// `[taps, channels]`.
    pub weight: &'a [f32],
    pub epilogue: Epilogue<'a>,
    /// Where the row lies in the whole output, which the epilogue's residual is laid out as.
    pub start: usize,
    /// The row that the pixels lie in.
    pub out: &'a mut [f32],
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let lanes = S::F32_LANES;
        let mut channel = 0;
        while channel + 2 * lanes <= self.channels {
            self.channels::<S, 2>(simd, channel, lanes);
            channel += 2 * lanes;
        }
        while channel < self.channels {
            let count = lanes.min(self.channels - channel);
            self.channels::<S, 1>(simd, channel, count);
            channel += count;
        }
    }
}

impl Row<'_> {
    /// `NV` vectors of channels, each of `count` channels, for all pixels of the row.
    #[inline(always)]
    fn channels<S: Simd, const NV: usize>(&mut self, simd: S, channel: usize, count: usize) {
        let (pixels, inside) = (self.axes[1].pixels, self.axes[1].inside());
        for place in 0..inside.start {
            self.tile::<S, NV, 1, true>(simd, channel, count, place);
        }
        let mut place = inside.start;
        while place + PIXELS <= inside.end {
            self.tile::<S, NV, PIXELS, false>(simd, channel, count, place);
            place += PIXELS;
        }
        for place in place..inside.end {
            self.tile::<S, NV, 1, false>(simd, channel, count, place);
        }
        for place in inside.end..pixels {
            self.tile::<S, NV, 1, true>(simd, channel, count, place);
        }
    }

    /// `T` neighbouring pixels. Only with `EDGE` may some taps fall beside the picture.
    #[inline(always)]
    fn tile<S: Simd, const NV: usize, const T: usize, const EDGE: bool>(
        &mut self,
        simd: S,
        channel: usize,
        count: usize,
        place: usize,
    ) {
        let lanes = S::F32_LANES;
        let [down, right] = &self.axes;
        let mut sums = [[simd.splat_f32s(0.0); NV]; T];
        for row_tap in 0..down.taps {
            let Some(row) = down.source(self.place, row_tap) else { continue };
            for tap in 0..right.taps {
                let pixel = match right.source(place, tap) {
                    None if EDGE => continue,
                    source => row * right.length + source.unwrap_or(0),
                };
                let tap = down.weight(row_tap) * self.kernel_width + right.weight(tap);
                let weight: [S::f32s; NV] = std::array::from_fn(
                    #[inline(always)]
                    |v| load(simd, &self.weight[tap * self.channels + channel + v * lanes..][..count]),
                );
                for t in 0..T {
                    let x = (pixel + t * right.stride) * self.channels + channel;
                    for v in 0..NV {
                        let x = load(simd, &self.data[x + v * lanes..][..count]);
                        sums[t][v] = multiply_add(simd, x, weight[v], sums[t][v]);
                    }
                }
            }
        }
        let (zero, activation) = (simd.splat_f32s(0.0), self.epilogue.activation);
        let bounds = activation.bounds().map(|bounds| bounds.map(|bound| simd.splat_f32s(bound)));
        for v in 0..NV {
            let channel = channel + v * lanes;
            let bias = self.epilogue.bias.map_or(zero, |bias| load(simd, &bias[channel..][..count]));
            for t in 0..T {
                let mut sum = simd.add_f32s(sums[t][v], bias);
                let at = (right.first + (place + t) * right.spacing) * self.channels + channel;
                if let Some(residual) = self.epilogue.residual {
                    sum = simd.add_f32s(sum, load(simd, &residual[self.start + at..][..count]));
                }
                if let Some([least, most]) = bounds {
                    // NaN is neither less nor greater, and stays.
                    sum = simd.select_f32s(simd.less_than_f32s(sum, least), least, sum);
                    sum = simd.select_f32s(simd.less_than_f32s(most, sum), most, sum);
                }
                let out = &mut self.out[at..][..count];
                store(simd, out, sum);
                if bounds.is_none() {
                    activation.apply(out);
                }
            }
        }
    }
}
