//! How the factors of a product are laid out for the micro-kernel.

use super::Matrix;
use crate::Real;

/// The longest k-block of all instruction sets.
pub(crate) const DEPTH_BLOCK: usize = 512;
/// The step from one row to the next in a left panel packed by rows. Longer than a k-block so that the rows do not all fall
/// into the same sets of the cache.
pub(crate) const ROW_STRIDE: usize = DEPTH_BLOCK + 16;

/// Longer lines fall into too few sets of the first cache to be read in place.
const IN_PLACE: usize = 64;

/// A left factor: its rows are read in place, or it packs panels of rows over a block of k.
pub(crate) trait Left: Sync {
    /// How a packed panel lies: row by row `[height][ROW_STRIDE]`, or column by column `[k][height]`.
    const BY_COLUMNS: bool;
    /// Its rows and its k.
    fn size(&self) -> [usize; 2];
    /// The length of the runs that its rows lie in, when they are best read in place.
    fn run(&self) -> Option<usize> {
        None
    }
    /// Where the runs of `rows` rows from `row` on begin, into `table` as `[run][height]`. A place must be good for as many
    /// numbers as a run has.
    fn places(&self, _row: usize, _rows: usize, _height: usize, _table: &mut [*const Real]) {}
    /// The height of panels that suits the factor, out of those that there are, smallest first; None when any does.
    fn height(&self, _heights: &[usize]) -> Option<usize> {
        None
    }
    /// Packs `rows` rows from `row` on and `depth` columns from `from` on. A panel has room for `height` rows; what is
    /// beyond `rows` may hold anything.
    fn pack(&self, row: usize, rows: usize, height: usize, from: usize, depth: usize, panel: &mut [Real]);
}

/// A right factor: it packs panels of columns over all of k.
pub(crate) trait Right: Sync {
    /// Its columns.
    fn columns(&self) -> usize;
    /// The factor from `column` and `from` on as it lies in memory, and the step from k to k, when each k is one line.
    fn lines(&self, _column: usize, _from: usize) -> Option<(&[Real], usize)> {
        None
    }
    /// The factor from `column` and `from` on as it lies in memory, and the step from k to k, when it is as good as packed.
    fn in_place(&self, _column: usize, _from: usize) -> Option<(&[Real], usize)> {
        None
    }
    /// Packs `columns` columns from `column` on, and `depth` of k from `from` on, as `[k][width]`. What is beyond `columns`
    /// may hold anything.
    fn pack(&self, column: usize, columns: usize, width: usize, from: usize, depth: usize, panel: &mut [Real]);
}

/// A left factor stored row by row.
pub(crate) struct Rows<'a> {
    data: &'a [Real],
    count: usize,
    depth: usize,
}

impl<'a> Rows<'a> {
    pub fn of(matrix: Matrix<'a>) -> Self {
        Rows { data: matrix.data, count: matrix.rows, depth: matrix.columns }
    }
}

/// Up to so many rows are read in place whatever their length.
const FEW_ROWS: usize = 64;

impl Left for Rows<'_> {
    const BY_COLUMNS: bool = false;

    fn size(&self) -> [usize; 2] {
        [self.count, self.depth]
    }

    /// Rows whose length is a multiple of four kilobytes all begin in the same sets of the caches: a block of many is packed.
    fn run(&self) -> Option<usize> {
        (self.count <= FEW_ROWS || !self.depth.is_multiple_of(1024)).then_some(self.depth)
    }

    fn places(&self, row: usize, rows: usize, _: usize, table: &mut [*const Real]) {
        for (place, start) in table[..rows].iter_mut().enumerate() {
            *start = self.data[(row + place) * self.depth..][..self.depth].as_ptr();
        }
    }

    #[inline(always)]
    fn pack(&self, row: usize, rows: usize, _: usize, from: usize, depth: usize, panel: &mut [Real]) {
        for (place, target) in panel.chunks_mut(ROW_STRIDE).take(rows).enumerate() {
            let start = (row + place) * self.depth + from;
            target[..depth].copy_from_slice(&self.data[start..start + depth]);
        }
    }
}

/// A factor whose k-th line is contiguous: a right factor stored row by row, a left one stored as its transpose. `stride` is
/// the step from line to line, `start` the place of the first.
pub(crate) struct Strided<'a> {
    pub data: &'a [Real],
    pub start: usize,
    pub stride: usize,
    pub width: usize,
    pub depth: usize,
}

