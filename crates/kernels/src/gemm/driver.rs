//! The driver: cuts a product into blocks, packs the factors, runs the micro-kernel, shares the blocks among the threads.

use super::Epilogue;
use super::micro::{self, Tile};
use super::pack::{DEPTH_BLOCK, Left, ROW_STRIDE, Right};
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
/// Enough pieces for the threads to end at about the same time.
const PIECES: usize = 8;
/// The most rows whose panels are packed together: they stay in the second cache.
const BLOCK_ROWS: usize = 96;
/// Parts of k are summed apart only when they are at least so long.
const LONG: usize = 1024;

/// How a product is cut: a function of its sizes and the instruction set alone.
struct Plan {
    sizes: [usize; 3],
    height: usize,
    panels: usize,
    width: usize,
    narrow: usize,
    /// Pieces of rows, of columns, of k.
    pieces: [usize; 3],
}

impl Plan {
    fn new(sizes: [usize; 3]) -> Self {
        let [rows, columns, depth] = sizes;
        let tile = micro::sizes();
        let panels = rows.div_ceil(tile.height);
        // Panels of even height: 32 rows are 12 + 12 + 8, not 14 + 14 + 4.
        let height = micro::height_for(rows.div_ceil(panels));
        let panels = rows.div_ceil(height);
        let right_panels = columns.div_ceil(tile.width);
        let mut pieces = [panels.div_ceil((BLOCK_ROWS / height).max(1)), 1, 1];
        if rows * columns * depth >= PARALLEL {
            pieces[0] = pieces[0].max(PIECES).min(panels);
            pieces[0] = pieces[0].next_multiple_of(2).min(panels);
            if pieces[0] < PIECES {
                pieces[1] = PIECES.div_ceil(pieces[0]).min(right_panels);
            }
            if pieces[0] * pieces[1] < PIECES / 2 {
                pieces[2] = (depth / LONG).clamp(1, PIECES);
            }
        }
        Plan { sizes, height, panels, width: tile.width, narrow: tile.narrow, pieces }
    }

    /// The columns that panel `index` of the right factor has, and the width it is packed to.
    fn right_panel(&self, index: usize) -> (usize, usize) {
        let columns = (self.sizes[1] - index * self.width).min(self.width);
        (columns, if columns <= self.narrow { self.narrow } else { self.width })
    }
}

/// The part of `0..total` that is piece `index` of `pieces`.
fn piece(total: usize, pieces: usize, index: usize) -> std::ops::Range<usize> {
    total * index / pieces..total * (index + 1) / pieces
}

/// C = A B or C += A B, then the epilogue.
pub(crate) fn product<L: Left, R: Right>(left: &L, right: &R, output: &Output<'_>) {
    let ([rows, depth], columns) = (left.size(), right.columns());
    if rows == 0 || columns == 0 {
        return;
    }
    if depth == 0 {
        return finish(&[], 0, [rows, columns], output);
    }
    let plan = Plan::new([rows, columns, depth]);
    let right_panels = columns.div_ceil(plan.width);
    let parallel_work = rows * columns * depth >= PARALLEL;
    with_slot(Slot::Right, right_panels * plan.width * depth, |packed| {
        let pack = |index: usize, panel: &mut [Real]| {
            let (columns, width) = plan.right_panel(index);
            right.pack(index * plan.width, columns, width, panel);
        };
        let size = plan.width * depth;
        if parallel_work && right_panels > 1 {
            parallel_chunks(packed, size, &pack);
        } else {
            packed.chunks_mut(size).enumerate().for_each(|(index, panel)| pack(index, panel));
        }
        let run = |count: usize, task: &(dyn Fn(usize) + Sync)| {
            if parallel_work { parallel(count, task) } else { (0..count).for_each(task) }
        };
        let [row_pieces, column_pieces, depth_pieces] = plan.pieces;
        let count = row_pieces * column_pieces;
        if depth_pieces == 1 {
            let target = Target { output, base: 0, last: true };
            return run(count, &|task| {
                let ranges = [
                    piece(plan.panels, row_pieces, task / column_pieces),
                    piece(right_panels, column_pieces, task % column_pieces),
                    0..depth,
                ];
                block(&plan, left, packed, ranges, &target);
            });
        }
        // Few tiles and a long k: parts of k are summed apart, then added up in their order.
        with_slot(Slot::Output, depth_pieces * rows * columns, |parts| {
            let partial = Output {
                c: Disjoint::new(parts),
                stride: columns,
                column: 0,
                accumulate: false,
                epilogue: Epilogue::default(),
            };
            run(count * depth_pieces, &|task| {
                let (part, task) = (task / count, task % count);
                let ranges = [
                    piece(plan.panels, row_pieces, task / column_pieces),
                    piece(right_panels, column_pieces, task % column_pieces),
                    piece(depth, depth_pieces, part),
                ];
                let target = Target { output: &partial, base: part * rows * columns, last: true };
                block(&plan, left, packed, ranges, &target);
            });
            finish(parts, depth_pieces, [rows, columns], output);
        });
    });
}

