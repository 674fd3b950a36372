//! Parametric rectifier: y = x above 0, a x below, a learned (He et al., 2015). dx = g or a g; da = the sum of g x where x is below 0.

use smallvec::smallvec;

use super::broadcast::{self, sum_to};
use super::pointwise::Pointwise;
use super::relu::Relu;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Input `[.., channels]`, slopes `[channels]` or `[1]`.
struct Prelu;

impl Op for Prelu {
    const NAME: &'static str = "prelu";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let [x, slopes] = [inputs[0], inputs[1]];
        if x.rank() > 0 && slopes.rank() == 1 && (slopes[0] == 1 || slopes[0] == x.last()) {
            return Ok(x);
        }
        Err(format!("needs input [.., channels] and slopes [1] or [channels]; input {x}, slopes {slopes}"))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = broadcast::zip(
            inputs[0],
            inputs[1],
            shape,
            #[inline(always)]
            |x, slope| if x > 0.0 { x } else { slope * x },
        );
        (output, [inputs[0].clone(), inputs[1].clone()])
    }

    fn backward(&self, [x, slopes]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let above = grad.mul(&Relu.slopes(x));
        let below = grad.sub(&above);
        smallvec![
            pull.needs(0).then(|| above.add(&below.mul(slopes))),
            pull.needs(1).then(|| sum_to(&below.mul(x), slopes.shape())),
        ]
    }
}

impl Tensor {
    /// x above 0, its channel's slope times x below. The channels are the last axis; slopes are `[channels]`, or `[1]` for all.
    #[track_caller]
    #[must_use]
    pub fn prelu(&self, slopes: &Tensor) -> Tensor {
        apply(Prelu, &[self, slopes])
    }
}
