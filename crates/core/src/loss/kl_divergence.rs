//! Kullback-Leibler divergence of a target distribution from a predicted one: the sum of t (ln t - ln p).

use crate::Tensor;

impl Tensor {
    /// The sum of t (ln t - ln p) over each sample's numbers, averaged over the batch. This tensor is ln p,
    /// `[batch, ..]`; where t is 0 the term is 0.
    #[track_caller]
    #[must_use]
    pub fn kl_divergence(&self, target: &Tensor) -> Tensor {
        super::check("kl_divergence", self, target);
        let entropy: f64 =
            target.as_slice().iter().map(|t| f64::from(*t)).filter(|t| *t > 0.0).map(|t| t * t.ln()).sum();
        let batch = self.shape().first().copied().unwrap_or(1) as crate::Real;
        target.mul(self).sum().neg().shift(entropy as crate::Real).scale(1.0 / batch)
    }
}
