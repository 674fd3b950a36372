//! AdamW: Adam whose weight decay does not pass through the moments.

use std::collections::BTreeMap;

use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::adam::AdamConfig;
use super::moments::Moments;
use crate::check::{decay, not_negative, or_panic};
use crate::graph::Gradients;
use crate::nn::Visit;
use crate::{Error, Tensor};

/// AdamW (Loshchilov and Hutter, 2019): w <- (1 - e l) w, then [`Adam`](super::Adam)'s step without weight decay.
#[derive(Clone, Debug)]
pub struct AdamW {
    config: AdamConfig,
    moments: Moments,
}

/// The options of [`AdamW`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamWConfig {
    /// e.
    pub learning_rate: f64,
    /// b1, the share of the mean gradient that a step keeps, from [0, 1).
    pub beta1: f64,
    /// b2, the share of the mean square that a step keeps, from [0, 1).
    pub beta2: f64,
    /// d, against division by zero.
    pub epsilon: f64,
    /// Divides by the greatest mean square so far.
    pub amsgrad: bool,
    /// l.
    pub weight_decay: f64,
}

impl Default for AdamWConfig {
    fn default() -> Self {
        let AdamConfig { learning_rate, beta1, beta2, epsilon, amsgrad, .. } = AdamConfig::default();
        AdamWConfig { learning_rate, beta1, beta2, epsilon, amsgrad, weight_decay: 0.01 }
    }
}

impl AdamWConfig {
    /// The optimizer, or which option is wrong.
    pub fn build(&self) -> Result<AdamW, Error> {
        let config = self.as_adam();
        config.check()?;
        Ok(AdamW { config, moments: Moments::default() })
    }

    fn as_adam(&self) -> AdamConfig {
        let AdamWConfig { learning_rate, beta1, beta2, epsilon, amsgrad, weight_decay } = *self;
        AdamConfig { learning_rate, beta1, beta2, epsilon, amsgrad, weight_decay }
    }
}

impl AdamW {
    /// With a learning rate, betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.01.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        Self::checked(AdamWConfig { learning_rate, ..AdamWConfig::default() }.as_adam())
    }

    /// The shares of the mean gradient and of the mean square that a step keeps, each from [0, 1).
    #[track_caller]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self::checked(AdamConfig { beta1, beta2, ..self.config })
    }

    /// The number against division by zero.
    #[track_caller]
    pub fn epsilon(self, epsilon: f64) -> Self {
        Self::checked(AdamConfig { epsilon, ..self.config })
    }

    /// Divides by the greatest mean square so far.
    pub fn amsgrad(mut self) -> Self {
        self.config.amsgrad = true;
        self
    }

    /// The decay l: each step takes the share e l from every weight.
    #[track_caller]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self::checked(AdamConfig { weight_decay, ..self.config })
    }

    #[track_caller]
    fn checked(config: AdamConfig) -> Self {
        or_panic(config.check());
        AdamW { config, moments: Moments::default() }
    }
}

impl Optimizer for AdamW {
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients) {
        let config = &self.config;
        self.moments.step(config.kinds(), network, gradients, |weights, gradient, slot| {
            let shrink = (1.0 - slot.rate(config.learning_rate) * config.weight_decay) as Real;
            config.update(weights, gradient, slot, shrink, 0.0);
        });
    }

    fn learning_rate(&self) -> Real {
        self.config.learning_rate as Real
    }

    fn set_learning_rate(&mut self, rate: Real) {
        or_panic(not_negative("learning_rate", rate as f64));
        self.config.learning_rate = rate as f64;
    }

    fn set_momentum(&mut self, momentum: Real) {
        or_panic(decay("momentum", momentum as f64));
        self.config.beta1 = momentum as f64;
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.moments.state(self.config.kinds())
    }

    fn load_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<(), Error> {
        self.moments = Moments::from_state(self.config.kinds(), state)?;
        Ok(())
    }
}
