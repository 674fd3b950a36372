//! Binary cross-entropy: the mean of -t ln p - (1 - t) ln(1 - p).

use crate::Tensor;

impl Tensor {
    /// Binary cross-entropy of probabilities p, which must lie strictly between 0 and 1. From logits, take
    /// [`Tensor::binary_cross_entropy_with_logits`], which cannot overflow.
    #[track_caller]
    #[must_use]
    pub fn binary_cross_entropy(&self, target: &Tensor) -> Tensor {
        super::check("binary_cross_entropy", self, target);
        let yes = target.mul(&self.ln());
        let no = target.neg().shift(1.0).mul(&self.neg().shift(1.0).ln());
        yes.add(&no).mean().neg()
    }

    /// Binary cross-entropy of logits x, p = sigmoid(x): the mean of softplus(x) - t x.
    #[track_caller]
    #[must_use]
    pub fn binary_cross_entropy_with_logits(&self, target: &Tensor) -> Tensor {
        super::check("binary_cross_entropy_with_logits", self, target);
        self.softplus().sub(&target.mul(self)).mean()
    }
}
