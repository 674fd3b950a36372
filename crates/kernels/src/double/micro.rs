//! The micro-kernel in f64: a tile of sums in registers over a part of the depth. Bound by arithmetic.
//!
//! AVX-512: 8 rows x 3 vectors of 8, 24 of 32 registers. AVX2: 6 x 2 vectors of 4, 12 of 16. Portable: 4 x 1 arrays of 4.
//! The width of a panel is a multiple of all heights and widths of tiles: so what was packed once serves both sides of X'X.

use std::any::TypeId;
use std::ops::Range;

use super::panels::WIDTH;
use super::{Left, Panels, Part, Sign};
use crate::disjoint::Disjoint;
use crate::isa::multiply_add_double;
use pulp::{Simd, WithSimd};

/// Products that are summed in registers before the sum is added to C: both sides of a tile, so deep, fit into the first cache.
const DEPTH: usize = 128;

/// Where a product goes.
pub(super) struct Target<'a> {
    pub c: Disjoint<'a, f64>,
    pub stride: usize,
    pub part: Part,
    pub sign: Sign,
}

/// A block of C: its rows, and its columns from the first one of a panel on.
///
/// Whoever makes one answers for nobody else's writing to these rows and columns of the target, and for the factors and the
/// target being as long as their items and strides say.
pub(super) struct Block<'a> {
    pub left: Left<'a>,
    pub right: &'a Panels,
    pub rows: Range<usize>,
    pub columns: Range<usize>,
    pub target: &'a Target<'a>,
}

impl WithSimd for Block<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if TypeId::of::<S>() == TypeId::of::<pulp::Scalar256b>() {
            self.run::<S, 4, 1>(simd);
        } else if S::F64_LANES == 8 {
            self.run::<S, 8, 3>(simd);
        } else {
            self.run::<S, 6, 2>(simd);
        }
    }
}

impl Block<'_> {
    #[inline(always)]
    fn run<S: Simd, const MR: usize, const NV: usize>(&self, simd: S) {
        let width = NV * S::F64_LANES;
        let depth = self.right.depth();
        for start in (0..depth).step_by(DEPTH) {
            let part = start..(start + DEPTH).min(depth);
            for row in self.rows.clone().step_by(MR) {
                let rows = (self.rows.end - row).min(MR);
                for column in self.columns.clone().step_by(width) {
                    let b = &self.right.panel(column / WIDTH, part.clone())[column % WIDTH..];
                    let columns = (self.columns.end - column).min(width);
                    if self.target.part == Part::Whole || column < row + rows {
                        let place = row * self.target.stride + column;
                        self.tile::<S, MR, NV>(simd, [row, rows], part.clone(), b, [place, columns]);
                    }
                }
            }
        }
    }

    /// A tile over a part of the depth.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        [row, rows]: [usize; 2],
        part: Range<usize>,
        b: &[f64],
        [place, columns]: [usize; 2],
    ) {
        let depth = part.len();
        let b = &b[..(depth - 1) * WIDTH + NV * S::F64_LANES];
        match self.left {
            Left::Rows { data, stride, .. } if rows == MR => {
                let a = &data[row * stride + part.start..][..(MR - 1) * stride + depth];
                // SAFETY: the slice has `depth` numbers for each row, `stride` apart, and b `depth` lines.
                let sums = unsafe { sums::<S, MR, NV>(simd, a.as_ptr(), [stride, 1], b.as_ptr(), depth) };
                self.add(simd, sums, place, [rows, columns]);
            }
            Left::Rows { data, stride, .. } => {
                for r in 0..rows {
                    let a = &data[(row + r) * stride + part.start..][..depth];
                    // SAFETY: as above, of one row.
                    let sums = unsafe { sums::<S, 1, NV>(simd, a.as_ptr(), [0, 1], b.as_ptr(), depth) };
                    self.add(simd, sums, place + r * self.target.stride, [1, columns]);
                }
            }
            Left::Panels(panels) => {
                // A tile's rows lie in one panel; those that do not exist are zeros.
                let a = &panels.panel(row / WIDTH, part)[row % WIDTH..][..(depth - 1) * WIDTH + MR];
                // SAFETY: the slice has MR numbers for each place of the depth, WIDTH apart.
                let sums = unsafe { sums::<S, MR, NV>(simd, a.as_ptr(), [1, WIDTH], b.as_ptr(), depth) };
                self.add(simd, sums, place, [rows, columns]);
            }
        }
    }

    /// C += sums or C -= sums.
    #[inline(always)]
    fn add<S: Simd, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        sums: [[S::f64s; NV]; MR],
        place: usize,
        [rows, columns]: [usize; 2],
    ) {
        let (lanes, stride) = (S::F64_LANES, self.target.stride);
        let sign = if self.target.sign == Sign::Plus { 1.0 } else { -1.0 };
        let c = self.target.c.pointer(place, (rows - 1) * stride + columns);
        if rows == MR && columns == NV * lanes {
            let sign = simd.splat_f64s(sign);
            for r in 0..MR {
                for v in 0..NV {
                    // SAFETY: `pointer` has checked that C spans the tile, and the block is this task's own.
                    unsafe {
                        let place = c.add(r * stride + v * lanes).cast::<S::f64s>();
                        place.write_unaligned(multiply_add_double(simd, sign, sums[r][v], place.read_unaligned()));
                    }
                }
            }
            return;
        }
        // Another array: were `sums` itself reached by a variable, it would live in memory, and be stored at every step of the depth.
        let mut stored = [[simd.splat_f64s(0.0); NV]; MR];
        for r in 0..MR {
            for v in 0..NV {
                stored[r][v] = sums[r][v];
            }
        }
        for (r, sums) in stored.iter().enumerate().take(rows) {
            for (column, sum) in pulp::bytemuck::cast_slice::<S::f64s, f64>(sums).iter().enumerate().take(columns) {
                // SAFETY: as above; the row and the column are the tile's.
                unsafe { *c.add(r * stride + column) += sign * sum };
            }
        }
    }
}

/// Sums over k of a\[row * steps\[0\] + k * steps\[1\]\] times the k-th line of b.
///
/// # Safety
/// `a` must have MR rows of `depth` numbers, so far apart, and `b` `depth` lines of NV vectors, [`WIDTH`] apart.
#[inline(always)]
unsafe fn sums<S: Simd, const MR: usize, const NV: usize>(
    simd: S,
    mut a: *const f64,
    [row, step]: [usize; 2],
    mut b: *const f64,
    depth: usize,
) -> [[S::f64s; NV]; MR] {
    let lanes = S::F64_LANES;
    let mut sums = [[simd.splat_f64s(0.0); NV]; MR];
    for _ in 0..depth {
        let mut right = [simd.splat_f64s(0.0); NV];
        for v in 0..NV {
            // SAFETY: the line has NV whole vectors.
            right[v] = unsafe { b.add(v * lanes).cast::<S::f64s>().read_unaligned() };
        }
        for r in 0..MR {
            // SAFETY: the caller answers for this place.
            let left = simd.splat_f64s(unsafe { *a.add(r * row) });
            for v in 0..NV {
                sums[r][v] = multiply_add_double(simd, left, right[v], sums[r][v]);
            }
        }
        a = a.wrapping_add(step);
        b = b.wrapping_add(WIDTH);
    }
    sums
}
