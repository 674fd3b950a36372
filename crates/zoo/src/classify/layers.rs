//! What most convolutional networks are made of.

use gradus_core::init::Initializer;
use gradus_core::nn::{Activation, BatchNorm, Conv2d, Conv2dConfig, Sequential};
use gradus_core::{Error, Padding, Pair, Real, Rng, Tensor};
use serde::{Deserialize, Serialize};

use crate::family::Interface;

/// The constants of batch normalization.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Norm {
    pub epsilon: Real,
    pub momentum: Real,
}

impl Norm {
    /// PyTorch's constants.
    pub const DEFAULT: Norm = Norm { epsilon: 1e-5, momentum: 0.1 };
    /// Those of networks that were first trained with TensorFlow.
    pub const TENSORFLOW: Norm = Norm { epsilon: 1e-3, momentum: 0.01 };

    pub fn of(self, channels: usize) -> BatchNorm {
        BatchNorm::new(channels).epsilon(self.epsilon).momentum(self.momentum)
    }
}

/// A convolution, batch normalization, an activation.
#[derive(Clone, Debug)]
#[must_use = "a unit becomes layers by .init(&mut rng)"]
pub(super) struct Unit {
    conv: Conv2dConfig,
    outputs: usize,
    norm: Norm,
    activation: Activation,
}

impl Unit {
    /// A convolution without bias, padded so that stride 1 keeps the size, with normalization and ReLU.
    pub fn new(inputs: usize, outputs: usize, kernel: impl Into<Pair>) -> Self {
        let Pair(kernel) = kernel.into();
        let padding = kernel.map(|size| (size - 1) / 2);
        let conv = Conv2d::new(inputs, outputs, kernel).padding(padding).no_bias().weights(Initializer::HeNormal);
        Unit { conv, outputs, norm: Norm::DEFAULT, activation: Activation::Relu }
    }

    /// A convolution of each channel by itself.
    pub fn depthwise(channels: usize, kernel: usize) -> Self {
        Self::new(channels, channels, kernel).groups(channels)
    }

    pub fn stride(mut self, stride: usize) -> Self {
        self.conv = self.conv.stride(stride);
        self
    }

    pub fn groups(mut self, groups: usize) -> Self {
        self.conv = self.conv.groups(groups);
        self
    }

    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.conv = self.conv.padding(padding);
        self
    }

    pub fn norm(mut self, norm: Norm) -> Self {
        self.norm = norm;
        self
    }

    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// No activation: what comes out is added to something, or is to stay linear.
    pub fn linear(self) -> Self {
        self.activation(Activation::Identity)
    }

    /// The layers: the convolution, and the normalization with the activation behind it.
    pub fn parts(&self, rng: &mut Rng) -> (Conv2d, BatchNorm) {
        (self.conv.init(rng), self.norm.of(self.outputs).activation(self.activation))
    }

    /// The layers as `0` and `1`, which is how torchvision numbers them.
    pub fn init(&self, rng: &mut Rng) -> Sequential {
        let (conv, norm) = self.parts(rng);
        Sequential::new().add(conv).add(norm)
    }
}

/// How a network begins. Those made for pictures of 224x224 halve them several times before they look closely; of a
/// picture of 28x28 nothing would be left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stem {
    /// Small where the picture's sides are below 64.
    #[default]
    Auto,
    /// As published.
    Full,
    /// The first convolution with stride 1, and no pooling behind it.
    Small,
}

impl Stem {
    /// Whether a network for this interface begins without halving the picture.
    pub(super) fn is_small(self, interface: &Interface) -> bool {
        match self {
            Stem::Auto => interface.input.iter().take(2).any(|side| *side < 64),
            Stem::Full => false,
            Stem::Small => true,
        }
    }

    /// The smallest picture that passes: the published stem needs `full` pixels a side.
    pub(super) fn least(self, interface: &Interface, full: usize, small: usize) -> usize {
        if self.is_small(interface) { small } else { full }
    }
}

/// Channels times a factor, as a multiple of eight that is not below nine tenths of the product (MobileNets' rule).
pub(super) fn scaled(channels: usize, factor: f64) -> usize {
    if factor == 1.0 {
        return channels;
    }
    let exact = channels as f64 * factor;
    let rounded = ((exact + 4.0) as usize / 8 * 8).max(8);
    if (rounded as f64) < 0.9 * exact { rounded + 8 } else { rounded }
}

/// Channels in two halves or groups put one by one beside each other: channel i of each group after the other.
/// `[b, h, w, groups * n]` stays in shape (Zhang et al., ShuffleNet, 2018).
pub(super) fn channel_shuffle(x: &Tensor, groups: usize) -> Tensor {
    let shape = x.shape();
    let [b, h, w, c] = [shape[0], shape[1], shape[2], shape[3]];
    let grouped = x.reshape([b, h * w, groups, c / groups]); // [b, pixels, groups, n]
    grouped.permute(&[0, 1, 3, 2]).reshape(shape) // [b, h, w, n * groups]
}

/// An error for a width that leaves no network.
pub(super) fn check_width(width: f64) -> Result<(), Error> {
    if width > 0.0 && width <= 16.0 {
        return Ok(());
    }
    Err(Error::setting("model.width", format!("is {width}, but must be a factor above 0, at most 16")))
}

/// An error for something that is no probability below 1.
pub(super) fn check_probability(name: &str, value: f64) -> Result<(), Error> {
    if (0.0..1.0).contains(&value) {
        return Ok(());
    }
    Err(Error::setting(format!("model.{name}"), format!("{value} is not in 0 <= {name} < 1")))
}
