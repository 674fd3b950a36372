//! Scaling and shifting by numbers: y = factor x + offset. dy/dx = factor.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::freeze::Part;
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Affine {
    factor: Real,
    offset: Real,
}

impl Pointwise for Affine {
    const NAME: &'static str = "affine";
    const KEEPS: Keeps = Keeps::Nothing;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        self.factor * x + self.offset
    }

    #[inline(always)]
    fn slope(self, _: Real) -> Real {
        self.factor
    }

    fn part(self) -> Part {
        Part::Affine { factor: self.factor, offset: self.offset }
    }

    fn derivative(self, kept: &Tensor) -> Tensor {
        Tensor::full(kept.shape(), self.factor)
    }
}

impl Tensor {
    /// factor x of each element.
    #[must_use]
    pub fn scale(&self, factor: Real) -> Tensor {
        self.pointwise(Affine { factor, offset: 0.0 })
    }

    /// x + offset of each element.
    #[must_use]
    pub fn shift(&self, offset: Real) -> Tensor {
        self.pointwise(Affine { factor: 1.0, offset })
    }

    /// -x of each element.
    #[must_use]
    pub fn neg(&self) -> Tensor {
        self.scale(-1.0)
    }
}
