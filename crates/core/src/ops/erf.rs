//! Error function: y = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. dy/dx = 2 / sqrt(pi) exp(-x^2).

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

/// 1 / sqrt(2).
pub(super) const FRAC_1_SQRT_2: Real = std::f64::consts::FRAC_1_SQRT_2 as Real;

/// 2 / sqrt(pi), the slope at 0.
const SLOPE: Real = std::f64::consts::FRAC_2_SQRT_PI as Real;

#[derive(Clone, Copy)]
struct Erf;

impl Pointwise for Erf {
    const NAME: &'static str = "erf";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::erf(x)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        SLOPE * math::exp(-x * x)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.square().neg().exp().scale(SLOPE)
    }
}

impl Tensor {
    /// The error function of each element.
    #[must_use]
    pub fn erf(&self) -> Tensor {
        self.pointwise(Erf)
    }
}
