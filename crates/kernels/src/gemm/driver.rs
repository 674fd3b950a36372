//! The driver: cuts a product into blocks, packs the factors, shares the blocks among the threads.

use super::Epilogue;
use super::left::with_blocks;
use super::long;
use super::pack::{Left, Right};
use super::packed::{Layout, PackedRight};
use super::tiles::{RightPanel, Tiles, pack_right, piece};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;
use std::ops::Range;

/// Where a product goes: rows `stride` apart, from `column` on.
pub(crate) struct Output<'a> {
    pub c: Disjoint<'a, Real>,
    pub stride: usize,
    pub column: usize,
    pub accumulate: bool,
    pub epilogue: Epilogue<'a>,
}

/// Below so many multiplications the hand-off to another thread is not worth it.
const PARALLEL: usize = 1 << 18;
/// Likewise, so many numbers to pack.
const PARALLEL_PACKING: usize = 1 << 14;
/// Enough pieces for the threads to end at about the same time, also when one of them is held up.
const PIECES: usize = 16;

/// C = A B or C += A B, then the epilogue.
pub(crate) fn product<L: Left, R: Right>(left: &L, right: &R, output: &Output<'_>) {
    let ([rows, depth], columns) = (left.size(), right.columns());
    let tiles = Tiles::new(left, columns);
    if rows > 0
        && columns > 0
        && depth > 0
        && (L::BY_COLUMNS || tiles.right.panels() < PIECES)
        && long::fits([rows, columns, depth])
    {
        long::product(&tiles, left, right, output);
    } else if tiles.panels <= tiles.group() {
        blocked(&tiles, left, &Fresh { right, by_the_way: !L::BY_COLUMNS }, output);
    } else {
        with_slot(Slot::Right, tiles.right.len(), |packed| {
            pack_all(&tiles.right, right, packed);
            blocked(&tiles, left, &Packed(packed), output);
        });
    }
}

/// The same with a right factor that was packed before.
pub(crate) fn product_packed<L: Left>(left: &L, right: &PackedRight, output: &Output<'_>) {
    blocked(&Tiles::new(left, right.columns()), left, &Packed(right.as_slice()), output);
}

/// Packs a right factor whole.
pub(crate) fn pack_all<R: Right>(layout: &Layout, right: &R, memory: &mut [Real]) {
    let (panels, total) = (layout.panels(), layout.panels() * layout.blocks());
    let memory = Disjoint::new(memory);
    let task = |index: usize| {
        let block = layout.block(index / panels);
        let (start, length) = layout.place(&block, index % panels);
        // SAFETY: the layout's pieces do not overlap, and each is packed by one task.
        pack_right(layout, right, index % panels, block, unsafe { memory.part(start, length) });
    };
    if layout.len() >= PARALLEL_PACKING { parallel(total, &task) } else { (0..total).for_each(task) }
}

/// Where the panels of the right factor come from.
trait Supply: Sync {
    /// The memory it needs.
    fn room(&self, layout: &Layout) -> usize;
    /// A panel's part of a k-block, in `memory` or elsewhere.
    fn panel<'a>(
        &'a self,
        layout: &Layout,
        index: usize,
        part: &Range<usize>,
        memory: &'a mut [Real],
    ) -> RightPanel<'a>;
    /// What will be read after a panel, and is worth fetching into the cache meanwhile.
    fn panel_after(&self, _: &Layout, _: usize, _: &Range<usize>) -> &[Real] {
        &[]
    }
}

/// Packed before, shared by the threads.
struct Packed<'a>(&'a [Real]);

impl Supply for Packed<'_> {
    fn room(&self, _: &Layout) -> usize {
        0
    }

    fn panel<'a>(&'a self, layout: &Layout, index: usize, part: &Range<usize>, _: &'a mut [Real]) -> RightPanel<'a> {
        let (start, length) = layout.place(part, index);
        RightPanel::Packed(&self.0[start..start + length])
    }

    fn panel_after(&self, layout: &Layout, index: usize, part: &Range<usize>) -> &[Real] {
        let (start, length) = layout.place(part, index);
        let next = start + length;
        &self.0[next..(next + length).min(self.0.len())]
    }
}

/// Packed panel by panel into the first cache, for a left factor of few rows, which reads each panel once; by the way,
/// where its lines can be read as they are and the left factor's kernels pack.
struct Fresh<'a, R> {
    right: &'a R,
    by_the_way: bool,
}

