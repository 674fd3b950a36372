//! Addition: y = a + b, broadcast. dy/da = 1, dy/db = 1.

use gradus_kernels::Real;
use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Add;

impl Op for Add {
    const NAME: &'static str = "add";
    type Saved = [Shape; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        broadcast::infer(inputs)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let f = #[inline(always)]
        |a: Real, b: Real| a + b;
        (broadcast::zip(inputs[0], inputs[1], shape, f), [inputs[0].shape(), inputs[1].shape()])
    }

    fn backward(&self, shapes: &[Shape; 2], pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![
            pull.needs(0).then(|| sum_to(grad, shapes[0])),
            pull.needs(1).then(|| sum_to(grad, shapes[1])),
        ]
    }
}

impl Tensor {
    /// This tensor plus another, broadcast.
    #[track_caller]
    #[must_use]
    pub fn add(&self, other: &Tensor) -> Tensor {
        apply(Add, &[self, other])
    }
}

/// Adds a gradient to one that came earlier; in place where nobody else looks.
pub(crate) fn add_into(sum: &mut Tensor, term: Tensor, recorded: bool) {
    if recorded {
        *sum = sum.add(&term);
    } else if sum.is_unique() {
        let add = #[inline(always)]
        |a: Real, b: Real| a + b;
        gradus_kernels::map::zip_in_place(sum.as_mut_slice(), term.as_slice(), add);
    } else if term.is_unique() {
        let mut term = term;
        add_into(&mut term, std::mem::replace(sum, Tensor::scalar(0.0)), false);
        *sum = term;
    } else {
        *sum = sum.detached().add(&term.detached());
    }
}
