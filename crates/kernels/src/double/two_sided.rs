//! One step of making a symmetric matrix tridiagonal, in one pass over it: the last step's update, and the product for the next.
//!
//! A reflection I - v v' on both sides is A <- A - v q' - q v' with p = A v, q = p - (v'p / 2) v. The update needs p, which needs all of
//! A; but the next v needs only one row of the updated A. So a pass carries out the update that is pending and multiplies what it has just
//! written by the next v, while it is in registers: A is read and written once a step, not twice read (Howell, Demmel, Fulton, Hammarling,
//! Marmol: Cache efficient bidiagonalization using BLAS 2.5 operators, 2008).

use std::ops::Range;

use crate::disjoint::Disjoint;
use crate::isa::{multiply_add_double, with_simd};
use crate::threads::parallel;
use pulp::{Simd, WithSimd};

/// An update A <- A - v q' - q v' that is still to be carried out.
#[derive(Clone, Copy, Debug)]
pub struct Pending<'a> {
    /// The reflection's vector.
    pub v: &'a [f64],
    /// What belongs to it.
    pub q: &'a [f64],
}

/// Carries out `pending` on the lower triangle of the leading `[size, size]` part of a matrix with rows `stride` apart, and gives p = A v
/// of what comes out, with `next` as v. `scratch` is memory to be used again.
///
/// # Panics
/// When a vector does not have `size` numbers, or the matrix is too short.
pub fn update_and_multiply(
    a: &mut [f64],
    stride: usize,
    pending: Pending<'_>,
    next: &[f64],
    p: &mut [f64],
    scratch: &mut Vec<f64>,
) {
    let size = next.len();
    assert!(
        pending.v.len() == size && pending.q.len() == size && p.len() == size && size <= stride,
        "update_and_multiply: the vectors differ in length"
    );
    if size == 0 {
        return;
    }
    assert!(a.len() >= (size - 1) * stride + size, "update_and_multiply: the matrix is shorter than its rows");
    let length = a.len();
    let strips = strips(size);
    scratch.clear();
    scratch.resize(strips.len() * size, 0.0);
    let (rows, partial) = (Disjoint::new(a), Disjoint::new(scratch));
    parallel(strips.len(), &|index| {
        let strip = strips[index].clone();
        let end = (strip.end * stride).min(length);
        // SAFETY: the strips are different rows.
        let a = unsafe { rows.part(strip.start * stride, end - strip.start * stride) };
        // SAFETY: each strip has its own sums.
        let p = unsafe { partial.part(index * size, size) };
        with_simd(Strip { a, stride, first: strip.start, count: strip.len(), pending, next, p });
    });
    p.fill(0.0);
    for (partial, strip) in scratch.chunks_exact(size).zip(&strips) {
        // A strip adds to p no further than its own rows reach.
        p[..strip.end].iter_mut().zip(partial).for_each(|(p, x)| *p += x);
    }
}

/// The numbers of a strip that are worth handing to another thread, and the most strips.
const STRIP: (usize, usize) = (1 << 13, 8);

/// Rows cut into strips of about as many numbers of the lower triangle, beginning at even rows: a function of the size alone.
fn strips(size: usize) -> Vec<Range<usize>> {
    let count = (size * size / 2 / STRIP.0).clamp(1, STRIP.1);
    let cut = |index: usize| match index {
        0 => 0,
        index if index == count => size,
        index => ((size as f64 * (index as f64 / count as f64).sqrt()) as usize).next_multiple_of(2).min(size),
    };
    (0..count).map(|index| cut(index)..cut(index + 1)).collect()
}

struct Strip<'a> {
    a: &'a mut [f64],
    stride: usize,
    first: usize,
    count: usize,
    pending: Pending<'a>,
    next: &'a [f64],
    p: &'a mut [f64],
}

