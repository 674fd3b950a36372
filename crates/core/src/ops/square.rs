//! Square: y = x^2. dy/dx = 2 x.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Square;

impl Pointwise for Square {
    const NAME: &'static str = "square";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x * x
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        2.0 * x
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.scale(2.0)
    }
}

impl Tensor {
    /// The square of each element.
    #[must_use]
    pub fn square(&self) -> Tensor {
        self.pointwise(Square)
    }
}
