//! Weights from a file of any format that is read.

use std::fs;
use std::path::Path;

use super::TensorFile;
use super::pytorch::{is_pytorch, parse_pytorch};
use super::safetensors::parse_tensors;
use crate::Error;
use crate::error::Flaw;

/// Reads the tensors of a safetensors or a PyTorch file; which of them it is, its first bytes tell.
pub fn read_weights(path: &Path) -> Result<TensorFile, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse_weights(&bytes).map_err(|flaw| flaw.in_file(path))
}

/// [`read_weights`] from bytes.
pub fn parse_weights(bytes: &[u8]) -> Result<TensorFile, Flaw> {
    // A safetensors file begins with the length of its header in eight bytes and the header, which is JSON.
    if bytes.get(8) == Some(&b'{') {
        return parse_tensors(bytes);
    }
    if is_pytorch(bytes) || bytes.first() == Some(&0x80) || bytes.get(257..262) == Some(b"ustar") {
        return parse_pytorch(bytes);
    }
    Err(Flaw::new("is neither a safetensors nor a PyTorch file; it may be truncated or damaged: take another copy"))
}
