//! The sum over a kernel's taps, for all pixels of a row: the forward pass and the gradient of the input.
//!
//! ```text
//!   4 outputs          [o0][o1][o2][o3]       sums in registers, one vector of channels each
//!                       │╲  │╲  │╲  │
//!   6 inputs     [x0][x1][x2][x3][x4][x5]     of each row of taps; each is read once for all outputs that see it
//! ```
//! The innermost loop runs over all channels of the tile, so that memory is read in order. Pixels whose taps partly fall
//! beside the picture are computed by themselves, tap by tap.

use super::axis::Axis;
use super::read;
use crate::gemm::Epilogue;
use crate::isa::{load, multiply_add, store};
use crate::prefetch::prefetch;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// The pixels of a tile.
const PIXELS: usize = 4;
/// The strips that are summed up before the sums are stored. Common kernels have no more.
const STRIPS: usize = 9;
/// The most taps that are taken together.
const MOST: usize = 5;

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

/// Neighbouring taps of a row: from where on the picture is read, and which taps of the kernel they are.
#[derive(Clone, Copy)]
struct Strip<'a> {
    pixels: &'a [f32],
    taps: [usize; MOST],
}

impl WithSimd for Row<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let out = std::mem::take(&mut self.out);
        let right = &self.axes[1];
        match (right.together(), right.stride) {
            (2, _) => self.tiles::<S, 2, 1, 5>(simd, out),
            (3, 1) => self.tiles::<S, 3, 1, 6>(simd, out),
            (3, _) => self.tiles::<S, 3, 2, 9>(simd, out),
            (5, 1) => self.tiles::<S, 5, 1, 8>(simd, out),
            (5, _) => self.tiles::<S, 5, 2, 11>(simd, out),
            _ => self.tiles::<S, 1, 1, PIXELS>(simd, out),
        }
    }
}

/// Pixels that are computed one by one, tap by tap. A function by itself, so that it is compiled once for all kernels.
struct Singles<'a, 'b> {
    row: &'a Row<'b>,
    places: Range<usize>,
    out: &'a mut [f32],
}

impl WithSimd for Singles<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for place in self.places {
            self.row.tile::<S, 1, 1, 1, 1>(simd, place, self.out);
        }
    }
}

