//! Tensors, gradients, layers, losses, optimizers, data and training.

pub mod data;
mod error;
pub mod linalg;
mod random;
mod suggest;

pub use error::{Error, Flaw, Place};
pub use gradus_kernels::Real;
pub use random::{Block, Rng};
pub use suggest::{did_you_mean, suggest};
