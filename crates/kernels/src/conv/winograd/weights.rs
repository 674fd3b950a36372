//! The weights, transformed and laid out for the products: once for a network that is run many times; at each call
//! before the products; or, where each is used but once or twice, block by block in between, so that they never leave the cache.
//! ```text
//! panel of 16 output channels ── piece 0 ── [input channel][16]     a piece is one of the N x N places and a block of
//!                              ├ piece 1 ── [input channel][16]     input channels; pieces lie a little more than their
//!                              └ ..                                 size apart, so that writing all of them side by side
//!                                                                   does not fall into the same few sets of the cache
//! ```
//! Bound by the second cache: N x N numbers are written for 9 read.

use super::plan::Plan;
use super::transforms::weight;
use crate::disjoint::Disjoint;
use crate::isa::{load, with_simd};
use crate::threads::parallel;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// Weights `[out, 3, 3, in]` of a group.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub weight: &'a [f32],
    /// in.
    pub channels: usize,
    /// Whether they are turned around, out and in swapped, for the gradient of the input.
    pub turned: bool,
}

/// The input channels that are transformed at a time.
const DEPTH: usize = 8;
/// The widest panel.
const WIDEST: usize = 32;
/// The input channels of a task.
const TASK: usize = 64;
/// Up to so many pairs of channels one thread does it alone.
const SMALL: usize = 1 << 10;

/// Transforms all weights of a group into `packed`.
pub(super) fn transform<const N: usize>(plan: &Plan, source: Source<'_>, packed: &mut [f32]) {
    let packed = Disjoint::new(packed);
    let (pieces, blocks) = (plan.layout.block.div_ceil(TASK), plan.blocks());
    let task = |index: usize| {
        let (at, piece) = (index / pieces, index % pieces);
        let channels = plan.block(at % blocks);
        let from = (channels.start + piece * TASK).min(channels.end);
        let depth = from..(from + TASK).min(channels.end);
        let start = at * plan.weights_len();
        with_simd(Part::<N> { plan, source, panel: at / blocks, block: at % blocks, depth, packed: &packed, start });
    };
    let count = plan.right_panels() * blocks * pieces;
    if plan.depth * plan.columns > SMALL { parallel(count, &task) } else { (0..count).for_each(task) }
}

/// Transforms a block of a right panel into `packed`.
pub(super) fn transform_block<const N: usize>(
    plan: &Plan,
    source: Source<'_>,
    panel: usize,
    block: usize,
    packed: &mut [f32],
) {
    let (depth, packed) = (plan.block(block), &Disjoint::new(packed));
    with_simd(Part::<N> { plan, source, panel, block, depth, packed, start: 0 });
}

/// Some input channels of a block of a panel of output channels.
struct Part<'a, const N: usize> {
    plan: &'a Plan,
    source: Source<'a>,
    panel: usize,
    block: usize,
    depth: Range<usize>,
    /// The block begins at `start`.
    packed: &'a Disjoint<'a, f32>,
    start: usize,
}

impl<const N: usize> WithSimd for Part<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (lanes, zero) = (S::F32_LANES, simd.splat_f32s(0.0));
        let (columns, width) = self.plan.right_panel(self.panel);
        let step = self.plan.weight_step();
        let mut staged = [[[0.0; WIDEST]; 9]; DEPTH];
        let mut first = self.depth.start;
        while first < self.depth.end {
            let depth = DEPTH.min(self.depth.end - first);
            self.source.stage(self.panel * self.plan.width, columns, first, depth, &mut staged);
            for (k, taps) in (first..first + depth).zip(&staged) {
                let start = self.start + (k - self.block * self.plan.layout.block) * width;
                // One check for the N x N places.
                let place = self.packed.pointer(start, (N * N - 1) * step + width);
                for from in (0..width).step_by(lanes) {
                    let mut half = [[zero; 3]; N];
                    for column in 0..3 {
                        let mut line = [zero; 3];
                        for row in 0..3 {
                            line[row] = load(simd, &taps[row * 3 + column][from..from + lanes]);
                        }
                        let line = weight::<S, N>(simd, line);
                        for row in 0..N {
                            half[row][column] = line[row];
                        }
                    }
                    for row in 0..N {
                        let line = weight::<S, N>(simd, half[row]);
                        for column in 0..N {
                            // SAFETY: within what `pointer` has checked; each task has its own panel and input channels.
                            unsafe {
                                let place = place.add((row * N + column) * step + from);
                                place.cast::<S::f32s>().write_unaligned(line[column]);
                            }
                        }
                    }
                }
            }
            first += depth;
        }
    }
}

impl Source<'_> {
    /// Copies the taps of `columns` output channels from `column` on, for `depth` input channels from `from` on, so that the
    /// output channels lie side by side.
    #[inline(always)]
    fn stage(
        &self,
        column: usize,
        columns: usize,
        from: usize,
        depth: usize,
        staged: &mut [[[f32; WIDEST]; 9]; DEPTH],
    ) {
        let line = |out: usize, tap: usize| (out * 9 + tap) * self.channels;
        for tap in 0..9 {
            if self.turned {
                for (k, lines) in staged.iter_mut().enumerate().take(depth) {
                    let start = line(from + k, 8 - tap) + column;
                    lines[tap][..columns].copy_from_slice(&self.weight[start..start + columns]);
                }
                continue;
            }
            let mut place = 0;
            while place + DEPTH <= columns && depth == DEPTH {
                let square: [[f32; DEPTH]; DEPTH] = std::array::from_fn(
                    #[inline(always)]
                    |lane| {
                        let start = line(column + place + lane, tap) + from;
                        *self.weight[start..].first_chunk().expect("as many input channels")
                    },
                );
                for k in 0..DEPTH {
                    let turned: [f32; DEPTH] = std::array::from_fn(
                        #[inline(always)]
                        |lane| square[lane][k],
                    );
                    staged[k][tap][place..place + DEPTH].copy_from_slice(&turned);
                }
                place += DEPTH;
            }
            for place in place..columns {
                let start = line(column + place, tap) + from;
                for k in 0..depth {
                    staged[k][tap][place] = self.weight[start + k];
                }
            }
        }
    }
}
