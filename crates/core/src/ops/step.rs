//! Heaviside's step, the threshold of the first neurons (McCulloch and Pitts, 1943): y = 1 from 0 on, 0 below. dy/dx = 0.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Step;

impl Pointwise for Step {
    const NAME: &'static str = "step";
    const KEEPS: Keeps = Keeps::Nothing;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        if x >= 0.0 { 1.0 } else { 0.0 }
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
    /// 1 where an element is at least 0, else 0. No gradient passes.
    #[must_use]
    pub fn step(&self) -> Tensor {
        self.pointwise(Step)
    }
}
