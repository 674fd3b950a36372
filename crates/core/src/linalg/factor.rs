//! What a product in f64 reads: numbers in place, transposed, converted or shifted on the way.

use std::ops::Range;

pub use gradus_kernels::double::Fill;

/// One factor of a [`product`](super::product()): a number for each item (a row of the left factor, a column of the right one)
/// and each place along the depth that is summed over.
#[derive(Clone, Copy)]
pub struct Factor<'a> {
    /// How many items it has.
    pub items: usize,
    /// Fills `[depth, items]`, row by row, for ranges of both.
    pub fill: &'a Fill<'a>,
}

impl std::fmt::Debug for Factor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Factor").field("items", &self.items).finish_non_exhaustive()
    }
}

impl Factor<'_> {
    /// For [`Factor::fill`]: the items are the columns of a row-major matrix with so many of them.
    pub fn columns(matrix: &[f64], columns: usize) -> impl Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync + '_ {
        move |depth, items, out| {
            for (row, out) in depth.zip(out.chunks_exact_mut(items.len())) {
                out.copy_from_slice(&matrix[row * columns..][items.clone()]);
            }
        }
    }

    /// For [`Factor::fill`]: the items are the rows of a row-major matrix with so many columns.
    pub fn rows(matrix: &[f64], columns: usize) -> impl Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync + '_ {
        move |depth, items, out| {
            let width = items.len();
            for (item, row) in items.enumerate() {
                let row = &matrix[row * columns..][depth.clone()];
                out.iter_mut().skip(item).step_by(width).zip(row).for_each(|(out, x)| *out = *x);
            }
        }
    }
}
