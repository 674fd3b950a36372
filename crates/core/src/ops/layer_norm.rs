//! Layer normalization (Ba, Kiros and Hinton, 2016): y = gamma z + beta with z = (x - mean) / sqrt(variance + epsilon), mean and
//! variance over the last axes of each sample.
//!
//! With g = gamma dy: dx = (g - mean of g - z mean of (g z)) / deviation, dgamma = sum of dy z, dbeta = sum of dy.

use gradus_kernels::Real;
use gradus_kernels::normalize::{layer_norm, layer_norm_backward, layer_norm_parameters_backward};
use smallvec::smallvec;

use super::standardize::{standardize, standardize_gradient};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct LayerNorm {
    epsilon: Real,
}

struct Saved {
    x: Tensor,
    gamma: Tensor,
    mean: Tensor,
    inverse: Tensor,
}

impl Op for LayerNorm {
    const NAME: &'static str = "layer_norm";
    type Saved = Saved;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let [x, gamma, beta] = [inputs[0], inputs[1], inputs[2]];
        if gamma.elements() == 0 || gamma.rank() == 0 || !x.ends_with(&gamma) || beta != gamma {
            return Err(format!(
                "weight {gamma} and bias {beta} must have the sizes of the input's last axes, which are normalized; input {x}"
            ));
        }
        Ok(x)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Saved) {
        let [x, gamma, beta] = [inputs[0], inputs[1], inputs[2]];
        let rows = [x.len() / gamma.len()];
        let (mut mean, mut inverse) = (None, None);
        let output = Tensor::build(shape, |out| {
            mean = Some(Tensor::build(rows, |mean| {
                inverse = Some(Tensor::build(rows, |inverse| {
                    let (gamma, beta) = (gamma.as_slice(), beta.as_slice());
                    layer_norm(x.as_slice(), gamma, beta, self.epsilon, out, mean, inverse);
                }));
            }));
        });
        let [Some(mean), Some(inverse)] = [mean, inverse] else { unreachable!("built above") };
        (output, Saved { x: x.clone(), gamma: gamma.clone(), mean, inverse })
    }

    fn backward(&self, saved: &Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let Saved { x, gamma, mean, inverse } = saved;
        if pull.recorded {
            let width = gamma.len();
            let rows = |x: &Tensor| x.reshape([x.len() / width, width]);
            let (g, flat_gamma) = (rows(grad), gamma.reshape([width]));
            let (z, inverse) = standardize(&rows(x), &[1], self.epsilon);
            let dx = standardize_gradient(&z, &inverse, &g.mul(&flat_gamma), &[1]).reshape(x.shape());
            let dgamma = g.mul(&z).sum_axes(&[0]).reshape(gamma.shape());
            return smallvec![Some(dx), Some(dgamma), Some(g.sum_axes(&[0]).reshape(gamma.shape()))];
        }
        let [x, dy, mean, inverse] = [x, grad, mean, inverse].map(Tensor::as_slice);
        let dx = pull
            .needs(0)
            .then(|| Tensor::build(grad.shape(), |dx| layer_norm_backward(x, dy, gamma.as_slice(), mean, inverse, dx)));
        let mut gradients: InputGradients = smallvec![dx, None, None];
        if pull.needs(1) || pull.needs(2) {
            let mut dbeta = None;
            gradients[1] = Some(Tensor::build(gamma.shape(), |dgamma| {
                dbeta = Some(Tensor::build(gamma.shape(), |dbeta| {
                    layer_norm_parameters_backward(x, dy, mean, inverse, dgamma, dbeta);
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
    /// Layer normalization over the last axes, as many as `gamma` and `beta` have.
    #[track_caller]
    #[must_use]
    pub fn layer_norm(&self, gamma: &Tensor, beta: &Tensor, epsilon: Real) -> Tensor {
        apply(LayerNorm { epsilon }, &[self, gamma, beta])
    }
}
