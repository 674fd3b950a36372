//! The left factor, block by block: packed by columns, packed by rows, or read in place; ready for the kernels.

use super::pack::{Left, ROW_STRIDE};
use super::tiles::{LeftBlock, Tiles, room};
use crate::Real;
use crate::isa::vectorize;
use crate::scratch::{Slot, with_places, with_slot};
use std::ops::Range;

/// Calls `f` with `left` prepared for blocks of at most as many panels as [`Tiles::group`] says.
pub(super) fn with_blocks<L: Left>(tiles: &Tiles, left: &L, f: impl FnOnce(&mut Blocks<'_, L>)) {
    let panels = tiles.group();
    let (room, runs) = if left.run().is_some() {
        (0, tiles.sizes[2].div_ceil(left.run().unwrap_or(1).max(1)))
    } else {
        (room::<L>(tiles.height), 1)
    };
    let apart = if L::BY_COLUMNS { 0 } else { runs * tiles.height };
    with_slot(Slot::Left, panels * room, |memory| {
        with_places(panels * apart, |table| f(&mut Blocks { tiles, left, memory, table, room, apart }));
    });
}

/// The memory for one block of the left factor at a time.
pub(super) struct Blocks<'a, L> {
    tiles: &'a Tiles,
    left: &'a L,
    memory: &'a mut [Real],
    table: &'a mut [*const Real],
    room: usize,
    apart: usize,
}

impl<L: Left> Blocks<'_, L> {
    /// Turns to some panels, all of k.
    pub fn turn_to(&mut self, panels: Range<usize>) {
        let tiles = self.tiles;
        for (index, panel) in panels.enumerate() {
            let rows = tiles.rows(panel);
            let height = tiles.kernel_height(rows.len());
            if self.left.run().is_some() {
                let table = &mut self.table[index * self.apart..][..self.apart];
                self.left.places(rows.start, rows.len(), height, table);
                fill_up(table, rows.len(), height);
            } else if !L::BY_COLUMNS {
                let memory = &self.memory[index * self.room..][..self.room];
                let table = &mut self.table[index * self.apart..][..self.apart];
                for (row, place) in table.iter_mut().take(rows.len()).enumerate() {
                    *place = memory[row * ROW_STRIDE..].as_ptr();
                }
                fill_up(table, rows.len(), height);
            }
        }
    }

    /// A part of k of the panels that were last turned to.
    pub fn block(&mut self, panels: Range<usize>, part: Range<usize>) -> LeftBlock<'_> {
        if let Some(run) = self.left.run() {
            let (first, offset) = (part.start / run, part.start % run);
            return LeftBlock::Places { table: self.table, apart: self.apart, first, run, offset };
        }
        let (tiles, left) = (self.tiles, self.left);
        for (panel, memory) in panels.zip(self.memory.chunks_exact_mut(self.room)) {
            let rows = tiles.rows(panel);
            vectorize(
                #[inline(always)]
                || left.pack(rows.start, rows.len(), tiles.height, part.start, part.len(), memory),
            );
        }
        if L::BY_COLUMNS {
            LeftBlock::Columns(self.memory, self.room)
        } else {
            LeftBlock::Places { table: self.table, apart: self.apart, first: 0, run: part.len(), offset: 0 }
        }
    }
}

/// The rows that a kernel has beyond those of its panel read what the last one reads; nobody stores them.
fn fill_up(table: &mut [*const Real], rows: usize, height: usize) {
    if rows < height {
        for run in table.chunks_exact_mut(height) {
            let last = run[rows - 1];
            run[rows..].fill(last);
        }
    }
}
