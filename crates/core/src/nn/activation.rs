//! Activations by name, for configs.

use serde::{Deserialize, Serialize};

use crate::{Tensor, module};

/// The function between two layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// x itself: no function at all.
    Identity,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// max(x, 0).
    #[default]
    Relu,
    /// x above 0, x / 100 below.
    LeakyRelu,
    /// x above 0, e^x - 1 below.
    Elu,
    /// The self-normalizing form of ELU.
    Selu,
    /// min(max(x, 0), 6).
    Relu6,
    /// ln(1 + e^x).
    Softplus,
    /// x P(x), P the normal distribution function.
    Gelu,
    /// x sigmoid(x).
    Silu,
    /// The piecewise linear sigmoid.
    HardSigmoid,
    /// x times the piecewise linear sigmoid.
    HardSwish,
}

module!(Activation {} | activation, x, _cx | activation.apply(x));

impl Activation {
    /// The function of each element.
    #[must_use]
    pub fn apply(self, x: &Tensor) -> Tensor {
        match self {
            Activation::Identity => x.clone(),
            Activation::Sigmoid => x.sigmoid(),
            Activation::Tanh => x.tanh(),
            Activation::Relu => x.relu(),
            Activation::LeakyRelu => x.leaky_relu(0.01),
            Activation::Elu => x.elu(1.0),
            Activation::Selu => x.selu(),
            Activation::Relu6 => x.relu6(),
            Activation::Softplus => x.softplus(),
            Activation::Gelu => x.gelu(),
            Activation::Silu => x.silu(),
            Activation::HardSigmoid => x.hard_sigmoid(),
            Activation::HardSwish => x.hard_swish(),
        }
    }
}
