//! Pooling over [batch, height, width, channels].
//!
//! The innermost loop runs over the channels, four taps of the window at a time, so that any window vectorizes alike.
//! Every input element is read once for each window that covers it. With 32 channels and more, and pictures beyond the
//! cache, memory bounds it; with fewer channels, the 15 ns or so that it takes to set up a window.

mod average;
mod max;
mod places;
#[cfg(test)]
mod tests;

pub use average::{average, average_backward};
pub use max::{max, max_with_places};
pub use places::{NOWHERE, gather_places, scatter_places};

use crate::map::CHUNK;

/// The windows along the height or the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// Output o covers `o * stride - padding[0] + k * dilation` for k below `kernel`, as far as that is in the picture.
    Sliding {
        /// How many elements a window has.
        kernel: usize,
        /// The distance between two windows.
        stride: usize,
        /// The elements added before and after; more after than before gives the rounding up of PyTorch's `ceil_mode`.
        padding: [usize; 2],
        /// The distance between two elements of a window.
        dilation: usize,
    },
    /// Output o of `count` covers the inputs from `floor(o * length / count)` to before `ceil((o + 1) * length / count)`:
    /// PyTorch's rule. A count of 1 is global pooling.
    Adaptive {
        /// How many windows there are.
        count: usize,
    },
}

/// The inputs of one window along one axis: `first`, `first + step`, .. below `end`.
#[derive(Clone, Copy)]
struct Taps {
    first: usize,
    end: usize,
    step: usize,
}

impl Taps {
    #[inline(always)]
    fn count(self) -> usize {
        (self.end - self.first).div_ceil(self.step)
    }
}

impl Window {
    /// How many windows there are over `length` inputs.
    ///
    /// # Panics
    /// When the window is larger than the padded input, or would lie in the padding alone.
    #[track_caller]
    pub fn outputs(self, length: usize) -> usize {
        self.try_outputs(length).unwrap_or_else(|problem| panic!("pool: {problem}"))
    }

    /// [`Window::outputs`] for sizes that a user gave.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub fn try_outputs(self, length: usize) -> Result<usize, String> {
        match self {
            Window::Adaptive { count } => {
                let fits = length > 0 && count > 0;
                fits.then_some(count).ok_or_else(|| format!("{count} adaptive windows over {length} inputs"))
            }
            Window::Sliding { kernel, stride, padding, dilation } => {
                if kernel == 0 || stride == 0 || dilation == 0 {
                    return Err(format!("{self:?} has a zero"));
                }
                let (extent, padded) = (dilation * (kernel - 1) + 1, length + padding[0] + padding[1]);
                if extent > padded {
                    return Err(format!("a window of {extent} over {padded} inputs, padding included"));
                }
                let count = (padded - extent) / stride + 1;
                let empty = (0..count).find(|output| {
                    let Taps { first, end, .. } = self.taps(length, *output);
                    first >= end
                });
                match empty {
                    Some(output) => Err(format!("window {output} of {self:?} covers none of {length} inputs")),
                    None => Ok(count),
                }
            }
        }
    }

    #[inline(always)]
    fn taps(self, length: usize, output: usize) -> Taps {
        match self {
            Window::Adaptive { count } => {
                Taps { first: output * length / count, end: ((output + 1) * length).div_ceil(count), step: 1 }
            }
            Window::Sliding { kernel, stride, padding, dilation } => {
                let start = output * stride;
                let skipped = padding[0].saturating_sub(start).div_ceil(dilation) * dilation;
                let end = (start + dilation * (kernel - 1) + 1).saturating_sub(padding[0]).min(length);
                Taps { first: start + skipped - padding[0], end, step: dilation }
            }
        }
    }

    /// Whether no input lies in two windows.
    fn is_apart(self, length: usize) -> bool {
        match self {
            Window::Adaptive { count } => length.is_multiple_of(count.max(1)),
            Window::Sliding { kernel, stride, dilation, .. } => stride > dilation * kernel.saturating_sub(1),
        }
    }

    /// How many inputs lie in windows that are apart.
    fn covered(self, length: usize) -> usize {
        (0..self.outputs(length)).map(|output| self.taps(length, output).count()).sum()
    }

    /// The most elements that a window covers, where they are known beforehand.
    fn most(self) -> usize {
        match self {
            Window::Adaptive { .. } => usize::MAX,
            Window::Sliding { kernel, .. } => kernel,
        }
    }

    /// The elements of a window, those in the padding included.
    #[inline(always)]
    fn full(self, taps: Taps) -> usize {
        match self {
            Window::Adaptive { .. } => taps.count(),
            Window::Sliding { kernel, .. } => kernel,
        }
    }
}

