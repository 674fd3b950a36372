//! Absolute value. dy/dx = sign x, 0 at 0.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use super::sign::sign;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Abs;

impl Pointwise for Abs {
    const NAME: &'static str = "abs";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.abs()
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        sign(x)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        self.slopes(x)
    }
}

impl Tensor {
    /// The absolute value of each element.
    #[must_use]
    pub fn abs(&self) -> Tensor {
        self.pointwise(Abs)
    }
}
