//! Slices in, slices out: the arithmetic under every Gradus tensor.

mod aligned;
pub mod conv;
mod denormals;
mod disjoint;
pub mod double;
pub mod finish;
pub mod gather;
pub mod gemm;
pub mod isa;
pub mod join;
pub mod large_pages;
pub mod map;
pub mod math;
pub mod normalize;
pub mod peak;
pub mod permute;
pub mod pool;
pub mod reduce;
mod rows;
pub mod scratch;
mod slices;
pub mod softmax;
#[cfg(test)]
mod testing;
pub mod threads;

pub use denormals::flushed;

/// The element of every tensor: `f32`, or `f64` when the crate is built with `--cfg real64`, which a second run of the
/// tests does so that every gradient can be checked by central differences.
#[cfg(not(real64))]
pub type Real = f32;
/// The element of every tensor in a `--cfg real64` build.
#[cfg(real64)]
pub type Real = f64;
