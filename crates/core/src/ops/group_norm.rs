//! Group normalization (Wu and He, 2018): y = gamma z + beta with z = (x - mean) / sqrt(variance + epsilon), mean and variance
//! over all pixels and the channels of a group, for each sample. A group for each channel is instance normalization.
//!
//! With g = gamma dy: dx = (g - mean of g - z mean of (g z)) / deviation, dgamma = sum of dy z, dbeta = sum of dy.

use gradus_kernels::Real;
use gradus_kernels::normalize::{GroupShape, group_norm, group_norm_backward, group_norm_parameters_backward};
use smallvec::smallvec;

use super::standardize::{standardize, standardize_gradient};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct GroupNorm {
    groups: usize,
    epsilon: Real,
}

impl GroupNorm {
    fn sizes(&self, x: Shape) -> GroupShape {
        let pixels = x[1..x.rank() - 1].iter().product();
        GroupShape { batch: x[0], pixels, channels: x.last(), groups: self.groups }
    }

    /// The gradients as tensor operations.
    fn composed(&self, x: &Tensor, gamma: &Tensor, grad: &Tensor) -> InputGradients {
        let GroupShape { batch, pixels, channels, groups } = self.sizes(x.shape());
        let split = [batch, pixels, groups, channels / groups];
        let (z, inverse) = standardize(&x.reshape(split), &[1, 3], self.epsilon);
        let (g, gamma) = (grad.reshape(split), gamma.reshape([groups, channels / groups]));
        let dx = standardize_gradient(&z, &inverse, &g.mul(&gamma), &[1, 3]);
        let dgamma = g.mul(&z).sum_axes(&[0, 1]);
        smallvec![
            Some(dx.reshape(x.shape())),
            Some(dgamma.reshape([channels])),
            Some(g.sum_axes(&[0, 1]).reshape([channels])),
        ]
    }
}

struct Saved {
    x: Tensor,
    gamma: Tensor,
    mean: Tensor,
    inverse: Tensor,
}

impl Op for GroupNorm {
    const NAME: &'static str = "group_norm";
    type Saved = Saved;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let [x, gamma, beta] = [inputs[0], inputs[1], inputs[2]];
        if x.rank() < 2 || *gamma != [x.last()] || beta != gamma {
            return Err(format!(
                "input has {} channels, weight {gamma} and bias {beta} expect [c] each; input {x}; \
                 give the layer {} channels, and input [batch, .., channels]",
                x.last(),
                x.last()
            ));
        }
        if self.groups == 0 || x.last() % self.groups != 0 {
            return Err(format!(
                "{} channels do not divide into {} groups; input {x}; groups must divide the channels",
                x.last(),
                self.groups
            ));
        }
        if x[1..].contains(&0) {
            return Err(format!("input {x} has no elements to normalize; every axis after the batch needs at least 1"));
        }
        Ok(x)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Saved) {
        let [x, gamma, beta] = [inputs[0], inputs[1], inputs[2]];
        let sizes = self.sizes(x.shape());
        let statistics = [sizes.batch, sizes.groups];
        let (mut mean, mut inverse) = (None, None);
        let output = Tensor::build(shape, |out| {
            mean = Some(Tensor::build(statistics, |mean| {
                inverse = Some(Tensor::build(statistics, |inverse| {
                    let (gamma, beta) = (gamma.as_slice(), beta.as_slice());
                    group_norm(sizes, x.as_slice(), gamma, beta, self.epsilon, out, mean, inverse);
                }));
            }));
        });
        let [Some(mean), Some(inverse)] = [mean, inverse] else { unreachable!("built above") };
        (output, Saved { x: x.clone(), gamma: gamma.clone(), mean, inverse })
    }

    fn backward(&self, saved: &Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let Saved { x, gamma, mean, inverse } = saved;
        if pull.recorded {
            return self.composed(x, gamma, grad);
        }
        let sizes = self.sizes(x.shape());
        let [x, dy, mean, inverse] = [x, grad, mean, inverse].map(Tensor::as_slice);
        let dx = pull.needs(0).then(|| {
            Tensor::build(grad.shape(), |dx| group_norm_backward(sizes, x, dy, gamma.as_slice(), mean, inverse, dx))
        });
        let mut gradients: InputGradients = smallvec![dx, None, None];
        if pull.needs(1) || pull.needs(2) {
            let mut dbeta = None;
            gradients[1] = Some(Tensor::build(gamma.shape(), |dgamma| {
                dbeta = Some(Tensor::build(gamma.shape(), |dbeta| {
                    group_norm_parameters_backward(sizes, x, dy, mean, inverse, dgamma, dbeta);
                }));
            }));
            gradients[2] = dbeta;
        }
        gradients
    }

    fn multiplies(&self, _: &[Shape], output: Shape) -> u64 {
        2 * output.elements() as u64
    }
}

impl Tensor {
    /// Group normalization of `[b, .., c]` in so many groups of neighbouring channels; `gamma` and `beta` are `[c]`.
    #[track_caller]
    #[must_use]
    pub fn group_norm(&self, groups: usize, gamma: &Tensor, beta: &Tensor, epsilon: Real) -> Tensor {
        apply(GroupNorm { groups, epsilon }, &[self, gamma, beta])
    }
}
