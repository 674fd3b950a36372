//! Bounds: y = x brought into [low, high]. dy/dx = 1 between low and high, else 0, also at the bounds (as PyTorch has it).

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Clamp {
    low: Real,
    high: Real,
}

impl Pointwise for Clamp {
    const NAME: &'static str = "clamp";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        // NaN is on neither side and stays.
        let x = if x < self.low { self.low } else { x };
        if x > self.high { self.high } else { x }
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x > self.low && x < self.high { 1.0 } else { 0.0 }
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        self.slopes(x)
    }
}

impl Tensor {
    /// Each element brought into [low, high].
    ///
    /// # Panics
    /// When `low` is greater than `high`, or one of them is NaN.
    #[track_caller]
    #[must_use]
    pub fn clamp(&self, low: Real, high: Real) -> Tensor {
        assert!(low <= high, "clamp: from {low} to {high} there is nothing; give the lower bound first");
        self.pointwise(Clamp { low, high })
    }
}
