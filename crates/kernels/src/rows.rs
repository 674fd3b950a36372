//! What the kernels over rows share: the loop over rows, and blocks that fill the vectors in rows of any length.

use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::slices;
use crate::threads::parallel;

/// The elements of a block: one AVX-512 vector or two of AVX2.
pub(crate) const WIDTH: usize = 16;
/// The elements that one task handles, and from which on tasks are shared among the threads.
const TASK: usize = 8192;

/// Calls `f` for each row with its number and its stretch of every output, which are given with the width of a row.
/// `work` is the number of elements that a row stands for.
pub(crate) fn each_row<const OUT: usize>(
    outputs: [(&mut [Real], usize); OUT],
    rows: usize,
    work: usize,
    f: impl Fn(usize, [&mut [Real]; OUT]) + Copy + Sync,
) {
    let outputs = disjoint_rows(outputs, rows);
    let task = TASK.div_ceil(work.max(1));
    let span = |from: usize, to: usize| {
        let outputs = &outputs;
        vectorize(
            #[inline(always)]
            move || {
                for row in from..to {
                    // SAFETY: each row is handled once, and rows do not overlap.
                    f(row, unsafe { row_of(outputs, row) });
                }
            },
        );
    };
    if rows <= 2 * task {
        span(0, rows);
    } else {
        parallel(rows.div_ceil(task), &|index| span(index * task, rows.min((index + 1) * task)));
    }
}

fn disjoint_rows<const OUT: usize>(
    outputs: [(&mut [Real], usize); OUT],
    rows: usize,
) -> [(Disjoint<'_, Real>, usize); OUT] {
    outputs.map(|(out, width)| {
        assert_eq!(out.len(), rows * width, "an output's length is not that of {rows} rows of {width}");
        (Disjoint::new(out), width)
    })
}

/// The stretch of each output that is this row's.
///
/// # Safety
/// No other thread may be at the same row.
#[allow(clippy::mut_from_ref)]
#[inline(always)]
unsafe fn row_of<'a, const OUT: usize>(
    outputs: &'a [(Disjoint<'_, Real>, usize); OUT],
    row: usize,
) -> [&'a mut [Real]; OUT] {
    outputs.each_ref().map(
        #[inline(always)]
        // SAFETY: rows do not overlap, and the caller has this one alone.
        |(out, width)| unsafe { out.part(row * width, *width) },
    )
}

/// Writes f(a, b, ..) for each place of a row and returns the sum of what was written. For use inside [`vectorize`].
#[inline(always)]
pub(crate) fn map_row<const IN: usize>(
    inputs: [&[Real]; IN],
    out: &mut [Real],
    f: impl Fn([Real; IN]) -> Real + Copy,
) -> Real {
    let inputs = slices::cut(inputs, 0, out.len());
    let mut sums = [0.0; WIDTH];
    let whole = out.len() - out.len() % WIDTH;
    let (blocks, rest) = out.as_chunks_mut::<WIDTH>();
    for (index, out) in blocks.iter_mut().enumerate() {
        let x = slices::cut(inputs, index * WIDTH, WIDTH);
        for lane in 0..WIDTH {
            out[lane] = f(slices::at(x, lane));
            sums[lane] += out[lane];
        }
    }
    if !rest.is_empty() {
        let x = ends(inputs, whole);
        let mut block = [0.0; WIDTH];
        for lane in 0..WIDTH {
            block[lane] = f(lane_of(&x, lane));
        }
        rest.copy_from_slice(&block[..rest.len()]);
        for lane in 0..WIDTH {
            sums[lane] += if lane < rest.len() { block[lane] } else { 0.0 };
        }
    }
    join(sums)
}

/// The sum of f(a, b, ..) over a row. For use inside [`vectorize`].
#[inline(always)]
pub(crate) fn sum_row<const IN: usize>(inputs: [&[Real]; IN], f: impl Fn([Real; IN]) -> Real + Copy) -> Real {
    let length = inputs[0].len();
    let inputs = slices::cut(inputs, 0, length);
    let mut sums = [0.0; WIDTH];
    let whole = length - length % WIDTH;
    for start in (0..whole).step_by(WIDTH) {
        let x = slices::cut(inputs, start, WIDTH);
        for lane in 0..WIDTH {
            sums[lane] += f(slices::at(x, lane));
        }
    }
    if whole < length {
        let x = ends(inputs, whole);
        for lane in 0..WIDTH {
            let value = f(lane_of(&x, lane));
            sums[lane] += if lane < length - whole { value } else { 0.0 };
        }
    }
    join(sums)
}

/// The largest element of a row. For use inside [`vectorize`].
#[inline(always)]
pub(crate) fn max_row(row: &[Real]) -> Real {
    let mut best = [Real::NEG_INFINITY; WIDTH];
    let (blocks, rest) = row.as_chunks::<WIDTH>();
    for x in blocks {
        for lane in 0..WIDTH {
            best[lane] = if x[lane] > best[lane] { x[lane] } else { best[lane] };
        }
    }
    if !rest.is_empty() {
        let x = padded(rest, Real::NEG_INFINITY);
        for lane in 0..WIDTH {
            best[lane] = if x[lane] > best[lane] { x[lane] } else { best[lane] };
        }
    }
    let eight: [Real; 8] = std::array::from_fn(
        #[inline(always)]
        |lane| best[lane].max(best[lane + 8]),
    );
    let four: [Real; 4] = std::array::from_fn(
        #[inline(always)]
        |lane| eight[lane].max(eight[lane + 4]),
    );
    four[0].max(four[2]).max(four[1].max(four[3]))
}

/// The elements of a row's end, and `fill` after them: short rows are computed with whole vectors, not one element at a
/// time.
#[inline(always)]
fn padded(rest: &[Real], fill: Real) -> [Real; WIDTH] {
    let mut block = [fill; WIDTH];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// The ends of all rows, from `whole` on, padded with zeros.
#[inline(always)]
fn ends<const IN: usize>(rows: [&[Real]; IN], whole: usize) -> [[Real; WIDTH]; IN] {
    rows.map(
        #[inline(always)]
        |x| padded(&x[whole..], 0.0),
    )
}

/// One lane of the padded ends.
#[inline(always)]
fn lane_of<const IN: usize>(ends: &[[Real; WIDTH]; IN], lane: usize) -> [Real; IN] {
    ends.each_ref().map(
        #[inline(always)]
        |x| x[lane],
    )
}

#[inline(always)]
fn join(sums: [Real; WIDTH]) -> Real {
    let eight: [Real; 8] = std::array::from_fn(
        #[inline(always)]
        |lane| sums[lane] + sums[lane + 8],
    );
    let four: [Real; 4] = std::array::from_fn(
        #[inline(always)]
        |lane| eight[lane] + eight[lane + 4],
    );
    (four[0] + four[2]) + (four[1] + four[3])
}
