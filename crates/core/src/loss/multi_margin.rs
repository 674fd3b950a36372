//! The hinge loss of several classes (Crammer and Singer, 2001): each wrong class should stay a margin below the right one.

use crate::{Indices, Real, Tensor};

impl Tensor {
    /// The mean over the batch of the sum over the wrong classes of max(0, margin - x\[label] + x\[class]), divided by the number of
    /// classes. This tensor is the scores x, `[batch, classes]`.
    #[track_caller]
    #[must_use]
    pub fn multi_margin(&self, labels: &Indices, margin: Real) -> Tensor {
        wrong(self, labels, margin).sum().scale(1.0 / self.len() as Real)
    }

    /// [`multi_margin`](Tensor::multi_margin) with each excess squared, which punishes large ones more and is smooth.
    #[track_caller]
    #[must_use]
    pub fn squared_multi_margin(&self, labels: &Indices, margin: Real) -> Tensor {
        wrong(self, labels, margin).square().sum().scale(1.0 / self.len() as Real)
    }
}

/// By how much each wrong class comes too near, `[batch, classes]`.
#[track_caller]
fn wrong(scores: &Tensor, labels: &Indices, margin: Real) -> Tensor {
    super::check_labels("multi_margin", scores, labels);
    let right = scores.pick_one(labels).reshape([labels.len(), 1]);
    let others = labels.one_hot(scores.shape()[1]).neg().shift(1.0);
    scores.sub(&right).shift(margin).relu().mul(&others)
}
