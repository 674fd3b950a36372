//! Softplus: y = ln(1 + e^x) (Dugas et al., 2001). dy/dx = sigmoid(x).

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Softplus;

impl Pointwise for Softplus {
    const NAME: &'static str = "softplus";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::softplus(x)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        math::sigmoid(x)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        x.sigmoid()
    }
}

impl Tensor {
    /// ln(1 + e^x) of each element.
    #[must_use]
    pub fn softplus(&self) -> Tensor {
        self.pointwise(Softplus)
    }
}
