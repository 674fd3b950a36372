//! A fixed power: y = x^p. dy/dx = p x^(p - 1). Of negative x, a power that is not whole is NaN.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Powf(Real);

impl Pointwise for Powf {
    const NAME: &'static str = "powf";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.powf(self.0)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        // Without this, x^0 would have the slope 0 * infinity at 0.
        if self.0 == 0.0 { 0.0 } else { self.0 * x.powf(self.0 - 1.0) }
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        if self.0 == 0.0 { Tensor::zeros(x.shape()) } else { x.powf(self.0 - 1.0).scale(self.0) }
    }
}

impl Tensor {
    /// Each element to the power of `exponent`.
    #[must_use]
    pub fn powf(&self, exponent: Real) -> Tensor {
        self.pointwise(Powf(exponent))
    }
}
