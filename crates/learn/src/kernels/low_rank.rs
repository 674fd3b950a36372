//! Any kernel as a sum of separable ones.
//!
//! A kernel K is a matrix, and its singular value decomposition K = sum over i of s_i u_i v_i' a sum of separable kernels: a
//! column u_i, then a row v_i. The first r terms are the best of rank r (Eckart and Young, 1936), off by
//! sqrt(s_{r+1}^2 + ..) in the Frobenius norm, for r (kh + kw) multiplications a pixel.

use gradus_core::linalg::svd;
use gradus_core::{Real, Tensor};

use super::Kernel;

/// A kernel as a sum of columns times rows.
#[derive(Clone, Debug)]
pub struct LowRank {
    /// Column and row of each term; both carry the root of the singular value.
    pub terms: Vec<(Kernel, Kernel)>,
}

impl LowRank {
    /// The best sum of `rank` terms; of as many as the kernel has rows or columns where `rank` is larger.
    ///
    /// # Panics
    /// When `rank` is 0, or a tap is not finite.
    #[track_caller]
    pub fn of(kernel: &Kernel, rank: usize) -> Self {
        let [height, width] = kernel.size();
        assert!(rank > 0, "LowRank::of: rank 0 leaves nothing of the kernel; give at least 1");
        let taps: Vec<f64> = kernel.taps().iter().map(|tap| f64::from(*tap)).collect();
        let Some(parts) = svd(&taps, height, width) else {
            panic!("LowRank::of: a tap of {taps:?} is not finite");
        };
        let part = |vector: &[f64], value: f64| -> Vec<Real> {
            vector.iter().map(|entry| (entry * value.sqrt()) as Real).collect()
        };
        let terms = parts.values.iter().zip(parts.left.chunks(height)).zip(parts.right.chunks(width));
        let terms = terms.take(rank).map(|((value, left), right)| {
            (Kernel::new(part(left, *value), height, 1), Kernel::new(part(right, *value), 1, width))
        });
        LowRank { terms: terms.collect() }
    }

    /// The kernel that the terms make up.
    pub fn kernel(&self) -> Kernel {
        let products = self.terms.iter().map(|(column, row)| column.convolved(row));
        let sum = products.reduce(|a, b| {
            let taps: Vec<Real> = a.taps().iter().zip(b.taps()).map(|(a, b)| a + b).collect();
            let [height, width] = a.size();
            Kernel::new(taps, height, width)
        });
        sum.expect("there is at least one term")
    }

    /// Multiplications for one pixel.
    pub fn multiplies(&self) -> usize {
        self.terms.iter().map(|(column, row)| column.multiplies() + row.multiplies()).sum()
    }

    /// What [`Kernel::apply`] gives, term by term: columns, then rows, and the sum.
    #[track_caller]
    #[must_use]
    pub fn apply(&self, pictures: &Tensor) -> Tensor {
        let parts = self.terms.iter().map(|(column, row)| row.apply(&column.apply(pictures)));
        parts.reduce(|a, b| a.add(&b)).expect("there is at least one term")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn known_kernels_have_their_known_ranks() {
        // A Gaussian is separable; the Laplacian of one is g'' g + g g''; all of a diagonal's values are equal.
        assert!(LowRank::of(&Kernel::gaussian(7), 1).kernel().distance(&Kernel::gaussian(7)) < 1e-6);
        let log = Kernel::laplacian_of_gaussian();
        let first = LowRank::of(&log, 1).kernel().distance(&log);
        // numpy.linalg.svd of the kernel: values 0.28231206 and 0.06356206.
        assert!((first - 0.063_562_06 / 0.282_312_06_f64.hypot(0.063_562_06)).abs() < 1e-6, "{first}");
        assert!(LowRank::of(&log, 2).kernel().distance(&log) < 1e-6);
        let diagonal = Kernel::diagonal(7);
        for rank in 1..7 {
            let expected = ((7 - rank) as f64 / 7.0).sqrt();
            assert!((LowRank::of(&diagonal, rank).kernel().distance(&diagonal) - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn terms_do_to_a_picture_what_their_kernel_does() {
        let pictures = Tensor::rand([1, 16, 19, 2], &mut Rng::new(1));
        let kernel = Kernel::new((0..15).map(|tap| ((tap * 7) % 11) as Real - 4.0).collect::<Vec<_>>(), 3, 5);
        for rank in 1..4 {
            let split = LowRank::of(&kernel, rank);
            assert_eq!(split.multiplies(), rank * 8);
            let (terms, whole) = (split.apply(&pictures), split.kernel().apply(&pictures));
            let apart = terms.as_slice().iter().zip(whole.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, Real::max);
            assert!(apart < 1e-4, "{apart}");
        }
        assert_eq!(LowRank::of(&kernel, 99).terms.len(), 3);
        assert!(LowRank::of(&kernel, 3).kernel().distance(&kernel) < 1e-6);
    }
}
