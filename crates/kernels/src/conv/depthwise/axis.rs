//! Which pixels an output's taps see, along one axis.

use crate::conv::ConvShape;
use crate::conv::phase::Phase;
use std::ops::Range;

/// One axis: which pixels are computed, from which ones, by which taps.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    /// The first pixel that is computed, the step to the next, and how many there are.
    pub first: usize,
    pub spacing: usize,
    pub pixels: usize,
    /// Pixel `place` by tap `t` comes from `place * stride + t * dilation - before`, where that is one of `length`.
    pub stride: usize,
    pub dilation: usize,
    before: isize,
    pub length: usize,
    pub taps: usize,
    /// The kernel's tap that the first one is, and the step to the next.
    weight: [isize; 2],
}

impl Axis {
    /// The output from the input.
    pub fn of_output(shape: &ConvShape, axis: usize) -> Self {
        Axis {
            first: 0,
            spacing: 1,
            pixels: [shape.out_height(), shape.out_width()][axis],
            stride: shape.stride[axis],
            dilation: shape.dilation[axis],
            before: shape.padding[axis][0] as isize,
            length: [shape.in_height, shape.in_width][axis],
            taps: shape.kernel[axis],
            weight: [0, 1],
        }
    }

    /// A phase of the input from the output: the taps in reverse.
    pub fn of_input(shape: &ConvShape, axis: usize, phase: Phase) -> Self {
        let last = phase.tap + phase.taps.saturating_sub(1) * phase.step;
        Axis {
            first: phase.first,
            spacing: shape.stride[axis],
            pixels: phase.pixels,
            stride: 1,
            dilation: phase.dilation,
            before: phase.before,
            length: [shape.out_height(), shape.out_width()][axis],
            taps: phase.taps,
            weight: [last as isize, -(phase.step as isize)],
        }
    }

    /// The place that a tap of pixel `place` sees, where it lies in the picture.
    #[inline(always)]
    pub fn source(&self, place: usize, tap: usize) -> Option<usize> {
        let at = self.column(place, tap);
        (at >= 0 && at < self.length as isize).then_some(at as usize)
    }

    /// The place that a tap of pixel `place` sees, in the picture or beside it.
    #[inline(always)]
    pub fn column(&self, place: usize, tap: usize) -> isize {
        (place * self.stride + tap * self.dilation) as isize - self.before
    }

    /// Which of `count` places, `step` apart from `from` on, lie in the picture: the first, and the one after the last.
    #[inline(always)]
    pub fn within(&self, from: isize, step: usize, count: usize) -> [usize; 2] {
        [0, self.length as isize].map(|end| ((end - from).max(0) as usize).div_ceil(step).min(count))
    }

    /// The places whose taps all lie in the picture.
    #[inline(always)]
    pub fn inside(&self) -> Range<usize> {
        let reach = (self.taps.saturating_sub(1) * self.dilation) as isize;
        let (begin, end) = (self.before, self.length as isize - reach + self.before);
        let place = |at: isize| ((at.max(0) as usize).div_ceil(self.stride)).min(self.pixels);
        place(begin)..place(end).max(place(begin))
    }

    /// The kernel's tap that a tap is.
    #[inline(always)]
    pub fn weight(&self, tap: usize) -> usize {
        (self.weight[0] + tap as isize * self.weight[1]) as usize
    }

    /// The step from the kernel's tap that a tap is to the one that the next is.
    #[inline(always)]
    pub fn turn(&self) -> isize {
        self.weight[1]
    }

    /// The taps that are taken at a time, for which vectors of neighbouring pixels serve several outputs: all of a row where
    /// the kernel is a common one, otherwise one.
    pub fn together(&self) -> usize {
        let close = self.dilation == 1 && matches!((self.stride, self.taps), (1, 2 | 3 | 5) | (2, 3 | 5));
        if close { self.taps } else { 1 }
    }
}
