//! A factor laid out as the micro-kernel reads it.

use std::ops::Range;

use super::micro;
use crate::threads::parallel_chunks;

/// Takes ranges of the depth and of the items, and a place for the numbers of both, row by row: `[depth, items]`.
pub type Fill<'a> = dyn Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync + 'a;

/// A factor in panels of as many items as a tile is wide, each `[depth][width]`, zeros where there is no item.
#[derive(Debug)]
pub struct Panels {
    memory: Vec<f64>,
    items: usize,
    depth: usize,
    width: usize,
}

/// The numbers of a cache line, at which the first panel begins: vectors that cross lines are read twice.
const LINE: usize = 8;

/// Items that are filled together, as rows long enough to be read well: a multiple of every panel's width.
const GROUP: usize = 24;
/// The part of the depth that is filled at once: it stays in the first cache until it is laid out.
const PIECE: usize = 64;

/// Lays out the columns of row-major `[.., count]` that are a panel's, with zeros where there are none.
fn lay<const W: usize>(rows: &[f64], count: usize, index: usize, panel: &mut [f64]) {
    let (columns, lines) = (index * W..((index + 1) * W).min(count), panel.as_chunks_mut::<W>().0);
    for (line, row) in lines.iter_mut().zip(rows.chunks_exact(count)) {
        if let Some(whole) = row[columns.clone()].first_chunk::<W>() {
            *line = *whole;
        } else {
            line[..columns.len()].copy_from_slice(&row[columns.clone()]);
            line[columns.len()..].fill(0.0);
        }
    }
}

impl Panels {
    /// Packs so many items over such a depth, the panels shared by the threads.
    pub fn pack(items: usize, depth: usize, fill: &Fill<'_>) -> Self {
        let mut panels = Panels { memory: Vec::new(), items, depth: 0, width: micro::width() };
        panels.refill(0..depth, fill);
        panels
    }

    /// Packs the same items over another part of the depth, into the same memory.
    pub fn refill(&mut self, part: Range<usize>, fill: &Fill<'_>) {
        let (items, width, depth) = (self.items, self.width, part.len());
        self.depth = depth;
        let length = items.div_ceil(width) * width * depth;
        if self.memory.len() < length + LINE {
            self.memory = vec![0.0; length + LINE];
        }
        if length == 0 {
            return;
        }
        let start = self.start();
        parallel_chunks(&mut self.memory[start..start + length], GROUP * depth, &|group, panels| {
            let range = group * GROUP..((group + 1) * GROUP).min(items);
            let count = range.len();
            let mut rows = vec![0.0; count * PIECE.min(depth)];
            for first in (0..depth).step_by(PIECE) {
                let piece = first..(first + PIECE).min(depth);
                let rows = &mut rows[..count * piece.len()];
                fill(part.start + piece.start..part.start + piece.end, range.clone(), rows);
                for (index, panel) in panels.chunks_exact_mut(width * depth).enumerate() {
                    let panel = &mut panel[width * piece.start..width * piece.end];
                    match width {
                        8 => lay::<8>(rows, count, index, panel),
                        24 => lay::<24>(rows, count, index, panel),
                        _ => lay::<4>(rows, count, index, panel),
                    }
                }
            }
        });
    }

    /// How many items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// How many numbers for each.
    pub fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Where the memory begins a line. It never moves.
    fn start(&self) -> usize {
        self.memory.as_ptr().align_offset(LINE * size_of::<f64>()).min(LINE)
    }

    /// A panel over a part of the depth.
    pub(super) fn panel(&self, index: usize, part: Range<usize>) -> &[f64] {
        let first = self.start() + index * self.width * self.depth;
        &self.memory[first + part.start * self.width..first + part.end * self.width]
    }
}
