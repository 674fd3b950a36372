//! The options of pooling over pictures.

use gradus_kernels::pool::{PoolShape, Window};

use super::sliding::{Padding, Pair, extent};
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
}

impl Pool2d {
    /// Windows of this size, a number or `[height, width]`, side by side.
    pub fn new(kernel: impl Into<Pair>) -> Self {
        let Pair(kernel) = kernel.into();
        Pool2d { kernel, stride: kernel, padding: Padding::NONE, dilation: [1; 2], ceil: false }
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

    fn window(&self, axis: usize, length: usize) -> Result<Window, String> {
        let (kernel, stride, dilation) = (self.kernel[axis], self.stride[axis], self.dilation[axis]);
        if kernel == 0 || stride == 0 || dilation == 0 {
            return Err(format!("kernel {kernel}, stride {stride} and dilation {dilation} must be at least 1"));
        }
        let extent = extent(kernel, dilation);
        let mut padding = self.padding.resolve(axis, length, extent, stride);
        let room = (length + padding[0] + padding[1]).saturating_sub(extent);
        if self.ceil && !room.is_multiple_of(stride) && (room / stride + 1) * stride < length + padding[0] {
            padding[1] += stride - room % stride;
        }
        Ok(Window::Sliding { kernel, stride, padding, dilation })
    }

    /// The windows over pictures of a shape, or what does not fit.
    pub(crate) fn fit(&self, x: Shape) -> Result<PoolShape, String> {
        let [_, height, width, _] = picture(x)?;
        fitted(x, self.window(0, height)?, self.window(1, width)?)
    }

    pub(crate) fn reach(&self) -> graph::Window {
        let reach = [extent(self.kernel[0], self.dilation[0]), extent(self.kernel[1], self.dilation[1])];
        graph::Window { reach, stride: self.stride }
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

fn fitted(x: Shape, rows: Window, columns: Window) -> Result<PoolShape, String> {
    let [batch, in_height, in_width, channels] = picture(x)?;
    for (window, length) in [(rows, in_height), (columns, in_width)] {
        window.try_outputs(length).map_err(|problem| format!("{problem}; input {x}"))?;
    }
    Ok(PoolShape { batch, in_height, in_width, channels, rows, columns })
}

/// `count` windows along each axis, as even as can be, over pictures of a shape.
pub(crate) fn adaptive(x: Shape, [rows, columns]: [usize; 2]) -> Result<PoolShape, String> {
    fitted(x, Window::Adaptive { count: rows }, Window::Adaptive { count: columns })
}

pub(crate) fn output(shape: &PoolShape) -> Shape {
    [shape.batch, shape.out_height(), shape.out_width(), shape.channels].into()
}

pub(crate) fn input(shape: &PoolShape) -> Shape {
    [shape.batch, shape.in_height, shape.in_width, shape.channels].into()
}

/// The reach of adaptive windows, where they are all alike.
pub(crate) fn adaptive_reach(x: Shape, [rows, columns]: [usize; 2]) -> Option<graph::Window> {
    let [_, height, width, _] = picture(x).ok()?;
    let alike = height.is_multiple_of(rows) && width.is_multiple_of(columns);
    let size = [height / rows.max(1), width / columns.max(1)];
    alike.then_some(graph::Window { reach: size, stride: size })
}
