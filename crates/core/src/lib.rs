//! Tensors, gradients, layers, losses, optimizers, data and training.

mod check;
pub mod compute;
pub mod data;
pub mod derivative;
mod error;
pub mod freeze;
mod graph;
pub mod init;
pub mod io;
pub mod linalg;
mod loss;
pub mod nn;
mod ops;
pub mod optim;
mod random;
mod suggest;
mod tensor;
pub mod train;

pub use error::{Error, Flaw, Place};
pub use freeze::{Plan, freeze};
pub use gradus_kernels::Real;
pub use graph::{
    Gradients, InputGradients, Op, OpOutput, Pull, ReceptiveField, ShapeError, TracedOp, Window, apply, dry_run, grad,
    no_grad, outputs_of, profile, receptive_fields, try_apply,
};
pub use loss::CrossEntropyOptions;
pub use ops::{
    ChannelStatistics, Conv1dOptions, Conv3dOptions, ConvOptions, Keeps, LocalResponse, Padding, Pair, Pointwise,
    Pool1d, Pool2d, Triple, effective_kernel,
};
pub use random::{Block, Rng};
pub use suggest::{did_you_mean, suggest};
pub use tensor::{
    Buffer, Element, Indices, MAX_RANK, MemoryUse, Shape, Tensor, memory_use, release_cached, reset_peak,
};
