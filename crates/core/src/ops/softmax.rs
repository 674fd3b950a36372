//! Softmax along an axis: y = e^x / sum of e^x. With s = sum of g y along the axis, dx = y (g - s).

use gradus_kernels::softmax;
use smallvec::smallvec;

use super::axis::at_the_end;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Along the last axis.
struct Softmax;

impl Op for Softmax {
    const NAME: &'static str = "softmax";
    type Saved = Tensor;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Tensor) {
        let output = Tensor::build(shape, |out| softmax::softmax(inputs[0].as_slice(), shape.last(), out));
        (output.clone(), output)
    }

    fn backward(&self, y: &Tensor, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        if pull.recorded {
            let y = pull.output(y);
            let sums = grad.mul(&y).sum_axes_kept(&[y.rank() - 1]);
            return smallvec![Some(y.mul(&grad.sub(&sums)))];
        }
        smallvec![Some(Tensor::build(y.shape(), |out| {
            softmax::softmax_backward(y.as_slice(), grad.as_slice(), y.shape().last(), out);
        }))]
    }
}

impl Tensor {
    /// Shares that sum to 1 along `axis`: e^x / sum of e^x. The largest element is subtracted first, so that nothing overflows.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let p = Tensor::from([[0.0, 0.0], [1000.0, 0.0]]).softmax(1);
    /// assert_eq!(p.to_vec(), [0.5, 0.5, 1.0, 0.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn softmax(&self, axis: usize) -> Tensor {
        at_the_end(Softmax::NAME, self, axis, |x| apply(Softmax, &[x]))
    }
}
