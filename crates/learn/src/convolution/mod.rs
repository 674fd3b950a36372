//! Convolution as mathematics: of sequences, of grids, of functions; by its definition and by Fourier's transform.
//!
//! | what | formula | file |
//! |---|---|---|
//! | sequences | (a * b)\[i] = sum over j of a\[j] b\[i - j] | `sequence.rs` |
//! | grids | (a * b)\[i, j] = sum over u, v of a\[u, v] b\[i - u, j - v] | `grid.rs` |
//! | by Fourier's transform | F(a * b) = F(a) F(b) | `fourier.rs` |
//! | step by step | the flipped second factor over the first, product by product | `steps.rs` |
//! | functions | (f * g)(t) = integral of f(s) g(t - s) ds | `continuous.rs` |
//! | what always holds | a * b = b * a, (a * b) * c = a * (b * c), a * (b + c) = a * b + a * c | `laws.rs` |
//! | pictures | a kernel over a picture whose border goes on by a rule | `filter.rs`, `named.rs` |
//! | a first layer | its kernels, learnt or of a file, and the Gabor kernels nearest to them | `first_layer.rs`, `gabor_fit.rs` |
//!
//! Convolution layers of networks do not flip their kernels: they are correlations, which stand here beside, named so.

mod continuous;
mod extent;
mod filter;
mod first_layer;
mod fourier;
mod gabor_fit;
mod grid;
mod laws;
mod named;
mod sequence;
mod steps;

pub use continuous::{Continuous, convolve_functions};
pub use extent::Extent;
pub use filter::{Border, filter};
pub use first_layer::{FirstLayer, FirstLayerOptions, first_kernels};
pub(crate) use fourier::fast_length;
pub use fourier::{Method, Transformed, choose, convolve_by_fourier, convolve_grids_by_fourier};
pub use gabor_fit::GaborFit;
pub use grid::{Grid, convolve_grids, correlate_grids};
pub use laws::{Law, check_laws};
pub use named::{NAMES, gabor, laplacian_of_gaussian, named};
pub use sequence::{convolve, correlate};
pub use steps::{Step, steps};
