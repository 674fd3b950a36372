//! The convolution layer of pictures.

use super::{Context, Module, Parameter};
use crate::init::{self, Initializer};
use crate::ops::{ConvOptions, Padding, Pair};
use crate::{Rng, Tensor, parameters};

/// A convolution layer: each output channel is the picture seen through a kernel of its own, plus a bias.
///
/// Takes `[b, h, w, in]`, gives `[b, h', w', out]`; see [`Tensor::conv2d`]. In published files the weight is
/// `[out, in / groups, kh, kw]`, as PyTorch has it.
#[derive(Clone, Debug)]
pub struct Conv2d {
    /// `[out, kh, kw, in / groups]`.
    pub weight: Parameter,
    /// `[out]`.
    pub bias: Option<Parameter>,
    /// How the kernels slide.
    pub options: ConvOptions,
}

parameters!(Conv2d { weight, bias });

/// The options of a [`Conv2d`] layer; [`Conv2dConfig::init`] makes the layer.
#[derive(Clone, Debug)]
#[must_use = "a config becomes a layer by .init(&mut rng)"]
pub struct Conv2dConfig {
    inputs: usize,
    outputs: usize,
    kernel: [usize; 2],
    options: ConvOptions,
    bias: bool,
    weights: Initializer,
}

impl Conv2d {
    /// A convolution from `inputs` to `outputs` channels with kernels of this size: a number, or `[height, width]`.
    ///
    /// ```
    /// use gradus_core::{nn::{Context, Conv2d, Module}, Rng, Tensor};
    /// let conv = Conv2d::new(1, 32, 3).stride(2).same().init(&mut Rng::new(1));
    /// let y = conv.forward(&Tensor::ones([8, 28, 28, 1]), &mut Context::eval());
    /// assert_eq!(&*y.shape(), [8, 14, 14, 32]);
    /// ```
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inputs: usize, outputs: usize, kernel: impl Into<Pair>) -> Conv2dConfig {
        let Pair(kernel) = kernel.into();
        Conv2dConfig {
            inputs,
            outputs,
            kernel,
            options: ConvOptions::default(),
            bias: true,
            weights: Initializer::default(),
        }
    }
}

impl Conv2dConfig {
    /// The step, a number or `[height, width]`; 1 if not given.
    pub fn stride(mut self, stride: impl Into<Pair>) -> Self {
        self.options.stride = stride.into().0;
        self
    }

    /// The zeros around the picture: a number, `[height, width]`, or `[[top, bottom], [left, right]]`; none if not given.
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.options.padding = padding.into();
        self
    }

    /// So many zeros that the output has ceil(size / stride) rows and columns; see [`Padding::Same`].
    pub fn same(self) -> Self {
        self.padding(Padding::Same)
    }

    /// The distance of the kernel's taps, a number or `[height, width]`; 1, without holes, if not given.
    pub fn dilation(mut self, dilation: impl Into<Pair>) -> Self {
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
    pub fn init(&self, rng: &mut Rng) -> Conv2d {
        let Conv2dConfig { inputs, outputs, kernel: [height, width], options, .. } = *self;
        let sizes = [inputs, outputs, height, width, options.groups];
        assert!(
            sizes.iter().chain(&options.stride).chain(&options.dilation).all(|size| *size > 0),
            "Conv2d: channels, kernel, stride, dilation and groups must be at least 1; got {self:?}"
        );
        assert!(
            inputs.is_multiple_of(options.groups) && outputs.is_multiple_of(options.groups),
            "Conv2d: {} groups do not divide {inputs} input and {outputs} output channels; groups must divide both",
            options.groups
        );
        let seen = inputs / options.groups;
        let weight = Parameter::kernel(&self.weights.draw([outputs, height, width, seen], rng));
        let bias = self.bias.then(|| Parameter::new(&init::bias(outputs, height * width * seen, rng)));
        Conv2d { weight, bias, options }
    }
}

impl Module for Conv2d {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.conv2d(&self.weight, self.bias.as_deref(), self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dry_run, nn};

    #[test]
    fn every_option_reaches_the_op() {
        let conv = Conv2d::new(4, 6, [3, 5]).stride([2, 1]).padding([1, 0]).dilation([1, 2]).groups(2).no_bias();
        let conv = conv.weights(Initializer::Constant(2.0)).init(&mut Rng::new(1));
        assert_eq!(&*conv.weight.shape(), [6, 3, 5, 2]);
        assert!(conv.bias.is_none());
        let ops = dry_run([1, 9, 9, 4], |x| conv.forward(x, &mut Context::eval())).unwrap();
        assert_eq!(&*ops[0].output, [1, 5, 1, 6]);
        assert_eq!(conv.weight.as_slice()[0], 2.0);
    }

    #[test]
    fn published_weights_have_the_channels_before_the_kernel() {
        let conv = Conv2d::new(2, 3, [4, 5]).init(&mut Rng::new(1));
        let state = nn::state(&conv);
        assert_eq!(state[0].0, "weight");
        assert_eq!(&*state[0].1.shape(), [3, 2, 4, 5]);
        assert_eq!(state[0].1.at(&[2, 1, 3, 4]), conv.weight.at(&[2, 3, 4, 1]));
    }

    #[test]
    #[should_panic(expected = "Conv2d: 3 groups do not divide 4 input and 6 output channels")]
    fn groups_must_divide_the_channels() {
        let _ = Conv2d::new(4, 6, 3).groups(3).init(&mut Rng::new(1));
    }
}
