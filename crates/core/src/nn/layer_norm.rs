//! Layer normalization (Ba, Kiros and Hinton, 2016).

use gradus_kernels::Real;

use super::{Context, Module, Parameter};
use crate::tensor::Shape;
use crate::{Tensor, parameters};

/// Normalizes each sample over its last axes, then scales and shifts each element of them.
///
/// ```
/// use gradus_core::{nn::{Context, LayerNorm, Module}, Tensor};
/// let y = LayerNorm::new([2]).forward(&Tensor::from([[1.0, 3.0], [-50.0, 50.0]]), &mut Context::eval());
/// assert!(y.to_vec().iter().zip([-1.0, 1.0, -1.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-4));
/// ```
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// The factor of each element; starts from 1.
    pub weight: Parameter,
    /// The summand of each element; starts from 0.
    pub bias: Parameter,
    epsilon: Real,
}

parameters!(LayerNorm { weight, bias });

impl LayerNorm {
    /// Over the last axes, which have these sizes, with epsilon 1e-5.
    pub fn new(sizes: impl Into<Shape>) -> Self {
        let sizes = sizes.into();
        let (weight, bias) = (Parameter::new(&Tensor::ones(sizes)), Parameter::new(&Tensor::zeros(sizes)));
        LayerNorm { weight, bias, epsilon: 1e-5 }
    }

    /// What is added to the variance under the root.
    #[must_use]
    pub fn epsilon(mut self, epsilon: Real) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl Module for LayerNorm {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.layer_norm(&self.weight, &self.bias, self.epsilon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "layer_norm: weight [3] and bias [3] must have the sizes of the input's last axes")]
    fn wrong_sizes_are_named() {
        let _ = LayerNorm::new([3]).forward(&Tensor::ones([2, 4]), &mut Context::eval());
    }
}
