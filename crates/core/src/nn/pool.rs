//! Pooling as layers.

use crate::module;
use crate::ops::Pool2d;

/// [`Tensor::max_pool2d`](crate::Tensor::max_pool2d) as a layer.
#[derive(Clone, Copy, Debug)]
pub struct MaxPool2d {
    windows: Pool2d,
    relu: bool,
}

impl MaxPool2d {
    /// Windows as [`Pool2d`] describes them, or a number for windows of that size side by side.
    pub fn new(windows: impl Into<Pool2d>) -> Self {
        MaxPool2d { windows: windows.into(), relu: false }
    }

    /// Puts a ReLU before it, in the same pass over memory.
    #[must_use]
    pub fn relu(mut self) -> Self {
        self.relu = true;
        self
    }
}

module!(
    MaxPool2d {} | layer,
    x,
    _cx | if layer.relu { x.relu_max_pool2d(layer.windows) } else { x.max_pool2d(layer.windows) }
);

/// [`Tensor::avg_pool2d`](crate::Tensor::avg_pool2d) as a layer.
#[derive(Clone, Copy, Debug)]
pub struct AvgPool2d(Pool2d);

impl AvgPool2d {
    /// Windows as [`Pool2d`] describes them, or a number for windows of that size side by side.
    pub fn new(windows: impl Into<Pool2d>) -> Self {
        AvgPool2d(windows.into())
    }
}

module!(AvgPool2d {} | layer, x, _cx | x.avg_pool2d(layer.0));

/// [`Tensor::global_avg_pool2d`](crate::Tensor::global_avg_pool2d) as a layer: `[b, h, w, c]` gives `[b, c]`.
#[derive(Clone, Copy, Debug)]
pub struct GlobalAvgPool2d;

module!(GlobalAvgPool2d {} | _layer, x, _cx | x.global_avg_pool2d());
