//! Losses that are put together from ops: one loss, one file. The fused one of classifiers is
//! [`Tensor::cross_entropy`].

mod absolute;
mod binary_cross_entropy;
mod cross_entropy;
mod hinge;
mod huber;
mod kl_divergence;
mod multi_margin;
mod nll;
mod squared;

pub use cross_entropy::CrossEntropyOptions;

use crate::{Indices, Tensor};

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

/// Panics unless there is one label below `classes` for each row of `[batch, classes]`, and a row at all.
#[track_caller]
fn check_labels(loss: &str, scores: &Tensor, labels: &Indices) {
    let shape = scores.shape();
    assert!(
        shape.rank() == 2 && *labels.shape() == [shape[0]] && shape[0] > 0,
        "{loss}: needs scores [batch, classes] and labels [batch], not empty; scores {shape}, labels {}",
        labels.shape()
    );
    if let Some(row) = labels.as_slice().iter().position(|label| *label as usize >= shape[1]) {
        panic!(
            "{loss}: label {} of row {row} is not one of {} classes; scores {shape}",
            labels.as_slice()[row],
            shape[1]
        );
    }
}
