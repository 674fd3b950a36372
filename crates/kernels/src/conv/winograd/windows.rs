//! From pictures to factors: the windows of tiles, read, transformed and laid out for the products, all in one pass.

use super::grid::{Grid, Pictures};
use super::transforms::{input, output_gradient};
use crate::disjoint::Disjoint;
use crate::isa::{load, prefetch};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// The numbers of a cache line.
const LINE: usize = 16;

/// Where the factors of tiles go. The channels are cut into blocks that are products of their own; a block of channels of one
/// of the N x N places of a tile is a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// The channels of a block: whole vectors, also of the widest instruction set.
    pub block: usize,
    /// So many pieces lie behind one another; then it goes on `jump` after the first of them.
    pub per_row: usize,
    pub jump: usize,
    /// Tiles lie `row` apart, and after `height` of them it goes on `panel` after the first of them.
    pub height: usize,
    pub row: usize,
    pub panel: usize,
}

impl Layout {
    pub fn piece(&self, index: usize) -> usize {
        index / self.per_row * self.jump + index % self.per_row * self.block
    }

    fn tile(&self, index: usize) -> usize {
        index / self.height * self.panel + index % self.height * self.row
    }
}

/// Transforms the windows of some tiles, N x N pixels of the input each; or with `GRADIENT` the tiles themselves, N - 2 by N - 2
/// pixels of the output's gradient, to N x N factors for each channel.
pub(super) struct Windows<'a, const N: usize, const GRADIENT: bool> {
    pub grid: &'a Grid,
    pub data: &'a [f32],
    pub tiles: Range<usize>,
    pub layout: Layout,
    /// Where they go: from `start` on, and nobody else's.
    pub factors: &'a Disjoint<'a, f32>,
    pub start: usize,
}

impl<const N: usize, const GRADIENT: bool> WithSimd for Windows<'_, N, GRADIENT> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Windows { grid, data, tiles, layout, factors, start } = self;
        let lanes = S::F32_LANES;
        let (pictures, side) = if GRADIENT { (grid.output, N - 2) } else { (grid.input, N) };
        for block in 0..pictures.channels.div_ceil(layout.block) {
            let mut places = [[0; N]; N];
            for (index, place) in places.as_flattened_mut().iter_mut().enumerate() {
                *place = layout.piece(block * N * N + index);
            }
            let last = places.as_flattened().iter().fold(0, |most, place| most.max(*place));
            let channels = block * layout.block..((block + 1) * layout.block).min(pictures.channels);
            for (index, tile) in tiles.clone().enumerate() {
                let tile = grid.tile(tile);
                let origin = if GRADIENT { tile.place.map(|at| at as isize) } else { grid.window(tile) };
                let whole = pictures.holds(origin, side);
                let window = Window { data, pictures, picture: tile.picture, origin };
                let target = factors.pointer(start + layout.tile(index), last + layout.block);
                if tile.place[1] + N < grid.output.size[1] {
                    window.prefetch(N - 2, channels.clone());
                }
                for channel in channels.clone().step_by(lanes) {
                    let count = lanes.min(channels.end - channel);
                    let target = target.wrapping_add(channel - channels.start);
                    if whole && count == lanes {
                        let read = window.whole(simd, channel, side);
                        transform::<S, N, GRADIENT>(
                            simd,
                            read,
                            #[inline(always)]
                            |row, column, factor| {
                                // SAFETY: `pointer` has checked that a block of channels, which is whole vectors, is there at
                                // every place; whoever made this answers for their being nobody else's.
                                unsafe { target.add(places[row][column]).cast::<S::f32s>().write_unaligned(factor) };
                            },
                        );
                    } else {
                        let read = window.part(simd, channel, count);
                        transform::<S, N, GRADIENT>(
                            simd,
                            read,
                            #[inline(always)]
                            |row, column, factor| {
                                // SAFETY: as for the whole ones.
                                unsafe { target.add(places[row][column]).cast::<S::f32s>().write_unaligned(factor) };
                            },
                        );
                    }
                }
            }
        }
    }
}

/// Pixels of a picture from an origin on, which may lie beside it.
#[derive(Clone, Copy)]
struct Window<'a> {
    data: &'a [f32],
    pictures: Pictures,
    picture: usize,
    origin: [isize; 2],
}

impl Window<'_> {
    /// Asks for the pixels that the window `ahead` to the right has more.
    #[inline(always)]
    fn prefetch(&self, ahead: usize, channels: Range<usize>) {
        for row in 0..ahead + 2 {
            let [row, column] = [self.origin[0] + row as isize, self.origin[1] + 2 + ahead as isize];
            if row < 0 || row >= self.pictures.size[0] as isize || column < 0 {
                continue;
            }
            let first = self.pictures.at(self.picture, row as usize, column as usize);
            for pixel in 0..ahead {
                for channel in channels.clone().step_by(LINE) {
                    prefetch(self.data.as_ptr().wrapping_add(first + pixel * self.pictures.pixel + channel));
                }
            }
        }
    }

    /// Reads vectors of a window of `side` x `side` pixels that lies in the picture.
    #[inline(always)]
    fn whole<S: Simd>(&self, _: S, channel: usize, side: usize) -> impl Fn(usize, usize) -> S::f32s {
        let [row, column] = self.origin.map(|at| at as usize);
        let start = self.pictures.at(self.picture, row, column) + channel;
        let (line, pixel) = (self.pictures.size[1] * self.pictures.pixel, self.pictures.pixel);
        let data = &self.data[start..start + (side - 1) * (line + pixel) + S::F32_LANES];
        move |row, column| {
            debug_assert!(row < side && column < side);
            // SAFETY: the slice reaches from the window's first pixel to a vector of its last one.
            unsafe { data.as_ptr().add(row * line + column * pixel).cast::<S::f32s>().read_unaligned() }
        }
    }

    /// Reads vectors of `count` channels; 0 beside the picture.
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, channel: usize, count: usize) -> impl Fn(usize, usize) -> S::f32s {
        move |row, column| {
            let inside = |at: isize, length: usize| usize::try_from(at).ok().filter(|at| *at < length);
            let [height, width] = self.pictures.size;
            match (inside(self.origin[0] + row as isize, height), inside(self.origin[1] + column as isize, width)) {
                (Some(row), Some(column)) => {
                    let start = self.pictures.at(self.picture, row, column) + channel;
                    load(simd, &self.data[start..start + count])
                }
                _ => simd.splat_f32s(0.0),
            }
        }
    }
}

/// One tile and one vector of channels.
#[inline(always)]
fn transform<S: Simd, const N: usize, const GRADIENT: bool>(
    simd: S,
    read: impl Fn(usize, usize) -> S::f32s,
    mut put: impl FnMut(usize, usize, S::f32s),
) {
    let (side, zero) = (if GRADIENT { N - 2 } else { N }, simd.splat_f32s(0.0));
    let mut half = [[zero; N]; N];
    for column in 0..side {
        let mut pixels = [zero; N];
        for row in 0..side {
            pixels[row] = read(row, column);
        }
        let factors = line::<S, N, GRADIENT>(simd, pixels);
        for row in 0..N {
            half[row][column] = factors[row];
        }
    }
    for row in 0..N {
        let factors = line::<S, N, GRADIENT>(simd, half[row]);
        for column in 0..N {
            put(row, column, factors[column]);
        }
    }
}

#[inline(always)]
fn line<S: Simd, const N: usize, const GRADIENT: bool>(simd: S, line: [S::f32s; N]) -> [S::f32s; N] {
    if GRADIENT { output_gradient(simd, line) } else { input(simd, line) }
}
