//! Division element by element: y = a / b, broadcast. dy/da = 1 / b, dy/db = -a / b^2.

use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Div;

impl Op for Div {
    const NAME: &'static str = "div";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        broadcast::infer(inputs)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = broadcast::zip(
            inputs[0],
            inputs[1],
            shape,
            #[inline(always)]
            |a, b| a / b,
        );
        (output, [inputs[0].clone(), inputs[1].clone()])
    }

    fn backward(&self, [a, b]: &[Tensor; 2], pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![
            pull.needs(0).then(|| sum_to(&grad.div(b), a.shape())),
            pull.needs(1).then(|| sum_to(&grad.mul(a).div(&b.mul(b)).neg(), b.shape())),
        ]
    }
}

impl Tensor {
    /// This tensor divided by another, element by element, broadcast.
    #[track_caller]
    #[must_use]
    pub fn div(&self, other: &Tensor) -> Tensor {
        apply(Div, &[self, other])
    }
}
