//! Softmax and negative log-likelihood in one: l = -ln softmax(logits)[label], averaged over the batch.
//!
//! dl/dlogits = (softmax(logits) - one) / batch, where `one` is 1 at the label.

use gradus_kernels::{Real, reduce, softmax};
use smallvec::smallvec;

use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Indices, Shape, Tensor};

struct CrossEntropy {
    labels: Indices,
}

impl Op for CrossEntropy {
    const NAME: &'static str = "cross_entropy";
    type Saved = (Tensor, Tensor);

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let (logits, labels) = (inputs[0], self.labels.shape());
        if logits.rank() != 2 || labels.rank() != 1 || logits[0] != labels[0] {
            return Err(format!("needs logits [batch, classes] and labels [batch]; logits {logits}, labels {labels}"));
        }
        if logits[0] == 0 {
            return Err(format!("the batch is empty: logits {logits}; a mean over nothing has no value"));
        }
        match self.labels.as_slice().iter().position(|label| *label as usize >= logits[1]) {
            Some(row) => Err(format!(
                "label {} of row {row} is not one of {} classes; logits {logits}; count classes from 0, or give the last \
                 layer more outputs",
                self.labels.as_slice()[row],
                logits[1]
            )),
            None => Ok(Shape::SCALAR),
        }
    }

    fn forward(&self, inputs: &[&Tensor], _: Shape) -> (Tensor, Self::Saved) {
        let logits = inputs[0];
        let [batch, classes] = [logits.shape()[0], logits.shape()[1]];
        let mut losses = Tensor::zeros([batch]);
        let probabilities = Tensor::build(logits.shape(), |probabilities| {
            let labels = self.labels.as_slice();
            softmax::cross_entropy(logits.as_slice(), labels, classes, losses.as_mut_slice(), probabilities);
        });
        (Tensor::scalar(reduce::sum(losses.as_slice()) / batch as Real), (logits.clone(), probabilities))
    }

    fn backward(&self, (logits, probabilities): &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let [batch, classes] = [logits.shape()[0], logits.shape()[1]];
        let share = 1.0 / batch as Real;
        if pull.recorded {
            // From the logits, so that it can be differentiated again.
            let one = self.labels.one_hot(classes);
            return smallvec![Some(logits.softmax(1).sub(&one).mul(grad).scale(share))];
        }
        let scale = [grad.item() * share];
        smallvec![Some(Tensor::build(logits.shape(), |out| {
            softmax::cross_entropy_backward(probabilities.as_slice(), self.labels.as_slice(), classes, &scale, out);
        }))]
    }
}

impl Tensor {
    /// The mean over the batch of -ln softmax(logits)\[label]: the loss of a classifier. This tensor is the logits,
    /// `[batch, classes]`.
    ///
    /// ```
    /// use gradus_core::{Indices, Tensor};
    /// let loss = Tensor::zeros([2, 10]).cross_entropy(&Indices::from([3, 7]));
    /// assert!((loss.item() - (10.0_f64).ln() as gradus_core::Real).abs() < 1e-6);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn cross_entropy(&self, labels: &Indices) -> Tensor {
        apply(CrossEntropy { labels: labels.clone() }, &[self])
    }
}

#[cfg(test)]
mod tests {
    use crate::{Indices, Tensor};

    #[test]
    fn the_gradient_is_softmax_minus_one_at_the_label() {
        let logits = Tensor::from([[0.0, 0.0], [0.0, 0.0]]).requires_grad();
        let grads = logits.cross_entropy(&Indices::from([0, 1])).backward();
        assert_eq!(grads.get(&logits).unwrap().to_vec(), [-0.25, 0.25, 0.25, -0.25]);
    }

    #[test]
    #[should_panic(expected = "cross_entropy: label 3 of row 1 is not one of 3 classes")]
    fn a_label_that_is_no_class_is_named() {
        let _ = Tensor::zeros([2, 3]).cross_entropy(&Indices::from([0, 3]));
    }

    #[test]
    #[should_panic(expected = "cross_entropy: the batch is empty")]
    fn an_empty_batch_is_named() {
        let _ = Tensor::zeros([0, 3]).cross_entropy(&Indices::new([], [0]));
    }
}