impl WithSimd for Strip<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Strip { a, stride, first, count, pending, next, p } = self;
        for (pair, rows) in a.chunks_mut(2 * stride).enumerate().take(count.div_ceil(2)) {
            let row = first + 2 * pair;
            if 2 * pair + 1 < count {
                let (upper, lower) = rows.split_at_mut(stride);
                lines(simd, [upper, lower], row, pending, next, p);
            } else {
                lines(simd, [rows], row, pending, next, p);
            }
        }
    }
}

/// The rows from `row` on, together, so that the vectors are read once for all of them.
#[inline(always)]
fn lines<S: Simd, const R: usize>(
    simd: S,
    rows: [&mut [f64]; R],
    row: usize,
    pending: Pending<'_>,
    next: &[f64],
    p: &mut [f64],
) {
    let whole = row / S::F64_LANES;
    let from = whole * S::F64_LANES;
    let at = |vector: &[f64]| std::array::from_fn::<f64, R, _>(|r| vector[row + r]);
    let (v, q, x) = (at(pending.v), at(pending.q), at(next));
    let mut sums = [simd.splat_f64s(0.0); R];
    let mut rows = rows;
    {
        let minus = |values: [f64; R]| values.map(|value| simd.splat_f64s(-value));
        let (minus_v, minus_q, x) = (minus(v), minus(q), x.map(|x| simd.splat_f64s(x)));
        let vs = &S::as_simd_f64s(&pending.v[..from]).0[..whole];
        let qs = &S::as_simd_f64s(&pending.q[..from]).0[..whole];
        let xs = &S::as_simd_f64s(&next[..from]).0[..whole];
        let ps = &mut S::as_mut_simd_f64s(&mut p[..from]).0[..whole];
        let lines = rows.each_mut().map(|line| &mut S::as_mut_simd_f64s(&mut line[..from]).0[..whole]);
        for j in 0..whole {
            let mut sum = ps[j];
            for r in 0..R {
                let entry = multiply_add_double(simd, minus_v[r], qs[j], lines[r][j]);
                let entry = multiply_add_double(simd, minus_q[r], vs[j], entry);
                lines[r][j] = entry;
                sums[r] = multiply_add_double(simd, entry, xs[j], sums[r]);
                sum = multiply_add_double(simd, entry, x[r], sum);
            }
            ps[j] = sum;
        }
    }
    // What is left of the rows, up to the diagonal.
    for r in 0..R {
        let mut sum = simd.reduce_sum_f64s(sums[r]);
        for column in from..=row + r {
            let entry = &mut rows[r][column];
            *entry -= v[r] * pending.q[column] + q[r] * pending.v[column];
            sum += *entry * next[column];
            if column < row + r {
                p[column] += *entry * x[r];
            }
        }
        p[row + r] += sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{numbers, with_threads};

    #[test]
    fn a_pass_is_its_formulas_for_any_number_of_threads() {
        for (size, stride) in [(1, 1), (2, 3), (3, 3), (17, 20), (130, 131), (301, 301)] {
            let random = |count: usize, seed| numbers(count, seed).into_iter().map(|x| x as f64).collect::<Vec<f64>>();
            let a = random(size * stride, 1);
            let [v, q, x] = [2, 3, 4].map(|seed| random(size, seed));
            let run = |threads| {
                with_threads(threads, || {
                    let (mut a, mut p) = (a.clone(), vec![9.0; size]);
                    update_and_multiply(&mut a, stride, Pending { v: &v, q: &q }, &x, &mut p, &mut Vec::new());
                    (a, p)
                })
            };
            let (found, p) = run(1);
            assert_eq!((&found, &p), (&run(2).0, &run(2).1));
            let entry = |i: usize, j: usize| {
                let (i, j) = (i.max(j), i.min(j));
                a[i * stride + j] - v[i] * q[j] - q[i] * v[j]
            };
            for i in 0..size {
                for j in 0..=i {
                    assert!((found[i * stride + j] - entry(i, j)).abs() < 1e-14);
                }
                let expected: f64 = (0..size).map(|j| entry(i, j) * x[j]).sum();
                assert!((p[i] - expected).abs() < 1e-12, "{size} at {i}: {} {expected}", p[i]);
            }
        }
    }
}
