//! AdaGrad: each weight has its own rate, which falls with the squares of its gradients so far.

use std::collections::BTreeMap;

use gradus_kernels::{Real, map};
use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::moments::Moments;
use crate::check::{decay, not_negative, or_panic, positive};
use crate::graph::Gradients;
use crate::nn::Visit;
use crate::{Error, Tensor};

/// AdaGrad (Duchi et al., 2011; as written by Goodfellow et al., 2016, algorithm 8.4).
///
/// r <- r + g^2; w <- w - e g / (d + sqrt(r)), element by element. PyTorch has the same form with d = 1e-10.
/// Weight decay l adds l w to the gradient.
#[derive(Clone, Debug)]
pub struct AdaGrad {
    config: AdaGradConfig,
    moments: Moments,
}

/// The options of [`AdaGrad`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdaGradConfig {
    /// e.
    pub learning_rate: f64,
    /// d, against division by zero.
    pub delta: f64,
    /// l.
    pub weight_decay: f64,
}

impl Default for AdaGradConfig {
    fn default() -> Self {
        AdaGradConfig { learning_rate: 0.01, delta: 1e-7, weight_decay: 0.0 }
    }
}

impl AdaGradConfig {
    /// The optimizer, or which option is wrong.
    pub fn build(&self) -> Result<AdaGrad, Error> {
        not_negative("learning_rate", self.learning_rate)?;
        positive("delta", self.delta)?;
        not_negative("weight_decay", self.weight_decay)?;
        Ok(AdaGrad { config: self.clone(), moments: Moments::default() })
    }
}

const KINDS: &[&str] = &["squares"];

impl AdaGrad {
    /// With a learning rate and delta 1e-7.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        or_panic(not_negative("learning_rate", learning_rate));
        AdaGrad { config: AdaGradConfig { learning_rate, ..AdaGradConfig::default() }, moments: Moments::default() }
    }

    /// The number against division by zero.
    #[track_caller]
    pub fn delta(mut self, delta: f64) -> Self {
        or_panic(positive("delta", delta));
        self.config.delta = delta;
        self
    }

    /// Adds l w to the gradient.
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        or_panic(not_negative("weight_decay", weight_decay));
        self.config.weight_decay = weight_decay;
        self
    }
}

impl Optimizer for AdaGrad {
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients) {
        let AdaGradConfig { learning_rate, delta, weight_decay } = self.config;
        let (delta, decay) = (delta as Real, weight_decay as Real);
        self.moments.step(KINDS, network, gradients, |weights, gradient, slot| {
            let rate = slot.rate(learning_rate) as Real;
            let [squares] = slot.values();
            map::update(
                [weights, squares],
                gradient,
                #[inline(always)]
                move |[w, r], g| {
                    let g = g + decay * *w;
                    *r += g * g;
                    *w -= rate * g / (delta + r.sqrt());
                },
            );
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
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.moments.state(KINDS)
    }

    fn load_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<(), Error> {
        self.moments = Moments::from_state(KINDS, state)?;
        Ok(())
    }
}
