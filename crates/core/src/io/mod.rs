//! Files: written whole or not at all; weights in the safetensors format and in PyTorch's.

mod atomic;
mod half;
mod pytorch;
mod safetensors;
mod weights;

pub use atomic::write_atomic;
pub use pytorch::{parse_pytorch, read_pytorch, write_pytorch};
pub use safetensors::{TensorFile, parse_tensors, read_tensors, write_tensors};
pub use weights::{parse_weights, read_weights};
