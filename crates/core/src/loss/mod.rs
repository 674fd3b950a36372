//! Losses that are put together from ops: one loss, one file. The fused one of classifiers is
//! [`Tensor::cross_entropy`](crate::Tensor::cross_entropy).

mod absolute;
mod binary_cross_entropy;
mod hinge;
mod huber;
mod kl_divergence;
mod nll;
mod squared;

use crate::Tensor;

/// Panics unless prediction and target have one shape and are not empty.
#[track_caller]
fn check(loss: &str, prediction: &Tensor, target: &Tensor) {
    assert!(
        prediction.shape() == target.shape(),
        "{loss}: prediction {} and target {} must have one shape; reshape one of them",
        prediction.shape(),
        target.shape()
    );
    assert!(
        prediction.len() > 0,
        "{loss}: prediction {} is empty; a mean over nothing has no value",
        prediction.shape()
    );
}
