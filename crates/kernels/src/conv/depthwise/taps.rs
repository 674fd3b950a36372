//! The sum over a kernel's taps, for all pixels of a row: the forward pass and the gradient of the input.
//!
//! ```text
//!   4 outputs          [o0][o1][o2][o3]       sums in registers, one vector of channels each
//!                       │╲  │╲  │╲  │
//!   6 inputs     [x0][x1][x2][x3][x4][x5]     of each row of taps; each is read once for all outputs that see it
//! ```
//! The innermost loop runs over all channels of the tile, so that memory is read in order. A tile at a side of the picture takes
//! zeros for the pixels beside it, and stores the outputs that exist.

use super::axis::Axis;
use super::{PIXELS, ask_for, read, write};
use crate::gemm::Epilogue;
use crate::isa::{clamp, multiply_add};
use pulp::{MemMask, Simd, WithSimd};

/// The strips that need no memory asked for: kernels of 7x7 taps that are taken one by one.
const STRIPS: usize = 49;

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

/// Neighbouring taps of a row of the kernel, and the pixels that a tile sees by them.
#[derive(Clone, Copy)]
struct Strip {
    /// The first pixel, which may lie beside the picture, and its column there.
    pixels: *const f32,
    column: isize,
    /// The pixels that lie in the picture, of those that the tile sees.
    inside: [usize; 2],
    /// The weights of the first tap.
    weights: *const f32,
}

/// No strip yet.
const NONE: Strip = Strip { pixels: std::ptr::null(), column: 0, inside: [0; 2], weights: std::ptr::null() };

impl WithSimd for Row<'_> {
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

impl Row<'_> {
    /// All pixels, in tiles of which each sees `P`, `STRIDE` more for each output, when `KW` taps are taken together.
    #[inline(always)]
    fn tiles<S: Simd, const KW: usize, const STRIDE: usize, const P: usize>(mut self, simd: S) {
        let [down, right] = self.axes;
        let (mut room, mut more) = ([NONE; STRIPS], Vec::new());
        let most = down.taps * right.taps.div_ceil(KW);
        let strips = if most <= STRIPS {
            &mut room[..most]
        } else {
            more.resize(most, NONE);
            &mut more
        };
        let strips = self.strips::<KW>(strips);
        let (mut ahead, inside) = (self.ahead(), right.inside());
        // From one pixel of a strip to the next, in columns.
        let step = if KW == 1 { right.stride } else { 1 };
        let forward = PIXELS * right.stride;
        let out = std::mem::take(&mut self.out);
        for place in (0..right.pixels).step_by(PIXELS) {
            let tile = Tile {
                row: &self,
                ahead,
                step: step * self.channels,
                turn: right.turn() * self.channels as isize,
                outputs: (right.pixels - place).min(PIXELS),
                place: (right.first + place * right.spacing) * self.channels,
            };
            if inside.start <= place && place + PIXELS <= inside.end {
                tile.run::<S, KW, STRIDE, P, false>(simd, strips, out);
            } else {
                for strip in &mut *strips {
                    strip.inside = right.within(strip.column, step, P);
                }
                tile.run::<S, KW, STRIDE, P, true>(simd, strips, out);
            }
            for strip in &mut *strips {
                strip.pixels = strip.pixels.wrapping_add(forward * self.channels);
                strip.column += forward as isize;
            }
            ahead = ahead.map(|rows| rows.wrapping_add(forward * self.channels));
        }
    }

    /// The strips of the first tile: those whose row lies in the picture.
    #[inline(always)]
    fn strips<'a, const KW: usize>(&self, room: &'a mut [Strip]) -> &'a mut [Strip] {
        let [down, right] = self.axes;
        let mut count = 0;
        for row_tap in 0..down.taps {
            let Some(row) = down.source(self.place, row_tap) else { continue };
            let line = self.data[row * right.length * self.channels..][..right.length * self.channels].as_ptr();
            for tap in (0..right.taps).step_by(KW) {
                let column = right.column(0, tap);
                let weights = (down.weight(row_tap) * self.kernel_width + right.weight(tap)) * self.channels;
                room[count] = Strip {
                    pixels: line.wrapping_offset(column * self.channels as isize),
                    column,
                    inside: [0; 2],
                    weights: self.weight[weights..][..self.channels].as_ptr(),
                };
                count += 1;
            }
        }
        &mut room[..count]
    }

    /// Where the first tile of the next row begins to see what no row before it sees.
    #[inline(always)]
    fn ahead(&self) -> [*const f32; 2] {
        let [down, right] = &self.axes;
        let from = right.column(0, 0) * self.channels as isize;
        [0, 1].map(
            #[inline(always)]
            |row| {
                let tap = down.taps.checked_sub(1 + row).filter(|_| row < down.stride);
                // What is there already costs little to ask for again.
                let next = tap.and_then(|tap| down.source(self.place + 1, tap)).unwrap_or(0);
                self.data.as_ptr().wrapping_offset((next * right.length * self.channels) as isize + from)
            },
        )
    }
}

