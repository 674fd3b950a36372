//! Sums and extremes, of a whole slice or along one axis.
//!
//! Sums are taken in lanes over short blocks, and blocks are added in `f64` in their order: the error does not grow with
//! the length, and neither threads nor the instruction set change a bit, because blocks are cut by length alone.
//!
//! Along an axis an array is [outer, axis, inner]: inner 1 reduces rows, outer 1 reduces columns. A slice beyond the
//! cache is read at the machine's bandwidth; within it, a sum takes 0.06 ns an element, of rows or columns 0.08 (AVX-512).

mod axis;
mod extreme;
#[cfg(test)]
mod tests;

pub use axis::{mean_axis, sum_axis, sum_axis_by};
pub use extreme::{argmax_axis, argmin_axis, max, max_axis, min, min_axis};

use crate::Real;
use crate::isa::vectorize;
use crate::map::{Body, CHUNK, PARALLEL};
use crate::slices;
use crate::threads::parallel_chunks;

/// Accumulators side by side: enough vectors in flight to hide the latency of an addition.
pub(crate) const LANES: usize = 64;
/// The elements that are added in lanes before `f64` takes over.
const BLOCK: usize = 4096;
/// The most parts that a sum is shared out in: their results lie on the stack.
const PARTS: usize = 64;

/// Adds the lanes by halves. Each width is a constant: lanes indexed by a variable would live in memory.
#[inline(always)]
pub(crate) fn join(lanes: [Real; LANES]) -> Real {
    halve::<2, 1>(halve::<4, 2>(halve::<8, 4>(halve::<16, 8>(halve::<32, 16>(halve::<64, 32>(lanes))))))[0]
}

#[inline(always)]
fn halve<const WIDTH: usize, const HALF: usize>(lanes: [Real; WIDTH]) -> [Real; HALF] {
    std::array::from_fn(
        #[inline(always)]
        |lane| lanes[lane] + lanes[lane + HALF],
    )
}

/// The sum of `f` over a short stretch, in lanes. For use inside [`vectorize`].
#[inline(always)]
pub(crate) fn sum_block<const IN: usize>(inputs: [&[Real]; IN], f: impl Fn([Real; IN]) -> Real) -> Real {
    let length = inputs[0].len();
    let inputs = slices::cut(inputs, 0, length);
    let mut sum = 0.0;
    let whole = length - length % LANES;
    if whole > 0 {
        let mut lanes = [0.0; LANES];
        for start in (0..whole).step_by(LANES) {
            let block = slices::cut(inputs, start, LANES);
            for lane in 0..LANES {
                lanes[lane] += f(slices::at(block, lane));
            }
        }
        sum = join(lanes);
    }
    for place in whole..length {
        sum += f(slices::at(inputs, place));
    }
    sum
}

/// The sum of f(a, b, ..) over slices of one length: sums of squares, products, distances in one pass. No elements give 0.
///
/// ```
/// use gradus_kernels::reduce;
/// let (a, b) = ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]);
/// assert_eq!(reduce::sum_by([&a, &b], #[inline(always)] |[a, b]| a * b), 32.0);
/// ```
#[track_caller]
pub fn sum_by<const IN: usize>(inputs: [&[Real]; IN], f: impl Fn([Real; IN]) -> Real + Body) -> Real {
    let length = inputs[0].len();
    assert!(inputs.iter().all(|x| x.len() == length), "reduce: the slices differ in length");
    let part = |start: usize, length: usize| -> f64 {
        let inputs = slices::cut(inputs, start, length);
        vectorize(
            #[inline(always)]
            move || {
                let mut sum = 0.0;
                for start in (0..length).step_by(BLOCK) {
                    let end = length.min(start + BLOCK);
                    sum += f64::from(sum_block(slices::cut(inputs, start, end - start), f));
                }
                sum
            },
        )
    };
    if length < PARALLEL {
        return part(0, length) as Real;
    }
    let size = CHUNK.max(length.div_ceil(PARTS).next_multiple_of(BLOCK));
    let mut sums = [0.0; PARTS];
    parallel_chunks(&mut sums[..length.div_ceil(size)], 1, &|index, sum| {
        sum[0] = part(index * size, size.min(length - index * size));
    });
    sums.iter().sum::<f64>() as Real
}

/// The sum.
pub fn sum(x: &[Real]) -> Real {
    sum_by(
        [x],
        #[inline(always)]
        |[x]| x,
    )
}

/// The sum of squares.
pub fn sum_squares(x: &[Real]) -> Real {
    sum_by(
        [x],
        #[inline(always)]
        |[x]| x * x,
    )
}

/// The inner product.
#[track_caller]
pub fn dot(a: &[Real], b: &[Real]) -> Real {
    sum_by(
        [a, b],
        #[inline(always)]
        |[a, b]| a * b,
    )
}
