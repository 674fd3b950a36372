//! The multilayer perceptron: dense layers with an activation between (Rumelhart, Hinton and Williams, 1986).

use gradus_core::init::Initializer;
use gradus_core::nn::{Activation, Context, Dropout, Linear, Module};
use gradus_core::{Error, Real, Rng, Tensor, parameters};
use serde::{Deserialize, Serialize};

use super::layers::check_probability;
use crate::family::{Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "mlp",
    paper: "Rumelhart, Hinton and Williams, Learning representations by back-propagating errors",
    year: 1986,
    brought: "hidden layers that learn: dense layers of any number and width",
    block: None,
    members: &[Member::small("mlp", || Box::new(MlpConfig::default()))],
};

/// The options of an [`Mlp`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MlpConfig {
    /// The widths of the hidden layers.
    pub hidden: Vec<usize>,
    /// What stands between the layers.
    pub activation: Activation,
    /// The share of hidden units dropped in training.
    pub dropout: f64,
    /// Where the weights start from.
    pub init: Initializer,
}

impl Default for MlpConfig {
    fn default() -> Self {
        MlpConfig { hidden: vec![512, 512], activation: Activation::Relu, dropout: 0.2, init: Initializer::default() }
    }
}

/// Dense layers with an activation and dropout between. Samples of any shape are flattened.
pub struct Mlp {
    layers: Vec<Linear>,
    activation: Activation,
    dropout: Dropout,
}

parameters!(Mlp { layers });

impl MlpConfig {
    /// Draws the first weights of a network from `inputs` numbers to `outputs`.
    pub fn init(&self, inputs: usize, outputs: usize, rng: &mut Rng) -> Mlp {
        let widths: Vec<usize> = [inputs].into_iter().chain(self.hidden.iter().copied()).chain([outputs]).collect();
        let layer = |pair: &[usize]| Linear::new(pair[0], pair[1]).weights(self.init).init(rng);
        Mlp {
            layers: widths.windows(2).map(layer).collect(),
            activation: self.activation,
            dropout: Dropout::new(self.dropout as Real),
        }
    }
}

impl Module for Mlp {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let mut x = if x.rank() > 2 { x.flatten(1) } else { x.clone() };
        for (place, layer) in self.layers.iter().enumerate() {
            if place > 0 {
                x = self.dropout.forward(&self.activation.apply(&x), cx);
            }
            x = layer.forward(&x, cx);
        }
        x
    }
}

impl Config for MlpConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        if self.hidden.contains(&0) {
            return Err(Error::setting("model.hidden", "a layer with 0 units passes nothing on; leave it out"));
        }
        check_probability("dropout", self.dropout)?;
        Ok(Box::new(self.init(interface.input.iter().product(), interface.outputs, rng)))
    }
}
