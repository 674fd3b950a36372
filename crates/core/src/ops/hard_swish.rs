//! Piecewise swish: y = x min(max(x / 6 + 1/2, 0), 1) (Howard et al., 2019). dy/dx = 0, x / 3 + 1/2, or 1.

use gradus_kernels::Real;
use gradus_kernels::gemm::Activation;

use super::hard_sigmoid::HardSigmoid;
use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
pub(super) struct HardSwish;

impl Pointwise for HardSwish {
    const NAME: &'static str = "hard_swish";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x * (x / 6.0 + 0.5).clamp(0.0, 1.0)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x <= -3.0 {
            0.0
        } else if x >= 3.0 {
            1.0
        } else {
            x / 3.0 + 0.5
        }
    }

    fn part(self) -> Part {
        Part::Activation(Activation::HardSwish)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.hard_sigmoid().add(&x.mul(&HardSigmoid.slopes(x)))
    }
}

impl Tensor {
    /// x min(max(x / 6 + 1/2, 0), 1) of each element.
    #[must_use]
    pub fn hard_swish(&self) -> Tensor {
        self.pointwise(HardSwish)
    }
}
