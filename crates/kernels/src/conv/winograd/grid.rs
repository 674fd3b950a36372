//! Which pixels belong to which tile.
//! ```text
//!    window of tile 0                  N = m + 2 pixels a side; the windows of neighbours overlap by two pixels, their
//!  ┌ ─ ─ ─ ─ ─ ─ ┐                     results, m x m pixels of the output, do not. Here m = 4, padding 1: the first window
//!  │ ┌───────┬───┼───┬───────┐         begins a pixel before the picture. What lies beside the picture is zero; what a last
//!  │ │tile 0 │   │1  │ 2     │         tile computes beyond the output is dropped.
//!  │ │       │   │   │       │
//!  │ ├───────┼───┼───┼───────┤
//!  └ ┼ ─ ─ ─ ┼ ─ ┘   │       │
//!    │ 3     │ 4     │ 5     │
//! ```

use super::super::ConvShape;

/// Pictures in memory, or some channels of them.
#[derive(Clone, Copy)]
pub(super) struct Pictures {
    /// Height and width.
    pub size: [usize; 2],
    /// From one pixel to the next.
    pub pixel: usize,
    /// The first channel, and how many.
    pub first: usize,
    pub channels: usize,
}

/// A convolution with kernels of 3x3, cut into tiles.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub batch: usize,
    pub input: Pictures,
    pub output: Pictures,
    /// How far the first window begins before the picture; negative where it begins inside.
    before: [isize; 2],
    /// The pixels m of a tile's side, and the tiles of a picture down and to the right.
    side: usize,
    tiles: [usize; 2],
}

/// A tile: its picture, and its first pixel of the output.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub picture: usize,
    pub place: [usize; 2],
}

impl Grid {
    /// A group of the forward pass.
    pub fn of_output(shape: &ConvShape, group: usize, side: usize) -> Self {
        let [channels_in, channels_out] = [shape.in_channels, shape.out_channels].map(|all| all / shape.groups);
        let input = Pictures {
            size: [shape.in_height, shape.in_width],
            pixel: shape.in_channels,
            first: group * channels_in,
            channels: channels_in,
        };
        let output = Pictures {
            size: [shape.out_height(), shape.out_width()],
            pixel: shape.out_channels,
            first: group * channels_out,
            channels: channels_out,
        };
        Grid::new(shape.batch, input, output, shape.padding.map(|[before, _]| before as isize), side)
    }

    /// The input's gradient as a convolution of the output's: a pixel is reached by the output's from its own place
    /// + padding - 2 on.
    pub fn of_input(shape: &ConvShape, group: usize, side: usize) -> Self {
        let Grid { batch, input, output, before, .. } = Grid::of_output(shape, group, side);
        Grid::new(batch, output, input, before.map(|before| 2 - before), side)
    }

    fn new(batch: usize, input: Pictures, output: Pictures, before: [isize; 2], side: usize) -> Self {
        Grid { batch, input, output, before, side, tiles: output.size.map(|length| length.div_ceil(side)) }
    }

    /// All tiles.
    pub fn count(&self) -> usize {
        self.batch * self.tiles[0] * self.tiles[1]
    }

    pub fn tile(&self, index: usize) -> Tile {
        let [down, right] = self.tiles;
        let place = [index / right % down, index % right].map(|place| place * self.side);
        Tile { picture: index / (down * right), place }
    }

    /// Where a tile's window begins in the input: row and column.
    pub fn window(&self, tile: Tile) -> [isize; 2] {
        [0, 1].map(|axis| tile.place[axis] as isize - self.before[axis])
    }
}

impl Pictures {
    /// The place in memory of a pixel's first channel.
    pub fn at(&self, picture: usize, row: usize, column: usize) -> usize {
        ((picture * self.size[0] + row) * self.size[1] + column) * self.pixel + self.first
    }

    /// Whether `side` x `side` pixels from a place on all lie in the picture.
    pub fn holds(&self, [row, column]: [isize; 2], side: usize) -> bool {
        let inside = |at: isize, length: usize| at >= 0 && at + side as isize <= length as isize;
        inside(row, self.size[0]) && inside(column, self.size[1])
    }
}
