//! The gradient of the input: a convolution of the output's gradient with the weights turned around.
//!
//! With a stride of s only every s-th tap of the kernel reaches a given pixel of the input, and which ones depends on where
//! the pixel lies modulo s. The pixels that are reached alike are a phase; each is a dense convolution of stride 1 with its
//! own part of the kernel, so that no product is with one of the zeros that a stride leaves out:
//! ```text
//! kernel 3, stride 2, one axis      phase 0: taps 0 and 2        phase 1: tap 1
//! input        0 1 2 3 4 5 6        0 . 2 . 4 . 6                . 1 . 3 . 5 .
//! output       0   1   2            0-1-2 by two taps            0 1 2 by one
//! ```
//! A phase is computed as neighbours and then spread over its pixels. The phases' parts make up the kernel, so there is as much
//! arithmetic as in the forward pass.

use super::ConvShape;
use super::patches::Patches;
use super::phase::Phase;
use super::products::{each_group, rows_product};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::gemm::{Epilogue, Output, Right};
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;

/// The weights of a phase as its product needs them: `[taps in reverse x out, in]`.
struct Turned<'a> {
    /// `[out, kernel height, kernel width, in]`.
    weight: &'a [Real],
    kernel: [usize; 2],
    phase: [Phase; 2],
    out: usize,
    channels: usize,
}

impl Right for Turned<'_> {
    fn columns(&self) -> usize {
        self.channels
    }

    #[inline(always)]
    fn pack(&self, column: usize, columns: usize, width: usize, from: usize, depth: usize, panel: &mut [Real]) {
        let [down, right] = self.phase;
        let taps = self.kernel[0] * self.kernel[1];
        for (k, line) in (from..from + depth).zip(panel.chunks_exact_mut(width)) {
            let (place, out) = (k / self.out, k % self.out);
            let row = down.tap + (down.taps - 1 - place / right.taps) * down.step;
            let tap = row * self.kernel[1] + right.tap + (right.taps - 1 - place % right.taps) * right.step;
            let start = (out * taps + tap) * self.channels + column;
            line[..columns].copy_from_slice(&self.weight[start..start + columns]);
        }
    }
}

pub(super) fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    let (out, channels) = (shape.out_channels / shape.groups, shape.group_in());
    let phases = |axis: usize| (0..shape.stride[axis]).map(move |index| Phase::new(shape, axis, index));
    if phases(0).chain(phases(1)).any(|phase| phase.taps == 0) {
        grad_input.fill(0.0); // pixels that no tap reaches
    }
    let grad_input = Disjoint::new(grad_input);
    each_group(shape, &|group| {
        let size = weight.len() / shape.groups;
        let weight = &weight[group * size..(group + 1) * size];
        for (down, right) in phases(0).flat_map(|down| phases(1).map(move |right| (down, right))) {
            let phase = [down, right];
            let patches = Patches {
                data: grad_output,
                size: [shape.out_height(), shape.out_width()],
                pixel: shape.out_channels,
                channels: [group * out, out],
                places: phase.map(|axis| axis.pixels),
                batch: shape.batch,
                kernel: phase.map(|axis| axis.taps),
                stride: [1, 1],
                dilation: phase.map(|axis| axis.dilation),
                before: phase.map(|axis| axis.before),
            };
            if patches.count() == 0 || patches.len() == 0 {
                continue;
            }
            let right = Turned { weight, kernel: shape.kernel, phase, out, channels };
            if shape.stride == [1, 1] {
                let c = grad_input.part_of_all();
                rows_product(patches, &right, &plain(c, shape.in_channels, group * channels));
            } else {
                with_slot(Slot::General, patches.count() * channels, |pixels| {
                    rows_product(patches, &right, &plain(Disjoint::new(pixels), channels, 0));
                    spread(shape, phase, pixels, [group * channels, channels], &grad_input);
                });
            }
        }
    });
}

/// Where a product goes as it is.
fn plain(c: Disjoint<'_, Real>, stride: usize, column: usize) -> Output<'_> {
    Output { c, stride, column, accumulate: false, epilogue: Epilogue::default() }
}

/// Copies the pixels of a phase, which are neighbours in `pixels`, to their places in the picture: `[first, count]` of the
/// channels there.
fn spread(
    shape: &ConvShape,
    [down, right]: [Phase; 2],
    pixels: &[Real],
    [first, channels]: [usize; 2],
    grad_input: &Disjoint<'_, Real>,
) {
    parallel(shape.batch * down.pixels, &|index| {
        let (picture, row) = (index / down.pixels, down.first + index % down.pixels * shape.stride[0]);
        let line = &pixels[index * right.pixels * channels..][..right.pixels * channels];
        for (place, pixel) in line.chunks_exact(channels).enumerate() {
            let column = right.first + place * shape.stride[1];
            let at = (picture * shape.in_height + row) * shape.in_width + column;
            // SAFETY: each task has its own row of a picture, and each place its own pixel.
            unsafe { grad_input.part(at * shape.in_channels + first, channels) }.copy_from_slice(pixel);
        }
    });
}
