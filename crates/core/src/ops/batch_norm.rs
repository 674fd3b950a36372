//! Batch normalization (Ioffe and Szegedy, 2015): y = f(u + s), u = gamma z + beta with z = (x - mean) / sqrt(variance + epsilon), for
//! each channel of the last axis. f, the activation behind it, and s, the other path of a residual block, are optional and cost
//! no pass over memory of their own.
//!
//! With g = f'(u + s) dy: dgamma = sum of g z, dbeta = sum of g, ds = g. Where mean and variance are those of the batch itself,
//! dx = gamma / deviation (g - mean of g - z mean of (g z)); where they are constants, dx = gamma / deviation g. Backward keeps
//! x, which the convolution before it has made, and computes u from it anew; with s it keeps y, which the layer behind keeps anyway.

use gradus_kernels::Real;
use gradus_kernels::gemm;
use gradus_kernels::normalize::{self, batch_statistics};
use smallvec::smallvec;

use super::hard_swish::HardSwish;
use super::pointwise::{Keeps, Pointwise};
use super::relu::Relu;
use super::relu6::Relu6;
use super::silu::Silu;
use super::standardize::{standardize, standardize_gradient};
use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply, refuse};
use crate::nn::Activation;
use crate::tensor::{Shape, Tensor};

/// Mean and variance of each channel, `[c]`.
#[derive(Clone, Debug)]
pub struct ChannelStatistics {
    /// The mean.
    pub mean: Tensor,
    /// The mean square distance from it, divided by the number of values, not that less one.
    pub variance: Tensor,
}

/// f: what happens in the same pass over memory.
trait Ending: Pointwise {
    const NORM: &'static str;
    const NORM_ADD: &'static str = Self::NORM;
    /// The same in a frozen plan. Dry runs, from which plans are made, list other functions by themselves.
    const FROZEN: Option<gemm::Activation> = None;

    /// f'(u).
    #[inline(always)]
    fn slope_at(self, u: Real) -> Real {
        match Self::KEEPS {
            Keeps::Output => self.slope(self.value(u)),
            Keeps::Input | Keeps::Nothing => self.slope(u),
        }
    }
}

#[derive(Clone, Copy)]
struct Nothing;

impl Pointwise for Nothing {
    const NAME: &'static str = "identity";
    const KEEPS: Keeps = Keeps::Nothing;

    #[inline(always)]
    fn value(self, u: Real) -> Real {
        u
    }

    #[inline(always)]
    fn slope(self, _: Real) -> Real {
        1.0
    }

    fn derivative(self, u: &Tensor) -> Tensor {
        self.slopes(u)
    }
}

impl Ending for Nothing {
    const NORM: &'static str = "batch_norm";
    const NORM_ADD: &'static str = "batch_norm_add";
    const FROZEN: Option<gemm::Activation> = Some(gemm::Activation::Identity);
}

impl Ending for Relu {
    const NORM: &'static str = "batch_norm_relu";
    const NORM_ADD: &'static str = "batch_norm_add_relu";
    const FROZEN: Option<gemm::Activation> = Some(gemm::Activation::Relu);
}

impl Ending for Relu6 {
    const NORM: &'static str = "batch_norm_relu6";
}

impl Ending for HardSwish {
    const NORM: &'static str = "batch_norm_hard_swish";
}

impl Ending for Silu {
    const NORM: &'static str = "batch_norm_silu";
}

/// Inputs x, gamma, beta, and s with `ADD`.
struct BatchNorm<F, const ADD: bool> {
    ending: F,
    epsilon: Real,
    /// Whether the statistics are those of the batch: then they depend on x.
    of_batch: bool,
    /// Mean and 1 / sqrt(variance + epsilon); `None` in a dry run in training.
    statistics: Option<[Tensor; 2]>,
}

/// x, gamma, beta; with a summand and a function that is no identity y, too.
struct Saved {
    inputs: [Tensor; 3],
    output: Option<Tensor>,
}

