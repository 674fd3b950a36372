//! A product of very few rows: packing the right factor would cost more than the product. Bound by reading it once.

use super::{Epilogue, Matrix};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::threads::parallel;

/// At most this many rows.
const ROWS: usize = 2;
/// The columns that one task handles.
const CHUNK: usize = 64;
/// Sums kept side by side along k.
const LANES: usize = 32;

pub(super) fn fits(a: &Matrix, b: &Matrix) -> bool {
    a.rows <= ROWS && (!a.transposed || a.rows == 1) && a.columns * b.columns >= 4096
}

pub(super) fn gemm(a: Matrix, b: Matrix, c: &mut [Real], accumulate: bool, epilogue: Epilogue) {
    let (depth, columns) = (a.columns, b.columns);
    let c = Disjoint::new(c);
    let task = |index: usize| {
        let (first, last) = (index * CHUNK, columns.min((index + 1) * CHUNK));
        for row in 0..a.rows {
            let x = &a.data[row * depth..(row + 1) * depth];
            // SAFETY: each task has its own columns, and each row its own place.
            let out = unsafe { c.part(row * columns + first, last - first) };
            let sums = &mut [0.0; CHUNK][..last - first];
            if b.transposed {
                vectorize(
                    #[inline(always)]
                    || dots(x, &b.data[first * depth..last * depth], sums),
                );
            } else {
                vectorize(
                    #[inline(always)]
                    || scaled_rows(x, &b.data[first..], columns, sums),
                );
            }
            for (place, (out, sum)) in out.iter_mut().zip(sums.iter()).enumerate() {
                let mut sum = sum + epilogue.bias.map_or(0.0, |bias| bias[first + place]);
                if accumulate {
                    sum += *out;
                }
                *out = if epilogue.relu && sum <= 0.0 { 0.0 } else { sum };
            }
        }
    };
    let tasks = columns.div_ceil(CHUNK);
    if depth * columns * a.rows < 1 << 17 { (0..tasks).for_each(task) } else { parallel(tasks, &task) }
}

/// The products of x with each row of b.
#[inline(always)]
fn dots(x: &[Real], b: &[Real], sums: &mut [Real]) {
    for (sum, row) in sums.iter_mut().zip(b.chunks_exact(x.len().max(1))) {
        let mut lanes = [0.0; LANES];
        let (xs, rows) = (x.chunks_exact(LANES), row.chunks_exact(LANES));
        let rest: Real = xs.remainder().iter().zip(rows.remainder()).map(|(x, b)| x * b).sum();
        for (x, b) in xs.zip(rows) {
            for lane in 0..LANES {
                lanes[lane] += x[lane] * b[lane];
            }
        }
        *sum = lanes.iter().sum::<Real>() + rest;
    }
}

/// The sum of the rows of b, each times its number of x.
#[inline(always)]
fn scaled_rows(x: &[Real], b: &[Real], stride: usize, sums: &mut [Real]) {
    let width = sums.len();
    for (k, x) in x.iter().enumerate() {
        for (sum, b) in sums.iter_mut().zip(&b[k * stride..k * stride + width]) {
            *sum += x * b;
        }
    }
}
