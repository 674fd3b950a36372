//! How the products of a convolution are laid out and cut: a function of its shape and the instruction set alone.

use super::windows::Layout;
use crate::gemm::micro::{self, Form, Kernel, LeftPanel, Places, Tile};
use crate::gemm::{DEPTH_BLOCK, ROW_STRIDE};

/// What keeps neighbouring pieces from the same sets of the cache: a line.
pub(super) const PAD: usize = 16;

/// At least the rows of any left panel.
const HIGHEST: usize = 16;

/// N x N products of `[tiles, depth]` by `[depth, columns]`.
pub(super) struct Plan {
    /// Input and output channels.
    pub depth: usize,
    pub columns: usize,
    /// Rows of a left panel; columns of a right one, and of a last one that holds no more.
    pub height: usize,
    pub width: usize,
    narrow: usize,
    /// N x N.
    products: usize,
    pub layout: Layout,
}

impl Plan {
    /// Products of blocks of at most so many input channels.
    pub fn new<const N: usize>(depth: usize, columns: usize, most: usize) -> Self {
        let (sizes, height) = (micro::sizes(), micro::highest(Form::Places));
        let block = depth.div_ceil(depth.div_ceil(most.min(DEPTH_BLOCK))).next_multiple_of(PAD);
        let pieces = depth.div_ceil(block) * N * N;
        let per_row = (DEPTH_BLOCK / block).min(pieces);
        let jump = height * ROW_STRIDE;
        let layout = Layout { block, per_row, jump, height, row: ROW_STRIDE, panel: pieces.div_ceil(per_row) * jump };
        Plan { depth, columns, height, width: sizes.width, narrow: sizes.narrow, products: N * N, layout }
    }

    pub fn right_panels(&self) -> usize {
        self.columns.div_ceil(self.width)
    }

    /// The columns that a right panel has, and the width it is packed to.
    pub fn right_panel(&self, index: usize) -> (usize, usize) {
        let columns = (self.columns - index * self.width).min(self.width);
        (columns, if columns <= self.narrow { self.narrow } else { self.width })
    }

    /// The blocks of input channels.
    pub fn blocks(&self) -> usize {
        self.depth.div_ceil(self.layout.block)
    }

    /// The input channels of a block.
    pub fn block(&self, index: usize) -> std::ops::Range<usize> {
        index * self.layout.block..((index + 1) * self.layout.block).min(self.depth)
    }

    /// From one piece of a right panel to the next.
    pub fn weight_step(&self) -> usize {
        self.layout.block * self.width + PAD
    }

    /// The numbers of a block of a right panel.
    pub fn weights_len(&self) -> usize {
        self.products * self.weight_step()
    }

    /// The numbers of all right panels, whose blocks lie behind one another, panel by panel.
    pub fn all_weights_len(&self) -> usize {
        self.right_panels() * self.blocks() * self.weights_len()
    }

    /// The numbers of the left panels of so many tiles.
    pub fn factors_len(&self, tiles: usize) -> usize {
        tiles.div_ceil(self.height) * self.layout.panel
    }

    /// From one of the N x N products of so many tiles by a panel to the next.
    pub fn product_step(&self, tiles: usize) -> usize {
        tiles * self.width + PAD
    }

    /// The numbers of the products of so many tiles by a panel.
    pub fn products_len(&self, tiles: usize) -> usize {
        self.products * self.product_step(tiles)
    }

    /// Adds the N x N products of `tiles` tiles by a block of a right panel to `out`; the first block sets it.
    pub fn multiply(
        &self,
        factors: &[f32],
        tiles: usize,
        panel: usize,
        block: usize,
        weights: &[f32],
        out: &mut [f32],
    ) {
        assert!(
            factors.len() >= self.factors_len(tiles)
                && weights.len() >= self.weights_len()
                && out.len() >= self.products_len(tiles),
            "the memory of the products is too short"
        );
        let (step, width, depth) = (self.product_step(tiles), self.right_panel(panel).1, self.block(block).len());
        let kernel_for = |rows: usize| micro::kernel(micro::height_for(rows, Form::Places), width, Form::Places);
        let whole = kernel_for(self.height);
        let last = kernel_for(tiles - (tiles - 1) / self.height * self.height);
        for product in 0..self.products {
            let from = self.layout.piece(block * self.products + product);
            for left in 0..tiles.div_ceil(self.height) {
                let row = left * self.height;
                let rows = self.height.min(tiles - row);
                let a = &factors[left * self.layout.panel + from..];
                let table: [*const f32; HIGHEST] = std::array::from_fn(|row| a.as_ptr().wrapping_add(row * ROW_STRIDE));
                let tile = Tile {
                    depth,
                    a: LeftPanel { places: Places { table: table.as_ptr(), run: depth, offset: 0 } },
                    b: weights[product * self.weight_step()..].as_ptr(),
                    b_step: width,
                    packed: std::ptr::null_mut(),
                    c: out[product * step + row * width..].as_mut_ptr(),
                    stride: width,
                    rows,
                    columns: width,
                    accumulate: block > 0,
                    bias: std::ptr::null(),
                    residual: std::ptr::null(),
                    bounds: [f32::NEG_INFINITY, f32::INFINITY],
                };
                let kernel: Kernel = if rows == self.height { whole } else { last };
                // SAFETY: the left panel has rows ROW_STRIDE apart with `depth` numbers from this piece on, the right one
                // `depth` lines of `width`, and the products of this place begin with `rows` rows of `width`, all within
                // the lengths checked above; the kernel was chosen for the instruction set at hand.
                unsafe { kernel(&tile) };
            }
        }
    }
}