impl<F: Ending, const ADD: bool> BatchNorm<F, ADD> {
    fn kernel<'a>(&'a self, gamma: &'a Tensor, beta: &'a Tensor) -> normalize::BatchNorm<'a> {
        let [mean, inverse] = self.statistics.as_ref().expect("outside of dry runs the statistics are there");
        normalize::BatchNorm {
            mean: mean.as_slice(),
            inverse_deviation: inverse.as_slice(),
            gamma: gamma.as_slice(),
            beta: beta.as_slice(),
        }
    }

    /// The gradients in two fused passes.
    fn fused(&self, Saved { inputs: [x, gamma, beta], output }: &Saved, grad: &Tensor) -> InputGradients {
        let f = self.ending;
        let (x_values, dy) = (x.as_slice(), grad.as_slice());
        let (mut dgamma, mut dbeta, mut ds) = (None, None, ADD.then(|| grad.clone()));
        let dx = Tensor::build(x.shape(), |dx| {
            dgamma = Some(Tensor::build(gamma.shape(), |dgamma| {
                dbeta = Some(Tensor::build(beta.shape(), |dbeta| {
                    let (kernel, d) = (self.kernel(gamma, beta), [dgamma, dbeta]);
                    match output {
                        Some(y) => {
                            ds = Some(Tensor::build(x.shape(), |ds| {
                                kernel.backward_add(
                                    [x_values, y.as_slice(), dy],
                                    [dx, ds],
                                    d,
                                    #[inline(always)]
                                    move |y| f.slope(y),
                                );
                            }));
                        }
                        None => kernel.backward(
                            [x_values, dy],
                            dx,
                            d,
                            #[inline(always)]
                            move |u| f.slope_at(u),
                        ),
                    }
                }));
            }));
        });
        let mut gradients: InputGradients = smallvec![Some(dx), dgamma, dbeta];
        gradients.extend(ADD.then_some(ds));
        gradients
    }

    /// The gradients as tensor operations.
    fn composed(&self, saved: &Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let [x, gamma, beta] = &saved.inputs;
        let channels = gamma.len();
        let rows = |x: &Tensor| x.reshape([x.len() / channels.max(1), channels]); // [pixels, c]
        let x2 = rows(x);
        let (z, inverse) = match &self.statistics {
            Some([mean, inverse]) if !self.of_batch => (x2.sub(mean).mul(inverse), inverse.clone()),
            _ => standardize(&x2, &[0], self.epsilon),
        };
        let g = match (F::KEEPS, &saved.output) {
            (Keeps::Nothing, _) => rows(grad),
            (_, Some(output)) => rows(&self.ending.derivative(&pull.output(output)).mul(grad)),
            (keeps, None) => {
                let u = z.mul(gamma).add(beta);
                let kept = if keeps == Keeps::Output { u.pointwise(self.ending) } else { u };
                self.ending.derivative(&kept).mul(&rows(grad))
            }
        };
        let scaled = g.mul(gamma);
        let dx = if self.of_batch { standardize_gradient(&z, &inverse, &scaled, &[0]) } else { scaled.mul(&inverse) };
        let mut gradients: InputGradients =
            smallvec![Some(dx.reshape(x.shape())), Some(g.mul(&z).sum_axes(&[0])), Some(g.sum_axes(&[0]))];
        gradients.extend(ADD.then(|| Some(g.reshape(x.shape()))));
        gradients
    }
}

impl<F: Ending, const ADD: bool> Op for BatchNorm<F, ADD> {
    const NAME: &'static str = if ADD { F::NORM_ADD } else { F::NORM };
    type Saved = Saved;

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
        if let Some(s) = inputs.get(3).filter(|s| **s != x) {
            return Err(format!("input {x} and what is added, {s}, differ in shape; bring the other path to {x}"));
        }
        let values = x.elements() / usize::max(x.last(), 1);
        if self.of_batch && values < 2 {
            return Err(format!(
                "training needs at least two values for each channel, input {x} has {values}; use larger batches, or Mode::Eval"
            ));
        }
        Ok(x)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Saved) {
        let f = self.ending;
        let (kernel, x) = (self.kernel(inputs[1], inputs[2]), inputs[0].as_slice());
        let output = Tensor::build(shape, |out| match inputs.get(3) {
            Some(s) => kernel.forward_add(
                x,
                s.as_slice(),
                out,
                #[inline(always)]
                move |u| f.value(u),
            ),
            None => kernel.forward(
                x,
                out,
                #[inline(always)]
                move |u| f.value(u),
            ),
        });
        let inputs = [inputs[0].clone(), inputs[1].clone(), inputs[2].clone()];
        let kept = (ADD && F::KEEPS != Keeps::Nothing).then(|| output.clone());
        (output, Saved { inputs, output: kept })
    }

    fn part(&self, _: &[Shape]) -> Part {
        match (&self.statistics, F::FROZEN) {
            (Some([mean, inverse]), Some(activation)) if !self.of_batch && !ADD => {
                Part::Normalize { mean: mean.clone(), inverse: inverse.clone(), activation }
            }
            _ => Part::Unknown,
        }
    }

    fn backward(&self, saved: &Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        if pull.recorded || !self.of_batch { self.composed(saved, pull, grad) } else { self.fused(saved, grad) }
    }

    fn multiplies(&self, _: &[Shape], output: Shape) -> u64 {
        output.elements() as u64
    }
}

/// What a batch normalization starts from.
#[derive(Clone, Copy)]
struct Operands<'a> {
    inputs: [&'a Tensor; 3],
    add: Option<&'a Tensor>,
    epsilon: Real,
    /// `None` for the batch's own.
    given: Option<&'a ChannelStatistics>,
}

