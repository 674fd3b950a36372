//! Depthwise convolution: each channel has a kernel of its own. The vectors run over the channels, which lie side by side.
//!
//! ```text
//!               channels ->
//!   pixel 0   [ vector ][ vector ] ...      a tile is four neighbouring pixels: for each vector of channels four sums in
//!   pixel 1   [ vector ][ vector ] ...      registers, over all taps of the kernel; pixels and weights are read once a tile
//!   pixel 2   [ vector ][ vector ] ...
//!   pixel 3   [ vector ][ vector ] ...
//! ```
//! The weights are turned to `[taps, channels]` first so that all reads are contiguous, and a tile goes over all channels before
//! the next begins, so that pictures are read in order, the rows to come asked for ahead. Bound by memory where a picture does not stay in
//! the second cache, otherwise by arithmetic. Two Zen 3 cores with AVX2, of pictures read and written: 3x3 taps over 8 pictures of
//! 56x56x96 (10 MB) forward 20 GB/s, back to the input 21, to the weights 24; with stride 2 49, 23 and 43; of 14x14x384 27, 27 and
//! 21; where a copy from memory reaches 22 and one from the shared cache 60. One picture of 14x14x384: 50 GFLOP/s, of 14x14x480 with
//! 5x5 taps 73, of 200.

mod axis;
mod taps;
mod weights;

use super::ConvShape;
use super::phase::Phase;
use crate::Real;
use crate::disjoint::Disjoint;
use crate::gemm::Epilogue;
use crate::isa::{prefetch, with_simd};
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;
use axis::Axis;
use pulp::{MemMask, Simd};
use taps::Row;
pub(super) use weights::backward_weights;

/// Below so many multiplications the hand-off to another thread is not worth it.
const PARALLEL: u64 = 1 << 17;

/// The pixels of a tile.
const PIXELS: usize = 4;
/// The numbers of a cache line.
const LINE: usize = 16;
/// The parts of a picture that threads take by turns.
const BANDS: usize = 4;

/// Calls `task` for each of `count` pieces, on several threads when the convolution is large enough.
fn share(shape: &ConvShape, count: usize, task: &(dyn Fn(usize) + Sync)) {
    if shape.multiplies() < PARALLEL { (0..count).for_each(task) } else { parallel(count, task) }
}

/// Turns weights to `[taps, channels]`.
pub(super) fn turn(shape: &ConvShape, weight: &[Real], turned: &mut [Real]) {
    crate::permute::permute(weight, &[shape.in_channels, shape.kernel[0] * shape.kernel[1]], &[1, 0], turned);
}

/// Calls `f` with the weights as `[taps, channels]`.
fn with_turned(shape: &ConvShape, weight: &[Real], f: impl FnOnce(&[Real])) {
    with_slot(Slot::Right, weight.len(), |turned| {
        turn(shape, weight, turned);
        f(turned);
    });
}

/// Asks for the lines of `rows` that a tile one row on, which reads so many new pixels, sees by the vector of channels from `at` on.
#[inline(always)]
fn ask_for<S: Simd>(rows: *const f32, at: usize, pixels: usize) {
    for line in 0..pixels * S::F32_LANES / LINE {
        prefetch(rows.wrapping_add(at * pixels + line * LINE));
    }
}

/// The vector at a place; `PART` where the mask leaves numbers out.
///
/// # Safety
/// The numbers must be there, those that the mask leaves out excepted.
#[inline(always)]
unsafe fn read<S: Simd, const PART: bool>(simd: S, place: *const f32, mask: MemMask<S::m32s>) -> S::f32s {
    // SAFETY: the caller answers for the numbers; a whole vector need not be aligned.
    unsafe { if PART { simd.mask_load_ptr_f32s(mask, place) } else { place.cast::<S::f32s>().read_unaligned() } }
}

/// Writes a vector, likewise.
///
/// # Safety
/// As for [`read`], and nobody else may touch the numbers.
#[inline(always)]
unsafe fn write<S: Simd, const PART: bool>(simd: S, place: *mut f32, mask: MemMask<S::m32s>, vector: S::f32s) {
    // SAFETY: as above.
    unsafe {
        if PART {
            simd.mask_store_ptr_f32s(mask, place, vector);
        } else {
            place.cast::<S::f32s>().write_unaligned(vector);
        }
    }
}

/// Calls `task` with the number of each row of all pictures: `height` rows each, about a quarter of a picture to a thread at
/// a time, so that neighbouring rows find what they share in the same cache.
fn each_row(shape: &ConvShape, height: usize, task: &(dyn Fn(usize) + Sync)) {
    let rows = shape.batch * height;
    let band = height.div_ceil(BANDS).max(1);
    share(shape, rows.div_ceil(band), &|index| (index * band..rows.min((index + 1) * band)).for_each(task));
}

pub(super) fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    with_turned(shape, weight, |weight| forward_turned(shape, input, weight, epilogue, output));
}

/// [`forward`] with weights that were turned before.
pub(super) fn forward_turned(
    shape: &ConvShape,
    input: &[Real],
    weight: &[Real],
    epilogue: Epilogue,
    output: &mut [Real],
) {
    let (height, line) = (shape.out_height(), shape.out_width() * shape.in_channels);
    let picture = shape.in_height * shape.in_width * shape.in_channels;
    let axes = [0, 1].map(|axis| Axis::of_output(shape, axis));
    let output = Disjoint::new(output);
    each_row(shape, height, &|index| {
        with_simd(Row {
            axes,
            place: index % height,
            channels: shape.in_channels,
            kernel_width: shape.kernel[1],
            data: &input[index / height * picture..][..picture],
            weight,
            epilogue,
            start: index * line,
            // SAFETY: each task has its own row of the output.
            out: unsafe { output.part(index * line, line) },
        });
    });
}

pub(super) fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    let (height, line) = (shape.in_height, shape.in_width * shape.in_channels);
    let picture = shape.out_height() * shape.out_width() * shape.in_channels;
    let grad_input = Disjoint::new(grad_input);
    with_turned(shape, weight, |weight| {
        each_row(shape, height, &|index| {
            let row = index % height;
            let stride = shape.stride[0];
            let down = Phase::new(shape, 0, (row + shape.padding[0][0]) % stride);
            for right in 0..shape.stride[1] {
                let right = Phase::new(shape, 1, right);
                with_simd(Row {
                    axes: [Axis::of_input(shape, 0, down), Axis::of_input(shape, 1, right)],
                    place: (row - down.first) / stride,
                    channels: shape.in_channels,
                    kernel_width: shape.kernel[1],
                    data: &grad_output[index / height * picture..][..picture],
                    weight,
                    epilogue: Epilogue::default(),
                    start: index * line,
                    // SAFETY: each task has its own row of the gradient, and uses one part of it at a time.
                    out: unsafe { grad_input.part(index * line, line) },
                });
            }
        });
    });
}
