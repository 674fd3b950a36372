//! Rectifier with a ceiling: y = min(max(x, 0), 6) (Krizhevsky, 2010). dy/dx = 1 between, else 0.

use gradus_kernels::Real;
use gradus_kernels::gemm::Activation;

use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
pub(super) struct Relu6;

impl Pointwise for Relu6 {
    const NAME: &'static str = "relu6";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.clamp(0.0, 6.0)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x > 0.0 && x < 6.0 { 1.0 } else { 0.0 }
    }

    fn part(self) -> Part {
        Part::Activation(Activation::Relu6)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        self.slopes(x)
    }
}

impl Tensor {
    /// min(max(x, 0), 6) of each element.
    #[must_use]
    pub fn relu6(&self) -> Tensor {
        self.pointwise(Relu6)
    }
}
