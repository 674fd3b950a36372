//! Pooling over sequences [b, length, channels]: pooling over pictures of height 1.

use super::pool2d::Pool2d;
use crate::graph::refuse;
use crate::tensor::Tensor;

/// The windows of a pooling along a sequence; a number stands for windows of that size side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool1d(Pool2d);

impl Pool1d {
    /// Windows of this size side by side.
    pub fn new(kernel: usize) -> Self {
        Pool1d(Pool2d::new([1, kernel]))
    }

    /// The step from window to window; less than the kernel's size makes windows overlap.
    pub fn stride(self, stride: usize) -> Self {
        Pool1d(self.0.stride([1, stride]))
    }

    /// What is added before and after: minus infinity for a maximum, zeros for an average.
    pub fn padding(self, padding: usize) -> Self {
        Pool1d(self.0.padding([0, padding]))
    }

    /// The distance of the elements of a window.
    pub fn dilation(self, dilation: usize) -> Self {
        Pool1d(self.0.dilation([1, dilation]))
    }

    /// Rounds the number of windows up, as [`Pool2d::ceil`] does.
    pub fn ceil(self) -> Self {
        Pool1d(self.0.ceil())
    }

    /// Whether an average counts the padding, as for [`Pool2d::count_padding`].
    pub fn count_padding(self, count: bool) -> Self {
        Pool1d(self.0.count_padding(count))
    }
}

impl From<usize> for Pool1d {
    fn from(kernel: usize) -> Self {
        Pool1d::new(kernel)
    }
}

/// Runs `f` on the sequences as pictures of height 1.
#[track_caller]
pub(crate) fn as_pictures(name: &'static str, x: &Tensor, f: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
    let [batch, length, channels] = *x.shape() else {
        refuse(name, &[x], format!("needs input [batch, length, channels]; input {}; reshape it", x.shape()));
    };
    let y = f(&x.reshape([batch, 1, length, channels]));
    let shape = y.shape().removed(1);
    y.reshape(shape) // [b, length', channels']
}

impl Tensor {
    /// The largest element of each window of sequences `[b, length, c]`, channel by channel.
    #[track_caller]
    #[must_use]
    pub fn max_pool1d(&self, windows: impl Into<Pool1d>) -> Tensor {
        as_pictures("max_pool1d", self, |x| x.max_pool2d(windows.into().0))
    }

    /// The mean of each window of sequences `[b, length, c]`, channel by channel.
    #[track_caller]
    #[must_use]
    pub fn avg_pool1d(&self, windows: impl Into<Pool1d>) -> Tensor {
        as_pictures("avg_pool1d", self, |x| x.avg_pool2d(windows.into().0))
    }

    /// The root of the sum of squares of each window of sequences `[b, length, c]`, channel by channel.
    #[track_caller]
    #[must_use]
    pub fn l2_pool1d(&self, windows: impl Into<Pool1d>) -> Tensor {
        as_pictures("l2_pool1d", self, |x| x.l2_pool2d(windows.into().0))
    }

    /// The largest element of each of `count` windows that cover the sequence as evenly as can be.
    #[track_caller]
    #[must_use]
    pub fn adaptive_max_pool1d(&self, count: usize) -> Tensor {
        as_pictures("adaptive_max_pool1d", self, |x| x.adaptive_max_pool2d([1, count]))
    }

    /// The mean of each of `count` windows that cover the sequence as evenly as can be.
    #[track_caller]
    #[must_use]
    pub fn adaptive_avg_pool1d(&self, count: usize) -> Tensor {
        as_pictures("adaptive_avg_pool1d", self, |x| x.adaptive_avg_pool2d([1, count]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_slide_along_the_sequence() {
        let x = Tensor::from([[1.0, -1.0], [4.0, -4.0], [2.0, -2.0], [8.0, -8.0], [3.0, -3.0]]).reshape([1, 5, 2]);
        assert_eq!(x.max_pool1d(2).to_vec(), [4.0, -1.0, 8.0, -2.0]);
        assert_eq!(x.max_pool1d(Pool1d::new(3).stride(2)).to_vec(), [4.0, -1.0, 8.0, -2.0]);
        assert_eq!(x.avg_pool1d(Pool1d::new(2).stride(3)).to_vec(), [2.5, -2.5, 5.5, -5.5]);
        assert_eq!(&*x.max_pool1d(Pool1d::new(2).dilation(2).padding(1).ceil()).shape(), [1, 3, 2]);
        assert_eq!(x.adaptive_max_pool1d(1).to_vec(), [8.0, -1.0]);
        assert_eq!(x.adaptive_avg_pool1d(5).to_vec(), x.to_vec());
        assert_eq!(x.avg_pool1d(Pool1d::new(2).padding(1).count_padding(false)).to_vec()[..2], [1.0, -1.0]);
        assert_eq!(Tensor::new([3.0, 4.0], [1, 2, 1]).l2_pool1d(2).item(), 5.0);
    }

    #[test]
    #[should_panic(expected = "max_pool1d: needs input [batch, length, channels]; input [5]; reshape it")]
    fn another_rank_is_named() {
        let _ = Tensor::ones([5]).max_pool1d(2);
    }
}
