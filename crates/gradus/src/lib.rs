//! Neural networks on the CPU.

pub use gradus_core::{did_you_mean, suggest};
