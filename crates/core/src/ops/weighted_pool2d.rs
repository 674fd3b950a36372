//! Weighted average pooling: y = (sum of w x over a window) / (sum of w), a convolution of each channel by itself.

use super::conv2d::ConvOptions;
use super::pool2d::Pool2d;
use super::sliding::Padding;
use crate::graph::refuse;
use crate::tensor::Tensor;

impl Tensor {
    /// The mean of each window of pictures `[b, h, w, c]` under `weights` `[kh, kw]`, the same for each channel; the windows'
    /// size must be that of the weights. Padding counts as zeros. The weights have a gradient too.
    ///
    /// ```
    /// use gradus_core::{Pool2d, Tensor};
    /// let x = Tensor::new([1.0, 2.0, 6.0, 0.0], [1, 2, 2, 1]);
    /// let y = x.weighted_pool2d(&Tensor::from([[1.0, 0.0], [3.0, 0.0]]), 2);
    /// assert_eq!(y.item(), 4.75);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn weighted_pool2d(&self, weights: &Tensor, windows: impl Into<Pool2d>) -> Tensor {
        let pool = windows.into();
        if self.rank() != 4 || *weights.shape() != pool.kernel {
            let problem = format!(
                "needs input [batch, height, width, channels] and weights of the windows' size {:?}; input {}, weights {}",
                pool.kernel,
                self.shape(),
                weights.shape()
            );
            refuse("weighted_pool2d", &[self, weights], problem);
        }
        let channels = self.shape()[3];
        let share = weights.div(&weights.sum()).reshape([1, pool.kernel[0], pool.kernel[1], 1]);
        let kernels = share.broadcast_to([channels, pool.kernel[0], pool.kernel[1], 1]);
        let padding = [0, 1].map(|axis| pool.padding_of(axis, self.shape()[axis + 1]).0);
        let (stride, dilation) = (pool.stride, pool.dilation);
        let options = ConvOptions { stride, padding: Padding::Explicit(padding), dilation, groups: channels };
        self.conv2d(&kernels, None, options)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Pool2d, Tensor};

    #[test]
    fn equal_weights_are_the_average() {
        let x = Tensor::arange(2 * 5 * 6 * 3).reshape([2, 5, 6, 3]);
        let pool = Pool2d::new([3, 2]).stride(2).padding([1, 0]);
        let (weighted, mean) = (x.weighted_pool2d(&Tensor::full([3, 2], 0.7), pool), x.avg_pool2d(pool));
        for (a, b) in weighted.as_slice().iter().zip(mean.as_slice()) {
            assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{a} {b}");
        }
    }

    #[test]
    #[should_panic(expected = "weighted_pool2d: needs input")]
    fn weights_of_another_size_are_named() {
        let _ = Tensor::ones([1, 4, 4, 1]).weighted_pool2d(&Tensor::ones([3, 3]), 2);
    }
}
