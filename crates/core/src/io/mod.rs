//! Files: written whole or not at all; weights in the safetensors format.

mod atomic;
mod safetensors;

pub use atomic::write_atomic;
pub use safetensors::{TensorFile, parse_tensors, read_tensors, write_tensors};
