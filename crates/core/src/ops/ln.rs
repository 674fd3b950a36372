//! Natural logarithm. dy/dx = 1 / x.

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Ln;

impl Pointwise for Ln {
    const NAME: &'static str = "ln";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::ln(x)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        1.0 / x
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.recip()
    }
}

impl Tensor {
    /// The natural logarithm of each element; NaN below 0.
    #[must_use]
    pub fn ln(&self) -> Tensor {
        self.pointwise(Ln)
    }
}
