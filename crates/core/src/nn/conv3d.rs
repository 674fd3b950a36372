//! The convolution layer of volumes, films and stacks of slices.

use super::{Context, Module, Parameter};
use crate::init::{self, Initializer};
use crate::ops::{Conv3dOptions, Padding, Triple};
use crate::{Rng, Tensor, parameters};

/// A convolution layer: each output channel is the volume seen through a kernel of its own, plus a bias.
///
/// Takes `[b, d, h, w, in]`, gives `[b, d', h', w', out]`; see [`Tensor::conv3d`]. In published files the weight is
/// `[out, in / groups, kd, kh, kw]`, as PyTorch has it.
#[derive(Clone, Debug)]
pub struct Conv3d {
    /// `[out, kd, kh, kw, in / groups]`.
    pub weight: Parameter,
    /// `[out]`.
    pub bias: Option<Parameter>,
    /// How the kernels slide.
    pub options: Conv3dOptions,
}

parameters!(Conv3d { weight, bias });

/// The options of a [`Conv3d`] layer; [`Conv3dConfig::init`] makes the layer.
#[derive(Clone, Debug)]
#[must_use = "a config becomes a layer by .init(&mut rng)"]
pub struct Conv3dConfig {
    inputs: usize,
    outputs: usize,
    kernel: [usize; 3],
    options: Conv3dOptions,
    bias: bool,
    weights: Initializer,
}

impl Conv3d {
    /// A convolution from `inputs` to `outputs` channels with kernels of this size: a number, or `[depth, height, width]`.
    ///
    /// ```
    /// use gradus_core::{nn::{Context, Conv3d, Module}, Rng, Tensor};
    /// let conv = Conv3d::new(1, 32, 3).stride([1, 2, 2]).same().init(&mut Rng::new(1));
    /// let y = conv.forward(&Tensor::ones([2, 8, 28, 28, 1]), &mut Context::eval());
    /// assert_eq!(&*y.shape(), [2, 8, 14, 14, 32]);
    /// ```
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inputs: usize, outputs: usize, kernel: impl Into<Triple>) -> Conv3dConfig {
        let Triple(kernel) = kernel.into();
        Conv3dConfig {
            inputs,
            outputs,
            kernel,
            options: Conv3dOptions::default(),
            bias: true,
            weights: Initializer::default(),
        }
    }
}

impl Conv3dConfig {
    /// The step, a number or `[depth, height, width]`; 1 if not given.
    pub fn stride(mut self, stride: impl Into<Triple>) -> Self {
        self.options.stride = stride.into().0;
        self
    }

    /// The zeros around the volume: a number, `[depth, height, width]`, or `[[front, back], [top, bottom], [left, right]]`; none if not given.
    pub fn padding(mut self, padding: impl Into<Padding<3>>) -> Self {
        self.options.padding = padding.into();
        self
    }

    /// So many zeros that the output has ceil(size / stride) places along each axis; see [`Padding::Same`].
    pub fn same(self) -> Self {
        self.padding(Padding::Same)
    }

    /// The distance of the kernel's taps, a number or `[depth, height, width]`; 1, without holes, if not given.
    pub fn dilation(mut self, dilation: impl Into<Triple>) -> Self {
        self.options.dilation = dilation.into().0;
        self
    }

    /// Divides the channels into groups that do not see each other; as many as input channels is a depthwise convolution.
    pub fn groups(mut self, groups: usize) -> Self {
        self.options.groups = groups;
        self
    }

    /// Leaves the bias out, as before a normalization that has one.
    pub fn no_bias(mut self) -> Self {
        self.bias = false;
        self
    }

    /// Where the weights start from.
    pub fn weights(mut self, weights: Initializer) -> Self {
        self.weights = weights;
        self
    }

    /// Draws the first weights and makes the layer.
    ///
    /// # Panics
    /// When a size is 0, or the groups do not divide the channels.
    #[track_caller]
    pub fn init(&self, rng: &mut Rng) -> Conv3d {
        let Conv3dConfig { inputs, outputs, kernel: [depth, height, width], options, .. } = *self;
        let sizes = [inputs, outputs, depth, height, width, options.groups];
        assert!(
            sizes.iter().chain(&options.stride).chain(&options.dilation).all(|size| *size > 0),
            "Conv3d: channels, kernel, stride, dilation and groups must be at least 1; got {self:?}"
        );
        assert!(
            inputs.is_multiple_of(options.groups) && outputs.is_multiple_of(options.groups),
            "Conv3d: {} groups do not divide {inputs} input and {outputs} output channels; groups must divide both",
            options.groups
        );
        let seen = inputs / options.groups;
        let weight = Parameter::kernel(&self.weights.draw([outputs, depth, height, width, seen], rng));
        let bias = self.bias.then(|| Parameter::new(&init::bias(outputs, depth * height * width * seen, rng)));
        Conv3d { weight, bias, options }
    }
}

impl Module for Conv3d {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.conv3d(&self.weight, self.bias.as_deref(), self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dry_run, nn};

    #[test]
    fn every_option_reaches_the_op() {
        let conv =
            Conv3d::new(4, 6, [1, 3, 5]).stride([1, 2, 1]).padding([0, 1, 0]).dilation([1, 1, 2]).groups(2).no_bias();
        let conv = conv.weights(Initializer::Constant(2.0)).init(&mut Rng::new(1));
        assert_eq!(&*conv.weight.shape(), [6, 1, 3, 5, 2]);
        assert!(conv.bias.is_none());
        let ops = dry_run([1, 3, 9, 9, 4], |x| conv.forward(x, &mut Context::eval())).unwrap();
        assert_eq!(&*ops[0].output, [1, 3, 5, 1, 6]);
        assert_eq!(conv.weight.as_slice()[0], 2.0);
    }

    #[test]
    fn published_weights_have_the_channels_before_the_kernel() {
        let conv = Conv3d::new(2, 3, [4, 5, 6]).init(&mut Rng::new(1));
        let state = nn::state(&conv);
        assert_eq!(&*state[0].1.shape(), [3, 2, 4, 5, 6]);
        assert_eq!(state[0].1.at(&[2, 1, 3, 4, 5]), conv.weight.at(&[2, 3, 4, 5, 1]));
    }

    #[test]
    #[should_panic(expected = "Conv3d: 3 groups do not divide 4 input and 6 output channels")]
    fn groups_must_divide_the_channels() {
        let _ = Conv3d::new(4, 6, 3).groups(3).init(&mut Rng::new(1));
    }
}
