//! Piecewise linear sigmoid: y = min(max(x / 6 + 1/2, 0), 1) (Howard et al., 2019). dy/dx = 1/6 between, else 0.

use gradus_kernels::Real;
use gradus_kernels::gemm::Activation;

use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
pub(super) struct HardSigmoid;

impl Pointwise for HardSigmoid {
    const NAME: &'static str = "hard_sigmoid";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        (x / 6.0 + 0.5).clamp(0.0, 1.0)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x > -3.0 && x < 3.0 { 1.0 / 6.0 } else { 0.0 }
    }

    fn part(self) -> Part {
        Part::Activation(Activation::HardSigmoid)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        self.slopes(x)
    }
}

impl Tensor {
    /// min(max(x / 6 + 1/2, 0), 1) of each element.
    #[must_use]
    pub fn hard_sigmoid(&self) -> Tensor {
        self.pointwise(HardSigmoid)
    }
}
