//! The sign: y = 1 above 0, -1 below, 0 at 0. dy/dx = 0.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

/// 1, -1, or 0 at 0; of NaN 0 too.
#[inline(always)]
pub(super) fn sign(x: Real) -> Real {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

#[derive(Clone, Copy)]
struct Sign;

impl Pointwise for Sign {
    const NAME: &'static str = "sign";
    const KEEPS: Keeps = Keeps::Nothing;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        sign(x)
    }

    #[inline(always)]
    fn slope(self, _: Real) -> Real {
        0.0
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        self.slopes(x)
    }
}

impl Tensor {
    /// The sign of each element: 1, -1, or 0 at 0. No gradient passes.
    #[must_use]
    pub fn sign(&self) -> Tensor {
        self.pointwise(Sign)
    }
}
