//! Adam: momentum and a rate of its own for each weight, both with their start from zero corrected.

use std::collections::BTreeMap;

use gradus_kernels::{Real, map};
use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::moments::{Moments, Slot};
use crate::check::{decay, not_negative, or_panic, positive};
use crate::graph::Gradients;
use crate::nn::Visit;
use crate::{Error, Tensor};

/// Adam (Kingma and Ba, 2015), with epsilon outside the root, as in the paper and in PyTorch.
///
/// In step t, element by element: m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
/// w <- w - e m' / (sqrt(v') + d) with m' = m / (1 - b1^t), v' = v / (1 - b2^t).
///
/// [`amsgrad`](Adam::amsgrad) (Reddi et al., 2018) divides by the greatest v so far. Weight decay l adds l w to the
/// gradient, so that the moments see it; [`AdamW`](super::AdamW) keeps it apart.
#[derive(Clone, Debug)]
pub struct Adam {
    config: AdamConfig,
    moments: Moments,
}

/// The options of [`Adam`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamConfig {
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

impl Default for AdamConfig {
    fn default() -> Self {
        AdamConfig { learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false, weight_decay: 0.0 }
    }
}

impl AdamConfig {
    /// The optimizer, or which option is wrong.
    pub fn build(&self) -> Result<Adam, Error> {
        self.check()?;
        Ok(Adam { config: self.clone(), moments: Moments::default() })
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        not_negative("learning_rate", self.learning_rate)?;
        decay("beta1", self.beta1)?;
        decay("beta2", self.beta2)?;
        positive("epsilon", self.epsilon)?;
        not_negative("weight_decay", self.weight_decay)
    }

    pub(super) fn kinds(&self) -> &'static [&'static str] {
        if self.amsgrad { &["mean", "square", "greatest_square"] } else { &["mean", "square"] }
    }

    /// One parameter's step. `shrink` multiplies the weights before, `penalty` times the weights joins the gradient.
    pub(super) fn update(&self, weights: &mut [Real], gradient: &[Real], slot: &mut Slot, shrink: Real, penalty: Real) {
        let steps = slot.steps() as f64;
        let (keep1, add1) = (self.beta1 as Real, (1.0 - self.beta1) as Real);
        let (keep2, add2) = (self.beta2 as Real, (1.0 - self.beta2) as Real);
        let rate = (slot.rate(self.learning_rate) / (1.0 - self.beta1.powf(steps))) as Real;
        let root = (1.0 / (1.0 - self.beta2.powf(steps)).sqrt()) as Real;
        let epsilon = self.epsilon as Real;
        if self.amsgrad {
            let [mean, square, greatest] = slot.values();
            map::update(
                [weights, mean, square, greatest],
                gradient,
                #[inline(always)]
                move |[w, m, v, top], g| {
                    let g = g + penalty * *w;
                    *m = keep1 * *m + add1 * g;
                    *v = keep2 * *v + add2 * (g * g);
                    *top = top.max(*v);
                    *w = shrink * *w - rate * *m / (root * top.sqrt() + epsilon);
                },
            );
        } else {
            let [mean, square] = slot.values();
            map::update(
                [weights, mean, square],
                gradient,
                #[inline(always)]
                move |[w, m, v], g| {
                    let g = g + penalty * *w;
                    *m = keep1 * *m + add1 * g;
                    *v = keep2 * *v + add2 * (g * g);
                    *w = shrink * *w - rate * *m / (root * v.sqrt() + epsilon);
                },
            );
        }
    }
}

impl Adam {
    /// With a learning rate, betas 0.9 and 0.999, epsilon 1e-8.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        Self::checked(AdamConfig { learning_rate, ..AdamConfig::default() })
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

    /// Adds l w to the gradient.
    #[track_caller]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self::checked(AdamConfig { weight_decay, ..self.config })
    }

    #[track_caller]
    fn checked(config: AdamConfig) -> Self {
        or_panic(config.check());
        Adam { config, moments: Moments::default() }
    }
}

impl Optimizer for Adam {
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients) {
        let config = &self.config;
        self.moments.step(config.kinds(), network, gradients, |weights, gradient, slot| {
            config.update(weights, gradient, slot, 1.0, config.weight_decay as Real);
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
