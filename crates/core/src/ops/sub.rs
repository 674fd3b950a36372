//! Subtraction: y = a - b, broadcast. dy/da = 1, dy/db = -1.

use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Sub;

impl Op for Sub {
    const NAME: &'static str = "sub";
    type Saved = [Shape; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        broadcast::infer(inputs)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = broadcast::zip(
            inputs[0],
            inputs[1],
            shape,
            #[inline(always)]
            |a, b| a - b,
        );
        (output, [inputs[0].shape(), inputs[1].shape()])
    }

    fn backward(&self, shapes: &[Shape; 2], pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![pull.needs(0).then(|| sum_to(grad, shapes[0])), pull.needs(1).then(|| sum_to(grad, shapes[1]).neg()),]
    }
}

impl Tensor {
    /// This tensor minus another, broadcast.
    #[track_caller]
    #[must_use]
    pub fn sub(&self, other: &Tensor) -> Tensor {
        apply(Sub, &[self, other])
    }
}
