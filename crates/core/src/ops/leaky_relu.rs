//! Leaky rectifier: y = x above 0, slope x below (Maas et al., 2013). dy/dx = 1 or slope.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct LeakyRelu {
    negative_slope: Real,
}

impl Pointwise for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        if x > 0.0 { x } else { self.negative_slope * x }
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x > 0.0 { 1.0 } else { self.negative_slope }
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        self.slopes(x)
    }
}

impl Tensor {
    /// x above 0, `negative_slope` times x below, of each element.
    #[must_use]
    pub fn leaky_relu(&self, negative_slope: Real) -> Tensor {
        self.pointwise(LeakyRelu { negative_slope })
    }
}
