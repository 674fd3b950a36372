//! Negative log-likelihood: minus the predicted log-probability of what was the case.

use crate::{Indices, Tensor};

impl Tensor {
    /// The mean over the batch of -ln p\[label]. This tensor is ln p, `[batch, classes]`, as `log_softmax` gives it.
    #[track_caller]
    #[must_use]
    pub fn nll(&self, labels: &Indices) -> Tensor {
        super::check_labels("nll", self, labels);
        self.pick_one(labels).mean().neg()
    }
}
