//! Sine. dy/dx = cos x.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Sin;

impl Pointwise for Sin {
    const NAME: &'static str = "sin";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.sin()
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        x.cos()
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.cos()
    }
}

impl Tensor {
    /// The sine of each element, in radians.
    #[must_use]
    pub fn sin(&self) -> Tensor {
        self.pointwise(Sin)
    }
}
