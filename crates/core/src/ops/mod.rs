//! Differentiable operations: one op, one file. The README in this folder says how to add one.

pub(crate) mod broadcast;
pub(crate) mod pointwise;

mod add;
mod affine;
mod conv2d;
mod div;
mod dropout;
mod linear;
mod matmul;
mod max_pool2d;
mod mul;
mod operators;
mod permute;
mod pool2d;
mod relu;
mod reshape;
mod sliding;
mod sub;
mod sum;

pub(crate) use add::add_into;
pub use conv2d::ConvOptions;
pub use pointwise::{Keeps, Pointwise};
pub use pool2d::Pool2d;
pub use sliding::{Padding, Pair};
