//! Rectified linear unit: y = max(x, 0). dy/dx = 1 where x > 0, else 0 (Nair and Hinton, 2010).

use gradus_kernels::Real;
use gradus_kernels::gemm::Activation;

use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
pub(super) struct Relu;

impl Pointwise for Relu {
    const NAME: &'static str = "relu";
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        // Written so that NaN stays NaN: a network that has broken must show it.
        if x <= 0.0 { 0.0 } else { x }
    }

    #[inline(always)]
    fn slope(self, y: Real) -> Real {
        if y > 0.0 { 1.0 } else { 0.0 }
    }

    fn part(self) -> Part {
        Part::Activation(Activation::Relu)
    }

    fn derivative(self, y: &Tensor) -> Tensor {
        self.slopes(y)
    }
}

impl Tensor {
    /// max(x, 0) of each element.
    #[must_use]
    pub fn relu(&self) -> Tensor {
        self.pointwise(Relu)
    }
}
