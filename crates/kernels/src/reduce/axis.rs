//! Sums along one axis.

use super::{BLOCK, sum_block};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::map::{Body, CHUNK, PARALLEL};
use crate::scratch;
use crate::slices;
use crate::threads::{parallel, parallel_chunks};

/// The columns that are summed at a time: their accumulators stay in the first-level cache.
const TILE: usize = 128;
/// The rows that are added up before `f64` takes over.
const ROWS: usize = 64;
/// The most parts that a long axis is cut in.
const PARTS: usize = 32;

/// `out[o, i] = sum over a of x[o, a, i]`, where x is [outer, axis, inner] and out [outer, inner].
///
/// ```
/// use gradus_kernels::reduce;
/// let matrix = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // [2, 3]
/// let (mut rows, mut columns) = ([0.0; 2], [0.0; 3]);
/// reduce::sum_axis(&matrix, [2, 3, 1], &mut rows);
/// reduce::sum_axis(&matrix, [1, 2, 3], &mut columns);
/// assert_eq!((rows, columns), ([6.0, 15.0], [5.0, 7.0, 9.0]));
/// ```
#[track_caller]
pub fn sum_axis(x: &[Real], dims: [usize; 3], out: &mut [Real]) {
    sum_axis_by(
        [x],
        dims,
        out,
        #[inline(always)]
        |[x]| x,
    );
}

/// The mean along the axis; NaN of an empty one.
#[track_caller]
pub fn mean_axis(x: &[Real], dims: [usize; 3], out: &mut [Real]) {
    sum_axis(x, dims, out);
    let count = dims[1] as Real;
    crate::map::map_in_place(
        out,
        #[inline(always)]
        move |sum| sum / count,
    );
}

/// The sum along the axis of f(a, b, ..), for arrays of one shape: sums of squares or products in one pass.
#[track_caller]
pub fn sum_axis_by<const IN: usize>(
    inputs: [&[Real]; IN],
    dims: [usize; 3],
    out: &mut [Real],
    f: impl Fn([Real; IN]) -> Real + Body,
) {
    let [outer, axis, inner] = dims;
    let length = outer * axis * inner;
    assert!(
        inputs.iter().all(|x| x.len() == length) && out.len() == outer * inner,
        "sum_axis: {dims:?} does not fit inputs of {:?} and an output of {}",
        inputs.map(<[Real]>::len),
        out.len()
    );
    if inner == 1 {
        return sum_rows(inputs, axis, out, f);
    }
    if length == 0 {
        return out.fill(0.0);
    }
    let task = CHUNK.div_ceil(axis * inner); // pictures, or whatever outer counts
    if length < PARALLEL {
        columns(inputs, [outer, axis, inner], [0, axis], out, f);
    } else if outer >= 4 * task {
        parallel_chunks(out, task * inner, &|index, out| {
            let from = index * task * axis * inner;
            let count = out.len() / inner;
            let inputs = slices::cut(inputs, from, count * axis * inner);
            columns(inputs, [count, axis, inner], [0, axis], out, f);
        });
    } else {
        split_axis(inputs, dims, out, f);
    }
}

/// Cuts a long axis in parts whose sums are added in order.
fn split_axis<const IN: usize>(
    inputs: [&[Real]; IN],
    dims: [usize; 3],
    out: &mut [Real],
    f: impl Fn([Real; IN]) -> Real + Body,
) {
    let [outer, axis, inner] = dims;
    let width = outer * inner;
    let rows = CHUNK.div_ceil(width).max(axis.div_ceil(PARTS)).next_multiple_of(ROWS);
    let parts = axis.div_ceil(rows);
    scratch::with(parts * width, |sums: &mut [Real]| {
        parallel_chunks(sums, width, &|index, sums| {
            columns(inputs, dims, [index * rows, axis.min((index + 1) * rows)], sums, f);
        });
        columns(
            [&*sums],
            [1, parts, width],
            [0, parts],
            out,
            #[inline(always)]
            |[x]| x,
        );
    });
}

