//! Optimizers, schedules of their learning rate, and what is done to gradients before a step. One optimizer, one file.
//!
//! ```
//! use gradus_core::nn::{Context, Linear, Module};
//! use gradus_core::optim::{Optimizer, Sgd};
//! use gradus_core::{Rng, Tensor};
//! let mut rng = Rng::new(1);
//! let mut network = Linear::new(2, 1).init(&mut rng);
//! let mut optimizer = Sgd::new(0.1).momentum(0.9);
//! let x = Tensor::from([[1.0, 0.0], [0.0, 1.0]]);
//! let loss = |network: &Linear| {
//!     let y = network.forward(&x, &mut Context::eval());
//!     y.mul(&y).mean()
//! };
//! let before = loss(&network);
//! optimizer.step(&mut network, &before.backward());
//! assert!(loss(&network).item() < before.item());
//! ```
//!
//! Hyperparameters are given in `f64` and rounded once, when an update is computed: 1 - 0.999 from an `f32` 0.999 would
//! be off by 5e-5.

mod adagrad;
mod adam;
mod adamw;
pub mod clip;
mod config;
mod finite;
mod moments;
pub mod penalty;
mod rmsprop;
pub mod schedule;
mod sgd;

use std::collections::BTreeMap;

use gradus_kernels::Real;

pub use adagrad::{AdaGrad, AdaGradConfig};
pub use adam::{Adam, AdamConfig};
pub use adamw::{AdamW, AdamWConfig};
pub use config::OptimizerConfig;
pub use finite::first_non_finite;
pub use rmsprop::{RmsProp, RmsPropConfig};
pub use schedule::{Schedule, ScheduleConfig};
pub use sgd::{Sgd, SgdConfig};

use crate::graph::Gradients;
use crate::nn::Visit;
use crate::{Error, Tensor};

/// A rule that changes parameters by their gradients.
pub trait Optimizer: Send {
    /// Changes every trainable parameter of the network in place, in one pass over memory.
    ///
    /// # Panics
    /// When a trainable parameter has no gradient. A part that is not to be trained must be
    /// [frozen](crate::nn::Parameter::freeze), so that a broken graph does not pass in silence.
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients);

    /// The learning rate of the next step.
    fn learning_rate(&self) -> Real;

    /// Sets the learning rate of the next step.
    ///
    /// # Panics
    /// When it is negative or not finite.
    fn set_learning_rate(&mut self, rate: Real);

    /// Sets the momentum (Adam's beta1) of the next step. An optimizer that runs without momentum stays without.
    ///
    /// # Panics
    /// When it is not from [0, 1).
    fn set_momentum(&mut self, momentum: Real);

    /// Sets the learning rate, and the momentum where the schedule has one, for a step. Steps count from 0.
    fn follow(&mut self, schedule: &dyn Schedule, step: u64) {
        self.set_learning_rate(schedule.rate(step));
        if let Some(momentum) = schedule.momentum(step) {
            self.set_momentum(momentum);
        }
    }

    /// What it remembers, by name: `NAME.PLACE`, where PLACE counts the network's parameters in the order of a walk. With
    /// it, a run goes on bit for bit. The learning rate is not part of it: that is the config's and the schedule's.
    fn state(&self) -> Vec<(String, Tensor)>;

    /// Takes up what [`state`](Optimizer::state) gave.
    ///
    /// Errors: a tensor that this optimizer, with its options, does not keep or that is missing. Nothing is changed then.
    fn load_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<(), Error>;
}

impl<O: Optimizer + ?Sized> Optimizer for Box<O> {
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients) {
        (**self).step(network, gradients);
    }
    fn learning_rate(&self) -> Real {
        (**self).learning_rate()
    }
    fn set_learning_rate(&mut self, rate: Real) {
        (**self).set_learning_rate(rate);
    }
    fn set_momentum(&mut self, momentum: Real) {
        (**self).set_momentum(momentum);
    }
    fn state(&self) -> Vec<(String, Tensor)> {
        (**self).state()
    }
    fn load_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<(), Error> {
        (**self).load_state(state)
    }
}

#[cfg(test)]
mod tests;
