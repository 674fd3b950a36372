//! Dense linear algebra in f64: what statistics of data and decompositions of kernels need. Matrices are row-major slices.

mod cholesky;
mod svd;
mod symmetric_eigen;

pub use cholesky::Cholesky;
pub use svd::{Svd, svd};
pub use symmetric_eigen::{SymmetricEigen, symmetric_eigen};
