//! The Huber loss (Huber, 1964): quadratic near 0, linear beyond delta, so that outliers pull no harder than others.

use crate::{Real, Tensor};

impl Tensor {
    /// The mean over all elements of d^2 / 2 where |d| <= delta, and delta (|d| - delta / 2) beyond; d = y - t.
    #[track_caller]
    #[must_use]
    pub fn huber(&self, target: &Tensor, delta: Real) -> Tensor {
        super::check("huber", self, target);
        assert!(delta > 0.0, "huber: delta is {delta}, it must be greater than 0");
        let distance = self.sub(target).abs();
        // With q = min(|d|, delta): q^2 / 2 + delta (|d| - q) is both branches in one.
        let beyond = distance.shift(-delta).relu();
        let near = distance.sub(&beyond);
        near.square().scale(0.5).add(&beyond.scale(delta)).mean()
    }

    /// PyTorch's smooth L1: the Huber loss divided by beta.
    #[track_caller]
    #[must_use]
    pub fn smooth_l1(&self, target: &Tensor, beta: Real) -> Tensor {
        self.huber(target, beta).scale(1.0 / beta)
    }
}
