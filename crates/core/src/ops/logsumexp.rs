//! The logarithm of a sum of exponentials along an axis, a smooth maximum: y = ln sum of e^x. dy/dx = e^(x - y).

use gradus_kernels::softmax;
use smallvec::smallvec;

use super::axis::at_the_end;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Along the last axis, which stays with size 1.
struct LogSumExp;

impl Op for LogSumExp {
    const NAME: &'static str = "logsumexp";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0].with(inputs[0].rank() - 1, 1))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let x = inputs[0];
        let output = Tensor::build(shape, |out| softmax::logsumexp(x.as_slice(), x.shape().last(), out));
        (output.clone(), [x.clone(), output])
    }

    fn backward(&self, [x, y]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        if pull.recorded {
            return smallvec![Some(x.sub(&pull.output(y)).exp().mul(grad))];
        }
        smallvec![Some(Tensor::build(x.shape(), |out| {
            softmax::logsumexp_backward(x.as_slice(), y.as_slice(), grad.as_slice(), x.shape().last(), out);
        }))]
    }
}

impl Tensor {
    /// ln of the sum of e^x along `axis`, which goes from the shape.
    #[track_caller]
    #[must_use]
    pub fn logsumexp(&self, axis: usize) -> Tensor {
        let kept = at_the_end(LogSumExp::NAME, self, axis, |x| apply(LogSumExp, &[x]));
        kept.reshape(self.shape().removed(axis))
    }
}
