//! Stochastic depth (Huang et al., Deep networks with stochastic depth, 2016): while training, a residual branch is left out for
//! some samples.

use gradus_kernels::Real;

use super::{Context, Module};
use crate::{Shape, Tensor, parameters};

/// Drops the whole branch of a sample with a probability while training, and divides what stays by 1 - probability; in use
/// everything passes. A block is then y = x + drop(branch(x)): where the branch is dropped, the block is the identity.
///
/// ```
/// use gradus_core::{nn::{Context, Module, StochasticDepth}, Tensor};
/// let branch = StochasticDepth::new(0.5).forward(&Tensor::ones([64, 2, 2, 3]), &mut Context::train(1));
/// let first: Vec<_> = branch.as_slice().chunks(12).map(|sample| sample[0]).collect();
/// assert!(first.contains(&0.0) && first.contains(&2.0));
/// ```
#[derive(Clone, Debug)]
pub struct StochasticDepth {
    probability: Real,
}

parameters!(StochasticDepth {});

impl StochasticDepth {
    /// Drops each sample's branch with a probability.
    ///
    /// # Panics
    /// When the probability is not in [0, 1).
    #[track_caller]
    pub fn new(probability: Real) -> Self {
        assert!(
            (0.0..1.0).contains(&probability),
            "StochasticDepth: a branch is dropped with a probability in [0, 1); got {probability}"
        );
        StochasticDepth { probability }
    }
}

impl Module for StochasticDepth {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        if !cx.is_training() || self.probability == 0.0 {
            return x.clone();
        }
        let one_each: Shape = (0..x.rank()).map(|axis| if axis == 0 { x.shape()[0] } else { 1 }).collect();
        x.mul(&Tensor::ones(one_each).dropout(self.probability, 1.0 / (1.0 - self.probability), &mut cx.rng))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_stays_whole_or_goes_whole() {
        let x = Tensor::ones([400, 3, 5]).requires_grad();
        let y = StochasticDepth::new(0.25).forward(&x, &mut Context::train(2));
        let kept = y.as_slice().chunks(15).filter(|sample| sample[0] != 0.0).count();
        for sample in y.as_slice().chunks(15) {
            assert!(sample.iter().all(|value| *value == sample[0]));
            assert!(sample[0] == 0.0 || (sample[0] - 4.0 / 3.0).abs() < 1e-6);
        }
        // Four standard errors of 400 draws.
        assert!((266..=334).contains(&kept), "{kept} of 400");
        assert_eq!(y.sum().backward().get(&x).unwrap().to_vec(), y.to_vec());
    }

    #[test]
    fn in_use_everything_passes() {
        let x = Tensor::ones([3, 2]);
        assert_eq!(StochasticDepth::new(0.9).forward(&x, &mut Context::eval()).to_vec(), [1.0; 6]);
    }

    #[test]
    #[should_panic(expected = "a probability in [0, 1); got 1")]
    fn a_branch_must_live_sometimes() {
        let _ = StochasticDepth::new(1.0);
    }
}
