//! The convolution layer of sequences.

use super::{Context, Module, Parameter};
use crate::init::{self, Initializer};
use crate::ops::{Conv1dOptions, Padding};
use crate::{Rng, Tensor, parameters};

/// A convolution along sequences. Takes `[b, length, in]`, gives `[b, length', out]`; see [`Tensor::conv1d`].
#[derive(Clone, Debug)]
pub struct Conv1d {
    /// `[out, k, in / groups]`; in published files `[out, in / groups, k]`.
    pub weight: Parameter,
    /// `[out]`.
    pub bias: Option<Parameter>,
    /// How the kernels slide.
    pub options: Conv1dOptions,
}

parameters!(Conv1d { weight, bias });

/// The options of a [`Conv1d`] layer; [`Conv1dConfig::init`] makes the layer.
#[derive(Clone, Debug)]
#[must_use = "a config becomes a layer by .init(&mut rng)"]
pub struct Conv1dConfig {
    inputs: usize,
    outputs: usize,
    kernel: usize,
    options: Conv1dOptions,
    bias: bool,
    weights: Initializer,
}

impl Conv1d {
    /// A convolution from `inputs` to `outputs` channels with kernels of this length.
    ///
    /// ```
    /// use gradus_core::{nn::{Context, Conv1d, Module}, Rng, Tensor};
    /// let conv = Conv1d::new(8, 16, 5).same().init(&mut Rng::new(1));
    /// let y = conv.forward(&Tensor::ones([2, 100, 8]), &mut Context::eval());
    /// assert_eq!(&*y.shape(), [2, 100, 16]);
    /// ```
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inputs: usize, outputs: usize, kernel: usize) -> Conv1dConfig {
        let options = Conv1dOptions::default();
        Conv1dConfig { inputs, outputs, kernel, options, bias: true, weights: Initializer::default() }
    }
}

impl Conv1dConfig {
    /// The step; 1 if not given.
    pub fn stride(mut self, stride: usize) -> Self {
        self.options.stride = stride;
        self
    }

    /// The zeros before and after; none if not given.
    pub fn padding(mut self, before: usize, after: usize) -> Self {
        self.options.padding = Padding::Explicit([[before, after]]);
        self
    }

    /// So many zeros that the output has ceil(length / stride) places; see [`Padding::Same`].
    pub fn same(mut self) -> Self {
        self.options.padding = Padding::Same;
        self
    }

    /// Zeros before the sequence only, so that no place of the output sees what comes later.
    pub fn causal(self) -> Self {
        let before = self.kernel.saturating_sub(1) * self.options.dilation;
        self.padding(before, 0)
    }

    /// The distance of the kernel's taps; 1, without holes, if not given.
    pub fn dilation(mut self, dilation: usize) -> Self {
        self.options.dilation = dilation;
        self
    }

    /// Divides the channels into groups that do not see each other.
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
    pub fn init(&self, rng: &mut Rng) -> Conv1d {
        let Conv1dConfig { inputs, outputs, kernel, options, .. } = *self;
        assert!(
            [inputs, outputs, kernel, options.stride, options.dilation, options.groups].iter().all(|size| *size > 0),
            "Conv1d: channels, kernel, stride, dilation and groups must be at least 1; got {self:?}"
        );
        assert!(
            inputs.is_multiple_of(options.groups) && outputs.is_multiple_of(options.groups),
            "Conv1d: {} groups do not divide {inputs} input and {outputs} output channels; groups must divide both",
            options.groups
        );
        let seen = inputs / options.groups;
        let weight = Parameter::kernel(&self.weights.draw([outputs, kernel, seen], rng));
        let bias = self.bias.then(|| Parameter::new(&init::bias(outputs, kernel * seen, rng)));
        Conv1d { weight, bias, options }
    }
}

impl Module for Conv1d {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.conv1d(&self.weight, self.bias.as_deref(), self.options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_causal_layer_does_not_see_what_comes_later() {
        let conv = Conv1d::new(1, 1, 3).dilation(2).causal().no_bias().init(&mut Rng::new(1));
        let x = Tensor::randn([1, 9, 1], &mut Rng::new(2)).requires_grad();
        let y = conv.forward(&x, &mut Context::eval());
        let mut seed = Tensor::zeros([1, 9, 1]);
        seed.as_mut_slice()[4] = 1.0;
        let seen = y.backward_from(&seed).get(&x).unwrap().to_vec();
        let places: Vec<usize> = (0..9).filter(|place| seen[*place] != 0.0).collect();
        assert_eq!(places, [0, 2, 4]);
    }
}
