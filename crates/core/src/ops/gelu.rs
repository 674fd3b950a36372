//! Gaussian error linear unit: y = x P(x), P the normal distribution function (Hendrycks and Gimpel, 2016).
//! dy/dx = P(x) + x p(x), p the normal density.

use gradus_kernels::{Real, math};

use super::erf::FRAC_1_SQRT_2;
use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

/// 1 / sqrt(2 pi), the normal density at 0.
const DENSITY: Real = 0.398_942_280_401_432_7;

#[derive(Clone, Copy)]
struct Gelu;

impl Pointwise for Gelu {
    const NAME: &'static str = "gelu";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        0.5 * x * (1.0 + math::erf(x * FRAC_1_SQRT_2))
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        0.5 * (1.0 + math::erf(x * FRAC_1_SQRT_2)) + x * DENSITY * math::exp(-0.5 * x * x)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        let density = x.square().scale(-0.5).exp().scale(DENSITY);
        x.scale(FRAC_1_SQRT_2).erf().shift(1.0).scale(0.5).add(&x.mul(&density))
    }
}

impl Tensor {
    /// x times the probability that a normal number is below x, of each element.
    #[must_use]
    pub fn gelu(&self) -> Tensor {
        self.pointwise(Gelu)
    }
}
