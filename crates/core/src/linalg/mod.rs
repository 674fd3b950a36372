//! Dense linear algebra in f64: what statistics of data and decompositions of kernels need. Matrices are row-major slices.

mod cholesky;
mod divide;
mod factor;
mod merge;
mod orthonormal;
mod product;
mod ql;
mod reflectors;
mod secular;
mod svd;
mod symmetric_eigen;
mod tridiagonal;
mod turns;

pub use cholesky::Cholesky;
pub use factor::{Factor, Fill};
pub use orthonormal::orthonormal_rows;
pub use product::{gram, product};
pub use svd::{Svd, svd};
pub use symmetric_eigen::{SymmetricEigen, leading_eigen, symmetric_eigen};
