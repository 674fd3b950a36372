//! The smaller of two elements, broadcast. The gradient goes to the smaller one; to equals, half each.

use gradus_kernels::Real;
use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Minimum;

impl Op for Minimum {
    const NAME: &'static str = "minimum";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        broadcast::infer(inputs)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = broadcast::zip(
            inputs[0],
            inputs[1],
            shape,
            // NaN on either side is the result.
            #[inline(always)]
            |a, b| if (a < b) | a.is_nan() { a } else { b },
        );
        (output, [inputs[0].detached(), inputs[1].detached()])
    }

    fn backward(&self, [a, b]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let share = |a: &Tensor, b: &Tensor| sum_to(&grad.mul(&share(a, b, grad.shape())), a.shape());
        smallvec![pull.needs(0).then(|| share(a, b)), pull.needs(1).then(|| share(b, a))]
    }
}

/// How much of the gradient goes to a: 1, 0, or one half.
fn share(a: &Tensor, b: &Tensor, shape: Shape) -> Tensor {
    broadcast::zip(
        a,
        b,
        shape,
        #[inline(always)]
        |a: Real, b: Real| {
            if a < b {
                1.0
            } else if a > b {
                0.0
            } else {
                0.5
            }
        },
    )
}

impl Tensor {
    /// The smaller of each element and the other tensor's, broadcast.
    #[track_caller]
    #[must_use]
    pub fn minimum(&self, other: &Tensor) -> Tensor {
        apply(Minimum, &[self, other])
    }
}
