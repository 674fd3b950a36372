//! The dense layer: y = x W' + b.

use super::{Context, Module, Parameter};
use crate::init::{self, Initializer};
use crate::{Rng, Tensor, parameters};

/// A dense layer: every output is a weighted sum of all inputs plus a bias.
///
/// Takes `[.., inputs]`, gives `[.., outputs]`. The weight is `[outputs, inputs]`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[outputs, inputs]`.
    pub weight: Parameter,
    /// `[outputs]`.
    pub bias: Option<Parameter>,
}

parameters!(Linear { weight, bias });

/// The options of a [`Linear`] layer; [`LinearConfig::init`] makes the layer.
#[derive(Clone, Debug)]
#[must_use = "a config becomes a layer by .init(&mut rng)"]
pub struct LinearConfig {
    inputs: usize,
    outputs: usize,
    bias: bool,
    weights: Initializer,
}

impl Linear {
    /// A dense layer from `inputs` to `outputs` features.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inputs: usize, outputs: usize) -> LinearConfig {
        LinearConfig { inputs, outputs, bias: true, weights: Initializer::default() }
    }
}

impl LinearConfig {
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
    pub fn init(&self, rng: &mut Rng) -> Linear {
        let weight = Parameter::new(&self.weights.draw([self.outputs, self.inputs], rng));
        let bias = self.bias.then(|| Parameter::new(&init::bias(self.outputs, self.inputs, rng)));
        Linear { weight, bias }
    }
}

impl Module for Linear {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.linear(&self.weight, self.bias.as_deref())
    }
}
