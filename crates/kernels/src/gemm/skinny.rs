//! A product of few rows: packing the right factor would cost more than the product. Bound by reading that once: 8 rows by
//! weights of 1024x1024 reach 60 % of a Zen 5 core's peak with AVX-512 and 80 % with AVX2, where packing first left 15 and 24 %.
//!
//! ```text
//! weights [out, in], as dense layers have them        a right factor stored row by row
//!
//!   a row ───────────>  k                               one number of a times a stretch of b's row,
//!   b row ───────────>  products along k, in vectors    added to the sums of 64 columns
//!   b row ───────────>  for a few rows of both at once
//! ```

use super::{Epilogue, Matrix};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::{load, multiply_add, vectorize, with_simd};
use crate::threads::parallel;
use pulp::{Simd, WithSimd};

/// At most so many rows with a right factor stored column by column, and with one stored row by row.
const ROWS: [usize; 2] = [8, 2];
/// The columns that one task handles.
const CHUNK: usize = 64;

pub(super) fn fits(a: &Matrix, b: &Matrix) -> bool {
    let rows = if b.transposed { ROWS[0] } else { ROWS[1] };
    a.rows <= rows && (!a.transposed || a.rows == 1) && a.columns * b.columns >= 4096
}

pub(super) fn gemm(a: Matrix, b: Matrix, c: &mut [Real], accumulate: bool, epilogue: Epilogue) {
    let (depth, columns) = (a.columns, b.columns);
    let c = Disjoint::new(c);
    let task = |index: usize| {
        let first = index * CHUNK;
        let width = CHUNK.min(columns - first);
        let sums = &mut [[0.0; CHUNK]; ROWS[0]];
        if b.transposed {
            let b = &b.data[first * depth..(first + width) * depth];
            with_simd(Dots { a: a.data, b, depth, rows: a.rows, columns: width, sums });
        } else {
            for (x, sums) in a.data.chunks_exact(depth).zip(sums.iter_mut()) {
                vectorize(
                    #[inline(always)]
                    || scaled_rows(x, &b.data[first..], columns, &mut sums[..width]),
                );
            }
        }
        for (row, sums) in sums.iter().enumerate().take(a.rows) {
            // SAFETY: each task has its own columns, and each row its own place.
            let out = unsafe { c.part(row * columns + first, width) };
            vectorize(
                #[inline(always)]
                || {
                    for (out, sum) in out.iter_mut().zip(sums) {
                        *out = if accumulate { *out + sum } else { *sum };
                    }
                    epilogue.finish(first, row * columns + first, out);
                },
            );
        }
    };
    let tasks = columns.div_ceil(CHUNK);
    if depth * columns * a.rows < 1 << 17 { (0..tasks).for_each(task) } else { parallel(tasks, &task) }
}

/// The products of the rows of a with those of b.
struct Dots<'a> {
    a: &'a [Real],
    b: &'a [Real],
    depth: usize,
    rows: usize,
    columns: usize,
    sums: &'a mut [[Real; CHUNK]; ROWS[0]],
}

impl WithSimd for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // Eight sums at once hide how long an addition takes. A few rows of b stay in the first cache for all rows of a.
        match self.rows {
            1 => self.tiles::<S, 1, 8>(simd),
            2 => self.tiles::<S, 2, 4>(simd),
            3 => self.tiles::<S, 3, 2>(simd),
            _ => self.tiles::<S, 4, 2>(simd),
        }
    }
}

impl Dots<'_> {
    /// Tiles of `R` rows of a by `C` rows of b. The last tile of rows overlaps the one before it.
    #[inline(always)]
    fn tiles<S: Simd, const R: usize, const C: usize>(&mut self, simd: S) {
        let mut column = 0;
        while column < self.columns {
            let whole = column + C <= self.columns;
            for row in (0..self.rows).step_by(R) {
                let row = row.min(self.rows - R);
                if whole {
                    self.tile::<S, R, C>(simd, row, column);
                } else {
                    self.tile::<S, R, 1>(simd, row, column);
                }
            }
            column += if whole { C } else { 1 };
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, row: usize, column: usize) {
        let (depth, lanes) = (self.depth, S::F32_LANES);
        let a: [&[Real]; R] = std::array::from_fn(
            #[inline(always)]
            |r| &self.a[(row + r) * depth..][..depth],
        );
        let b: [&[Real]; C] = std::array::from_fn(
            #[inline(always)]
            |c| &self.b[(column + c) * depth..][..depth],
        );
        let mut sums = [[simd.splat_f32s(0.0); C]; R];
        let mut k = 0;
        while k < depth {
            let count = lanes.min(depth - k);
            let right: [S::f32s; C] = std::array::from_fn(
                #[inline(always)]
                |c| load(simd, &b[c][k..k + count]),
            );
            for r in 0..R {
                let left = load(simd, &a[r][k..k + count]);
                for c in 0..C {
                    sums[r][c] = multiply_add(simd, left, right[c], sums[r][c]);
                }
            }
            k += count;
        }
        for r in 0..R {
            for c in 0..C {
                self.sums[row + r][column + c] = simd.reduce_sum_f32s(sums[r][c]);
            }
        }
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
