//! The gradient of the weights: how the loss changes with each of the N x N transformed weights, summed over all tiles, and
//! from there back to the 3x3 taps.
//! ```text
//!      dy                          W                    the forward pass of a tile is   y = At (U * V) A,  U = G w Gt
//!   ┌──┬──┬──┐   N x N         ┌────────┐               and so, by the chain rule,
//!   │  │  │  │ ───────>  out   │ tiles  │
//!   ├──┼──┼──┤  A x At         └────────┘  N x N        W = A dy At      m x m pixels of a tile to N x N
//!   └──┴──┴──┘                      x     ───────> dU   dU = sum over tiles of W * V
//!      x                         ┌───┐    [out, in]     dw = Gt dU G     N x N to 3 x 3
//!   ┌──┬──┬──┐   N x N      tiles│   │
//!   │  │  │  │ ───────>          │ V │         V = Bt x B is the forward pass's; its windows overlap,
//!   ├──┼──┼──┤  Bt x B           └───┘         the tiles of dy do not
//!   └──┴──┴──┘                     in
//! ```
//! Tiles are taken in chunks whose V and W stay in the third cache. The threads first share the tiles, which are transformed
//! into rows `[tile][channel]`, good for both factors as they are: a product broadcasts numbers of W against vectors of V.
//! Then they share the N x N products, each of which adds to a dU of its own; after the last chunk they share the taps.
//!
//! Bound by arithmetic, as the forward pass, with more traffic through the third cache.

use super::super::ConvShape;
use super::grid::Grid;
use super::plan::PAD;
use super::transforms::weight_gradient;
use super::windows::{Layout, Windows};
use crate::disjoint::Disjoint;
use crate::gemm::micro::{self, Columns, Form, LeftPanel, Tile};
use crate::isa::{load, store, with_simd};
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// The numbers of V and W together that are transformed before they are multiplied: twice as many as there are sums, which each chunk
/// reads and writes once, within bounds. Few enough to be found again in a third cache that others use, too.
const CHUNK: [usize; 2] = [512 << 10, 3 << 20];
/// The tiles that are transformed at a time.
const BLOCK: usize = 8;
/// The tiles that are summed in registers: a panel of V stays in the first cache, and W's lines, which hold the numbers of more than
/// one panel, until the next.
const DEPTH: usize = 128;
/// The output channels of a task of a product, and of one of the taps.
const ROWS: usize = 96;
const TAPS: usize = 4;

pub(super) fn run<const N: usize>(shape: &ConvShape, input: &[f32], grad_output: &[f32], grad_weight: &mut [f32]) {
    let size = grad_weight.len() / shape.groups;
    for (group, grad_weight) in grad_weight.chunks_mut(size).enumerate() {
        let grid = Grid::of_output(shape, group, N - 2);
        let [inputs, outputs] = [grid.input.channels, grid.output.channels];
        let [row_in, row_out] = [inputs, outputs].map(|channels| channels.next_multiple_of(micro::sizes().width) + PAD);
        let sums = Sums { inputs, outputs, row: inputs.next_multiple_of(PAD) };
        let [least, most] = CHUNK;
        let memory = (2 * N * N * sums.step()).clamp(least, most);
        let chunks = (grid.count() * N * N * (row_in + row_out)).div_ceil(memory);
        let chunk = grid.count().div_ceil(chunks).next_multiple_of(BLOCK);
        with_slot(Slot::Left, N * N * (chunk * row_out + PAD), |w| {
            with_slot(Slot::Right, N * N * (chunk * row_in + PAD), |v| {
                with_slot(Slot::Output, N * N * sums.step(), |memory| {
                    for first in (0..grid.count()).step_by(chunk) {
                        let tiles = first..(first + chunk).min(grid.count());
                        transform::<N, false>(&grid, input, tiles.clone(), rows(chunk, row_in), v);
                        transform::<N, true>(&grid, grad_output, tiles.clone(), rows(chunk, row_out), w);
                        let factors = [(&*w, rows(chunk, row_out)), (&*v, rows(chunk, row_in))];
                        sums.multiply::<N>(factors, tiles.len(), first > 0, memory);
                    }
                    let grad_weight = Disjoint::new(grad_weight);
                    parallel(outputs.div_ceil(TAPS), &|task| {
                        let rows = task * TAPS..((task + 1) * TAPS).min(outputs);
                        with_simd(Taps::<N> { sums: &sums, memory, rows, grad_weight: &grad_weight });
                    });
                });
            });
        });
    }
}

/// A chunk of tiles as N x N matrices `[tile][channel]` with rows of a length.
fn rows(tiles: usize, row: usize) -> Layout {
    Layout { block: row, per_row: 1, jump: tiles * row + PAD, height: usize::MAX, row, panel: 0 }
}

