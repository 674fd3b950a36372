//! Places of the largest and the least elements. They have no gradient, so these are plain functions.

use gradus_kernels::reduce;

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
        check("argmax", self, axis);
        let (outer, size, inner) = self.shape().around(axis);
        Indices::build(self.shape().removed(axis), |places| {
            reduce::argmax_axis(self.as_slice(), [outer, size, inner], places);
        })
    }

    /// The places along `axis` of the least elements, the first of equals. NaN counts as the least.
    #[track_caller]
    #[must_use]
    pub fn argmin(&self, axis: usize) -> Indices {
        check("argmin", self, axis);
        let (outer, size, inner) = self.shape().around(axis);
        Indices::build(self.shape().removed(axis), |places| {
            reduce::argmin_axis(self.as_slice(), [outer, size, inner], places);
        })
    }
}
