//! Logistic function: y = 1 / (1 + exp(-x)). dy/dx = y (1 - y).

use gradus_kernels::gemm::Activation;
use gradus_kernels::{Real, math};

use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Sigmoid;

impl Pointwise for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        math::sigmoid(x)
    }

    #[inline(always)]
    fn slope(self, y: Real) -> Real {
        y * (1.0 - y)
    }

    fn part(self) -> Part {
        Part::Activation(Activation::Sigmoid)
    }

    fn derivative(self, y: &Tensor) -> Tensor {
        y.sub(&y.square())
    }
}

impl Tensor {
    /// 1 / (1 + exp(-x)) of each element.
    #[must_use]
    pub fn sigmoid(&self) -> Tensor {
        self.pointwise(Sigmoid)
    }
}
