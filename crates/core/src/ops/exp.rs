//! Exponential: y = e^x. dy/dx = y.

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Exp;

impl Pointwise for Exp {
    const NAME: &'static str = "exp";
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::exp(x)
    }

    #[inline(always)]
    fn slope(self, y: Real) -> Real {
        y
    }

    fn derivative(self, y: &Tensor) -> Tensor {
        y.clone()
    }
}

impl Tensor {
    /// e to the power of each element.
    #[must_use]
    pub fn exp(&self) -> Tensor {
        self.pointwise(Exp)
    }
}
