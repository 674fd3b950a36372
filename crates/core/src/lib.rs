//! Tensors, gradients, layers, losses, optimizers, data and training.

mod random;

pub use gradus_kernels::Real;
pub use random::{Block, Rng};
