//! Which taps of a strided kernel reach which pixels of the input.

use super::ConvShape;

/// One axis of a phase.
#[derive(Clone, Copy)]
pub(super) struct Phase {
    /// The first pixel, and how many there are, a stride apart.
    pub first: usize,
    pub pixels: usize,
    /// The first tap that reaches them, the step to the next, and how many there are.
    pub tap: usize,
    pub step: usize,
    pub taps: usize,
    /// Between the output's pixels that neighbouring taps come from.
    pub dilation: usize,
    /// How far the window of the first pixel begins before the output.
    pub before: isize,
}

impl Phase {
    /// Phase `index` along an axis: pixel p and tap t meet where p + padding = t dilation + stride times a place of the
    /// output, so `index` is what both sides leave when divided by the stride.
    pub fn new(shape: &ConvShape, axis: usize, index: usize) -> Self {
        let (stride, dilation, kernel) = (shape.stride[axis], shape.dilation[axis], shape.kernel[axis]);
        let padding = shape.padding[axis][0];
        let length = [shape.in_height, shape.in_width][axis];
        let first = (index + stride - padding % stride) % stride;
        let pixels = length.saturating_sub(first).div_ceil(stride);
        // t dilation modulo stride comes back after `step` taps, which are `step * dilation / stride` places of the output.
        let step = (1..=stride).find(|step| (step * dilation).is_multiple_of(stride)).unwrap_or(stride);
        let tap = (0..kernel).find(|tap| tap * dilation % stride == index);
        let taps = tap.map_or(0, |tap| (kernel - tap).div_ceil(step));
        let tap = tap.unwrap_or(0);
        let place = ((first + padding) as isize - (tap * dilation) as isize) / stride as isize;
        let dilation = step * dilation / stride;
        let before = (taps.saturating_sub(1) * dilation) as isize - place;
        Phase { first, pixels, tap, step, taps, dilation, before }
    }
}
