//! The micro-kernel in f64: a tile of sums in registers over a part of the depth. Bound by arithmetic.
//!
//! AVX-512: 8 rows x 3 vectors of 8, 24 of 32 registers. AVX2: 6 x 2 vectors of 4, 12 of 16. Portable: 4 x 1 arrays of 4.
//! A panel is as wide as a tile; the rows of a tile may lie in two. So what was packed once serves both sides of X'X.

use std::any::TypeId;
use std::ops::Range;

use super::{Left, Panels, Part, Sign};
use crate::disjoint::Disjoint;
use crate::isa::{Isa, isa, multiply_add_double};
use pulp::{Simd, WithSimd};

/// Products that are summed in registers before the sum is added to C: both sides of a tile, so deep, fit into the first cache.
const DEPTH: usize = 128;

/// The columns of a tile and of a panel.
pub(super) fn width() -> usize {
    match isa() {
        Isa::Avx512 => 24,
        Isa::Avx2 => 8,
        Isa::Portable => 4,
    }
}

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
        assert_eq!(width, self.right.width(), "panels are as wide as tiles");
        let depth = self.right.depth();
        for start in (0..depth).step_by(DEPTH) {
            let part = start..(start + DEPTH).min(depth);
            for row in self.rows.clone().step_by(MR) {
                let rows = (self.rows.end - row).min(MR);
                for column in self.columns.clone().step_by(width) {
                    let b = self.right.panel(column / width, part.clone());
                    let columns = (self.columns.end - column).min(width);
                    if self.target.part == Part::Whole || column < row + rows {
                        let place = row * self.target.stride + column;
                        let sums = self.sums::<S, MR, NV>(simd, row, part.clone(), b);
                        self.add(simd, sums, place, [rows, columns]);
                    }
                }
            }
        }
    }

    /// The sums of a tile over a part of the depth.
    #[inline(always)]
    fn sums<S: Simd, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        row: usize,
        part: Range<usize>,
        b: &[f64],
    ) -> [[S::f64s; NV]; MR] {
        let (width, depth) = (NV * S::F64_LANES, part.len());
        let b = &b[..depth * width];
        match self.left {
            Left::Rows { data, items, stride, .. } => {
                // Rows that do not exist repeat the last one; their sums are not stored.
                let rows: [&[f64]; MR] =
                    std::array::from_fn(|r| &data[(row + r).min(items - 1) * stride..][part.clone()]);
                let places = rows.map(<[f64]>::as_ptr);
                // SAFETY: each row has `depth` numbers from its place on, and b `depth` lines.
                unsafe { tile::<S, MR, NV>(simd, places, 1, b.as_ptr(), depth) }
            }
            Left::Panels(panels) => {
                let places = std::array::from_fn(|r| {
                    let item = (row + r).min(panels.items() - 1);
                    let panel = &panels.panel(item / width, part.clone())[..depth * width];
                    panel[item % width..].as_ptr()
                });
                // SAFETY: each item has `depth` numbers in its panel, as far apart as the panel is wide.
                unsafe { tile::<S, MR, NV>(simd, places, width, b.as_ptr(), depth) }
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
        for (r, sums) in sums.iter().enumerate().take(rows) {
            for (column, sum) in pulp::bytemuck::cast_slice::<S::f64s, f64>(sums).iter().enumerate().take(columns) {
                // SAFETY: as above; the row and the column are the tile's.
                unsafe { *c.add(r * stride + column) += sign * sum };
            }
        }
    }
}

/// Sums over k of a\[row\]\[k * step\] times the k-th line of b.
///
/// # Safety
/// Each of `a` must have `depth` numbers, `step` apart, and `b` `depth` lines of NV vectors.
#[inline(always)]
unsafe fn tile<S: Simd, const MR: usize, const NV: usize>(
    simd: S,
    a: [*const f64; MR],
    step: usize,
    mut b: *const f64,
    depth: usize,
) -> [[S::f64s; NV]; MR] {
    let lanes = S::F64_LANES;
    let mut sums = [[simd.splat_f64s(0.0); NV]; MR];
    let mut place = 0;
    for _ in 0..depth {
        let mut right = [simd.splat_f64s(0.0); NV];
        for v in 0..NV {
            // SAFETY: the line has NV whole vectors.
            right[v] = unsafe { b.add(v * lanes).cast::<S::f64s>().read_unaligned() };
        }
        for r in 0..MR {
            // SAFETY: the caller answers for this place.
            let left = simd.splat_f64s(unsafe { *a[r].add(place) });
            for v in 0..NV {
                sums[r][v] = multiply_add_double(simd, left, right[v], sums[r][v]);
            }
        }
        b = b.wrapping_add(NV * lanes);
        place += step;
    }
    sums
}
