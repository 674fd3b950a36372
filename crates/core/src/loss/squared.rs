//! The quadratic loss: the mean of (y - t)^2.

use crate::Tensor;

impl Tensor {
    /// The mean of (y - t)^2 over all elements.
    #[track_caller]
    #[must_use]
    pub fn mse(&self, target: &Tensor) -> Tensor {
        super::check("mse", self, target);
        self.sub(target).square().mean()
    }

    /// The quadratic cost of textbooks: the sum of (y - t)^2 / 2 over each sample's numbers, averaged over the batch.
    #[track_caller]
    #[must_use]
    pub fn quadratic(&self, target: &Tensor) -> Tensor {
        super::check("quadratic", self, target);
        let batch = self.shape().first().copied().unwrap_or(1);
        self.sub(target).square().sum().scale(0.5 / batch as crate::Real)
    }
}
