//! Differentiable operations: one op, one file. The README in this folder says how to add one.

pub(crate) mod broadcast;
pub(crate) mod pointwise;

mod add;
mod affine;
mod div;
mod linear;
mod matmul;
mod mul;
mod operators;
mod permute;
mod relu;
mod reshape;
mod sub;
mod sum;

pub(crate) use add::add_into;
pub use pointwise::{Keeps, Pointwise};
