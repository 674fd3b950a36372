//! The forward pass: windows to factors, N x N products, products to pixels.
//! ```text
//!                      x                    V                        M                        y
//!   tiles      ┌──┬──┬──┬──┐     N x N  ┌────────┐   N x N  x   ┌────────┐  N x N      ┌──┬──┬──┬──┐
//!   of windows │  │  │  │  │  ───────>  │ tiles  │  ─────────>  │ tiles  │  ────────>  │  │  │  │  │
//!              ├──┼──┼──┼──┤  Bt x B    │ x in   │  U [in, out] │ x 16   │  At M A     ├──┼──┼──┼──┤
//!              └──┴──┴──┴──┘            └────────┘              └────────┘  epilogue   └──┴──┴──┴──┘
//! ```
//! Many tiles: a task takes a block of them through all stages, one panel of output channels after the other, so that V and
//! M never leave the second cache and only the weights U are streamed. Few tiles or many channels: all windows are transformed
//! first, the tasks then share the panels of output channels, and transform each its own panel of U, block by block: four times
//! the weights as they are would be more to write and read than V and M.
//!
//! Bound by arithmetic: 36 multiplications for each tile of 16 pixels that take 144 directly.

use super::grid::Grid;
use super::plan::Plan;
use super::results::Results;
use super::weights::{Source, transform, transform_block};
use super::windows::Windows;
use crate::disjoint::Disjoint;
use crate::gemm::Epilogue;
use crate::isa::with_simd;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;
use std::ops::Range;

/// The numbers of V that a task keeps in the second cache.
const FACTORS: usize = 64 << 10;
/// The numbers of V that are transformed before they are multiplied: they stay in the third cache.
const CHUNK: usize = 2 << 20;
/// The numbers of M that a task keeps in the second cache.
const PRODUCTS: usize = 56 << 10;
/// The input channels whose weights are transformed in between.
const FRESH: usize = 64;
/// Enough pieces for the threads to end at about the same time.
const PIECES: usize = 16;

/// The weights of a group.
#[derive(Clone, Copy)]
pub(super) enum Weights<'a> {
    /// Transformed.
    Packed(&'a [f32]),
    /// To be transformed in between.
    Fresh(Source<'a>),
}

/// The convolution of one group.
pub(super) struct Convolution<'a> {
    pub grid: Grid,
    pub plan: &'a Plan,
    pub input: &'a [f32],
    pub weights: Weights<'a>,
    pub epilogue: Epilogue<'a>,
    pub output: Disjoint<'a, f32>,
}

/// The convolution of one group with weights that are transformed when it suits.
pub(super) fn convolve<const N: usize>(
    grid: Grid,
    input: &[f32],
    source: Source<'_>,
    epilogue: Epilogue<'_>,
    output: Disjoint<'_, f32>,
) {
    let [depth, columns] = [grid.input.channels, grid.output.channels];
    let plan = Plan::new::<N>(depth, columns, usize::MAX);
    if block_of_tiles(&grid, &plan, N * N).is_some() {
        with_slot(Slot::Right, plan.all_weights_len(), |packed| {
            transform::<N>(&plan, source, packed);
            let weights = Weights::Packed(packed);
            Convolution { grid, plan: &plan, input, weights, epilogue, output }.run::<N>();
        });
    } else {
        let plan = Plan::new::<N>(depth, columns, FRESH);
        Convolution { grid, plan: &plan, input, weights: Weights::Fresh(source), epilogue, output }.run::<N>();
    }
}

/// How many tiles a task takes through all stages, where that suits the convolution.
fn block_of_tiles(grid: &Grid, plan: &Plan, products: usize) -> Option<usize> {
    let (count, height) = (grid.count(), plan.height);
    let most = FACTORS / (products * plan.depth) / height * height;
    let blocks = count.div_ceil(most.max(1)).max(PIECES).next_multiple_of(2);
    let suits = most >= 2 * height && count >= PIECES * 2 * height;
    suits.then(|| count.div_ceil(blocks).next_multiple_of(height))
}

