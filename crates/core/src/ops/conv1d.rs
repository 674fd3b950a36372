//! One-dimensional convolution of sequences: a two-dimensional one of height 1.

use super::conv2d::ConvOptions;
use super::pool1d::as_pictures;
use super::sliding::Padding;
use crate::graph::refuse;
use crate::tensor::Tensor;

/// How the kernels slide along a sequence, for [`Tensor::conv1d`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv1dOptions {
    /// The step.
    pub stride: usize,
    /// The zeros around the sequence; of what is given for height and width the width's.
    pub padding: Padding,
    /// The distance of the kernel's taps.
    pub dilation: usize,
    /// How many groups the channels are divided in.
    pub groups: usize,
}

impl Default for Conv1dOptions {
    /// Step 1, no padding, no holes, one group.
    fn default() -> Self {
        Conv1dOptions { stride: 1, padding: Padding::NONE, dilation: 1, groups: 1 }
    }
}

impl Tensor {
    /// The convolution of sequences `[b, length, in]` with kernels `[out, k, in / groups]` and a bias `[out]`: see
    /// [`conv2d`](Tensor::conv2d), of which this is the case of height 1. Errors show the shapes with that height.
    #[track_caller]
    #[must_use]
    pub fn conv1d(&self, weight: &Tensor, bias: Option<&Tensor>, options: Conv1dOptions) -> Tensor {
        let [outputs, kernel, inputs] = *weight.shape() else {
            let problem = format!("needs weight [out, length, in / groups]; weight {}", weight.shape());
            refuse("conv1d", &[self, weight], problem);
        };
        let Conv1dOptions { stride, padding, dilation, groups } = options;
        let padding = match padding {
            Padding::Explicit([_, width]) => Padding::Explicit([[0; 2], width]),
            Padding::Same => Padding::Same,
        };
        let options = ConvOptions { stride: [1, stride], padding, dilation: [1, dilation], groups };
        as_pictures("conv1d", self, |x| x.conv2d(&weight.reshape([outputs, 1, kernel, inputs]), bias, options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_slides_without_a_flip() {
        let x = Tensor::from([1.0, 2.0, 4.0, 8.0, 16.0]).reshape([1, 5, 1]);
        let weight = Tensor::from([1.0, 10.0]).reshape([1, 2, 1]);
        let plain = Conv1dOptions::default();
        assert_eq!(x.conv1d(&weight, None, plain).to_vec(), [21.0, 42.0, 84.0, 168.0]);
        let strided = Conv1dOptions { stride: 2, padding: 1.into(), ..plain };
        assert_eq!(x.conv1d(&weight, Some(&Tensor::from([0.5])), strided).to_vec(), [10.5, 42.5, 168.5]);
        let dilated = Conv1dOptions { dilation: 3, ..plain };
        assert_eq!(x.conv1d(&weight, None, dilated).to_vec(), [81.0, 162.0]);
        let same = Conv1dOptions { padding: Padding::Same, ..plain };
        assert_eq!(x.conv1d(&weight, None, same).to_vec(), [21.0, 42.0, 84.0, 168.0, 16.0]);
    }

    #[test]
    #[should_panic(expected = "conv1d: needs weight [out, length, in / groups]; weight [2, 2]")]
    fn another_rank_is_named() {
        let _ = Tensor::ones([1, 5, 1]).conv1d(&Tensor::ones([2, 2]), None, Conv1dOptions::default());
    }
}
