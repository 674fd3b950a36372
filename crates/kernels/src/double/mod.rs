//! Products of matrices in f64: what statistics and decompositions are made of. The same code in the f64 build.
//!
//! The right factor is packed whole into [`Panels`] of a few columns; the left one is read in place, row by row, or is itself a set of
//! panels. The threads share blocks of C; within a block, tiles of sums stay in registers over a part of the depth, and a tile's rows in
//! the first cache while panels of the right factor pass (`micro.rs`).
//! The order in which products are summed depends on the shapes alone.

mod micro;
mod panels;
pub mod two_sided;

use std::ops::Range;

use crate::disjoint::Disjoint;
use crate::isa::with_simd;
use crate::threads::parallel;
use micro::{Block, Target};
pub use panels::{Fill, Panels};

/// The items of either factor in a block of C, one task's work: a multiple of every tile's height and width (24, 8, 6, 4).
const BLOCK: usize = 96;
/// Fewer multiplications than these are not worth handing to another thread.
const PARALLEL: usize = 1 << 17;

/// A left factor: so many items, with a number for each place along the depth.
#[derive(Clone, Copy, Debug)]
pub enum Left<'a> {
    /// Rows of a row-major matrix, `stride` apart; the first `depth` numbers of each count.
    Rows {
        /// The matrix, from the first number of the first row on.
        data: &'a [f64],
        /// How many rows.
        items: usize,
        /// From one row to the next.
        stride: usize,
        /// How many numbers of each row.
        depth: usize,
    },
    /// What was packed as a right factor.
    Panels(&'a Panels),
}

impl Left<'_> {
    fn items(&self) -> usize {
        match self {
            Left::Rows { items, .. } => *items,
            Left::Panels(panels) => panels.items(),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Left::Rows { depth, .. } => *depth,
            Left::Panels(panels) => panels.depth(),
        }
    }
}

/// Which part of C is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The lower triangle with the diagonal; what is above may be changed or not.
    Lower,
}

/// Whether the product is added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// C += A B.
    Plus,
    /// C -= A B.
    Minus,
}

/// C += A B or C -= A B, where the rows of C are `stride` apart in `c`.
///
/// # Panics
/// When the depths differ, or a factor or C is too short.
pub fn multiply_add(left: Left<'_>, right: &Panels, c: &mut [f64], stride: usize, part: Part, sign: Sign) {
    let (rows, columns, depth) = (left.items(), right.items(), left.depth());
    assert_eq!(depth, right.depth(), "multiply_add: the factors differ in depth");
    if rows == 0 || columns == 0 || depth == 0 {
        return;
    }
    assert!(
        stride >= columns && c.len() >= (rows - 1) * stride + columns,
        "multiply_add: {} numbers hold no {rows} rows of {columns}, {stride} apart",
        c.len()
    );
    if let Left::Rows { data, stride, .. } = left {
        assert!(
            stride >= depth && data.len() >= (rows - 1) * stride + depth,
            "multiply_add: {} numbers hold no {rows} rows of {depth}, {stride} apart",
            data.len()
        );
    }
    let mut tasks: Vec<[usize; 2]> = (0..rows.div_ceil(BLOCK))
        .flat_map(|i| (0..columns.div_ceil(BLOCK)).map(move |j| [i, j]))
        .filter(|[i, j]| part == Part::Whole || j <= i)
        .collect();
    // Half blocks last, so that the threads end at about the same time.
    tasks.sort_by_key(|[i, j]| part == Part::Lower && i == j);
    let range = |index: usize, count: usize| -> Range<usize> { index * BLOCK..((index + 1) * BLOCK).min(count) };
    let target = Target { c: Disjoint::new(c), stride, part, sign };
    let task = |index: usize| {
        let [i, j] = tasks[index];
        // No two blocks overlap, so nobody else writes to this one.
        with_simd(Block { left, right, rows: range(i, rows), columns: range(j, columns), target: &target });
    };
    if rows * columns * depth >= PARALLEL {
        parallel(tasks.len(), &task);
    } else {
        (0..tasks.len()).for_each(task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{numbers, with_threads};

    fn matrix(count: usize, seed: u64) -> Vec<f64> {
        numbers(count, seed).into_iter().map(|x| x as f64).collect()
    }

    /// Packs the columns of `[depth, items]`.
    fn packed(matrix: &[f64], items: usize, depth: usize) -> Panels {
        Panels::pack(items, depth, &|depth, range, out| {
            for (k, out) in depth.zip(out.chunks_exact_mut(range.len())) {
                out.copy_from_slice(&matrix[k * items..][range.clone()]);
            }
        })
    }

    const SHAPES: [[usize; 3]; 7] =
        [[1, 1, 1], [3, 5, 7], [4, 12, 192], [97, 101, 130], [8, 200, 257], [193, 97, 389], [5, 4, 0]];

    #[test]
    fn products_are_those_of_the_definition() {
        for [m, n, depth] in SHAPES {
            let (a, b, before) = (matrix(m * depth, 1), matrix(depth * n, 2), matrix(m * (n + 3), 3));
            let right = packed(&b, n, depth);
            let turned: Vec<f64> = (0..m * depth).map(|place| a[place % m * depth + place / m]).collect();
            let panels = packed(&turned, m, depth);
            let rows = Left::Rows { data: &a, items: m, stride: depth, depth };
            for (left, sign) in [(rows, Sign::Plus), (Left::Panels(&panels), Sign::Minus)] {
                let mut c = before.clone();
                multiply_add(left, &right, &mut c, n + 3, Part::Whole, sign);
                for (place, found) in c.iter().enumerate() {
                    let (i, j) = (place / (n + 3), place % (n + 3));
                    let sum: f64 = if j < n { (0..depth).map(|k| a[i * depth + k] * b[k * n + j]).sum() } else { 0.0 };
                    let expected = before[place] + if sign == Sign::Plus { sum } else { -sum };
                    assert!((found - expected).abs() < 1e-12, "{m} {n} {depth} at {i} {j}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn the_lower_triangle_is_that_of_the_whole_for_any_number_of_threads() {
        for (n, depth) in [(1, 3), (50, 20), (211, 200)] {
            let a = matrix(n * depth, 4);
            let panels = packed(&a, n, depth);
            let product = |part| {
                let mut c = vec![0.0; n * n];
                multiply_add(Left::Panels(&panels), &panels, &mut c, n, part, Sign::Plus);
                c
            };
            let whole = with_threads(1, || product(Part::Whole));
            let lower = with_threads(2, || product(Part::Lower));
            for row in 0..n {
                assert_eq!(whole[row * n..=row * n + row], lower[row * n..=row * n + row]);
            }
        }
    }
}
