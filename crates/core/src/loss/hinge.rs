//! The hinge loss of maximum-margin classifiers: the mean of max(0, 1 - t y), t = -1 or 1.

use crate::Tensor;

impl Tensor {
    /// The mean of max(0, 1 - t y) over all elements, for targets -1 and 1.
    #[track_caller]
    #[must_use]
    pub fn hinge(&self, target: &Tensor) -> Tensor {
        super::check("hinge", self, target);
        self.mul(target).neg().shift(1.0).relu().mean()
    }
}