impl<'a> Strided<'a> {
    pub fn of(matrix: Matrix<'a>) -> Self {
        let [width, depth] =
            if matrix.transposed { [matrix.rows, matrix.columns] } else { [matrix.columns, matrix.rows] };
        Strided { data: matrix.data, start: 0, stride: width, width, depth }
    }

    #[inline(always)]
    fn copy(&self, place: usize, count: usize, step: usize, from: usize, depth: usize, panel: &mut [Real]) {
        // The common widths get loops of constant length, which become a few vector moves.
        match (count, step) {
            (32, 32) => self.copy_constant::<32>(place, from, depth, panel),
            (16, 16) => self.copy_constant::<16>(place, from, depth, panel),
            (14, 14) => self.copy_constant::<14>(place, from, depth, panel),
            (12, 12) => self.copy_constant::<12>(place, from, depth, panel),
            (8, 8) => self.copy_constant::<8>(place, from, depth, panel),
            (6, 6) => self.copy_constant::<6>(place, from, depth, panel),
            _ => {
                for (k, target) in panel.chunks_exact_mut(step).take(depth).enumerate() {
                    let start = self.start + (from + k) * self.stride + place;
                    target[..count].copy_from_slice(&self.data[start..start + count]);
                }
            }
        }
    }

    #[inline(always)]
    fn copy_constant<const COUNT: usize>(&self, place: usize, from: usize, depth: usize, panel: &mut [Real]) {
        for (k, target) in panel.as_chunks_mut::<COUNT>().0.iter_mut().take(depth).enumerate() {
            let start = self.start + (from + k) * self.stride + place;
            target.copy_from_slice(&self.data[start..start + COUNT]);
        }
    }
}

impl Left for Strided<'_> {
    const BY_COLUMNS: bool = true;

    fn size(&self) -> [usize; 2] {
        [self.width, self.depth]
    }

    #[inline(always)]
    fn pack(&self, row: usize, rows: usize, height: usize, from: usize, depth: usize, panel: &mut [Real]) {
        self.copy(row, rows, height, from, depth, panel);
    }
}

impl Right for Strided<'_> {
    fn columns(&self) -> usize {
        self.width
    }

    fn lines(&self, column: usize, from: usize) -> Option<(&[Real], usize)> {
        Some((&self.data[self.start + from * self.stride + column..], self.stride))
    }

    fn in_place(&self, column: usize, from: usize) -> Option<(&[Real], usize)> {
        (self.stride <= IN_PLACE).then(|| (&self.data[self.start + from * self.stride + column..], self.stride))
    }

    #[inline(always)]
    fn pack(&self, column: usize, columns: usize, width: usize, from: usize, depth: usize, panel: &mut [Real]) {
        self.copy(column, columns, width, from, depth, panel);
    }
}

/// A right factor stored column by column: the weights `[out, in]` of a dense layer or a convolution.
pub(crate) struct Columns<'a> {
    data: &'a [Real],
    count: usize,
    depth: usize,
}

impl<'a> Columns<'a> {
    pub fn of(matrix: Matrix<'a>) -> Self {
        Columns { data: matrix.data, count: matrix.columns, depth: matrix.rows }
    }
}

/// The side of the squares that are transposed at once.
const SQUARE: usize = 8;

impl Right for Columns<'_> {
    fn columns(&self) -> usize {
        self.count
    }

    #[inline(always)]
    fn pack(&self, column: usize, columns: usize, width: usize, from: usize, depth: usize, panel: &mut [Real]) {
        let line = |place: usize| &self.data[(column + place) * self.depth + from..][..depth];
        let whole = columns / SQUARE * SQUARE;
        for place in (0..whole).step_by(SQUARE) {
            let lines: [&[Real]; SQUARE] = std::array::from_fn(|lane| line(place + lane));
            let mut k = 0;
            while k + SQUARE <= depth {
                let square: [[Real; SQUARE]; SQUARE] =
                    std::array::from_fn(|lane| *lines[lane][k..].first_chunk().expect("a whole square"));
                for step in 0..SQUARE {
                    let turned: [Real; SQUARE] = std::array::from_fn(|lane| square[lane][step]);
                    panel[(k + step) * width + place..][..SQUARE].copy_from_slice(&turned);
                }
                k += SQUARE;
            }
            for k in k..depth {
                for lane in 0..SQUARE {
                    panel[k * width + place + lane] = lines[lane][k];
                }
            }
        }
        for place in whole..columns {
            for (k, value) in line(place).iter().enumerate() {
                panel[k * width + place] = *value;
            }
        }
    }
}
