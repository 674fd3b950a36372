//! The options of pooling over pictures.

use gradus_kernels::pool::{PoolShape, Window};

use super::sliding::{Padding, Pair, effective_kernel};
use crate::graph;
use crate::tensor::Shape;

/// The windows of a pooling. A number, or `[height, width]`, stands for windows of that size side by side.
///
/// ```
/// use gradus_core::{Pool2d, Tensor};
/// let x = Tensor::ones([1, 28, 28, 8]);
/// assert_eq!(&*x.max_pool2d(2).shape(), [1, 14, 14, 8]);
/// assert_eq!(&*x.max_pool2d(Pool2d::new(3).stride(2).padding(1)).shape(), [1, 14, 14, 8]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool2d {
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) padding: Padding,
    pub(crate) dilation: [usize; 2],
    pub(crate) ceil: bool,
    pub(crate) count_padding: bool,
}

impl Pool2d {
    /// Windows of this size, a number or `[height, width]`, side by side.
    pub fn new(kernel: impl Into<Pair>) -> Self {
        let Pair(kernel) = kernel.into();
        Pool2d { kernel, stride: kernel, padding: Padding::NONE, dilation: [1; 2], ceil: false, count_padding: true }
    }

    /// The step from window to window; less than the kernel's size makes windows overlap.
    pub fn stride(mut self, stride: impl Into<Pair>) -> Self {
        self.stride = stride.into().0;
        self
    }

    /// What is added around the picture: minus infinity for a maximum, zeros for an average.
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }

    /// The distance of the elements of a window.
    pub fn dilation(mut self, dilation: impl Into<Pair>) -> Self {
        self.dilation = dilation.into().0;
        self
    }

    /// Rounds the number of windows up: the last may reach beyond the picture, but begins in it or in the padding before it.
    pub fn ceil(mut self) -> Self {
        self.ceil = true;
        self
    }

    /// Whether an average counts the padding's zeros among the elements of a window, as it does if not told otherwise. The
    /// part of a window that lies beyond the padding, by [`ceil`](Pool2d::ceil), is never counted.
    pub fn count_padding(mut self, count: bool) -> Self {
        self.count_padding = count;
        self
    }

    /// What is added before and after `length` inputs, and how many of those after only because of rounding up.
    pub(crate) fn padding_of(&self, axis: usize, length: usize) -> ([usize; 2], usize) {
        let (extent, stride) = (effective_kernel(self.kernel[axis], self.dilation[axis]), self.stride[axis]);
        let mut padding = self.padding.resolve(axis, length, extent, stride);
        let room = (length + padding[0] + padding[1]).saturating_sub(extent);
        let mut overhang = 0;
        if self.ceil && !room.is_multiple_of(stride) && (room / stride + 1) * stride < length + padding[0] {
            overhang = stride - room % stride;
            padding[1] += overhang;
        }
        (padding, overhang)
    }

    fn window(&self, axis: usize, length: usize) -> Result<Window, String> {
        let (kernel, stride, dilation) = (self.kernel[axis], self.stride[axis], self.dilation[axis]);
        if kernel == 0 || stride == 0 || dilation == 0 {
            return Err(format!("kernel {kernel}, stride {stride} and dilation {dilation} must be at least 1"));
        }
        Ok(Window::Sliding { kernel, stride, padding: self.padding_of(axis, length).0, dilation })
    }

    fn reach(&self) -> graph::Window {
        graph::Window { kernel: self.kernel, dilation: self.dilation, stride: self.stride }
    }
}

/// Windows of a size, or a number of windows that cover the picture as evenly as can be.
#[derive(Clone, Copy)]
pub(crate) enum Windows {
    Sliding(Pool2d),
    Adaptive([usize; 2]),
}

impl Windows {
    /// The windows over pictures of a shape, or what does not fit.
    pub(crate) fn fit(&self, x: Shape) -> Result<PoolShape, String> {
        let [batch, in_height, in_width, channels] = picture(x)?;
        let [rows, columns] = match self {
            Windows::Sliding(pool) => [pool.window(0, in_height)?, pool.window(1, in_width)?],
            Windows::Adaptive([rows, columns]) => {
                [Window::Adaptive { count: *rows }, Window::Adaptive { count: *columns }]
            }
        };
        for (window, length) in [(rows, in_height), (columns, in_width)] {
            window.try_outputs(length).map_err(|problem| {
                format!("{problem}; input {x}; give larger pictures, or smaller windows and less padding")
            })?;
        }
        Ok(PoolShape { batch, in_height, in_width, channels, rows, columns })
    }

    /// The windows' reach; `None` for adaptive ones that are not all alike.
    pub(crate) fn reach(&self, x: Shape) -> Option<graph::Window> {
        let [rows, columns] = match self {
            Windows::Sliding(pool) => return Some(pool.reach()),
            Windows::Adaptive(counts) => *counts,
        };
        let [_, height, width, _] = picture(x).ok()?;
        let size = [height.checked_div(rows)?, width.checked_div(columns)?];
        let window = graph::Window { kernel: size, dilation: [1; 2], stride: size };
        ([size[0] * rows, size[1] * columns] == [height, width]).then_some(window)
    }
}

impl From<usize> for Pool2d {
    fn from(kernel: usize) -> Self {
        Pool2d::new(kernel)
    }
}

impl From<[usize; 2]> for Pool2d {
    fn from(kernel: [usize; 2]) -> Self {
        Pool2d::new(kernel)
    }
}

fn picture(x: Shape) -> Result<[usize; 4], String> {
    (*x).try_into().map_err(|_| format!("needs input [batch, height, width, channels]; input {x}; reshape it"))
}

pub(crate) fn output(shape: &PoolShape) -> Shape {
    [shape.batch, shape.out_height(), shape.out_width(), shape.channels].into()
}

pub(crate) fn input(shape: &PoolShape) -> Shape {
    [shape.batch, shape.in_height, shape.in_width, shape.channels].into()
}