impl Convolution<'_> {
    pub fn run<const N: usize>(&self) {
        let (count, height) = (self.grid.count(), self.plan.height);
        if let (Some(tiles), Weights::Packed(weights)) = (block_of_tiles(&self.grid, self.plan, N * N), self.weights) {
            parallel(count.div_ceil(tiles), &|index| {
                self.block::<N>(weights, index * tiles..((index + 1) * tiles).min(count));
            });
            return;
        }
        let chunks = count.div_ceil((CHUNK / (N * N * self.plan.depth)).max(height));
        let tiles = count.div_ceil(chunks).next_multiple_of(height);
        for first in (0..count).step_by(tiles) {
            self.chunk::<N>(first..(first + tiles).min(count));
        }
    }

    /// Takes some tiles through all stages.
    fn block<const N: usize>(&self, weights: &[f32], tiles: Range<usize>) {
        let plan = self.plan;
        with_slot(Slot::Left, plan.factors_len(tiles.len()), |factors| {
            self.transform::<N>(tiles.clone(), &Disjoint::new(factors), 0);
            with_slot(Slot::Output, plan.products_len(tiles.len()), |products| {
                for panel in 0..plan.right_panels() {
                    self.multiply(factors, tiles.len(), panel, weights, products);
                    self.finish::<N>(tiles.clone(), panel, products);
                }
            });
        });
    }

    /// Takes some tiles through the stages one after the other, each shared among the threads.
    fn chunk<const N: usize>(&self, tiles: Range<usize>) {
        let (plan, height) = (self.plan, self.plan.height);
        let share = |count: usize, task: &(dyn Fn(usize) + Sync)| {
            let small = tiles.len() * plan.depth * plan.columns < 1 << 13;
            if small { (0..count).for_each(task) } else { parallel(count, task) }
        };
        with_slot(Slot::Left, plan.factors_len(tiles.len()), |factors| {
            let left = Disjoint::new(factors);
            share(tiles.len().div_ceil(height), &|index| {
                let part = tiles.start + index * height..(tiles.start + (index + 1) * height).min(tiles.end);
                self.transform::<N>(part, &left, index * plan.layout.panel);
            });
            let factors = &*factors;
            let most = (PRODUCTS / (N * N * plan.width) / height).max(1) * height;
            let size = tiles.len().div_ceil(tiles.len().div_ceil(most)).next_multiple_of(height);
            let blocks = tiles.len().div_ceil(size);
            share(blocks * plan.right_panels(), &|task| {
                let (panel, block) = (task / blocks, task % blocks);
                let part = block * size..((block + 1) * size).min(tiles.len());
                let factors = &factors[plan.factors_len(part.start)..];
                with_slot(Slot::Output, plan.products_len(part.len()), |products| {
                    match self.weights {
                        Weights::Packed(weights) => self.multiply(factors, part.len(), panel, weights, products),
                        Weights::Fresh(source) => with_slot(Slot::Right, plan.weights_len(), |weights| {
                            for block in 0..plan.blocks() {
                                transform_block::<N>(plan, source, panel, block, weights);
                                plan.multiply(factors, part.len(), panel, block, weights, products);
                            }
                        }),
                    }
                    self.finish::<N>(tiles.start + part.start..tiles.start + part.end, panel, products);
                });
            });
        });
    }

    /// The products of some tiles by a panel.
    fn multiply(&self, factors: &[f32], tiles: usize, panel: usize, weights: &[f32], products: &mut [f32]) {
        for block in 0..self.plan.blocks() {
            let start = (panel * self.plan.blocks() + block) * self.plan.weights_len();
            self.plan.multiply(factors, tiles, panel, block, &weights[start..], products);
        }
    }

    fn transform<const N: usize>(&self, tiles: Range<usize>, factors: &Disjoint<'_, f32>, start: usize) {
        let (data, layout) = (self.input, self.plan.layout);
        with_simd(Windows::<N, false> { grid: &self.grid, data, tiles, layout, factors, start });
    }

    fn finish<const N: usize>(&self, tiles: Range<usize>, panel: usize, products: &[f32]) {
        let (columns, width) = self.plan.right_panel(panel);
        with_simd(Results::<N> {
            grid: &self.grid,
            step: self.plan.product_step(tiles.len()),
            tiles,
            products,
            width,
            column: panel * self.plan.width,
            columns,
            epilogue: self.epilogue,
            output: &self.output,
        });
    }
}
