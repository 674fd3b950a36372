//! The absolute loss: the mean of |y - t|.

use crate::Tensor;

impl Tensor {
    /// The mean of |y - t| over all elements.
    #[track_caller]
    #[must_use]
    pub fn mae(&self, target: &Tensor) -> Tensor {
        super::check("mae", self, target);
        self.sub(target).abs().mean()
    }
}
