//! What the kernels over rows share: the loop over rows, and blocks that fill the vectors in rows of any length.

use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
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
    let outputs = outputs.map(|(out, width)| {
        assert_eq!(out.len(), rows * width, "an output's length is not that of {rows} rows of {width}");
        (Disjoint::new(out), width)
    });
    let task = TASK.div_ceil(work.max(1));
    let span = |from: usize, to: usize| {
        let outputs = &outputs;
        vectorize(
            #[inline(always)]
            move || {
                for row in from..to {
                    // SAFETY: each row is handled once, and rows do not overlap.
                    f(row, outputs.each_ref().map(|(out, width)| unsafe { out.part(row * width, *width) }));
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

/// Writes f(a, b, ..) for each place of a row and returns the sum of what was written. For use inside [`vectorize`].
#[inline(always)]
pub(crate) fn map_row<const IN: usize>(
    inputs: [&[Real]; IN],
    out: &mut [Real],
    f: impl Fn([Real; IN]) -> Real + Copy,
) -> Real {
    let inputs = inputs.map(
        #[inline(always)]
        |x| &x[..out.len()],
    );
    let mut sums = [0.0; WIDTH];
    let whole = out.len() - out.len() % WIDTH;
    let (blocks, rest) = out.as_chunks_mut::<WIDTH>();
    for (index, out) in blocks.iter_mut().enumerate() {
        let x = inputs.map(
            #[inline(always)]
            |x| &x[index * WIDTH..][..WIDTH],
        );
        for lane in 0..WIDTH {
            out[lane] = f(x.map(
                #[inline(always)]
                |x| x[lane],
            ));
            sums[lane] += out[lane];
        }
    }
    if !rest.is_empty() {
        let x = inputs.map(
            #[inline(always)]
            |x| padded(&x[whole..], 0.0),
        );
        let mut block = [0.0; WIDTH];
        for lane in 0..WIDTH {
            block[lane] = f(x.map(
                #[inline(always)]
                |x| x[lane],
            ));
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
    let inputs = inputs.map(
        #[inline(always)]
        |x| &x[..length],
    );
    let mut sums = [0.0; WIDTH];
    let whole = length - length % WIDTH;
    for start in (0..whole).step_by(WIDTH) {
        let x = inputs.map(
            #[inline(always)]
            |x| &x[start..][..WIDTH],
        );
        for lane in 0..WIDTH {
            sums[lane] += f(x.map(
                #[inline(always)]
                |x| x[lane],
            ));
        }
    }
    if whole < length {
        let x = inputs.map(
            #[inline(always)]
            |x| padded(&x[whole..], 0.0),
        );
        for lane in 0..WIDTH {
            let value = f(x.map(
                #[inline(always)]
                |x| x[lane],
            ));
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
