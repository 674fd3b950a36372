//! Average pooling: y = (sum of x over a window) / count. Each element's derivative is 1 / count.

use gradus_kernels::Real;
use gradus_kernels::pool::{self, PoolShape};
use smallvec::smallvec;

use super::pool2d::{self, Pool2d, Windows};
use super::sliding::{Pair, effective_kernel};
use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, Window, apply};
use crate::tensor::{Shape, Tensor};

struct AvgPool2d {
    windows: Windows,
    count_padding: bool,
}

impl Op for AvgPool2d {
    const NAME: &'static str = "avg_pool2d";
    type Saved = PoolShape;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(pool2d::output(&self.windows.fit(inputs[0])?))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, PoolShape) {
        let pool = self.windows.fit(inputs[0].shape()).expect("infer has passed this shape");
        (Tensor::build(shape, |out| pool::average(&pool, self.count_padding, inputs[0].as_slice(), out)), pool)
    }

    fn part(&self, inputs: &[Shape]) -> Part {
        let count = self.count_padding;
        self.windows.fit(inputs[0]).map_or(Part::Unknown, |pool| Part::AveragePool(pool, count))
    }

    fn backward(&self, pool: &PoolShape, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(spread(grad, *pool, self.windows, self.count_padding))]
    }

    fn window(&self, inputs: &[Shape]) -> Option<Window> {
        self.windows.reach(inputs[0])
    }
}

/// Each output shared out over its window: the transpose of [`AvgPool2d`].
struct Spread {
    pool: PoolShape,
    windows: Windows,
    count_padding: bool,
}

impl Op for Spread {
    const NAME: &'static str = "avg_pool2d_spread";
    type Saved = ();

    fn infer(&self, _: &[Shape]) -> Result<Shape, String> {
        Ok(pool2d::input(&self.pool))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        let x = inputs[0].as_slice();
        (Tensor::build(shape, |out| pool::average_backward(&self.pool, self.count_padding, x, out)), ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(AvgPool2d { windows: self.windows, count_padding: self.count_padding }, &[grad]))]
    }
}

/// The transpose of an average: each element of `y` shared out over its window.
pub(crate) fn spread(y: &Tensor, pool: PoolShape, windows: Windows, count_padding: bool) -> Tensor {
    apply(Spread { pool, windows, count_padding }, &[y])
}

impl Tensor {
    /// The mean of each window of pictures `[b, h, w, c]`, channel by channel. Zeros of the padding count, unless
    /// [`Pool2d::count_padding`] says otherwise.
    #[track_caller]
    #[must_use]
    pub fn avg_pool2d(&self, windows: impl Into<Pool2d>) -> Tensor {
        let pool = windows.into();
        let means = apply(AvgPool2d { windows: Windows::Sliding(pool), count_padding: pool.count_padding }, &[self]);
        match pool.count_padding.then(|| overhang(&pool, self.shape(), means.shape())).flatten() {
            Some(factors) => means.mul(&factors),
            None => means,
        }
    }

    /// The mean of each of `[rows, columns]` windows, which cover the picture as evenly as can be.
    #[track_caller]
    #[must_use]
    pub fn adaptive_avg_pool2d(&self, counts: impl Into<Pair>) -> Tensor {
        apply(AvgPool2d { windows: Windows::Adaptive(counts.into().0), count_padding: false }, &[self])
    }

    /// The mean of each channel: `[b, h, w, c]` gives `[b, c]`.
    #[track_caller]
    #[must_use]
    pub fn global_avg_pool2d(&self) -> Tensor {
        self.adaptive_avg_pool2d(1).flatten(1)
    }
}

/// Where rounding up lets windows reach beyond the padding: what makes the mean over whole windows one over what is inside,
/// `[1, rows, columns, 1]`.
fn overhang(pool: &Pool2d, x: Shape, y: Shape) -> Option<Tensor> {
    let padded = [0, 1].map(|axis| {
        let (padding, overhang) = pool.padding_of(axis, x[axis + 1]);
        (x[axis + 1] + padding[0] + padding[1] - overhang, overhang)
    });
    if padded.iter().all(|(_, overhang)| *overhang == 0) {
        return None;
    }
    let inside = |axis: usize, output: usize| {
        let (kernel, dilation) = (pool.kernel[axis], pool.dilation[axis]);
        let room = padded[axis].0.saturating_sub(output * pool.stride[axis]);
        if effective_kernel(kernel, dilation) <= room { kernel } else { room.div_ceil(dilation) }
    };
    Some(Tensor::build([1, y[1], y[2], 1], |factors| {
        for (place, factor) in factors.iter_mut().enumerate() {
            let inside = inside(0, place / y[2]) * inside(1, place % y[2]);
            *factor = (pool.kernel[0] * pool.kernel[1]) as Real / inside as Real;
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_pytorchs() {
        // torch.nn.functional.avg_pool2d(torch.arange(1., 6.).reshape(1, 1, 1, 5), (1, 3), (1, 2), (0, 1), ceil, count).
        let x = Tensor::arange(5).shift(1.0).reshape([1, 1, 5, 1]);
        let pool = Pool2d::new([1, 3]).stride([1, 2]).padding([0, 1]);
        let close = |y: Tensor, expected: &[Real]| {
            assert_eq!(y.len(), expected.len());
            y.as_slice().iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-6, "{a} {b}"));
        };
        close(x.avg_pool2d(pool), &[1.0, 3.0, 3.0]);
        close(x.avg_pool2d(pool.count_padding(false)), &[1.5, 3.0, 4.5]);
        // Without padding and rounded up: windows 1 2 3, 4 5 and nothing beyond.
        let ceil = Pool2d::new([1, 3]).ceil();
        close(x.avg_pool2d(ceil), &[2.0, 4.5]);
        close(x.avg_pool2d(ceil.count_padding(false)), &[2.0, 4.5]);
    }

    #[test]
    fn adaptive_and_global_means() {
        let x = Tensor::arange(10).reshape([1, 1, 5, 2]);
        // Columns 0-1, 1-3, 3-4 by PyTorch's rule.
        assert_eq!(x.adaptive_avg_pool2d([1, 3]).to_vec(), [1.0, 2.0, 4.0, 5.0, 7.0, 8.0]);
        assert_eq!(x.global_avg_pool2d().to_vec(), [4.0, 5.0]);
    }

    #[test]
    #[should_panic(expected = "avg_pool2d: a window of 4 over 3 inputs, padding included; input [1, 3, 3, 1]")]
    fn a_window_too_large_is_named() {
        let _ = Tensor::ones([1, 3, 3, 1]).avg_pool2d(4);
    }
}
