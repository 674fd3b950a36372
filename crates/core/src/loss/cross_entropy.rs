//! Cross-entropy with options, and against shares of classes: - sum of t ln softmax(logits), t the target shares.
//!
//! The plain one, fused and faster, is [`Tensor::cross_entropy`].

use crate::{Indices, Real, Tensor};

/// The options of [`Tensor::cross_entropy_with`]; the default is the plain mean.
///
/// ```
/// use gradus_core::{CrossEntropyOptions, Indices, Tensor};
/// let options = CrossEntropyOptions::default().label_smoothing(0.1).ignore(255);
/// let loss = Tensor::zeros([2, 10]).cross_entropy_with(&Indices::from([3, 255]), &options);
/// assert!((loss.item() - 10.0_f64.ln() as gradus_core::Real).abs() < 1e-6);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropyOptions {
    smoothing: Real,
    weights: Option<Vec<Real>>,
    ignored: Option<u32>,
    summed: bool,
}

impl CrossEntropyOptions {
    /// Takes a share from the label and spreads it over all classes (Szegedy et al., 2016): t = 1 - share at the label, plus
    /// share / classes everywhere.
    #[track_caller]
    pub fn label_smoothing(mut self, share: Real) -> Self {
        assert!((0.0..=1.0).contains(&share), "cross_entropy: label smoothing is {share}, but must be from 0 to 1");
        self.smoothing = share;
        self
    }

    /// Weighs the classes, for data in which some are rare. The mean is then over the weights of the labels.
    #[track_caller]
    pub fn class_weights(mut self, weights: impl Into<Vec<Real>>) -> Self {
        let weights = weights.into();
        let bad = weights.iter().position(|weight| !(*weight >= 0.0 && weight.is_finite()));
        assert!(bad.is_none(), "cross_entropy: a class weight is negative or not finite: {weights:?}");
        self.weights = Some(weights);
        self
    }

    /// Leaves out the rows with this label, as for places without a class.
    pub fn ignore(mut self, label: u32) -> Self {
        self.ignored = Some(label);
        self
    }

    /// Gives the sum over the batch instead of the mean.
    pub fn summed(mut self) -> Self {
        self.summed = true;
        self
    }
}

impl Tensor {
    /// The cross-entropy of labels under softmax(logits) with [options](CrossEntropyOptions), as PyTorch has them. This tensor is
    /// the logits, `[batch, classes]`. Where all rows are ignored, the mean is NaN.
    #[track_caller]
    #[must_use]
    pub fn cross_entropy_with(&self, labels: &Indices, options: &CrossEntropyOptions) -> Tensor {
        let used = |label: &u32| options.ignored != Some(*label);
        let known = Indices::build(labels.shape(), |known| {
            for (known, label) in known.iter_mut().zip(labels.as_slice()) {
                *known = if used(label) { *label } else { 0 };
            }
        });
        super::check_labels("cross_entropy", self, &known);
        let classes = self.shape()[1];
        let weights = options.weights.clone().unwrap_or_else(|| vec![1.0; classes]);
        assert!(
            weights.len() == classes,
            "cross_entropy: {} class weights for {classes} classes; logits {}",
            weights.len(),
            self.shape()
        );
        let mut total = 0.0;
        let shares = Tensor::build(self.shape(), |shares| {
            shares.fill(0.0);
            let rows = shares.chunks_exact_mut(classes).zip(labels.as_slice());
            for (row, label) in rows.filter(|(_, label)| used(label)) {
                for (share, weight) in row.iter_mut().zip(&weights) {
                    *share = weight * options.smoothing / classes as Real;
                }
                row[*label as usize] += weights[*label as usize] * (1.0 - options.smoothing);
                total += weights[*label as usize];
            }
        });
        let sum = self.log_softmax(1).mul(&shares).sum().neg();
        if options.summed { sum } else { sum.scale(1.0 / total) }
    }

    /// The mean over the batch of - sum of t ln softmax(logits), for targets t that are themselves shares, such as a teacher's or
    /// mixed labels. This tensor is the logits; both are `[batch, classes]`.
    #[track_caller]
    #[must_use]
    pub fn soft_cross_entropy(&self, shares: &Tensor) -> Tensor {
        super::check("soft_cross_entropy", self, shares);
        assert!(self.rank() == 2, "soft_cross_entropy: needs logits [batch, classes]; logits {}", self.shape());
        self.log_softmax(1).mul(shares).sum().scale(-1.0 / self.shape()[0] as Real)
    }
}
