//! Addition: y = a + b, broadcast. dy/da = 1, dy/db = 1.

use gradus_kernels::map;
use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use crate::freeze::Part;
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
        let output = broadcast::zip(
            inputs[0],
            inputs[1],
            shape,
            #[inline(always)]
            |a, b| a + b,
        );
        (output, [inputs[0].shape(), inputs[1].shape()])
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Add
    }

    fn backward(&self, shapes: &[Shape; 2], pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![pull.needs(0).then(|| sum_to(grad, shapes[0])), pull.needs(1).then(|| sum_to(grad, shapes[1])),]
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
        map::zip_in_place(
            sum.as_mut_slice(),
            term.as_slice(),
            #[inline(always)]
            |a, b| a + b,
        );
    } else if term.is_unique() {
        let mut term = term;
        add_into(&mut term, std::mem::replace(sum, Tensor::scalar(0.0)), false);
        *sum = term;
    } else {
        *sum = sum.detached().add(&term.detached());
    }
}
