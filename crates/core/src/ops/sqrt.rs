//! Square root. dy/dx = 1 / (2 y).

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Sqrt;

impl Pointwise for Sqrt {
    const NAME: &'static str = "sqrt";
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.sqrt()
    }

    #[inline(always)]
    fn slope(self, y: Real) -> Real {
        0.5 / y
    }

    fn derivative(self, y: &Tensor) -> Tensor {
        y.recip().scale(0.5)
    }
}

impl Tensor {
    /// The square root of each element; NaN below 0.
    #[must_use]
    pub fn sqrt(&self) -> Tensor {
        self.pointwise(Sqrt)
    }
}