/// Adds up parts of a product, each `[rows, columns]`, and does what is left to do.
fn finish(parts: &[Real], count: usize, [rows, columns]: [usize; 2], output: &Output<'_>) {
    for row in 0..rows {
        // SAFETY: rows do not overlap, and nobody else writes to the output now.
        let line = unsafe { output.c.part(row * output.stride + output.column, columns) };
        for (column, out) in line.iter_mut().enumerate() {
            let mut sum: Real = (0..count).map(|part| parts[(part * rows + row) * columns + column]).sum();
            sum += output.epilogue.bias.map_or(0.0, |bias| bias[column]);
            if output.accumulate {
                sum += *out;
            }
            *out = if output.epilogue.relu && sum <= 0.0 { 0.0 } else { sum };
        }
    }
}

struct Target<'a> {
    output: &'a Output<'a>,
    /// Where in the output the part begins.
    base: usize,
    /// Whether the epilogue follows the last of k.
    last: bool,
}

/// One piece of C: packs blocks of the left factor and runs the micro-kernel over all tiles.
fn block<L: Left>(plan: &Plan, left: &L, packed: &[Real], ranges: [std::ops::Range<usize>; 3], target: &Target<'_>) {
    let [panels, right_panels, depths] = ranges;
    let [rows, columns, all_depth] = plan.sizes;
    let output = target.output;
    let height = plan.height;
    let room = if L::BY_COLUMNS { height * DEPTH_BLOCK } else { height * ROW_STRIDE };
    let group = (BLOCK_ROWS / height).max(1);
    let blocks = depths.len().div_ceil(DEPTH_BLOCK);
    let kernels = [plan.narrow, plan.width].map(|width| micro::kernel(height, width, L::BY_COLUMNS));
    with_slot(Slot::Left, group * room, |memory| {
        for first in panels.clone().step_by(group) {
            let group = first..(first + group).min(panels.end);
            for index in 0..blocks {
                let part = piece(depths.len(), blocks, index);
                let (from, depth) = (depths.start + part.start, part.len());
                for (panel, memory) in group.clone().zip(memory.chunks_mut(room)) {
                    let row = panel * height;
                    left.pack(row, height.min(rows - row), height, from, depth, memory);
                }
                let (begins, ends) = (index == 0, index + 1 == blocks && target.last);
                for right_panel in right_panels.clone() {
                    let (width_used, width) = plan.right_panel(right_panel);
                    let column = right_panel * plan.width;
                    debug_assert!(column + width_used <= columns);
                    let kernel = kernels[usize::from(width == plan.width)];
                    let bias = output.epilogue.bias.filter(|_| ends);
                    let b = &packed[right_panel * plan.width * all_depth + from * width..][..depth * width];
                    for (panel, a) in group.clone().zip(memory.chunks(room)) {
                        let row = panel * height;
                        let rows = height.min(rows - row);
                        let place = target.base + row * output.stride + output.column + column;
                        let c = output.c.pointer(place, (rows - 1) * output.stride + width_used);
                        let tile = Tile {
                            depth,
                            a: a.as_ptr(),
                            b: b.as_ptr(),
                            c,
                            stride: output.stride,
                            rows,
                            columns: width_used,
                            accumulate: output.accumulate || !begins,
                            bias: bias.map_or(std::ptr::null(), |bias| bias[column..column + width_used].as_ptr()),
                            relu: output.epilogue.relu && ends,
                        };
                        // SAFETY: tiles do not overlap, and `pointer` has checked that c spans this one; the left panel has `height` rows over `depth` in the layout of the chosen kernel, the
                        // right one `[depth][width]`, c the tile's rows; the instruction set is the one at hand.
                        unsafe { kernel(&tile) };
                    }
                }
            }
        }
    });
}
