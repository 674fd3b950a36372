//! A factor laid out as the micro-kernel reads it.

use std::ops::Range;

use crate::threads::parallel_chunks;

/// Takes ranges of the depth and of the items, and a place for the numbers of both, row by row: `[depth, items]`.
pub type Fill<'a> = dyn Fn(Range<usize>, Range<usize>, &mut [f64]) + Sync + 'a;

/// The items of a panel: a multiple of the heights and widths of all tiles (8 x 24, 6 x 8, 4 x 4).
pub(super) const WIDTH: usize = 24;

/// A factor in panels of 24 items, each `[depth][24]`, zeros where there is no item.
#[derive(Debug)]
pub struct Panels {
    memory: Vec<f64>,
    items: usize,
    depth: usize,
}

/// The numbers of a cache line, at which the first panel begins: vectors that cross lines are read twice.
const LINE: usize = 8;

/// The part of the depth that is filled at once: it stays in the first cache until it is laid out.
const PIECE: usize = 64;

/// Lays out rows of at most [`WIDTH`] numbers as lines of a panel, with zeros where there are none.
fn lay(rows: &[f64], count: usize, panel: &mut [f64]) {
    for (line, row) in panel.as_chunks_mut::<WIDTH>().0.iter_mut().zip(rows.chunks_exact(count)) {
        if let Some(whole) = row.first_chunk::<WIDTH>() {
            *line = *whole;
        } else {
            line[..count].copy_from_slice(row);
            line[count..].fill(0.0);
        }
    }
}

impl Panels {
    /// Packs so many items over such a depth, the panels shared by the threads.
    pub fn pack(items: usize, depth: usize, fill: &Fill<'_>) -> Self {
        let mut panels = Panels { memory: Vec::new(), items, depth: 0 };
        panels.refill(0..depth, fill);
        panels
    }

    /// Packs the same items over another part of the depth, into the same memory.
    pub fn refill(&mut self, part: Range<usize>, fill: &Fill<'_>) {
        let (items, depth) = (self.items, part.len());
        self.depth = depth;
        let length = items.next_multiple_of(WIDTH) * depth;
        if self.memory.len() < length + LINE {
            self.memory = vec![0.0; length + LINE];
        }
        if length == 0 {
            return;
        }
        let start = self.start();
        parallel_chunks(&mut self.memory[start..start + length], WIDTH * depth, &|index, panel| {
            let range = index * WIDTH..((index + 1) * WIDTH).min(items);
            let count = range.len();
            let mut rows = vec![0.0; count * PIECE.min(depth)];
            for first in (0..depth).step_by(PIECE) {
                let piece = first..(first + PIECE).min(depth);
                let rows = &mut rows[..count * piece.len()];
                fill(part.start + piece.start..part.start + piece.end, range.clone(), rows);
                lay(rows, count, &mut panel[WIDTH * piece.start..WIDTH * piece.end]);
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

    /// Where the memory begins a line. It never moves.
    fn start(&self) -> usize {
        self.memory.as_ptr().align_offset(LINE * size_of::<f64>()).min(LINE)
    }

    /// A panel over a part of the depth.
    pub(super) fn panel(&self, index: usize, part: Range<usize>) -> &[f64] {
        let first = self.start() + index * WIDTH * self.depth;
        &self.memory[first + part.start * WIDTH..first + part.end * WIDTH]
    }
}
