//! The larger or the smaller of two elements, broadcast. The gradient goes to the one that was taken; to equals, half each.

use gradus_kernels::Real;
use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Extreme<const LARGER: bool>;

/// Whether a is taken rather than b.
#[inline(always)]
fn wins<const LARGER: bool>(a: Real, b: Real) -> bool {
    if LARGER { a > b } else { a < b }
}

impl<const LARGER: bool> Op for Extreme<LARGER> {
    const NAME: &'static str = if LARGER { "maximum" } else { "minimum" };
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
            |a, b| if wins::<LARGER>(a, b) | a.is_nan() { a } else { b },
        );
        (output, [inputs[0].detached(), inputs[1].detached()])
    }

    fn backward(&self, [a, b]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let to = |a: &Tensor, b: &Tensor| sum_to(&grad.mul(&share::<LARGER>(a, b, grad.shape())), a.shape());
        smallvec![pull.needs(0).then(|| to(a, b)), pull.needs(1).then(|| to(b, a))]
    }
}

/// How much of the gradient goes to a: 1, 0, or one half.
fn share<const LARGER: bool>(a: &Tensor, b: &Tensor, shape: Shape) -> Tensor {
    broadcast::zip(
        a,
        b,
        shape,
        #[inline(always)]
        |a: Real, b: Real| {
            if wins::<LARGER>(a, b) {
                1.0
            } else if wins::<LARGER>(b, a) {
                0.0
            } else {
                0.5
            }
        },
    )
}

impl Tensor {
    /// The larger of each element and the other tensor's, broadcast.
    #[track_caller]
    #[must_use]
    pub fn maximum(&self, other: &Tensor) -> Tensor {
        apply(Extreme::<true>, &[self, other])
    }

    /// The smaller of each element and the other tensor's, broadcast.
    #[track_caller]
    #[must_use]
    pub fn minimum(&self, other: &Tensor) -> Tensor {
        apply(Extreme::<false>, &[self, other])
    }
}
