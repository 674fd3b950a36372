//! Stochastic gradient descent, with momentum and Nesterov's momentum.

use std::collections::BTreeMap;

use gradus_kernels::{Real, map};
use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::moments::Moments;
use crate::check::{decay, not_negative, or_panic};
use crate::graph::Gradients;
use crate::nn::Visit;
use crate::{Error, Tensor};

/// Stochastic gradient descent.
///
/// Without momentum: w <- w - e g. With momentum a (Polyak, 1964; as written by Goodfellow et al., Deep Learning, 2016,
/// algorithm 8.2): v <- a v - e g; w <- w + v. Under a constant gradient the velocity's length tends to e ||g|| / (1 - a).
///
/// [`nesterov`](Sgd::nesterov) takes the gradient at the look-ahead point w + a v (Sutskever et al., 2013). The parameters
/// held between steps are those of the look-ahead point, where the gradient is needed: v <- a v - e g; w <- w + a v - e g.
///
/// [`pytorch`](Sgd::pytorch) keeps the rate out of the velocity: v <- a v + g; w <- w - e v. The two agree while the rate
/// is constant. When it drops, the written form still moves by steps of the old rate for a while; PyTorch's does not.
///
/// Weight decay l adds l w to the gradient: that of a penalty l/2 ||w||^2.
#[derive(Clone, Debug)]
pub struct Sgd {
    config: SgdConfig,
    moments: Moments,
}

/// The options of [`Sgd`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SgdConfig {
    /// e.
    pub learning_rate: f64,
    /// a, from [0, 1).
    pub momentum: f64,
    /// Takes the gradient at the look-ahead point.
    pub nesterov: bool,
    /// Keeps the rate out of the velocity.
    pub pytorch: bool,
    /// l.
    pub weight_decay: f64,
}

impl Default for SgdConfig {
    fn default() -> Self {
        SgdConfig { learning_rate: 0.01, momentum: 0.0, nesterov: false, pytorch: false, weight_decay: 0.0 }
    }
}

impl SgdConfig {
    /// The optimizer, or which option is wrong.
    pub fn build(&self) -> Result<Sgd, Error> {
        not_negative("learning_rate", self.learning_rate)?;
        decay("momentum", self.momentum)?;
        not_negative("weight_decay", self.weight_decay)?;
        if self.nesterov && self.momentum == 0.0 {
            return Err(Error::setting("nesterov", "needs a momentum greater than 0, such as 0.9"));
        }
        Ok(Sgd { config: self.clone(), moments: Moments::default() })
    }
}

impl Sgd {
    /// Plain descent with a learning rate.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        or_panic(not_negative("learning_rate", learning_rate));
        Sgd { config: SgdConfig { learning_rate, ..SgdConfig::default() }, moments: Moments::default() }
    }

    /// Adds momentum: the share of the velocity that a step keeps, from [0, 1).
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        or_panic(decay("momentum", momentum));
        self.config.momentum = momentum;
        self
    }

    /// Takes the gradient at the look-ahead point. Give the momentum first.
    #[track_caller]
    pub fn nesterov(mut self) -> Self {
        assert!(self.config.momentum > 0.0, "nesterov: give a momentum greater than 0 first, as in .momentum(0.9)");
        self.config.nesterov = true;
        self
    }

    /// Keeps the rate out of the velocity, as PyTorch does.
    pub fn pytorch(mut self) -> Self {
        self.config.pytorch = true;
        self
    }

    /// Adds l w to the gradient.
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: f64) -> Self {
        or_panic(not_negative("weight_decay", weight_decay));
        self.config.weight_decay = weight_decay;
        self
    }

    fn kinds(&self) -> &'static [&'static str] {
        if self.config.momentum > 0.0 { &["velocity"] } else { &[] }
    }
}

impl Optimizer for Sgd {
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients) {
        let kinds = self.kinds();
        let SgdConfig { learning_rate, momentum, nesterov, pytorch, weight_decay } = self.config;
        let (momentum, decay) = (momentum as Real, weight_decay as Real);
        if kinds.is_empty() {
            return self.moments.step(kinds, network, gradients, |weights, gradient, slot| {
                let rate = slot.rate(learning_rate) as Real;
                map::update(
                    [weights],
                    gradient,
                    #[inline(always)]
                    move |[w], g| *w -= rate * (g + decay * *w),
                );
            });
        }
        self.moments.step(kinds, network, gradients, |weights, gradient, slot| {
            let rate = slot.rate(learning_rate) as Real;
            // The rate stands inside the velocity or outside it.
            let (inside, outside) = if pytorch { (1.0, -rate) } else { (-rate, 1.0) };
            // w moves by v, or by the look-ahead a v plus the gradient's own part.
            let (of_velocity, of_gradient) = if nesterov { (momentum, inside) } else { (1.0, 0.0) };
            let [velocity] = slot.values();
            map::update(
                [weights, velocity],
                gradient,
                #[inline(always)]
                move |[w, v], g| {
                    let g = g + decay * *w;
                    *v = momentum * *v + inside * g;
                    *w += outside * (of_velocity * *v + of_gradient * g);
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
        if self.config.momentum > 0.0 {
            self.config.momentum = momentum as f64;
        }
    }

    fn state(&self) -> Vec<(String, Tensor)> {
        self.moments.state(self.kinds())
    }

    fn load_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<(), Error> {
        self.moments = Moments::from_state(self.kinds(), state)?;
        Ok(())
    }
}