/// What is pooled, and how: the output is [batch, rows' outputs, columns' outputs, channels].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolShape {
    /// How many pictures.
    pub batch: usize,
    /// Their height.
    pub in_height: usize,
    /// Their width.
    pub in_width: usize,
    /// Their channels.
    pub channels: usize,
    /// The windows along the height.
    pub rows: Window,
    /// The windows along the width.
    pub columns: Window,
}

impl PoolShape {
    /// The height of the output.
    #[track_caller]
    pub fn out_height(&self) -> usize {
        self.rows.outputs(self.in_height)
    }

    /// The width of the output.
    #[track_caller]
    pub fn out_width(&self) -> usize {
        self.columns.outputs(self.in_width)
    }

    /// The elements of one input picture, of one output picture, and of one row of it.
    #[track_caller]
    fn sizes(&self) -> Sizes {
        let row = self.out_width() * self.channels;
        Sizes { picture: self.in_height * self.in_width * self.channels, out: self.out_height() * row, row }
    }

    /// Whether no input lies in two windows.
    fn windows_are_apart(&self) -> bool {
        self.rows.is_apart(self.in_height) && self.columns.is_apart(self.in_width)
    }

    /// Whether every input lies in one of windows that are apart.
    fn windows_cover(&self) -> bool {
        self.rows.covered(self.in_height) == self.in_height && self.columns.covered(self.in_width) == self.in_width
    }

    /// Calls `pixel(rows, columns, start)` for each output of row `output`, where `start` is the place in the output row.
    #[inline(always)]
    fn pixels(&self, output: usize, row: usize, mut pixel: impl FnMut(Taps, Taps, usize)) {
        let rows = self.rows.taps(self.in_height, output);
        for (column, start) in (0..row).step_by(self.channels).enumerate() {
            pixel(rows, self.columns.taps(self.in_width, column), start);
        }
    }

    /// Calls `tap` with the flat place in the picture of each input of a window, row by row.
    #[inline(always)]
    fn each_tap(&self, rows: Taps, columns: Taps, mut tap: impl FnMut(usize)) {
        let mut y = rows.first;
        while y < rows.end {
            let mut x = columns.first;
            while x < columns.end {
                tap(y * self.in_width + x);
                x += columns.step;
            }
            y += rows.step;
        }
    }
}

#[derive(Clone, Copy)]
struct Sizes {
    picture: usize,
    out: usize,
    row: usize,
}

impl Sizes {
    /// Output rows for one task.
    fn rows_in_task(self) -> usize {
        (CHUNK / 2).div_ceil(self.row.max(1))
    }

    /// Pictures for one task.
    fn pictures_in_task(self) -> usize {
        CHUNK.div_ceil(self.picture.max(1))
    }
}

#[track_caller]
fn check(name: &str, shape: &PoolShape, input: usize, output: usize) -> Sizes {
    let sizes = shape.sizes();
    assert!(
        input == shape.batch * sizes.picture && output == shape.batch * sizes.out,
        "{name}: {shape:?} does not fit {input} elements of input and {output} of output"
    );
    sizes
}
