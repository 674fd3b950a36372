//! A right factor laid out for the micro-kernel: for one product, or once for many, as the weights of a trained network are.
//!
//! ```text
//! [k-block][panel][k][width]                panel 0      panel 1      panel 2 (narrow)
//!   k-block 0: k 0 .. 383                 ┌────────────┬────────────┬──────┐
//!                                         │ k x width  │            │      │   one contiguous piece of memory each, in
//!   k-block 1: k 384 .. 767               ├────────────┼────────────┼──────┤   this order: what a block of the product
//!                                         │            │            │      │   reads are neighbours, and falls into all
//!                                         └────────────┴────────────┴──────┘   sets of the caches
//! ```

#[cfg(not(real64))]
use super::driver::{pack_all, product_packed};
#[cfg(not(real64))]
use super::micro;
#[cfg(not(real64))]
use super::pack::{Columns, DEPTH_BLOCK, Right, Rows, Strided};
#[cfg(not(real64))]
use super::tiles::piece;
use super::{Epilogue, Matrix};
use crate::Real;
use crate::aligned::AlignedBuffer;
#[cfg(not(real64))]
use std::ops::Range;

/// Where the panels of a right factor lie.
#[cfg(not(real64))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub columns: usize,
    pub depth: usize,
    /// The columns of a panel, and of a last one that holds no more.
    pub width: usize,
    narrow: usize,
}

#[cfg(not(real64))]
impl Layout {
    pub fn new(columns: usize, depth: usize) -> Self {
        let sizes = micro::sizes();
        Layout { columns, depth, width: sizes.width, narrow: sizes.narrow }
    }

    pub fn panels(&self) -> usize {
        self.columns.div_ceil(self.width)
    }

    /// The columns that a panel has, and the width it is packed to.
    pub fn panel(&self, index: usize) -> (usize, usize) {
        let columns = (self.columns - index * self.width).min(self.width);
        (columns, if columns <= self.narrow { self.narrow } else { self.width })
    }

    /// The columns that some panels have.
    pub fn columns_of(&self, panels: &Range<usize>) -> Range<usize> {
        panels.start * self.width..(panels.end * self.width).min(self.columns)
    }

    pub fn blocks(&self) -> usize {
        self.depth.div_ceil(DEPTH_BLOCK)
    }

    /// The part of k that a block is.
    pub fn block(&self, index: usize) -> Range<usize> {
        piece(self.depth, self.blocks(), index)
    }

    /// The room for a panel's part of the longest block.
    pub fn room(&self) -> usize {
        self.width * DEPTH_BLOCK.min(self.depth)
    }

    /// The widths of all panels together.
    fn total_width(&self) -> usize {
        self.panels().checked_sub(1).map_or(0, |last| last * self.width + self.panel(last).1)
    }

    pub fn len(&self) -> usize {
        self.total_width() * self.depth
    }

    /// Where a panel's part of a k-block begins, and how long it is.
    pub fn place(&self, block: &Range<usize>, panel: usize) -> (usize, usize) {
        let start = block.start * self.total_width() + panel * self.width * block.len();
        (start, self.panel(panel).1 * block.len())
    }
}

/// A right factor packed once, for many products. The instruction set decides how it lies.
#[derive(Clone, Debug)]
pub struct PackedRight {
    memory: AlignedBuffer,
    columns: usize,
    depth: usize,
}

impl PackedRight {
    /// Packs a right factor: for weights `[out, in]` one that is `transposed`.
    ///
    /// # Panics
    /// When its data are not as many numbers as its sizes say.
    #[track_caller]
    pub fn new(b: Matrix) -> Self {
        assert!(
            b.data.len() == b.rows * b.columns,
            "PackedRight: a factor of {}x{} is given {} numbers",
            b.rows,
            b.columns,
            b.data.len()
        );
        #[cfg(not(real64))]
        return if b.transposed { Self::pack(&Columns::of(b), b.rows) } else { Self::pack(&Strided::of(b), b.rows) };
        #[cfg(real64)]
        {
            let mut memory = AlignedBuffer::new(b.data.len());
            for (place, x) in memory.as_mut_slice().iter_mut().enumerate() {
                *x = super::reference::at(&b, place / b.columns, place % b.columns);
            }
            PackedRight { memory, columns: b.columns, depth: b.rows }
        }
    }

    /// Packs a factor that knows how.
    #[cfg(not(real64))]
    pub(crate) fn pack<R: Right>(right: &R, depth: usize) -> Self {
        let layout = Layout::new(right.columns(), depth);
        let mut memory = AlignedBuffer::new(layout.len());
        pack_all(&layout, right, memory.as_mut_slice());
        PackedRight { memory, columns: layout.columns, depth }
    }

    /// Columns of the factor, and so of the product.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Rows of the factor: what is summed over.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The bytes it holds.
    pub fn bytes(&self) -> usize {
        size_of_val(self.as_slice())
    }

    pub(crate) fn as_slice(&self) -> &[Real] {
        self.memory.as_slice()
    }
}

/// c = a b with b packed; then the epilogue.
///
/// # Panics
/// When the sizes do not fit.
#[track_caller]
pub fn gemm_packed(a: Matrix, b: &PackedRight, c: &mut [Real], epilogue: Epilogue) {
    assert!(
        a.columns == b.depth && a.data.len() == a.rows * a.columns && c.len() == a.rows * b.columns,
        "gemm_packed: {}x{} ({} numbers) by {}x{} into {} numbers",
        a.rows,
        a.columns,
        a.data.len(),
        b.depth,
        b.columns,
        c.len()
    );
    epilogue.check(b.columns, c.len());
    #[cfg(not(real64))]
    {
        let c = crate::disjoint::Disjoint::new(c);
        let output = super::Output { c, stride: b.columns, column: 0, accumulate: false, epilogue };
        if a.transposed {
            product_packed(&Strided::of(a), b, &output);
        } else {
            product_packed(&Rows::of(a), b, &output);
        }
    }
    #[cfg(real64)]
    {
        let b = Matrix { data: b.as_slice(), rows: b.depth, columns: b.columns, transposed: false };
        super::reference::gemm(a, b, c, false, epilogue);
    }
}
