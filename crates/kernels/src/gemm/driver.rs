//! The driver: cuts a product into blocks, packs the factors, shares the blocks among the threads.

use super::Epilogue;
use super::long;
use super::pack::{DEPTH_BLOCK, Left, Right};
use super::tiles::{Tiles, pack_left, pack_right, piece, room};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::scratch::{Slot, with_slot};
use crate::threads::{parallel, parallel_chunks};

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
/// Enough pieces for the threads to end at about the same time, also when one of them is held up.
const PIECES: usize = 16;

/// C = A B or C += A B, then the epilogue.
pub(crate) fn product<L: Left, R: Right>(left: &L, right: &R, output: &Output<'_>) {
    let ([rows, depth], columns) = (left.size(), right.columns());
    if rows == 0 || columns == 0 {
        return;
    }
    let tiles = Tiles::new(left, columns);
    if depth == 0 {
        long::add_up(&[], 0, [rows, columns], output);
    } else if long::fits([rows, columns, depth]) {
        long::product(&tiles, left, right, output);
    } else {
        blocked(&tiles, left, right, output);
    }
}

/// The right factor is packed whole, and shared; the threads take blocks of C.
fn blocked<L: Left, R: Right>(tiles: &Tiles, left: &L, right: &R, output: &Output<'_>) {
    let [rows, columns, depth] = tiles.sizes;
    let parallel_work = rows * columns * depth >= PARALLEL;
    let mut row_pieces = tiles.panels.div_ceil(tiles.group());
    let mut column_pieces = 1;
    if parallel_work {
        row_pieces = row_pieces.max(PIECES).next_multiple_of(2).min(tiles.panels);
        if row_pieces < PIECES {
            column_pieces = PIECES.div_ceil(row_pieces).min(tiles.right_panels);
        }
    }
    let run = |count: usize, task: &(dyn Fn(usize) + Sync)| {
        if parallel_work && count > 1 { parallel(count, task) } else { (0..count).for_each(task) }
    };
    let size = tiles.width * depth;
    with_slot(Slot::Right, tiles.right_panels * size, |packed| {
        let pack = |index: usize, panel: &mut [Real]| pack_right(tiles, right, index, 0..depth, panel);
        if parallel_work && tiles.right_panels > 1 {
            parallel_chunks(packed, size, &pack);
        } else {
            packed.chunks_mut(size).enumerate().for_each(|(index, panel)| pack(index, panel));
        }
        let packed = &*packed;
        run(row_pieces * column_pieces, &|task| {
            let panels = piece(tiles.panels, row_pieces, task / column_pieces);
            let right_panels = piece(tiles.right_panels, column_pieces, task % column_pieces);
            let right = |index: usize, from: usize| {
                let width = tiles.right_panel(index).1;
                (&packed[index * size + from * width..], width)
            };
            block(tiles, left, &right, panels, right_panels, output);
        });
    });
}

/// One piece of C: packs blocks of the left factor and computes all tiles.
fn block<'a, L: Left>(
    tiles: &Tiles,
    left: &L,
    right: &impl Fn(usize, usize) -> (&'a [Real], usize),
    panels: std::ops::Range<usize>,
    right_panels: std::ops::Range<usize>,
    output: &Output<'_>,
) {
    let depth = tiles.sizes[2];
    let blocks = depth.div_ceil(DEPTH_BLOCK);
    let room = room::<L>(tiles.height);
    with_slot(Slot::Left, tiles.group() * room, |memory| {
        for first in panels.clone().step_by(tiles.group()) {
            let group = first..(first + tiles.group()).min(panels.end);
            for index in 0..blocks {
                let part = piece(depth, blocks, index);
                pack_left(tiles, left, group.clone(), part.clone(), memory);
                let ends = [index == 0, index + 1 == blocks];
                for right_panel in right_panels.clone() {
                    let b = right(right_panel, part.start);
                    tiles.column_of(group.clone(), right_panel, part.len(), memory, b, room, ends, 0, output);
                }
            }
        }
    });
}
