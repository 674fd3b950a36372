//! Multiplication element by element: y = a b, broadcast. dy/da = b, dy/db = a.

use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Mul;

impl Op for Mul {
    const NAME: &'static str = "mul";
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
            |a, b| a * b,
        );
        (output, [inputs[0].clone(), inputs[1].clone()])
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Mul
    }

    fn backward(&self, [a, b]: &[Tensor; 2], pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![
            pull.needs(0).then(|| sum_to(&grad.mul(b), a.shape())),
            pull.needs(1).then(|| sum_to(&grad.mul(a), b.shape())),
        ]
    }
}

impl Tensor {
    /// This tensor times another, element by element, broadcast.
    #[track_caller]
    #[must_use]
    pub fn mul(&self, other: &Tensor) -> Tensor {
        apply(Mul, &[self, other])
    }
}
