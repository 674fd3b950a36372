//! Products whose k is long and whose result is small, such as the gradient of a convolution's weights: k is the pixels.
//!
//! ```text
//!          k: part 0      part 1      ..      part 7
//!   A  ┌────────────┬────────────┬──────┬────────────┐     each task reads its part of both factors once, k-block by
//!      └────────────┴────────────┴──────┴────────────┘     k-block, packs both into the second cache, and adds the
//!   B  ┌────────────┬────────────┬──────┬────────────┐     products to a C of its own; the eight are then added up in
//!      └────────────┴────────────┴──────┴────────────┘     their order, whatever the number of threads
//! ```

use super::Epilogue;
use super::driver::Output;
use super::left::with_blocks;
use super::pack::{Left, Right};
use super::tiles::{RightPanel, Tiles, pack_right, piece};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;

/// Parts of k.
const PARTS: usize = 8;
/// The shortest part that pays.
const SHORTEST: usize = 256;
/// The largest result: the sums of a part stay in the second cache.
const LARGEST: usize = 1 << 16;

pub(super) fn fits([rows, columns, depth]: [usize; 3]) -> bool {
    depth >= PARTS * SHORTEST && rows * columns <= LARGEST
}

pub(super) fn product<L: Left, R: Right>(tiles: &Tiles, left: &L, right: &R, output: &Output<'_>) {
    let [rows, columns, depth] = tiles.sizes;
    with_slot(Slot::Output, PARTS * rows * columns, |parts| {
        let partial = Output {
            c: Disjoint::new(parts),
            stride: columns,
            column: 0,
            accumulate: false,
            epilogue: Epilogue::default(),
        };
        parallel(PARTS, &|index| {
            part(tiles, left, right, piece(depth, PARTS, index), index * rows * columns, &partial);
        });
        add_up(parts, PARTS, [rows, columns], output);
    });
}

/// The product over a part of k, to place `base` of the output.
fn part<L: Left, R: Right>(
    tiles: &Tiles,
    left: &L,
    right: &R,
    part: std::ops::Range<usize>,
    base: usize,
    output: &Output<'_>,
) {
    let longest = tiles.right.room() / tiles.right.width;
    let (blocks, size) = (part.len().div_ceil(longest), tiles.right.room());
    with_slot(Slot::Right, tiles.right.panels() * size, |packed| {
        with_blocks(tiles, left, |left| {
            for index in 0..blocks {
                let block = piece(part.len(), blocks, index);
                let block = part.start + block.start..part.start + block.end;
                let in_place = |index: usize| {
                    let whole = tiles.right.panel(index).0 == tiles.right.width;
                    right.in_place(index * tiles.right.width, block.start).filter(|_| whole)
                };
                for (index, panel) in packed.chunks_exact_mut(size).enumerate() {
                    if in_place(index).is_none() {
                        pack_right(&tiles.right, right, index, block.clone(), panel);
                    }
                }
                for first in (0..tiles.panels).step_by(tiles.group()) {
                    let group = first..(first + tiles.group()).min(tiles.panels);
                    left.turn_to(group.clone());
                    let left = left.block(group.clone(), block.clone());
                    for (right_panel, packed) in packed.chunks_exact(size).enumerate() {
                        let b = match in_place(right_panel) {
                            Some((lines, step)) => RightPanel::InPlace(lines, step),
                            None => RightPanel::Packed(packed),
                        };
                        tiles.column_of(
                            group.clone(),
                            right_panel,
                            block.len(),
                            left,
                            (b, &[]),
                            [index == 0, false],
                            base,
                            output,
                        );
                    }
                }
            }
        });
    });
}

/// Adds up parts of a product, each `[rows, columns]`, and does what is left to do.
pub(super) fn add_up(parts: &[Real], count: usize, [rows, columns]: [usize; 2], output: &Output<'_>) {
    for row in 0..rows {
        // SAFETY: rows do not overlap, and nobody else writes to the output now.
        let line = unsafe { output.c.part(row * output.stride + output.column, columns) };
        vectorize(
            #[inline(always)]
            || {
                if !output.accumulate {
                    line.fill(0.0);
                }
                for part in 0..count {
                    for (sum, x) in line.iter_mut().zip(&parts[(part * rows + row) * columns..][..columns]) {
                        *sum += x;
                    }
                }
                output.epilogue.finish(0, row * output.stride + output.column, line);
            },
        );
    }
}