/// Some neighbouring pixels of a row.
#[derive(Clone, Copy)]
struct Tile<'a, 'b> {
    row: &'a Row<'b>,
    ahead: [*const f32; 2],
    /// From one pixel of a strip to the next.
    step: usize,
    /// From one tap's weights to the next one's.
    turn: isize,
    /// How many of the pixels exist.
    outputs: usize,
    /// Where the first lies in the row.
    place: usize,
}

impl Tile<'_, '_> {
    /// All channels; `EDGE` where some pixels of a strip lie beside the picture or some outputs do not exist.
    #[inline(always)]
    fn run<S: Simd, const KW: usize, const STRIDE: usize, const P: usize, const EDGE: bool>(
        self,
        simd: S,
        strips: &[Strip],
        out: &mut [f32],
    ) {
        let (lanes, channels, spacing) = (S::F32_LANES, self.row.channels, self.row.axes[1].spacing);
        // Bounds of all that is written, and of what the epilogue reads.
        let pixels = (self.outputs - 1) * spacing * channels + channels;
        let place = out[self.place..][..pixels].as_mut_ptr();
        let Epilogue { bias, residual, activation } = self.row.epilogue;
        let [least, most] = activation.bounds().unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        let ends = Ends {
            place,
            bias: bias.map_or(std::ptr::null(), |bias| bias[..channels].as_ptr()),
            residual: residual.map_or(std::ptr::null(), |x| x[self.row.start + self.place..][..pixels].as_ptr()),
            bounds: [simd.splat_f32s(least), simd.splat_f32s(most)],
            spacing: spacing * channels,
        };
        if channels < lanes {
            let mask = simd.mask_between_m32s(0, channels as u32);
            // SAFETY: the mask leaves out what is beyond the channels.
            unsafe { self.vector::<S, KW, STRIDE, P, EDGE, true>(simd, strips, &ends, 0, mask) };
        } else {
            let mask = simd.mask_between_m32s(0, lanes as u32);
            for at in (0..channels).step_by(lanes) {
                for rows in self.ahead {
                    ask_for::<S>(rows, at, PIXELS * STRIDE);
                }
                // The last vector overlaps the one before, and gives the same numbers there.
                // SAFETY: the vector's channels exist.
                unsafe {
                    self.vector::<S, KW, STRIDE, P, EDGE, false>(simd, strips, &ends, at.min(channels - lanes), mask);
                };
            }
        }
        if activation.bounds().is_none() {
            for pixel in out[self.place..][..pixels].chunks_mut(spacing * channels) {
                activation.apply(&mut pixel[..channels]);
            }
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
        strips: &[Strip],
        ends: &Ends<S>,
        at: usize,
        mask: MemMask<S::m32s>,
    ) {
        // SAFETY: all that is read below lies in the picture, the weights, the bias or the residual, for all channels.
        let read = |place| unsafe { read::<S, PART>(simd, place, mask) };
        let zero = simd.splat_f32s(0.0);
        let first = if ends.bias.is_null() { zero } else { read(ends.bias.wrapping_add(at)) };
        let mut sums = [first; PIXELS];
        for strip in strips {
            let (pixels, weights) = (strip.pixels.wrapping_add(at), strip.weights.wrapping_add(at));
            let mut x = [zero; P];
            for p in 0..P {
                if !EDGE || (strip.inside[0] <= p && p < strip.inside[1]) {
                    x[p] = read(pixels.wrapping_add(p * self.step));
                }
            }
            for tap in 0..KW {
                let weight = read(weights.wrapping_offset(tap as isize * self.turn));
                for t in 0..PIXELS {
                    sums[t] = multiply_add(simd, x[t * STRIDE + tap], weight, sums[t]);
                }
            }
        }
        for t in 0..PIXELS {
            if EDGE && t >= self.outputs {
                break;
            }
            let mut sum = sums[t];
            if !ends.residual.is_null() {
                sum = simd.add_f32s(sum, read(ends.residual.wrapping_add(t * ends.spacing + at)));
            }
            sum = clamp(simd, sum, ends.bounds);
            // SAFETY: `run` has looked that all pixels lie in the row.
            unsafe { write::<S, PART>(simd, ends.place.wrapping_add(t * ends.spacing + at), mask, sum) };
        }
    }
}

/// What happens to a tile's sums.
struct Ends<S: Simd> {
    /// The first output, and from one to the next.
    place: *mut f32,
    spacing: usize,
    /// Or null.
    bias: *const f32,
    residual: *const f32,
    bounds: [S::f32s; 2],
}
