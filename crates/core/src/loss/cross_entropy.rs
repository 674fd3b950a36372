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
    /// the logits, `[batch, classes]`. Where all rows are ignored, the mean is NaN and the sum 0.
    ///
    /// # Panics
    /// When a label that is not ignored is no class, or the weights are not one for each class.
    #[track_caller]
    #[must_use]
    pub fn cross_entropy_with(&self, labels: &Indices, options: &CrossEntropyOptions) -> Tensor {
        let known = |label: &u32| options.ignored != Some(*label);
        if !labels.as_slice().iter().all(known) {
            // Rows that are ignored may hold anything: they are left out before the arithmetic.
            let (rows, left): (Vec<u32>, Vec<u32>) =
                (0..).zip(labels.as_slice()).filter(|(_, label)| known(label)).unzip();
            let plain = CrossEntropyOptions { ignored: None, ..options.clone() };
            if rows.is_empty() {
                return self.sum().scale(if options.summed { 0.0 } else { Real::NAN });
            }
            return self.gather_rows(&Indices::from(&rows[..])).cross_entropy_with(&Indices::from(&left[..]), &plain);
        }
        super::check_labels("cross_entropy", self, labels);
        let classes = self.shape()[1];
        let weights = options.weights.clone().unwrap_or_else(|| vec![1.0; classes]);
        let count = weights.len();
        assert!(
            count == classes,
            "cross_entropy: {count} class weights for {classes} classes; logits {}",
            self.shape()
        );
        let weights = Tensor::new(weights, [classes]);
        let log_p = self.log_softmax(1);
        let of_labels = weights.gather_rows(labels);
        let mut sum = log_p.pick_one(labels).mul(&of_labels).sum().scale(options.smoothing - 1.0);
        if options.smoothing > 0.0 {
            sum = sum.sub(&log_p.mul(&weights).sum().scale(options.smoothing / classes as Real));
        }
        if options.summed { sum } else { sum.scale(1.0 / of_labels.sum().item()) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_or_ruled_out_may_be_infinite() {
        let (no, nan) = (Real::NEG_INFINITY, Real::NAN);
        let logits = Tensor::from([[0.0, 0.0, no], [nan, nan, nan], [0.0, no, no]]).requires_grad();
        let options = CrossEntropyOptions::default().ignore(9).summed();
        let loss = logits.cross_entropy_with(&Indices::from([1, 9, 0]), &options);
        assert!((loss.item() - (2.0 as Real).ln()).abs() < 1e-6);
        let gradients = loss.backward();
        assert_eq!(gradients.get(&logits).unwrap().to_vec(), [0.5, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn of_nothing_the_sum_is_zero_and_the_mean_undefined() {
        let options = CrossEntropyOptions::default().ignore(0);
        let loss = |options| Tensor::ones([1, 3]).cross_entropy_with(&Indices::from([0]), &options).item();
        assert!(loss(options.clone()).is_nan());
        assert_eq!(loss(options.summed()), 0.0);
    }

    #[test]
    #[should_panic(expected = "cross_entropy: 2 class weights for 3 classes; logits [1, 3]")]
    fn weights_for_other_classes_are_refused() {
        let options = CrossEntropyOptions::default().class_weights([1.0, 2.0]);
        let _ = Tensor::ones([1, 3]).cross_entropy_with(&Indices::from([0]), &options);
    }
}
