//! The driver: cuts a product into blocks, packs the factors, shares the blocks among the threads.

use super::Epilogue;
use super::long;
use super::pack::{Left, Right};
use super::packed::{Layout, PackedRight};
use super::tiles::{Tiles, pack_left, pack_right, piece, room};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;

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
    if rows > 0 && columns > 0 && depth > 0 && long::fits([rows, columns, depth]) {
        long::product(&tiles, left, right, output);
    } else {
        with_slot(Slot::Right, tiles.right.len(), |packed| {
            pack_all(&tiles.right, right, packed);
            blocked(&tiles, left, packed, output);
        });
    }
}

/// The same with a right factor that was packed before.
pub(crate) fn product_packed<L: Left>(left: &L, right: &PackedRight, output: &Output<'_>) {
    blocked(&Tiles::new(left, right.columns()), left, right.as_slice(), output);
}

/// Packs a right factor whole.
pub(super) fn pack_all<R: Right>(layout: &Layout, right: &R, memory: &mut [Real]) {
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

/// The right factor is packed whole, and shared; the threads take blocks of C.
fn blocked<L: Left>(tiles: &Tiles, left: &L, right: &[Real], output: &Output<'_>) {
    let [rows, columns, depth] = tiles.sizes;
    if rows == 0 || columns == 0 {
        return;
    }
    if depth == 0 {
        return long::add_up(&[], 0, [rows, columns], output);
    }
    let parallel_work = rows * columns * depth >= PARALLEL;
    let mut row_pieces = tiles.panels.div_ceil(tiles.group());
    let mut column_pieces = 1;
    if parallel_work {
        row_pieces = row_pieces.max(PIECES).next_multiple_of(2).min(tiles.panels);
        if row_pieces < PIECES {
            column_pieces = PIECES.div_ceil(row_pieces).min(tiles.right.panels());
        }
    }
    let task = |task: usize| {
        let panels = piece(tiles.panels, row_pieces, task / column_pieces);
        let right_panels = piece(tiles.right.panels(), column_pieces, task % column_pieces);
        block(tiles, left, right, panels, right_panels, output);
    };
    let count = row_pieces * column_pieces;
    if parallel_work { parallel(count, &task) } else { (0..count).for_each(task) }
}

/// One piece of C: packs blocks of the left factor and computes all tiles.
fn block<L: Left>(
    tiles: &Tiles,
    left: &L,
    right: &[Real],
    panels: std::ops::Range<usize>,
    right_panels: std::ops::Range<usize>,
    output: &Output<'_>,
) {
    let blocks = tiles.right.blocks();
    let room = room::<L>(tiles.height);
    with_slot(Slot::Left, tiles.group() * room, |memory| {
        for first in panels.clone().step_by(tiles.group()) {
            let group = first..(first + tiles.group()).min(panels.end);
            for index in 0..blocks {
                let part = tiles.right.block(index);
                pack_left(tiles, left, group.clone(), part.clone(), memory);
                let ends = [index == 0, index + 1 == blocks];
                for right_panel in right_panels.clone() {
                    let (start, length) = tiles.right.place(&part, right_panel);
                    let b = (&right[start..start + length], tiles.right.panel(right_panel).1);
                    tiles.column_of(group.clone(), right_panel, part.len(), memory, b, room, ends, 0, output);
                }
            }
        }
    });
}
