//! Batch normalization (Ioffe and Szegedy, 2015), of features [b, c] and of pictures [b, h, w, c] alike.

use gradus_kernels::Real;

use super::{Activation, Context, Module, Parameter, Statistic};
use crate::ops::ChannelStatistics;
use crate::{Tensor, parameters};

/// Normalizes each channel (the last axis) over all others, then scales and shifts it.
///
/// While training the statistics are the batch's, and move the running ones, which are used otherwise. Names and numbers are
/// PyTorch's: `weight`, `bias`, `running_mean`, `running_var` (with the variance divided by n - 1), `num_batches_tracked`.
///
/// ```
/// use gradus_core::{nn::{BatchNorm, Context, Module}, Tensor};
/// let norm = BatchNorm::new(2);
/// let y = norm.forward(&Tensor::from([[1.0, 10.0], [3.0, 30.0]]), &mut Context::train(1));
/// assert!((y.at(&[1, 0]) - 1.0).abs() < 1e-4);
/// assert!((norm.running_mean.get().at(&[1]) - 2.0).abs() < 1e-6); // a tenth of the way from 0 to 20
/// ```
#[derive(Clone, Debug)]
pub struct BatchNorm {
    /// The factor of each channel, `[c]`; starts from 1.
    pub weight: Parameter,
    /// The summand of each channel, `[c]`; starts from 0.
    pub bias: Parameter,
    /// The running mean of each channel, `[c]`.
    pub running_mean: Statistic,
    /// The running variance of each channel, `[c]`.
    pub running_var: Statistic,
    /// How many batches have moved the running statistics.
    pub num_batches_tracked: Statistic,
    epsilon: Real,
    momentum: Real,
    activation: Activation,
}

parameters!(BatchNorm { weight, bias, running_mean, running_var, num_batches_tracked });

impl BatchNorm {
    /// For so many channels, with epsilon 1e-5 and momentum 0.1.
    pub fn new(channels: usize) -> Self {
        BatchNorm {
            weight: Parameter::new(&Tensor::ones([channels])),
            bias: Parameter::new(&Tensor::zeros([channels])),
            running_mean: Statistic::new(Tensor::zeros([channels])),
            running_var: Statistic::new(Tensor::ones([channels])),
            num_batches_tracked: Statistic::new(Tensor::scalar(0.0)),
            epsilon: 1e-5,
            momentum: 0.1,
            activation: Activation::Identity,
        }
    }

    /// What is added to the variance under the root.
    #[must_use]
    pub fn epsilon(mut self, epsilon: Real) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// How far each batch moves the running statistics: running <- (1 - momentum) running + momentum batch.
    #[must_use]
    pub fn momentum(mut self, momentum: Real) -> Self {
        self.momentum = momentum;
        self
    }

    /// Puts a ReLU behind, in the same pass over memory.
    #[must_use]
    pub fn relu(self) -> Self {
        self.activation(Activation::Relu)
    }

    /// Puts an activation behind: ReLU, ReLU6, hard swish and SiLU in the same pass over memory, others in their own.
    #[must_use]
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// The end of a residual block (He et al., 2016): activation(normalized x + shortcut), in one pass over memory where the
    /// activation is ReLU or none. Both have the same shape.
    ///
    /// ```
    /// use gradus_core::{nn::{BatchNorm, Context}, Tensor};
    /// let (x, shortcut) = (Tensor::from([[1.0], [3.0]]), Tensor::from([[2.0], [-5.0]]));
    /// let y = BatchNorm::new(1).relu().forward_add(&x, &shortcut, &mut Context::train(1));
    /// assert!((y.at(&[0, 0]) - 1.0).abs() < 1e-4 && y.at(&[1, 0]) == 0.0);
    /// ```
    #[track_caller]
    pub fn forward_add(&self, x: &Tensor, shortcut: &Tensor, cx: &mut Context) -> Tensor {
        self.run(x, Some(shortcut), cx)
    }

    #[track_caller]
    fn run(&self, x: &Tensor, add: Option<&Tensor>, cx: &mut Context) -> Tensor {
        let (epsilon, activation) = (self.epsilon, self.activation);
        if cx.is_training() {
            let (y, statistics) = x.batch_norm(&self.weight, &self.bias, epsilon, add, activation);
            if let Some(statistics) = statistics.filter(|_| !cx.is_recomputing()) {
                self.track(&statistics, x.len() / self.weight.len());
            }
            return y;
        }
        let running = ChannelStatistics { mean: self.running_mean.get(), variance: self.running_var.get() };
        x.batch_norm_by(&running, &self.weight, &self.bias, epsilon, add, activation)
    }

    fn track(&self, batch: &ChannelStatistics, values: usize) {
        let momentum = self.momentum;
        let unbiased = values as Real / (values - 1) as Real;
        let blend = |running: &mut [Real], new: &Tensor, factor: Real| {
            for (running, new) in running.iter_mut().zip(new.as_slice()) {
                *running = (1.0 - momentum) * *running + momentum * (new * factor);
            }
        };
        self.running_mean.update(|running| blend(running, &batch.mean, 1.0));
        self.running_var.update(|running| blend(running, &batch.variance, unbiased));
        self.num_batches_tracked.update(|count| count[0] += 1.0);
    }
}

