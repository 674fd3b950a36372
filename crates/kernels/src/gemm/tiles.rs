//! The tiles of C, and the factors' panels that they are computed from.

use super::driver::Output;
use super::micro::{self, Kernel, Tile};
use super::pack::{DEPTH_BLOCK, Left, ROW_STRIDE, Right};
use super::packed::Layout;
use crate::Real;
use crate::isa::vectorize;
use std::ops::Range;

/// The numbers of left panels that are packed together: with a right panel they stay in the second cache.
const BLOCK: usize = 96 * DEPTH_BLOCK;
/// The rows of such a block, at least and at most.
const BLOCK_ROWS: [usize; 2] = [96, 192];

/// How C falls into tiles: a function of its sizes and the instruction set alone.
pub(super) struct Tiles {
    /// Rows, columns, k.
    pub sizes: [usize; 3],
    /// Rows of a left panel, and how many panels.
    pub height: usize,
    pub panels: usize,
    /// The panels of the right factor.
    pub right: Layout,
    /// For narrow and for whole panels.
    kernels: [Kernel; 2],
}

impl Tiles {
    pub fn new<L: Left>(left: &L, columns: usize) -> Self {
        let ([rows, depth], sizes) = (left.size(), micro::sizes());
        // Panels of even height: 32 rows are 12 + 12 + 8, not 14 + 14 + 4.
        let even = || micro::height_for(rows.div_ceil(rows.div_ceil(sizes.height).max(1)).max(1));
        let height = left.height(micro::heights()).unwrap_or_else(even);
        Tiles {
            sizes: [rows, columns, depth],
            height,
            panels: rows.div_ceil(height),
            right: Layout::new(columns, depth),
            kernels: [sizes.narrow, sizes.width].map(|width| micro::kernel(height, width, L::BY_COLUMNS)),
        }
    }

    /// How many left panels are packed together.
    pub fn group(&self) -> usize {
        let rows = BLOCK / self.sizes[2].clamp(1, DEPTH_BLOCK);
        (rows.clamp(BLOCK_ROWS[0], BLOCK_ROWS[1]) / self.height).clamp(1, self.panels.max(1))
    }

    /// The tiles of some left panels and one right panel over `depth` of k: the left panels are packed, `room` apart. `ends` says whether this is the first and whether it is the last of k; `base` is added to the
    /// place in the output; the right one's lines are `b_step` apart.
    pub fn column_of(
        &self,
        panels: Range<usize>,
        right_panel: usize,
        depth: usize,
        left: &[Real],
        (right, b_step): (&[Real], usize),
        room: usize,
        [first, last]: [bool; 2],
        base: usize,
        output: &Output<'_>,
    ) {
        let (columns, width) = self.right.panel(right_panel);
        let column = right_panel * self.right.width;
        let kernel = self.kernels[usize::from(width == self.right.width)];
        let bias = output.epilogue.bias.filter(|_| last).map(|bias| &bias[column..column + columns]);
        let (residual, activation) = (output.epilogue.residual.filter(|_| last), output.epilogue.activation);
        let bounds = activation.bounds().filter(|_| last).unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        let right = &right[..(depth - 1) * b_step + width];
        for (panel, left) in panels.zip(left.chunks_exact(room)) {
            let row = panel * self.height;
            let rows = self.height.min(self.sizes[0] - row);
            let place = base + row * output.stride + output.column + column;
            let length = (rows - 1) * output.stride + columns;
            let tile = Tile {
                depth,
                a: left.as_ptr(),
                a_step: self.height,
                b: right.as_ptr(),
                b_step,
                c: output.c.pointer(place, length),
                stride: output.stride,
                rows,
                columns,
                accumulate: output.accumulate || !first,
                bias: bias.map_or(std::ptr::null(), <[Real]>::as_ptr),
                residual: residual.map_or(std::ptr::null(), |residual| residual[place..place + length].as_ptr()),
                bounds,
            };
            // SAFETY: tiles do not overlap, and `pointer` has checked that c spans this one; the left panel has `height`
            // rows over `depth` in the layout of the chosen kernel, the right one `depth` lines of `width`, which the slice spans, and the bias has a
            // number for each column, the residual spans what c does; the kernel was chosen for the instruction set at hand.
            unsafe { kernel(&tile) };
            if last && activation.bounds().is_none() {
                vectorize(
                    #[inline(always)]
                    || {
                        for row in 0..rows {
                            // SAFETY: the row is the tile's, which nobody else writes to.
                            activation.apply(unsafe { output.c.part(place + row * output.stride, columns) });
                        }
                    },
                );
            }
        }
    }
}

/// The memory of one packed left panel over a k-block.
pub(super) fn room<L: Left>(height: usize) -> usize {
    if L::BY_COLUMNS { height * DEPTH_BLOCK } else { height * ROW_STRIDE }
}

/// Packs some left panels over a part of k, `room` apart.
pub(super) fn pack_left<L: Left>(
    tiles: &Tiles,
    left: &L,
    panels: Range<usize>,
    part: Range<usize>,
    memory: &mut [Real],
) {
    for (panel, memory) in panels.zip(memory.chunks_exact_mut(room::<L>(tiles.height))) {
        let row = panel * tiles.height;
        let rows = tiles.height.min(tiles.sizes[0] - row);
        vectorize(
            #[inline(always)]
            || left.pack(row, rows, tiles.height, part.start, part.len(), memory),
        );
    }
}

/// Packs one right panel over a part of k.
pub(super) fn pack_right<R: Right>(layout: &Layout, right: &R, index: usize, part: Range<usize>, panel: &mut [Real]) {
    let (columns, width) = layout.panel(index);
    vectorize(
        #[inline(always)]
        || right.pack(index * layout.width, columns, width, part.start, part.len(), panel),
    );
}

/// The part of `0..total` that is piece `index` of `pieces`.
pub(super) fn piece(total: usize, pieces: usize, index: usize) -> Range<usize> {
    total * index / pieces..total * (index + 1) / pieces
}
