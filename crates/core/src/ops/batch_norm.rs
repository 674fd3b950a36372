//! Batch normalization (Ioffe and Szegedy, 2015): y = gamma z + beta with z = (x - mean) / sqrt(variance + epsilon), for each
//! channel of the last axis, optionally max(y, 0).
//!
//! With g the gradient of y (0 where a ReLU cut it off): dgamma = sum of g z, dbeta = sum of g. Where mean and variance are
//! those of the batch itself, dx = gamma / deviation (g - mean of g - z mean of (g z)); where they are constants,
//! dx = gamma / deviation g.

use gradus_kernels::Real;
use gradus_kernels::normalize::{self, batch_statistics};
use smallvec::smallvec;

use super::standardize::{standardize, standardize_gradient};
use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply, refuse};
use crate::tensor::{Shape, Tensor};

/// Mean and variance of each channel, `[c]`.
#[derive(Clone, Debug)]
pub struct ChannelStatistics {
    /// The mean.
    pub mean: Tensor,
    /// The mean square distance from it, divided by the number of values, not that less one.
    pub variance: Tensor,
}

struct BatchNorm<const RELU: bool> {
    epsilon: Real,
    /// Whether the statistics are those of the batch: then they depend on x.
    of_batch: bool,
    /// Mean and 1 / sqrt(variance + epsilon); `None` in a dry run.
    statistics: Option<[Tensor; 2]>,
}

impl<const RELU: bool> BatchNorm<RELU> {
    fn kernel<'a>(&'a self, gamma: &'a Tensor, beta: &'a Tensor) -> normalize::BatchNorm<'a> {
        let [mean, inverse] = self.statistics.as_ref().expect("outside of dry runs the statistics are there");
        normalize::BatchNorm {
            mean: mean.as_slice(),
            inverse_deviation: inverse.as_slice(),
            gamma: gamma.as_slice(),
            beta: beta.as_slice(),
            relu: RELU,
        }
    }

    /// The gradients in one fused pass.
    fn fused(&self, [x, gamma, beta]: &[Tensor; 3], grad: &Tensor) -> InputGradients {
        let (mut dgamma, mut dbeta) = (None, None);
        let dx = Tensor::build(x.shape(), |dx| {
            dgamma = Some(Tensor::build(gamma.shape(), |dgamma| {
                dbeta = Some(Tensor::build(beta.shape(), |dbeta| {
                    self.kernel(gamma, beta).backward(x.as_slice(), grad.as_slice(), dx, dgamma, dbeta);
                }));
            }));
        });
        smallvec![Some(dx), dgamma, dbeta]
    }

    /// The gradients as tensor operations.
    fn composed(&self, [x, gamma, beta]: &[Tensor; 3], grad: &Tensor) -> InputGradients {
        let channels = gamma.len();
        let rows = |x: &Tensor| x.reshape([x.len() / channels.max(1), channels]); // [pixels, c]
        let x2 = rows(x);
        let (z, inverse) = match &self.statistics {
            Some([mean, inverse]) if !self.of_batch => (x2.sub(mean).mul(inverse), inverse.clone()),
            _ => standardize(&x2, &[0], self.epsilon),
        };
        let mut g = rows(grad);
        if RELU {
            let mut cut = z.detached().mul(&gamma.detached()).add(&beta.detached());
            cut.as_mut_slice().iter_mut().for_each(|y| *y = if *y > 0.0 { 1.0 } else { 0.0 });
            g = g.mul(&cut);
        }
        let scaled = g.mul(gamma);
        let dx = if self.of_batch { standardize_gradient(&z, &inverse, &scaled, &[0]) } else { scaled.mul(&inverse) };
        smallvec![Some(dx.reshape(x.shape())), Some(g.mul(&z).sum_axes(&[0])), Some(g.sum_axes(&[0]))]
    }
}

