//! Reciprocal: y = 1 / x. dy/dx = -y^2.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Recip;

impl Pointwise for Recip {
    const NAME: &'static str = "recip";
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        1.0 / x
    }

    #[inline(always)]
    fn slope(self, y: Real) -> Real {
        -y * y
    }

    fn derivative(self, y: &Tensor) -> Tensor {
        y.square().neg()
    }
}

impl Tensor {
    /// 1 / x of each element.
    #[must_use]
    pub fn recip(&self) -> Tensor {
        self.pointwise(Recip)
    }
}
