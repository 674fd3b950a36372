//! Exponential linear unit: y = x above 0, alpha (e^x - 1) below (Clevert et al., 2015). dy/dx = 1, or alpha e^x.

use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use super::relu::Relu;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Elu {
    alpha: Real,
}

impl Pointwise for Elu {
    const NAME: &'static str = "elu";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        if x > 0.0 { x } else { self.alpha * math::exp_m1(x.min(0.0)) }
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x > 0.0 { 1.0 } else { self.alpha * math::exp(x.min(0.0)) }
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        let positive = Relu.slopes(x);
        let negative = positive.neg().shift(1.0);
        positive.add(&negative.mul(&x.mul(&negative).exp()).scale(self.alpha))
    }
}

impl Tensor {
    /// x above 0, alpha (e^x - 1) below, of each element.
    #[must_use]
    pub fn elu(&self, alpha: Real) -> Tensor {
        self.pointwise(Elu { alpha })
    }
}
