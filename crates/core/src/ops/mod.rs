//! Differentiable operations: one op, one file. The README in this folder says how to add one.

pub(crate) mod broadcast;
pub(crate) mod pointwise;

mod add;
mod affine;
mod avg_pool2d;
mod batch_norm;
mod conv1d;
mod conv2d;
mod div;
mod dropout;
mod group_norm;
mod l2_pool2d;
mod layer_norm;
mod linear;
mod local_response;
mod matmul;
mod max_pool2d;
mod mul;
mod operators;
mod permute;
mod pool1d;
mod pool2d;
mod power;
mod relu;
mod reshape;
mod sliding;
mod standardize;
mod sub;
mod sum;
mod weighted_pool2d;

pub(crate) use add::add_into;
pub use batch_norm::ChannelStatistics;
pub use conv1d::Conv1dOptions;
pub use conv2d::ConvOptions;
pub use local_response::LocalResponse;
pub use pointwise::{Keeps, Pointwise};
pub use pool1d::Pool1d;
pub use pool2d::Pool2d;
pub use sliding::{Padding, Pair};