/// Transforms some tiles of the input or, with `GRADIENT`, of the output's gradient.
fn transform<const N: usize, const GRADIENT: bool>(
    grid: &Grid,
    data: &[f32],
    tiles: Range<usize>,
    layout: Layout,
    factors: &mut [f32],
) {
    let factors = Disjoint::new(factors);
    parallel(tiles.len().div_ceil(BLOCK), &|task| {
        let first = tiles.start + task * BLOCK;
        let start = task * BLOCK * layout.row;
        let tiles = first..(first + BLOCK).min(tiles.end);
        with_simd(Windows::<N, GRADIENT> { grid, data, tiles, layout, factors: &factors, start });
    });
}

/// dU: N x N matrices `[out][in]` with rows of a length.
struct Sums {
    inputs: usize,
    outputs: usize,
    row: usize,
}

impl Sums {
    fn step(&self) -> usize {
        self.outputs * self.row + PAD
    }

    /// Adds the products of the tiles of a chunk, or sets them.
    fn multiply<const N: usize>(
        &self,
        factors: [(&[f32], Layout); 2],
        tiles: usize,
        accumulate: bool,
        memory: &mut [f32],
    ) {
        let memory = Disjoint::new(memory);
        let pieces = self.outputs.div_ceil(ROWS);
        parallel(N * N * pieces, &|task| {
            let (product, piece) = (task / pieces, task % pieces);
            let [w, v] = factors.map(|(factor, layout)| (&factor[layout.piece(product)..], layout.row));
            let outputs = piece * ROWS..((piece + 1) * ROWS).min(self.outputs);
            for first in (0..tiles).step_by(DEPTH) {
                let depth = first..(first + DEPTH).min(tiles);
                let to = product * self.step();
                self.block([w, v], outputs.clone(), depth, accumulate || first > 0, &memory, to);
            }
        });
    }

    /// The products of some tiles for some output channels and all input channels.
    fn block(
        &self,
        [(w, w_row), (v, v_row)]: [(&[f32], usize); 2],
        outputs: Range<usize>,
        tiles: Range<usize>,
        accumulate: bool,
        memory: &Disjoint<'_, f32>,
        to: usize,
    ) {
        let (sizes, highest) = (micro::sizes(), micro::highest(Form::Columns));
        for column in (0..self.inputs).step_by(sizes.width) {
            let columns = (self.inputs - column).min(sizes.width);
            let width = if columns <= sizes.narrow { sizes.narrow } else { sizes.width };
            for row in outputs.clone().step_by(highest) {
                let rows = (outputs.end - row).min(highest);
                let height = micro::height_for(rows, Form::Columns);
                let [a, b] = [(w, w_row, row, height), (v, v_row, column, width)].map(|(factor, line, from, count)| {
                    &factor[tiles.start * line + from..(tiles.end - 1) * line + from + count]
                });
                let place = to + row * self.row + column;
                let tile = Tile {
                    depth: tiles.len(),
                    a: LeftPanel { columns: Columns::even(a.as_ptr(), w_row) },
                    b: b.as_ptr(),
                    b_step: v_row,
                    packed: std::ptr::null_mut(),
                    c: memory.pointer(place, (rows - 1) * self.row + columns),
                    stride: self.row,
                    rows,
                    columns,
                    accumulate,
                    bias: std::ptr::null(),
                    residual: std::ptr::null(),
                    bounds: [f32::NEG_INFINITY, f32::INFINITY],
                };
                // SAFETY: the slices hold `height` and `width` numbers for each tile; `pointer` has checked that c spans this
                // tile of sums, which is this task's alone; the kernel was chosen for the instruction set at hand.
                unsafe { micro::kernel(height, width, Form::Columns)(&tile) };
            }
        }
    }
}

/// The taps of some output channels.
struct Taps<'a, const N: usize> {
    sums: &'a Sums,
    memory: &'a [f32],
    rows: Range<usize>,
    /// `[out, 3, 3, in]`.
    grad_weight: &'a Disjoint<'a, f32>,
}

impl<const N: usize> WithSimd for Taps<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (inputs, step, zero) = (self.sums.inputs, self.sums.step(), simd.splat_f32s(0.0));
        for row in self.rows.clone() {
            for channel in (0..inputs).step_by(S::F32_LANES) {
                let count = S::F32_LANES.min(inputs - channel);
                let start = row * self.sums.row + channel;
                let mut half = [[zero; N]; 3];
                for column in 0..N {
                    let mut line = [zero; N];
                    for row in 0..N {
                        let place = start + (row * N + column) * step;
                        line[row] = load(simd, &self.memory[place..place + count]);
                    }
                    let line = weight_gradient::<S, N>(simd, line);
                    for row in 0..3 {
                        half[row][column] = line[row];
                    }
                }
                for (down, half) in half.into_iter().enumerate() {
                    let line = weight_gradient::<S, N>(simd, half);
                    for right in 0..3 {
                        let place = (row * 9 + down * 3 + right) * inputs + channel;
                        // SAFETY: each task has its own output channels.
                        store(simd, unsafe { self.grad_weight.part(place, count) }, line[right]);
                    }
                }
            }
        }
    }
}