impl Operands<'_> {
    #[track_caller]
    fn run(self, activation: Activation) -> (Tensor, Option<ChannelStatistics>) {
        match (activation, self.add) {
            (Activation::Identity, None) => self.with::<_, false>(Nothing),
            (Activation::Relu, None) => self.with::<_, false>(Relu),
            (Activation::Relu6, None) if !self.is_dry() => self.with::<_, false>(Relu6),
            (Activation::HardSwish, None) if !self.is_dry() => self.with::<_, false>(HardSwish),
            (Activation::Silu, None) if !self.is_dry() => self.with::<_, false>(Silu),
            (Activation::Identity, Some(_)) => self.with::<_, true>(Nothing),
            (Activation::Relu, Some(_)) => self.with::<_, true>(Relu),
            (other, _) => {
                let (y, statistics) = self.run(Activation::Identity);
                (other.apply(&y), statistics)
            }
        }
    }

    fn is_dry(&self) -> bool {
        self.inputs.iter().any(|input| input.is_dry()) || self.add.is_some_and(Tensor::is_dry)
    }

    #[track_caller]
    fn with<F: Ending, const ADD: bool>(self, ending: F) -> (Tensor, Option<ChannelStatistics>) {
        let Operands { inputs: [x, gamma, beta], add, epsilon, given } = self;
        let inputs = [x, gamma, beta, add.unwrap_or(x)];
        let inputs = &inputs[..if ADD { 4 } else { 3 }];
        let mut op = BatchNorm::<F, ADD> { ending, epsilon, of_batch: given.is_none(), statistics: None };
        let shapes = [x.shape(), gamma.shape(), beta.shape(), add.unwrap_or(x).shape()];
        if let Err(problem) = op.infer(&shapes[..inputs.len()]) {
            refuse(BatchNorm::<F, ADD>::NAME, inputs, problem);
        }
        if let (Some(add), true) = (add, self.is_dry()) {
            // A network's list has the sum by itself.
            let sum = Operands { add: None, ..self }.with::<_, false>(Nothing).0.add(add);
            return (if F::KEEPS == Keeps::Nothing { sum } else { sum.pointwise(ending) }, None);
        }
        let (statistics, inverse) = match given {
            Some(given) => {
                let mut inverse = given.variance.detached();
                inverse.as_mut_slice().iter_mut().for_each(|value| *value = 1.0 / (*value + epsilon).sqrt());
                (None, inverse)
            }
            None if self.is_dry() => return (apply(op, inputs), None),
            None => {
                let (statistics, inverse) = ChannelStatistics::of(x, gamma.shape(), epsilon);
                (Some(statistics), inverse)
            }
        };
        let mean = &statistics.as_ref().or(given).expect("one of the two").mean;
        op.statistics = Some([mean.detached(), inverse]);
        (apply(op, inputs), statistics)
    }
}

impl ChannelStatistics {
    /// Those of x, and 1 / sqrt(variance + epsilon).
    fn of(x: &Tensor, channels: Shape, epsilon: Real) -> (Self, Tensor) {
        let (mut variance, mut inverse) = (None, None);
        let mean = Tensor::build(channels, |mean| {
            variance = Some(Tensor::build(channels, |variance| {
                inverse = Some(Tensor::build(channels, |inverse| {
                    batch_statistics(x.as_slice(), epsilon, mean, variance, inverse);
                }));
            }));
        });
        let [Some(variance), Some(inverse)] = [variance, inverse] else { unreachable!("built above") };
        (ChannelStatistics { mean, variance }, inverse)
    }
}

impl Tensor {
    /// Batch normalization of `[b, .., c]` by the batch's own statistics, which come back for running means; then `add`, a
    /// tensor of the same shape, is added, and the activation taken. Both cost no pass of their own for the identity and ReLU;
    /// without `add` for ReLU6, hard swish and SiLU, too. In a dry run there are no values, and no statistics.
    #[track_caller]
    #[must_use]
    pub fn batch_norm(
        &self,
        gamma: &Tensor,
        beta: &Tensor,
        epsilon: Real,
        add: Option<&Tensor>,
        activation: Activation,
    ) -> (Tensor, Option<ChannelStatistics>) {
        Operands { inputs: [self, gamma, beta], add, epsilon, given: None }.run(activation)
    }

    /// Batch normalization of `[b, .., c]` by given statistics, which are constants to the gradient; otherwise like
    /// [`batch_norm`](Tensor::batch_norm).
    #[track_caller]
    #[must_use]
    pub fn batch_norm_by(
        &self,
        statistics: &ChannelStatistics,
        gamma: &Tensor,
        beta: &Tensor,
        epsilon: Real,
        add: Option<&Tensor>,
        activation: Activation,
    ) -> Tensor {
        Operands { inputs: [self, gamma, beta], add, epsilon, given: Some(statistics) }.run(activation).0
    }
}
