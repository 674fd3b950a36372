//! RMSProp: AdaGrad that forgets.

use std::collections::BTreeMap;

use gradus_kernels::{Real, map};
use serde::{Deserialize, Serialize};

use super::Optimizer;
use super::moments::Moments;
use crate::check::{decay, not_negative, or_panic, positive};
use crate::graph::Gradients;
use crate::nn::Visit;
use crate::{Error, Tensor};

/// RMSProp (Hinton, 2012; as written by Goodfellow et al., 2016, algorithms 8.5 and 8.6).
///
/// r <- p r + (1 - p) g^2; u = g / sqrt(d + r), element by element; w <- w - e u.
///
/// With momentum a: v <- a v - e u; w <- w + v. [`centered`](RmsProp::centered) (Graves, 2013) puts the variance
/// r - m^2 in place of r, with m <- p m + (1 - p) g. Weight decay l adds l w to the gradient.
///
/// [`pytorch`](RmsProp::pytorch) takes PyTorch's form: u = g / (d + sqrt(r)), with delta outside the root, and the rate
/// outside the velocity, v <- a v + u; w <- w - e v. (PyTorch's own p is 0.99 and its d 1e-8.)
#[derive(Clone, Debug)]
pub struct RmsProp {
    config: RmsPropConfig,
    moments: Moments,
}

/// The options of [`RmsProp`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RmsPropConfig {
    /// e.
    pub learning_rate: f64,
    /// p, the share of the mean square that a step keeps, from [0, 1).
    pub decay: f64,
    /// d, against division by zero.
    pub delta: f64,
    /// a, from [0, 1).
    pub momentum: f64,
    /// Divides by the gradient's deviation, not by its root mean square.
    pub centered: bool,
    /// PyTorch's places of delta and rate.
    pub pytorch: bool,
    /// l.
    pub weight_decay: f64,
}

impl Default for RmsPropConfig {
    fn default() -> Self {
        RmsPropConfig {
            learning_rate: 0.001,
            decay: 0.9,
            delta: 1e-6,
            momentum: 0.0,
            centered: false,
            pytorch: false,
            weight_decay: 0.0,
        }
    }
}

impl RmsPropConfig {
    /// The optimizer, or which option is wrong.
    pub fn build(&self) -> Result<RmsProp, Error> {
        not_negative("learning_rate", self.learning_rate)?;
        decay("decay", self.decay)?;
        positive("delta", self.delta)?;
        decay("momentum", self.momentum)?;
        not_negative("weight_decay", self.weight_decay)?;
        Ok(RmsProp { config: self.clone(), moments: Moments::default() })
    }
}

impl RmsProp {
    /// With a learning rate, decay 0.9 and delta 1e-6 inside the root.
    #[track_caller]
    pub fn new(learning_rate: f64) -> Self {
        or_panic(not_negative("learning_rate", learning_rate));
        RmsProp { config: RmsPropConfig { learning_rate, ..RmsPropConfig::default() }, moments: Moments::default() }
    }

    /// The share of the mean square that a step keeps, from [0, 1).
    #[track_caller]
    pub fn decay(mut self, share: f64) -> Self {
        or_panic(decay("decay", share));
        self.config.decay = share;
        self
    }

    /// The number against division by zero.
    #[track_caller]
    pub fn delta(mut self, delta: f64) -> Self {
        or_panic(positive("delta", delta));
        self.config.delta = delta;
        self
    }

    /// Adds momentum, from [0, 1).
    #[track_caller]
    pub fn momentum(mut self, momentum: f64) -> Self {
        or_panic(decay("momentum", momentum));
        self.config.momentum = momentum;
        self
    }

    /// Divides by the gradient's deviation, not by its root mean square.
    pub fn centered(mut self) -> Self {
        self.config.centered = true;
        self
    }

    /// Puts delta outside the root and the rate outside the velocity, as PyTorch does.
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
        match (self.config.momentum > 0.0, self.config.centered) {
            (false, false) => &["squares"],
            (false, true) => &["squares", "means"],
            (true, false) => &["squares", "velocity"],
            (true, true) => &["squares", "means", "velocity"],
        }
    }
}

/// The numbers of a step, rounded once, and what the four forms of the update are made of.
#[derive(Clone, Copy)]
struct Rule {
    rate: Real,
    keep: Real,
    add: Real,
    momentum: Real,
    decay: Real,
    // Delta has two places, the rate of a velocity too; one of each is empty.
    under_root: Real,
    beside_root: Real,
    inside: Real,
    outside: Real,
}

impl Rule {
    fn new(config: &RmsPropConfig, rate: f64) -> Self {
        let (rate, delta) = (rate as Real, config.delta as Real);
        let (under_root, beside_root) = if config.pytorch { (0.0, delta) } else { (delta, 0.0) };
        let (inside, outside) = if config.pytorch { (1.0, -rate) } else { (-rate, 1.0) };
        let (keep, add) = (config.decay as Real, (1.0 - config.decay) as Real);
        let (momentum, decay) = (config.momentum as Real, config.weight_decay as Real);
        Rule { rate, keep, add, momentum, decay, under_root, beside_root, inside, outside }
    }

    /// The new mean gradient.
    #[inline(always)]
    fn mean(self, m: &mut Real, g: Real) -> Real {
        *m = self.keep * *m + self.add * g;
        *m
    }

    /// u, with the new mean square.
    #[inline(always)]
    fn scaled(self, r: &mut Real, mean: Real, g: Real) -> Real {
        *r = self.keep * *r + self.add * (g * g);
        // Rounding may bring the mean square below the square of the mean.
        let variance = (*r - mean * mean).max(0.0);
        g / ((variance + self.under_root).sqrt() + self.beside_root)
    }

    /// The step by a velocity.
    #[inline(always)]
    fn run(self, w: &mut Real, v: &mut Real, u: Real) {
        *v = self.momentum * *v + self.inside * u;
        *w += self.outside * *v;
    }
}

impl Optimizer for RmsProp {
    fn step(&mut self, network: &mut dyn Visit, gradients: &Gradients) {
        let (config, kinds) = (&self.config, self.kinds());
        self.moments.step(kinds, network, gradients, |weights, gradient, slot| {
            let rule = Rule::new(config, slot.rate(config.learning_rate));
            match (config.momentum > 0.0, config.centered) {
                (false, false) => {
                    let [squares] = slot.values();
                    map::update(
                        [weights, squares],
                        gradient,
                        #[inline(always)]
                        move |[w, r], g| *w -= rule.rate * rule.scaled(r, 0.0, g + rule.decay * *w),
                    );
                }
                (false, true) => {
                    let [squares, means] = slot.values();
                    map::update(
                        [weights, squares, means],
                        gradient,
                        #[inline(always)]
                        move |[w, r, m], g| {
                            let g = g + rule.decay * *w;
                            *w -= rule.rate * rule.scaled(r, rule.mean(m, g), g);
                        },
                    );
                }
                (true, false) => {
                    let [squares, velocity] = slot.values();
                    map::update(
                        [weights, squares, velocity],
                        gradient,
                        #[inline(always)]
                        move |[w, r, v], g| rule.run(w, v, rule.scaled(r, 0.0, g + rule.decay * *w)),
                    );
                }
                (true, true) => {
                    let [squares, means, velocity] = slot.values();
                    map::update(
                        [weights, squares, means, velocity],
                        gradient,
                        #[inline(always)]
                        move |[w, r, m, v], g| {
                            let g = g + rule.decay * *w;
                            rule.run(w, v, rule.scaled(r, rule.mean(m, g), g));
                        },
                    );
                }
            }
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
