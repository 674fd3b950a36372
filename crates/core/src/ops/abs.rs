//! Absolute value. dy/dx = sign x, 0 at 0.

use gradus_kernels::Real;

use super::pointwise::{Keeps, Pointwise};
use crate::tensor::Tensor;

#[derive(Clone, Copy)]
struct Abs;

impl Pointwise for Abs {
    const NAME: &'static str = "abs";
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x.abs()
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        if x > 0.0 {
            1.0
        } else if x < 0.0 {
            -1.0
        } else {
            0.0
        }
    }

    fn derivative(self, x: &Tensor) -> Tensor {
        Tensor::build(x.shape(), |out| {
            gradus_kernels::map::map(
                x.as_slice(),
                out,
                #[inline(always)]
                |x| {
                    if x > 0.0 {
                        1.0
                    } else if x < 0.0 {
                        -1.0
                    } else {
                        0.0
                    }
                },
            );
        })
    }
}

impl Tensor {
    /// The absolute value of each element.
    #[must_use]
    pub fn abs(&self) -> Tensor {
        self.pointwise(Abs)
    }
}
