//! From products to pictures: the sums of products of a tile, transformed, finished by the epilogue and stored.

use super::grid::Grid;
use super::transforms::output;
use crate::disjoint::Disjoint;
use crate::gemm::Epilogue;
use crate::isa::{clamp, load, store};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// The results of some tiles and a panel of output channels, from the products `[N x N][tiles][width]`.
pub(super) struct Results<'a, const N: usize> {
    pub grid: &'a Grid,
    pub tiles: Range<usize>,
    pub products: &'a [f32],
    /// From one of the N x N to the next.
    pub step: usize,
    /// The panel's width, and its first channel and how many of them exist.
    pub width: usize,
    pub column: usize,
    pub columns: usize,
    pub epilogue: Epilogue<'a>,
    pub output: &'a Disjoint<'a, f32>,
}

impl<const N: usize> WithSimd for Results<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Results { grid, tiles, products, step, width, .. } = self;
        let (lanes, zero) = (S::F32_LANES, simd.splat_f32s(0.0));
        let bounds = self.epilogue.activation.bounds().map(|bounds| bounds.map(|bound| simd.splat_f32s(bound)));
        for (index, tile) in tiles.clone().enumerate() {
            let tile = grid.tile(tile);
            let rows = (N - 2).min(grid.output.size[0] - tile.place[0]);
            let pixels = (N - 2).min(grid.output.size[1] - tile.place[1]);
            for from in (0..self.columns).step_by(lanes) {
                let count = lanes.min(self.columns - from);
                let column = self.column + from;
                let all = grid.output.first + column;
                let bias = self.epilogue.bias.map_or(zero, |bias| load(simd, &bias[all..all + count]));
                let start = index * width + from;
                let products = &products[start..start + (N * N - 1) * step + lanes];
                let mut half = [[zero; N]; N];
                for column in 0..N {
                    let mut line = [zero; N];
                    for row in 0..N {
                        let place = (row * N + column) * step;
                        // SAFETY: the slice reaches from the first of the N x N places to a vector of the last one.
                        line[row] = unsafe { products.as_ptr().add(place).cast::<S::f32s>().read_unaligned() };
                    }
                    let line = output::<S, N>(simd, line);
                    for row in 0..N - 2 {
                        half[row][column] = line[row];
                    }
                }
                for row in 0..N - 2 {
                    let line = output::<S, N>(simd, half[row]);
                    if row >= rows {
                        break;
                    }
                    let place = grid.output.at(tile.picture, tile.place[0] + row, tile.place[1]) + column;
                    for pixel in 0..N - 2 {
                        if pixel < pixels {
                            let place = place + pixel * grid.output.pixel;
                            // SAFETY: tiles do not overlap, nor do panels of channels.
                            let out = unsafe { self.output.part(place, count) };
                            let Some(bounds) = bounds else {
                                store(simd, out, line[pixel]);
                                self.epilogue.finish(all, place, out);
                                continue;
                            };
                            let mut sum = simd.add_f32s(line[pixel], bias);
                            if let Some(residual) = self.epilogue.residual {
                                sum = simd.add_f32s(sum, load(simd, &residual[place..place + count]));
                            }
                            store(simd, out, clamp(simd, sum, bounds));
                        }
                    }
                }
            }
        }
    }
}