impl<R: Right> Supply for Fresh<'_, R> {
    fn room(&self, layout: &Layout) -> usize {
        layout.room()
    }

    fn panel<'a>(
        &'a self,
        layout: &Layout,
        index: usize,
        part: &Range<usize>,
        memory: &'a mut [Real],
    ) -> RightPanel<'a> {
        let whole = self.by_the_way && layout.panel(index).0 == layout.width;
        let lines = self.right.lines(index * layout.width, part.start).filter(|_| whole);
        if let Some((lines, step)) = lines {
            return RightPanel::Packing(lines, step, memory.as_mut_ptr());
        }
        pack_right(layout, self.right, index, part.clone(), memory);
        RightPanel::Packed(memory)
    }
}

/// The threads take blocks of C.
fn blocked<L: Left>(tiles: &Tiles, left: &L, right: &impl Supply, output: &Output<'_>) {
    let [rows, columns, depth] = tiles.sizes;
    if rows == 0 || columns == 0 {
        return;
    }
    if depth == 0 {
        return long::add_up(&[], 0, [rows, columns], output);
    }
    let parallel_work = rows * columns * depth >= PARALLEL;
    let (mut row_pieces, mut column_pieces) = (tiles.panels.div_ceil(tiles.group()), 1);
    if parallel_work {
        [row_pieces, column_pieces] = pieces(tiles, row_pieces);
    }
    let task = |task: usize| {
        let panels = piece(tiles.panels, row_pieces, task / column_pieces);
        let right_panels = piece(tiles.right.panels(), column_pieces, task % column_pieces);
        block(tiles, left, right, panels, right_panels, output);
    };
    let count = row_pieces * column_pieces;
    if parallel_work { parallel(count, &task) } else { (0..count).for_each(task) }
}

/// Into how many pieces rows and columns are cut, rows at least into `row_pieces`: some [`PIECES`] together, an even number.
/// Few rows are not cut, so that each number of the right factor is read by one thread, once.
fn pieces(tiles: &Tiles, row_pieces: usize) -> [usize; 2] {
    let right_panels = tiles.right.panels();
    if row_pieces == 1 && right_panels >= PIECES {
        return [1, PIECES];
    }
    let rows = row_pieces.max(PIECES.div_ceil(right_panels)).next_multiple_of(2).min(tiles.panels);
    [rows, PIECES.div_ceil(rows).min(right_panels)]
}

/// One piece of C.
fn block<L: Left>(
    tiles: &Tiles,
    left: &L,
    right: &impl Supply,
    panels: Range<usize>,
    right_panels: Range<usize>,
    output: &Output<'_>,
) {
    let blocks = tiles.right.blocks();
    with_slot(Slot::Panel, right.room(&tiles.right), |memory| {
        with_blocks(tiles, left, |left| {
            for first in panels.clone().step_by(tiles.group()) {
                let group = first..(first + tiles.group()).min(panels.end);
                left.turn_to(group.clone());
                for index in 0..blocks {
                    let part = tiles.right.block(index);
                    let left = left.block(group.clone(), part.clone());
                    let ends = [index == 0, index + 1 == blocks];
                    for right_panel in right_panels.clone() {
                        let next = right.panel_after(&tiles.right, right_panel, &part);
                        let b = right.panel(&tiles.right, right_panel, &part, memory);
                        tiles.column_of(group.clone(), right_panel, part.len(), left, (b, next), ends, 0, output);
                    }
                }
                let rows = tiles.rows(group.start).start..tiles.rows(group.end - 1).end;
                activate(rows, tiles.right.columns_of(&right_panels), output);
            }
        });
    });
}

/// The activation of finished rows, if it is more than bounds: those the kernels have seen to. The rows are in the second cache still.
pub(crate) fn activate(rows: Range<usize>, columns: Range<usize>, output: &Output<'_>) {
    let activation = output.epilogue.activation;
    if activation.bounds().is_some() {
        return;
    }
    vectorize(
        #[inline(always)]
        || {
            for row in rows {
                let place = row * output.stride + output.column + columns.start;
                // SAFETY: the rows and columns are this task's, which nobody else writes to.
                activation.apply(unsafe { output.c.part(place, columns.len()) });
            }
        },
    );
}
