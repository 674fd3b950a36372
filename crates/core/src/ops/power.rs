//! A fixed power of positive numbers, as normalizations need it: y = x^p. dy/dx = p x^(p - 1).

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Power(Real);

impl Pointwise for Power {
    const NAME: &'static str = "power";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::pow(x, self.0)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        self.0 * math::pow(x, self.0 - 1.0)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        power(x, self.0 - 1.0).scale(self.0)
    }
}

/// x^exponent of each element, all of which must be positive.
pub(crate) fn power(x: &Tensor, exponent: Real) -> Tensor {
    x.pointwise(Power(exponent))
}
