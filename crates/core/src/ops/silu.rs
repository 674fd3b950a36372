//! Sigmoid linear unit: y = x sigmoid(x) (Hendrycks and Gimpel, 2016). dy/dx = s + x s (1 - s), s = sigmoid(x).

use gradus_kernels::gemm::Activation;
use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
pub(super) struct Silu;

impl Pointwise for Silu {
    const NAME: &'static str = "silu";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x * math::sigmoid(x)
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        {
            let s = math::sigmoid(x);
            s + x * s * (1.0 - s)
        }
    }

    fn part(self) -> Part {
        Part::Activation(Activation::Silu)
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        let s = x.sigmoid();
        s.add(&x.mul(&s).mul(&s.neg().shift(1.0)))
    }
}

impl Tensor {
    /// x sigmoid(x) of each element, also called swish.
    #[must_use]
    pub fn silu(&self) -> Tensor {
        self.pointwise(Silu)
    }
}
