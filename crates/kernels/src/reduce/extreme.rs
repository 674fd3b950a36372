//! The largest and the least element, and where they are.
//!
//! A NaN wins over every number, so that a broken value is not hidden; among equals the first place counts.

use super::LANES;
use crate::Real;
use crate::isa::vectorize;
use crate::map::{CHUNK, PARALLEL};
use crate::threads::parallel_chunks;

/// The columns that are compared at a time.
const TILE: usize = 64;

/// Which of two elements is asked for.
trait Order: Copy + Sync + 'static {
    /// What every number wins over.
    const LAST: Real;
    /// Whether `a` wins over `b`.
    fn wins(a: Real, b: Real) -> bool;
}

#[derive(Clone, Copy)]
struct Largest;
#[derive(Clone, Copy)]
struct Least;

impl Order for Largest {
    const LAST: Real = Real::NEG_INFINITY;
    #[inline(always)]
    fn wins(a: Real, b: Real) -> bool {
        // With a non-short-circuiting "or" the loop stays free of branches.
        (a > b) | (a.is_nan() & !b.is_nan())
    }
}

impl Order for Least {
    const LAST: Real = Real::INFINITY;
    #[inline(always)]
    fn wins(a: Real, b: Real) -> bool {
        (a < b) | (a.is_nan() & !b.is_nan())
    }
}

/// The largest element; -inf of an empty slice.
pub fn max(x: &[Real]) -> Real {
    whole::<Largest>(x)
}

/// The least element; +inf of an empty slice.
pub fn min(x: &[Real]) -> Real {
    whole::<Least>(x)
}

/// `out[o, i] = max over a of x[o, a, i]`, where x is [outer, axis, inner].
#[track_caller]
pub fn max_axis(x: &[Real], dims: [usize; 3], out: &mut [Real]) {
    along::<Largest, Real>(x, dims, out, |value, _| value);
}

/// `out[o, i] = min over a of x[o, a, i]`, where x is [outer, axis, inner].
#[track_caller]
pub fn min_axis(x: &[Real], dims: [usize; 3], out: &mut [Real]) {
    along::<Least, Real>(x, dims, out, |value, _| value);
}

/// The place along the axis of the largest element, the first among equals.
///
/// ```
/// use gradus_kernels::reduce;
/// let mut place = [0; 2];
/// reduce::argmax_axis(&[1.0, 7.0, 7.0, 5.0, 2.0, 3.0], [2, 3, 1], &mut place);
/// assert_eq!(place, [1, 0]);
/// ```
#[track_caller]
pub fn argmax_axis(x: &[Real], dims: [usize; 3], places: &mut [u32]) {
    along::<Largest, u32>(x, dims, places, |_, place| place);
}

/// The place along the axis of the least element, the first among equals.
#[track_caller]
pub fn argmin_axis(x: &[Real], dims: [usize; 3], places: &mut [u32]) {
    along::<Least, u32>(x, dims, places, |_, place| place);
}

/// The winner of a row. For use inside [`vectorize`].
#[inline(always)]
fn winner<O: Order>(row: &[Real]) -> Real {
    let mut best = O::LAST;
    let (blocks, rest) = row.as_chunks::<LANES>();
    if !blocks.is_empty() {
        let mut lanes = [O::LAST; LANES];
        for block in blocks {
            for lane in 0..LANES {
                lanes[lane] = if O::wins(block[lane], lanes[lane]) { block[lane] } else { lanes[lane] };
            }
        }
        for value in lanes {
            best = if O::wins(value, best) { value } else { best };
        }
    }
    for &value in rest {
        best = if O::wins(value, best) { value } else { best };
    }
    best
}

/// The first place that `best` does not win over. Blocks are tested whole, since a search that may stop at every element
/// is no vector code.
#[inline(always)]
fn first<O: Order>(row: &[Real], best: Real) -> usize {
    const BLOCK: usize = 32;
    let (blocks, _) = row.as_chunks::<BLOCK>();
    let beaten = |block: &&[Real; BLOCK]| block.iter().fold(true, |all, &value| all & O::wins(best, value));
    let skipped = blocks.iter().take_while(beaten).count() * BLOCK;
    let place = row[skipped..].iter().position(|&value| !O::wins(best, value));
    skipped + place.expect("the winner is in its row")
}

fn whole<O: Order>(x: &[Real]) -> Real {
    const PARTS: usize = 64;
    if x.len() < PARALLEL {
        return vectorize(
            #[inline(always)]
            move || winner::<O>(x),
        );
    }
    let size = CHUNK.max(x.len().div_ceil(PARTS));
    let mut winners = [O::LAST; PARTS];
    parallel_chunks(&mut winners, 1, &|index, out| {
        let part = &x[x.len().min(index * size)..x.len().min((index + 1) * size)];
        out[0] = vectorize(
            #[inline(always)]
            move || winner::<O>(part),
        );
    });
    winner::<O>(&winners)
}

/// Writes `choose(value, place)` of the winner along the axis.
fn along<O: Order, T: Copy + Send>(
    x: &[Real],
    dims: [usize; 3],
    out: &mut [T],
    choose: impl Fn(Real, u32) -> T + Copy + Sync,
) {
    let [outer, axis, inner] = dims;
    assert!(
        x.len() == outer * axis * inner && out.len() == outer * inner && axis > 0,
        "max_axis: {dims:?} does not fit an input of {} and an output of {}, or has an empty axis",
        x.len(),
        out.len()
    );
    let span = |o: usize, out: &mut [T]| {
        vectorize(
            #[inline(always)]
            move || {
                for (o, out) in (o..).zip(out.chunks_mut(inner)) {
                    let x = &x[o * axis * inner..(o + 1) * axis * inner];
                    if inner == 1 {
                        let best = winner::<O>(x);
                        out[0] = choose(best, first::<O>(x, best) as u32);
                    } else {
                        columns::<O, T>(x, inner, out, choose);
                    }
                }
            },
        );
    };
    let task = CHUNK.div_ceil((axis * inner).max(1));
    if x.len() < PARALLEL {
        span(0, out);
    } else {
        parallel_chunks(out, task * inner, &|index, out| span(index * task, out));
    }
}

/// The winners of the columns of [axis, inner].
#[inline(always)]
fn columns<O: Order, T: Copy>(x: &[Real], inner: usize, out: &mut [T], choose: impl Fn(Real, u32) -> T) {
    for column in (0..inner).step_by(TILE) {
        let width = TILE.min(inner - column);
        let (mut best, mut places) = ([O::LAST; TILE], [0_u32; TILE]);
        for (row, values) in x.chunks_exact(inner).enumerate() {
            for (lane, &value) in values[column..column + width].iter().enumerate() {
                let wins = O::wins(value, best[lane]);
                best[lane] = if wins { value } else { best[lane] };
                places[lane] = if wins { row as u32 } else { places[lane] };
            }
        }
        for lane in 0..width {
            out[column + lane] = choose(best[lane], places[lane]);
        }
    }
}