impl Row<'_> {
    /// All pixels: tiles of four where all `KW` taps that are taken together lie in the picture, for which a tile sees `P`
    /// pixels, `STRIDE` more for each output; the others one by one.
    #[inline(always)]
    fn tiles<S: Simd, const KW: usize, const STRIDE: usize, const P: usize>(&self, simd: S, out: &mut [f32]) {
        let (pixels, inside) = (self.axes[1].pixels, self.axes[1].inside());
        let whole = inside.start + inside.len() / PIXELS * PIXELS;
        simd.vectorize(Singles { row: self, places: 0..inside.start, out });
        for place in (inside.start..whole).step_by(PIXELS) {
            self.tile::<S, KW, STRIDE, P, PIXELS>(simd, place, out);
        }
        simd.vectorize(Singles { row: self, places: whole..pixels, out });
    }

    /// `T` neighbouring pixels.
    #[inline(always)]
    fn tile<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const T: usize>(
        &self,
        simd: S,
        place: usize,
        out: &mut [f32],
    ) {
        let [down, right] = self.axes;
        let step = self.step(KW);
        let mut strips = [Strip { pixels: &[], taps: [0; MOST] }; STRIPS];
        let across = right.taps.div_ceil(KW);
        let (mut next, mut first) = (0, true);
        loop {
            let mut count = 0;
            while count < STRIPS && next < down.taps * across {
                let (row_tap, tap) = (next / across, next % across * KW);
                next += 1;
                let (Some(row), Some(column)) = (down.source(self.place, row_tap), right.source(place, tap)) else {
                    continue;
                };
                let from = (row * right.length + column) * self.channels;
                strips[count].pixels = &self.data[from..from + (P - 1) * step + self.channels];
                for t in 0..KW {
                    strips[count].taps[t] = down.weight(row_tap) * self.kernel_width + right.weight(tap + t);
                    assert!(strips[count].taps[t] * self.channels + self.channels <= self.weight.len());
                }
                count += 1;
            }
            let last = next == down.taps * across;
            self.sum::<S, KW, STRIDE, P, T>(simd, &strips[..count], place, [first, last], out);
            if last {
                break;
            }
            first = false;
        }
    }

    /// From one pixel of a strip to the next.
    #[inline(always)]
    fn step(&self, together: usize) -> usize {
        (if together == 1 { self.axes[1].stride } else { 1 }) * self.channels
    }

    /// The sums over some strips: the first begin from zero, the last go through the epilogue (`ends`).
    #[inline(always)]
    fn sum<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const T: usize>(
        &self,
        simd: S,
        strips: &[Strip<'_>],
        place: usize,
        ends: [bool; 2],
        out: &mut [f32],
    ) {
        let (lanes, ahead) = (S::F32_LANES, self.ahead(place));
        let lines = self.axes[1].stride * T;
        let whole = self.channels - self.channels % lanes;
        for at in (0..whole).step_by(lanes) {
            // As many cache lines as this vector reads for the first time.
            for rows in ahead {
                for line in 0..lines {
                    prefetch(rows, at * lines + line * lanes);
                }
            }
            self.vector::<S, KW, STRIDE, P, T, false>(simd, strips, place, at..at + lanes, ends, out);
        }
        if whole < self.channels {
            self.vector::<S, KW, STRIDE, P, T, true>(simd, strips, place, whole..self.channels, ends, out);
        }
    }

    /// What the tile of the next row is the first to see, and all behind it.
    #[inline(always)]
    fn ahead(&self, place: usize) -> [&[f32]; 2] {
        let [down, right] = &self.axes;
        let column = right.source(place, 0).unwrap_or(0);
        [0, 1].map(
            #[inline(always)]
            |row| {
                let tap = down.taps.checked_sub(1 + row).filter(|_| row < down.stride);
                match tap.and_then(|tap| down.source(self.place + 1, tap)) {
                    Some(next) => &self.data[(next * right.length + column) * self.channels..],
                    None => &[],
                }
            },
        )
    }

    /// The sums of a vector of channels.
    #[inline(always)]
    fn vector<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const T: usize, const PART: bool>(
        &self,
        simd: S,
        strips: &[Strip<'_>],
        place: usize,
        range: Range<usize>,
        [first, last]: [bool; 2],
        out: &mut [f32],
    ) {
        let (channels, right, step) = (self.channels, &self.axes[1], self.step(KW));
        let pixel = |t: usize| {
            let start = (right.first + (place + t) * right.spacing) * channels;
            start + range.start..start + range.end
        };
        let zero = simd.splat_f32s(0.0);
        let mut sums = [zero; T];
        if !first {
            for t in 0..T {
                sums[t] = load(simd, &out[pixel(t)]);
            }
        }
        for strip in strips {
            let mut x = [zero; P];
            for p in 0..P {
                // SAFETY: a strip reaches from its first pixel to the end of the P-th.
                x[p] = unsafe { read::<S, PART>(simd, strip.pixels, p * step, &range) };
            }
            for tap in 0..KW {
                // SAFETY: `tile` has looked that all channels of the tap are there.
                let weight = unsafe { read::<S, PART>(simd, self.weight, strip.taps[tap] * channels, &range) };
                for t in 0..T {
                    sums[t] = multiply_add(simd, x[t * STRIDE + tap], weight, sums[t]);
                }
            }
        }
        if last {
            self.finish(simd, &mut sums, range.clone(), pixel);
        }
        for t in 0..T {
            let out = &mut out[pixel(t)];
            store(simd, out, sums[t]);
            if last && self.epilogue.activation.bounds().is_none() {
                self.epilogue.activation.apply(out);
            }
        }
    }

    /// The epilogue, but for activations that are more than bounds.
    #[inline(always)]
    fn finish<S: Simd, const T: usize>(
        &self,
        simd: S,
        sums: &mut [S::f32s; T],
        range: Range<usize>,
        pixel: impl Fn(usize) -> Range<usize>,
    ) {
        let Epilogue { bias, residual, activation } = self.epilogue;
        let bias = bias.map_or(simd.splat_f32s(0.0), |bias| load(simd, &bias[range]));
        let bounds = activation.bounds().map(|bounds| bounds.map(|bound| simd.splat_f32s(bound)));
        for t in 0..T {
            sums[t] = simd.add_f32s(sums[t], bias);
            if let Some(residual) = residual {
                sums[t] = simd.add_f32s(sums[t], load(simd, &residual[self.start..][pixel(t)]));
            }
            if let Some([least, most]) = bounds {
                // NaN is neither less nor greater, and stays.
                sums[t] = simd.select_f32s(simd.less_than_f32s(sums[t], least), least, sums[t]);
                sums[t] = simd.select_f32s(simd.less_than_f32s(most, sums[t]), most, sums[t]);
            }
        }
    }
}
