//! The logarithm of softmax along an axis: y = x - ln sum of e^x. dx = g - e^y sum of g along the axis.

use gradus_kernels::softmax;
use smallvec::smallvec;

use super::axis::at_the_end;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Along the last axis.
struct LogSoftmax;

impl Op for LogSoftmax {
    const NAME: &'static str = "log_softmax";
    type Saved = Tensor;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Tensor) {
        let output = Tensor::build(shape, |out| softmax::log_softmax(inputs[0].as_slice(), shape.last(), out));
        (output.clone(), output)
    }

    fn backward(&self, y: &Tensor, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        if pull.recorded {
            let sums = grad.sum_axes_kept(&[y.rank() - 1]);
            return smallvec![Some(grad.sub(&pull.output(y).exp().mul(&sums)))];
        }
        smallvec![Some(Tensor::build(y.shape(), |out| {
            softmax::log_softmax_backward(y.as_slice(), grad.as_slice(), y.shape().last(), out);
        }))]
    }
}

impl Tensor {
    /// ln softmax along `axis`, exact also where the softmax itself would round to 0.
    #[track_caller]
    #[must_use]
    pub fn log_softmax(&self, axis: usize) -> Tensor {
        at_the_end(LogSoftmax::NAME, self, axis, |x| apply(LogSoftmax, &[x]))
    }
}
