//! What all functions of each element alone have in common.

use gradus_kernels::{Real, map};
use smallvec::smallvec;

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// What the slope of a pointwise function is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The input x.
    Input,
    /// The output y = f(x).
    Output,
    /// Nothing: the slope is the same everywhere.
    Nothing,
}

/// A differentiable function of each element alone: y = f(x).
///
/// `value` and `slope` are loop bodies: mark them `#[inline(always)]`, build them from plain arithmetic and
/// `gradus_kernels::math`, and they run as vector code.
pub trait Pointwise: Copy + Send + Sync + 'static {
    /// The op's name in errors, printed graphs and profiles.
    const NAME: &'static str;
    /// What `slope` and `derivative` are given.
    const KEEPS: Keeps;

    /// f(x).
    fn value(self, x: Real) -> Real;

    /// f'(x), from x or f(x) as [`Pointwise::KEEPS`] says (0 when nothing is kept).
    fn slope(self, kept: Real) -> Real;

    /// f' as tensor operations, so that it can be differentiated again.
    fn derivative(self, kept: &Tensor) -> Tensor;

    /// What the function is to a frozen plan.
    fn part(self) -> Part {
        Part::Map(Box::new(move |values| {
            map::map_in_place(
                values,
                #[inline(always)]
                move |x| self.value(x),
            );
        }))
    }

    /// `slope` of each element, as constants: the whole `derivative` of a function that is straight by pieces.
    fn slopes(self, kept: &Tensor) -> Tensor {
        Tensor::build(kept.shape(), |out| {
            map::map(
                kept.as_slice(),
                out,
                #[inline(always)]
                move |kept| self.slope(kept),
            );
        })
    }
}

struct Each<P>(P);

impl<P: Pointwise> Op for Each<P> {
    const NAME: &'static str = P::NAME;
    type Saved = Option<Tensor>;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let function = self.0;
        let output = Tensor::build(shape, |out| {
            map::map(
                inputs[0].as_slice(),
                out,
                #[inline(always)]
                move |x| function.value(x),
            );
        });
        let kept = match P::KEEPS {
            Keeps::Input => Some(inputs[0].clone()),
            Keeps::Output => Some(output.clone()),
            Keeps::Nothing => None,
        };
        (output, kept)
    }

    fn part(&self, _: &[Shape]) -> Part {
        self.0.part()
    }

    fn backward(&self, kept: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let function = self.0;
        let Some(kept) = kept else {
            return smallvec![Some(grad.scale(function.slope(0.0)))];
        };
        if pull.recorded {
            let kept = if P::KEEPS == Keeps::Output { pull.output(kept) } else { kept.clone() };
            return smallvec![Some(function.derivative(&kept).mul(grad))];
        }
        smallvec![Some(Tensor::build(grad.shape(), |out| {
            map::zip(
                kept.as_slice(),
                grad.as_slice(),
                out,
                #[inline(always)]
                move |kept, grad| function.slope(kept) * grad,
            );
        }))]
    }
}

impl Tensor {
    /// A pointwise function of one's own applied to each element.
    #[must_use]
    pub fn pointwise(&self, function: impl Pointwise) -> Tensor {
        apply(Each(function), &[self])
    }
}
