//! Places of the largest and the least elements. They have no gradient, so these are plain functions.

use gradus_kernels::{Real, reduce};

use super::axis::check;
use crate::tensor::{Indices, Tensor};

impl Tensor {
    /// The places along `axis` of the largest elements, the first of equals. NaN counts as the largest.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let x = Tensor::from([[1.0, 7.0, 7.0], [5.0, 2.0, 3.0]]);
    /// assert_eq!(x.argmax(1).as_slice(), [1, 0]);
    /// assert_eq!(x.argmax(0).as_slice(), [1, 0, 0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn argmax(&self, axis: usize) -> Indices {
        places("argmax", self, axis, reduce::argmax_axis)
    }

    /// The places along `axis` of the least elements, the first of equals. NaN counts as the least.
    #[track_caller]
    #[must_use]
    pub fn argmin(&self, axis: usize) -> Indices {
        places("argmin", self, axis, reduce::argmin_axis)
    }
}

#[track_caller]
fn places(name: &'static str, x: &Tensor, axis: usize, find: fn(&[Real], [usize; 3], &mut [u32])) -> Indices {
    check(name, x, axis);
    let (outer, size, inner) = x.shape().around(axis);
    Indices::build(x.shape().removed(axis), |places| find(x.as_slice(), [outer, size, inner], places))
}
