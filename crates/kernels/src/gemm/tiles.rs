//! The tiles of C, and the factors' panels that they are computed from.

use super::driver::Output;
use super::micro::{self, Columns, Form, Kernel, LeftPanel, Places, Tile};
use super::pack::{DEPTH_BLOCK, Left, ROW_STRIDE, Right};
use super::packed::Layout;
use crate::Real;
use crate::isa::{prefetch_second, vectorize};
use std::ops::Range;

/// The numbers of left panels that are packed together: with a right panel they stay in the second cache.
const BLOCK: usize = 144 * DEPTH_BLOCK;
/// The rows of such a block, at least and at most.
const BLOCK_ROWS: [usize; 2] = [144, 192];

/// The numbers of a cache line.
const LINE: usize = 16;

/// How C falls into tiles: a function of its sizes and the instruction set alone.
pub(super) struct Tiles {
    /// Rows, columns, k.
    pub sizes: [usize; 3],
    /// The most rows of a left panel, and how many panels.
    pub height: usize,
    pub panels: usize,
    /// Whether all left panels but the last have as many rows; otherwise they have `least`, and the first `higher` one more.
    fixed: bool,
    least: usize,
    higher: usize,
    form: Form,
    /// The panels of the right factor.
    pub right: Layout,
}

/// The left panels of a block over a part of k, ready for the kernels.
#[derive(Clone, Copy)]
pub(super) enum LeftBlock<'a> {
    /// Packed by columns, so far apart.
    Columns(&'a [Real], usize),
    /// Tables of places, so far apart, that begin with `first`; the length of a run, and how much of the first is left out.
    Places { table: &'a [*const Real], apart: usize, first: usize, run: usize, offset: usize },
}

/// A panel of the right factor over a part of k.
#[derive(Clone, Copy)]
pub(super) enum RightPanel<'a> {
    Packed(&'a [Real]),
    /// Its lines as they lie in memory, so far apart.
    InPlace(&'a [Real], usize),
    /// The same; to be packed to the memory by the way.
    Packing(&'a [Real], usize, *mut Real),
}

impl Tiles {
    pub fn new<L: Left>(left: &L, columns: usize) -> Self {
        let [rows, depth] = left.size();
        let form = if L::BY_COLUMNS { Form::Columns } else { Form::Places };
        let chosen = left.height(micro::heights(form));
        // Panels of even height: 32 rows of AVX-512 are 12 + 12 + 8, not 14 + 14 + 4; 49 of AVX2 four times 6 and five times 5.
        let panels = rows.div_ceil(chosen.unwrap_or(micro::highest(form)));
        let height = chosen.unwrap_or_else(|| micro::height_for(rows.div_ceil(panels.max(1)).max(1), form));
        let fixed = L::BY_COLUMNS;
        let panels = if fixed { rows.div_ceil(height) } else { panels };
        let [least, higher] = [rows / panels.max(1), rows % panels.max(1)];
        let right = Layout::new(columns, depth);
        Tiles { sizes: [rows, columns, depth], height, panels, fixed, least, higher, form, right }
    }

    /// How many left panels are packed together.
    pub fn group(&self) -> usize {
        let rows = BLOCK / self.sizes[2].clamp(1, DEPTH_BLOCK);
        (rows.clamp(BLOCK_ROWS[0], BLOCK_ROWS[1]) / self.height).clamp(1, self.panels.max(1))
    }

    /// The rows of a left panel.
    pub fn rows(&self, panel: usize) -> Range<usize> {
        if self.fixed {
            panel * self.height..((panel + 1) * self.height).min(self.sizes[0])
        } else {
            let start = |panel: usize| panel * self.least + panel.min(self.higher);
            start(panel)..start(panel + 1)
        }
    }

    /// The height of the kernel for so many rows of a panel.
    pub fn kernel_height(&self, rows: usize) -> usize {
        if self.fixed { self.height } else { micro::height_for(rows, self.form) }
    }

    /// The tiles of some left panels and one right panel over `depth` of k. `ends` says whether this is the first and whether
    /// it is the last of k; `base` is added to the place in the output. `next` is fetched into the second cache meanwhile.
    pub fn column_of(
        &self,
        panels: Range<usize>,
        right_panel: usize,
        depth: usize,
        left: LeftBlock<'_>,
        (right, next): (RightPanel<'_>, &[Real]),
        [first, last]: [bool; 2],
        base: usize,
        output: &Output<'_>,
    ) {
        let (columns, width) = self.right.panel(right_panel);
        let column = right_panel * self.right.width;
        let (residual, activation) = (output.epilogue.residual.filter(|_| last), output.epilogue.activation);
        let bias = output.epilogue.bias.filter(|_| last).map(|bias| &bias[column..column + columns]);
        let (b, b_step, packed) = match right {
            RightPanel::Packed(panel) => (&panel[..depth * width], width, std::ptr::null_mut()),
            RightPanel::InPlace(lines, step) => (&lines[..(depth - 1) * step + width], step, std::ptr::null_mut()),
            RightPanel::Packing(lines, step, packed) => (&lines[..(depth - 1) * step + width], step, packed),
        };
        let mut tile = Tile {
            depth,
            a: LeftPanel { columns: Columns::even(std::ptr::null(), 0) },
            b: b.as_ptr(),
            b_step,
            packed,
            c: std::ptr::null_mut(),
            stride: output.stride,
            rows: 0,
            columns,
            accumulate: output.accumulate || !first,
            bias: bias.map_or(std::ptr::null(), <[Real]>::as_ptr),
            residual: std::ptr::null(),
            bounds: activation.bounds().filter(|_| last).unwrap_or([f32::NEG_INFINITY, f32::INFINITY]),
        };
        let runs = match left {
            LeftBlock::Places { run, offset, .. } => (offset + depth).div_ceil(run),
            LeftBlock::Columns(..) => 0,
        };
        let mut form = if packed.is_null() { self.form } else { Form::Packing };
        let mut chosen: Option<(usize, Form, usize, Kernel)> = None;
        let mut ahead = next.chunks(next.len().div_ceil(panels.len()).max(1));
        for (index, panel) in panels.enumerate() {
            ahead.next().unwrap_or_default().chunks(LINE).for_each(|line| prefetch_second(line.as_ptr()));
            let Range { start: row, end } = self.rows(panel);
            let rows = end - row;
            let place = base + row * output.stride + output.column + column;
            let length = (rows - 1) * output.stride + columns;
            let (height, kernel) = match chosen {
                Some((same_rows, same_form, height, kernel)) if (same_rows, same_form) == (rows, form) => {
                    (height, kernel)
                }
                _ => {
                    let height = self.kernel_height(rows);
                    (height, micro::kernel(height, width, form))
                }
            };
            chosen = Some((rows, form, height, kernel));
            tile.rows = rows;
            tile.c = output.c.pointer(place, length);
            tile.a = match left {
                LeftBlock::Columns(memory, room) => {
                    let start = memory[index * room..][..depth * height].as_ptr();
                    LeftPanel { columns: Columns::even(start, height) }
                }
                LeftBlock::Places { table, apart, first, run, offset } => {
                    let table = &table[index * apart + first * height..][..runs * height];
                    LeftPanel { places: Places { table: table.as_ptr(), run, offset } }
                }
            };
            if let Some(residual) = residual {
                tile.residual = residual[place..place + length].as_ptr();
            }
            // SAFETY: tiles do not overlap, and `pointer` has checked that c spans this one; the left panel has `height`
            // rows over `depth` in the form of the chosen kernel, the right one `depth` lines of `width`, which the slice
            // spans, and the bias has a number for each column, the residual spans what c does; the kernel was chosen for
            // the instruction set at hand.
            unsafe { kernel(&tile) };
            if form == Form::Packing {
                // The panel is packed now, as long as the memory is, and nobody writes to it any more.
                (form, tile.b, tile.b_step, tile.packed) =
                    (self.form, packed.cast_const(), width, std::ptr::null_mut());
            }
        }
    }
}

/// The memory of one packed left panel over a k-block.
pub(super) fn room<L: Left>(height: usize) -> usize {
    if L::BY_COLUMNS { height * DEPTH_BLOCK } else { height * ROW_STRIDE }
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
pub(crate) fn piece(total: usize, pieces: usize, index: usize) -> Range<usize> {
    total * index / pieces..total * (index + 1) / pieces
}
