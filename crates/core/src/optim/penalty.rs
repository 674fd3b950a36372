//! Penalties on large weights, as terms of the loss: lambda / n sum |w| and lambda / 2n sum w^2.
//!
//! They are of the weights alone, parameters of two or more axes: a bias shifts a unit's output and does not make it
//! steeper. An optimizer's `weight_decay` has the second penalty's gradient at less cost, but for every parameter.
//!
//! ```
//! use gradus_core::nn::Linear;
//! use gradus_core::{Rng, optim::penalty};
//! let network = Linear::new(3, 2).init(&mut Rng::new(1));
//! let (lambda, samples) = (0.1, 50.0);
//! let loss = penalty::l1(&network).scale(lambda / samples);
//! let gradient = loss.backward().get(&network.weight).unwrap().at(&[0, 0]);
//! assert_eq!(gradient, lambda / samples * network.weight.at(&[0, 0]).signum());
//! ```

use crate::Tensor;
use crate::nn::{Entry, Path, Visit};

/// The sum of |w| over all weights that are trained: it drives the unimportant ones to exactly 0.
#[must_use]
pub fn l1(network: &dyn Visit) -> Tensor {
    over_weights(network, |weight| weight.abs().sum())
}

/// Half the sum of w^2 over all weights that are trained: its gradient is w itself.
#[must_use]
pub fn l2(network: &dyn Visit) -> Tensor {
    over_weights(network, |weight| weight.square().sum().scale(0.5))
}

fn over_weights(network: &dyn Visit, term: impl Fn(&Tensor) -> Tensor) -> Tensor {
    let mut total = Tensor::scalar(0.0);
    network.visit(Path::root(), &mut |_, entry| {
        if let Entry::Parameter(parameter) = entry
            && parameter.is_trainable()
            && parameter.rank() >= 2
        {
            total = total.add(&term(parameter));
        }
    });
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use crate::nn::Linear;
    use crate::optim::{Optimizer, Sgd};

    #[test]
    fn the_second_penalty_is_weight_decay() {
        let start = Linear::new(3, 2).init(&mut Rng::new(1));
        let (mut penalized, mut decayed) = (start.clone(), Linear::new(3, 2).init(&mut Rng::new(1)));
        let plain = |network: &Linear| network.weight.sum().add(&network.bias.as_ref().unwrap().sum());
        let gradients = plain(&penalized).add(&l2(&penalized).scale(0.25)).backward();
        Sgd::new(0.1).step(&mut penalized, &gradients);
        let gradients = plain(&decayed).backward();
        Sgd::new(0.1).weight_decay(0.25).step(&mut decayed, &gradients);
        for (a, b) in penalized.weight.as_slice().iter().zip(decayed.weight.as_slice()) {
            assert!((a - b).abs() < 1e-6, "{a} {b}");
        }
        let bias = |network: &Linear| network.bias.as_ref().unwrap().at(&[0]);
        assert!((bias(&penalized) - (bias(&start) - 0.1)).abs() < 1e-6, "a bias is not penalized");
    }

    #[test]
    fn frozen_weights_are_left_out() {
        let mut network = Linear::new(3, 2).init(&mut Rng::new(1));
        let sum: crate::Real = network.weight.as_slice().iter().map(|w| w.abs()).sum();
        assert!((l1(&network).item() - sum).abs() < 1e-6);
        network.weight.freeze();
        assert_eq!(l1(&network).item(), 0.0);
    }
}