impl<const RELU: bool> Op for BatchNorm<RELU> {
    const NAME: &'static str = if RELU { "batch_norm_relu" } else { "batch_norm" };
    type Saved = [Tensor; 3];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let [x, gamma, beta] = [inputs[0], inputs[1], inputs[2]];
        if x.rank() < 2 || *gamma != [x.last()] || *beta != *gamma {
            return Err(format!(
                "input has {} channels, weight {gamma} and bias {beta} expect [c] each; input {x}; \
                 give the layer {} channels, and input [batch, .., channels]",
                x.last(),
                x.last()
            ));
        }
        let values = x.elements() / usize::max(x.last(), 1);
        if self.of_batch && values < 2 {
            return Err(format!(
                "training needs at least two values for each channel, input {x} has {values}; use larger batches, or Mode::Eval"
            ));
        }
        Ok(x)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = Tensor::build(shape, |out| self.kernel(inputs[1], inputs[2]).forward(inputs[0].as_slice(), out));
        (output, [inputs[0].clone(), inputs[1].clone(), inputs[2].clone()])
    }

    fn part(&self, _: &[Shape]) -> Part {
        match &self.statistics {
            Some([mean, inverse]) if !self.of_batch => {
                Part::Normalize { mean: mean.clone(), inverse: inverse.clone(), relu: RELU }
            }
            _ => Part::Unknown,
        }
    }

    fn backward(&self, saved: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        if pull.recorded || !self.of_batch { self.composed(saved, grad) } else { self.fused(saved, grad) }
    }

    fn multiplies(&self, _: &[Shape], output: Shape) -> u64 {
        output.elements() as u64
    }
}

/// Takes the statistics of x and normalizes by them.
#[track_caller]
fn by_batch<const RELU: bool>(inputs: [&Tensor; 3], epsilon: Real) -> (Tensor, Option<ChannelStatistics>) {
    let mut op = BatchNorm::<RELU> { epsilon, of_batch: true, statistics: None };
    if let Err(problem) = op.infer(&inputs.map(Tensor::shape)) {
        refuse(BatchNorm::<RELU>::NAME, &inputs, problem);
    }
    let [x, gamma, _] = inputs;
    if x.is_dry() {
        return (apply(op, &inputs), None);
    }
    let channels = gamma.shape();
    let (mut variance, mut inverse) = (None, None);
    let mean = Tensor::build(channels, |mean| {
        variance = Some(Tensor::build(channels, |variance| {
            inverse = Some(Tensor::build(channels, |inverse| {
                batch_statistics(x.as_slice(), epsilon, mean, variance, inverse);
            }));
        }));
    });
    let [Some(variance), Some(inverse)] = [variance, inverse] else { unreachable!("built above") };
    op.statistics = Some([mean.clone(), inverse]);
    (apply(op, &inputs), Some(ChannelStatistics { mean, variance }))
}

impl Tensor {
    /// Batch normalization of `[b, .., c]` by the batch's own statistics, which come back for running means; with `relu`,
    /// max(y, 0) in the same pass. In a dry run there are no values, and no statistics.
    #[track_caller]
    #[must_use]
    pub fn batch_norm(
        &self,
        gamma: &Tensor,
        beta: &Tensor,
        epsilon: Real,
        relu: bool,
    ) -> (Tensor, Option<ChannelStatistics>) {
        let inputs = [self, gamma, beta];
        if relu { by_batch::<true>(inputs, epsilon) } else { by_batch::<false>(inputs, epsilon) }
    }

    /// Batch normalization of `[b, .., c]` by given statistics, which are constants to the gradient.
    #[track_caller]
    #[must_use]
    pub fn batch_norm_by(
        &self,
        statistics: &ChannelStatistics,
        gamma: &Tensor,
        beta: &Tensor,
        epsilon: Real,
        relu: bool,
    ) -> Tensor {
        let mut inverse = statistics.variance.detached();
        inverse.as_mut_slice().iter_mut().for_each(|value| *value = 1.0 / (*value + epsilon).sqrt());
        let statistics = Some([statistics.mean.detached(), inverse]);
        let (inputs, of_batch) = ([self, gamma, beta], false);
        if relu {
            apply(BatchNorm::<true> { epsilon, of_batch, statistics }, &inputs)
        } else {
            apply(BatchNorm::<false> { epsilon, of_batch, statistics }, &inputs)
        }
    }
}
