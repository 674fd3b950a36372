//! Dropout: y = scale x where a random number from [0, 1) is at least p, else 0 (Srivastava et al., 2014).
//!
//! dy/dx is the same map: the random numbers are a function of their place in a reserved block, so they are drawn again in
//! the backward pass instead of being kept.

use gradus_kernels::{Real, map};
use smallvec::smallvec;

use crate::Rng;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::random::Block;
use crate::tensor::{Shape, Tensor};

#[derive(Clone, Copy)]
struct Dropout {
    probability: Real,
    scale: Real,
    block: Block,
}

impl Op for Dropout {
    const NAME: &'static str = "dropout";
    type Saved = ();

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        let Dropout { probability, scale, block } = *self;
        let output = Tensor::build(shape, |out| {
            map::each(
                [out],
                [inputs[0].as_slice()],
                #[inline(always)]
                move |place, [out], [x]| *out = if block.uniform_at(place) < probability { 0.0 } else { x * scale },
            );
        });
        (output, ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(*self, &[grad]))]
    }
}

impl Tensor {
    /// Each element set to zero with a probability, the others times `scale`. Takes as many numbers from `rng` as there are
    /// elements. The layer [`Dropout`](crate::nn::Dropout) knows when and with which scale.
    #[must_use]
    pub fn dropout(&self, probability: Real, scale: Real, rng: &mut Rng) -> Tensor {
        apply(Dropout { probability, scale, block: rng.reserve(self.len()) }, &[self])
    }
}
