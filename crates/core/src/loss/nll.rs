//! Negative log-likelihood: minus the predicted log-probability of what was the case.

use crate::{Indices, Real, Tensor};

impl Tensor {
    /// The mean over the batch of -ln p\[label]. This tensor is ln p, `[batch, classes]`, as `log_softmax` gives it.
    #[track_caller]
    #[must_use]
    pub fn nll(&self, labels: &Indices) -> Tensor {
        let shape = self.shape();
        assert!(
            shape.rank() == 2 && *labels.shape() == [shape[0]] && shape[0] > 0,
            "nll: needs log-probabilities [batch, classes] and labels [batch], not empty; {shape}, {}",
            labels.shape()
        );
        let mask = Tensor::build(shape, |mask| {
            mask.fill(0.0);
            for (row, label) in labels.as_slice().iter().enumerate() {
                assert!(
                    (*label as usize) < shape[1],
                    "nll: label {label} of row {row} is not one of {} classes",
                    shape[1]
                );
                mask[row * shape[1] + *label as usize] = 1.0;
            }
        });
        self.mul(&mask).sum().scale(-1.0 / shape[0] as Real)
    }
}
