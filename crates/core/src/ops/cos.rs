//! Cosine. dy/dx = -sin x.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Cos;

impl Pointwise for Cos {
    const NAME: &'static str = "cos";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.cos()
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        -x.sin()
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.sin().neg()
    }
}

impl Tensor {
    /// The cosine of each element, in radians.
    #[must_use]
    pub fn cos(&self) -> Tensor {
        self.pointwise(Cos)
    }
}