/// Sums the rows `from..to` of the axis, for inner dimensions above 1.
fn columns<const IN: usize>(
    inputs: [&[Real]; IN],
    [outer, axis, inner]: [usize; 3],
    [from, to]: [usize; 2],
    out: &mut [Real],
    f: impl Fn([Real; IN]) -> Real + Body,
) {
    vectorize(
        #[inline(always)]
        move || {
            // Short rows are joined into one, to fill the vectors: [axis, inner] is also [axis / joined, joined * inner].
            let joined = (TILE / inner).clamp(1, (to - from).max(1));
            let long = inner * joined;
            for o in 0..outer {
                let start = (o * axis + from) * inner;
                let x = slices::cut(inputs, start, (to - from) * inner);
                let out = &mut out[o * inner..(o + 1) * inner];
                for column in (0..long).step_by(TILE) {
                    let mut totals = tile(x, long, column, f);
                    for part in 1..joined {
                        for place in 0..inner {
                            totals[place] += totals[part * inner + place];
                        }
                    }
                    for (place, &total) in (column..inner).zip(&totals) {
                        out[place] = total as Real;
                    }
                }
                // The rows that are left over, fewer than `joined`.
                let left = x[0].len() % long;
                let rest = slices::cut(x, x[0].len() - left, left);
                for start in (0..rest[0].len()).step_by(inner) {
                    for place in 0..inner {
                        out[place] += f(slices::at(rest, start + place));
                    }
                }
            }
        },
    );
}

/// Sums the columns from `column` on, at most TILE, of the whole rows of `inner` elements.
#[inline(always)]
fn tile<const IN: usize>(
    inputs: [&[Real]; IN],
    inner: usize,
    column: usize,
    f: impl Fn([Real; IN]) -> Real + Copy,
) -> [f64; TILE] {
    let width = TILE.min(inner - column);
    let rows = inputs[0].len() / inner;
    let mut totals = [0.0; TILE];
    for block in (0..rows).step_by(ROWS) {
        let mut sums = [0.0; TILE];
        let end = rows.min(block + ROWS);
        // Four rows at a time, so that the sums are loaded and stored a quarter as often.
        let fours = end - (end - block) % 4;
        for row in (block..fours).step_by(4) {
            let four = four_rows(inputs, inner, row * inner + column, width);
            for (place, sum) in sums[..width].iter_mut().enumerate() {
                let [a, b, c, d] = four.map(
                    #[inline(always)]
                    |row| f(slices::at(row, place)),
                );
                *sum += (a + b) + (c + d);
            }
        }
        for row in fours..end {
            let row = slices::cut(inputs, row * inner + column, width);
            for (place, sum) in sums[..width].iter_mut().enumerate() {
                *sum += f(slices::at(row, place));
            }
        }
        for (total, &sum) in totals[..width].iter_mut().zip(&sums) {
            *total += f64::from(sum);
        }
    }
    totals
}

/// `width` elements of each input from `start` on, and of the three rows after it.
#[inline(always)]
fn four_rows<const IN: usize>(inputs: [&[Real]; IN], inner: usize, start: usize, width: usize) -> [[&[Real]; IN]; 4] {
    [0, 1, 2, 3].map(
        #[inline(always)]
        |i| slices::cut(inputs, start + i * inner, width),
    )
}

/// Sums rows of `axis` elements each.
fn sum_rows<const IN: usize>(
    inputs: [&[Real]; IN],
    axis: usize,
    out: &mut [Real],
    f: impl Fn([Real; IN]) -> Real + Body,
) {
    let rows = out.len();
    let out = Disjoint::new(out);
    let span = |start: usize, count: usize| {
        // SAFETY: spans that are handled at the same time begin at different multiples of their length.
        let out = unsafe { out.part(start, count) };
        vectorize(
            #[inline(always)]
            move || {
                for (row, out) in out.iter_mut().enumerate() {
                    let at = (start + row) * axis;
                    let mut sum = 0.0;
                    for block in (at..at + axis).step_by(BLOCK) {
                        let end = (block + BLOCK).min(at + axis);
                        sum += f64::from(sum_block(slices::cut(inputs, block, end - block), f));
                    }
                    *out = sum as Real;
                }
            },
        );
    };
    let task = CHUNK.div_ceil(axis.max(1));
    if rows * axis < PARALLEL {
        span(0, rows);
    } else {
        parallel(rows.div_ceil(task), &|index| span(index * task, task.min(rows - index * task)));
    }
}