impl Module for BatchNorm {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        self.run(x, None, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, dry_run, nn};

    #[test]
    fn each_channel_gets_mean_0_and_deviation_1() {
        let x = Tensor::randn([3, 5, 7, 4], &mut Rng::new(1)).scale(3.0).shift(50.0);
        let y = BatchNorm::new(4).forward(&x, &mut Context::train(1));
        let mean = y.mean_axes(&[0, 1, 2]);
        let variance = y.mul(&y).mean_axes(&[0, 1, 2]);
        assert!(mean.as_slice().iter().all(|mean| mean.abs() < 1e-4), "{mean:?}");
        assert!(variance.as_slice().iter().all(|variance| (variance - 1.0).abs() < 1e-4), "{variance:?}");
    }

    #[test]
    fn running_statistics_follow_pytorch() {
        let norm = BatchNorm::new(1).momentum(0.25);
        let x = Tensor::from([[1.0], [2.0], [6.0]]);
        for _ in 0..2 {
            let _ = norm.forward(&x, &mut Context::train(1));
        }
        // Mean 3, unbiased variance 7: 0.25 * 3 (1 + 0.75) and 0.75^2 + 0.25 * 7 (1 + 0.75).
        assert!((norm.running_mean.get().item() - 1.3125).abs() < 1e-6);
        assert!((norm.running_var.get().item() - 3.625).abs() < 1e-5);
        assert_eq!(norm.num_batches_tracked.get().item(), 2.0);
        let y = norm.forward(&Tensor::from([[5.0]]), &mut Context::eval());
        assert!((y.item() - (5.0 - 1.3125) / (3.625 + 1e-5 as Real).sqrt()).abs() < 1e-5);
        assert_eq!(norm.num_batches_tracked.get().item(), 2.0);
    }

    /// A fused layer beside one followed by ops of their own: outputs and all gradients.
    fn compare(activation: Activation, adds: bool) {
        let mut rng = Rng::new(2);
        let x = Tensor::randn([40, 5], &mut rng).requires_grad();
        let shortcut = Tensor::randn([40, 5], &mut rng).requires_grad();
        let (plain, fused) = (BatchNorm::new(5), BatchNorm::new(5).activation(activation));
        for mode in [Context::train(1), Context::eval()] {
            let cx = &mut mode.clone();
            let normalized = plain.forward(&x, cx);
            let expected = activation.apply(&if adds { normalized.add(&shortcut) } else { normalized });
            let y = if adds { fused.forward_add(&x, &shortcut, cx) } else { fused.forward(&x, cx) };
            assert_eq!(y.to_vec(), expected.to_vec(), "{activation:?}");
            let g = Tensor::randn([40, 5], &mut Rng::new(3));
            let (a, b) = (y.backward_from(&g), expected.backward_from(&g));
            let mut pairs = vec![(a.get(&x), b.get(&x)), (a.get(&fused.weight), b.get(&plain.weight))];
            pairs.push((a.get(&fused.bias), b.get(&plain.bias)));
            pairs.extend(adds.then(|| (a.get(&shortcut), b.get(&shortcut))));
            for (a, b) in pairs {
                for (a, b) in a.unwrap().as_slice().iter().zip(b.unwrap().as_slice()) {
                    assert!((a - b).abs() < 2e-5, "{activation:?}: {a} against {b}");
                }
            }
        }
    }

    #[test]
    fn what_is_fused_is_the_same_as_ops_one_after_another() {
        use Activation::{HardSwish, Identity, Relu, Relu6, Silu, Tanh};
        for activation in [Identity, Relu, Relu6, HardSwish, Silu, Tanh] {
            compare(activation, false);
            compare(activation, true);
        }
    }

    #[test]
    #[should_panic(expected = "batch_norm_add_relu: input [2, 3] and what is added, [2, 1], differ in shape")]
    fn a_shortcut_of_another_shape_is_named() {
        let _ =
            BatchNorm::new(3).relu().forward_add(&Tensor::ones([2, 3]), &Tensor::ones([2, 1]), &mut Context::train(1));
    }

    #[test]
    fn names_are_pytorchs_and_a_dry_run_changes_nothing() {
        let norm = BatchNorm::new(3);
        let names: Vec<String> = nn::state(&norm).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]);
        let ops = dry_run([2, 4, 4, 3], |x| norm.forward(x, &mut Context::train(1))).unwrap();
        assert_eq!(&*ops[0].output, [2, 4, 4, 3]);
        assert_eq!(norm.num_batches_tracked.get().item(), 0.0);
    }

    #[test]
    fn one_value_a_channel_has_no_variance() {
        let error = dry_run([1, 3], |x| BatchNorm::new(3).forward(x, &mut Context::train(1))).unwrap_err();
        assert!(error.to_string().contains("training needs at least two values for each channel, input [1, 3] has 1"));
    }

    #[test]
    #[should_panic(
        expected = "batch_norm: input has 4 channels, weight [3] and bias [3] expect [c] each; input [2, 4]"
    )]
    fn wrong_channels_are_named() {
        let _ = BatchNorm::new(3).forward(&Tensor::ones([2, 4]), &mut Context::train(1));
    }
}
