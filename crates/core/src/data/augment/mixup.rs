//! Two samples in one.

use serde::{Deserialize, Serialize};

use crate::check::within;
use crate::data::{Batch, Targets};
use crate::{Error, Real, Rng, Tensor};

/// Mixes each sample of a batch with another of it, and their targets alike (Zhang et al., 2018): x = l x_i + (1 - l) x_j,
/// y = l y_i + (1 - l) y_j, with l from Beta(alpha, alpha), one for a batch. Classes become shares of classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mixup {
    /// Near 0, most mixtures are nearly one of the two; at 1, all shares are equally likely.
    pub alpha: f64,
}

impl Default for Mixup {
    fn default() -> Self {
        Mixup { alpha: 0.2 }
    }
}

impl Mixup {
    /// Whether `alpha` can be used.
    pub fn check(&self) -> Result<(), Error> {
        let holds = self.alpha >= 0.001 && self.alpha <= 1000.0;
        within("mixup.alpha", self.alpha, holds, "a number from 0.001 to 1000")
    }

    /// Mixes a batch, whose labels are of so many classes.
    pub fn apply(&self, batch: &mut Batch, classes: usize, rng: &mut Rng) {
        let share = beta(self.alpha, rng) as Real;
        let mut partners: Vec<usize> = (0..batch.len()).collect();
        rng.shuffle(&mut partners);
        batch.inputs = mixed(&batch.inputs, &partners, share);
        batch.targets = match &batch.targets {
            Targets::Labels(labels) => Targets::Soft(mixed(&labels.one_hot(classes), &partners, share)),
            Targets::Soft(shares) => Targets::Soft(mixed(shares, &partners, share)),
            Targets::Values(values) => Targets::Values(mixed(values, &partners, share)),
            Targets::None => Targets::None,
        };
    }
}

/// share x_i + (1 - share) x_j for each row i and its partner j.
fn mixed(rows: &Tensor, partners: &[usize], share: Real) -> Tensor {
    let values = rows.as_slice();
    let len = values.len() / partners.len();
    Tensor::build(rows.shape(), |out| {
        for (place, &partner) in partners.iter().enumerate() {
            let pair = values[place * len..][..len].iter().zip(&values[partner * len..][..len]);
            let mixed = pair.map(|(own, other)| share * own + (1.0 - share) * other);
            out[place * len..][..len].iter_mut().zip(mixed).for_each(|(out, value)| *out = value);
        }
    })
}

/// A number of Beta(alpha, alpha): G / (G + H) for two of Gamma(alpha), computed from logarithms, since both are below any
/// float where alpha is small.
fn beta(alpha: f64, rng: &mut Rng) -> f64 {
    let (first, second) = (log_gamma(alpha, rng), log_gamma(alpha, rng));
    1.0 / (1.0 + (second - first).exp())
}

/// The logarithm of a number of Gamma(alpha) (Marsaglia and Tsang, 2000): of Gamma(alpha + 1), times u^(1 / alpha).
fn log_gamma(alpha: f64, rng: &mut Rng) -> f64 {
    let d = alpha + 1.0 - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let boost = open(rng).ln() / alpha;
    loop {
        let x = rng.normal() as f64;
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && open(rng).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return (d * v).ln() + boost;
        }
    }
}

/// A number from (0, 1], whose logarithm exists.
fn open(rng: &mut Rng) -> f64 {
    1.0 - rng.uniform() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of Beta(a, a): 1/2 and 1 / (4 (2a + 1)).
    #[test]
    fn shares_have_the_moments_of_the_distribution() {
        for alpha in [0.001, 0.2, 1.0, 5.0] {
            let mut rng = Rng::new(4);
            let shares: Vec<f64> = (0..20_000).map(|_| beta(alpha, &mut rng)).collect();
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
            let mean = shares.iter().sum::<f64>() / 20_000.0;
            let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean - 0.5).abs() < 0.015, "{alpha}: {mean}");
            assert!((variance - 0.25 / (2.0 * alpha + 1.0)).abs() < 0.005, "{alpha}: {variance}");
        }
    }
}
