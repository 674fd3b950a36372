//! Hyperbolic tangent. dy/dx = 1 - y^2.

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Tanh;

impl Pointwise for Tanh {
    const NAME: &'static str = "tanh";
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::tanh(x)
    }

    #[inline(always)]
    fn slope(self, y: Real) -> Real {
        1.0 - y * y
    }

    fn derivative(self, y: &Tensor) -> Tensor {
        y.square().neg().shift(1.0)
    }
}

impl Tensor {
    /// The hyperbolic tangent of each element.
    #[must_use]
    pub fn tanh(&self) -> Tensor {
        self.pointwise(Tanh)
    }
}
