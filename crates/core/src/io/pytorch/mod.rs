//! Weights in PyTorch's files, zip and legacy, read without running their code.
//!
//! Such a file describes its tensors by a pickle, a small program that could call anything. Here a machine of plain values
//! ([`pickle`]) runs it: a name that is not on a short list ([`globals`]) is refused. Everything is bounded by the file's length.

mod element;
mod globals;
mod legacy;
mod pickle;
mod state_dict;
mod tensor;
mod value;
mod write;
mod zip;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

pub use write::write_pytorch;

use super::TensorFile;
use crate::Error;
use crate::error::Flaw;

/// Reads the tensors of a PyTorch file by name, any types and strides, as contiguous [`Real`](crate::Real)s.
///
/// The file holds a state dict, or a dictionary with one among other things (`state_dict`, `model`, ...); numbers and texts
/// beside the tensors become metadata. The prefix `module.` of all names, by DataParallel, is taken off.
///
/// # Errors
/// For a file that is truncated or damaged, and one that holds more than tensors, numbers, texts, lists and dictionaries: what
/// it is, by its name, and the remedy.
pub fn read_pytorch(path: &Path) -> Result<TensorFile, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse_pytorch(&bytes).map_err(|flaw| flaw.in_file(path))
}

/// [`read_pytorch`] from bytes.
pub fn parse_pytorch(bytes: &[u8]) -> Result<TensorFile, Flaw> {
    if bytes.starts_with(zip::MAGIC) {
        return zip::parse(bytes);
    }
    if is_legacy(bytes) {
        return legacy::parse(bytes);
    }
    let what = if bytes.get(257..262) == Some(b"ustar") {
        "is a PyTorch file of before 2017 (tar); in Python, load it and save it again with torch.save"
    } else if bytes.first() == Some(&0x80) {
        "is a pickle, but not one of torch.save; in Python, load it and save its tensors with torch.save"
    } else {
        "is no PyTorch file; it may be truncated or damaged: take another copy"
    };
    Err(Flaw::new(what))
}

/// Whether bytes begin as a PyTorch file does, of either format.
pub(super) fn is_pytorch(bytes: &[u8]) -> bool {
    bytes.starts_with(zip::MAGIC) || is_legacy(bytes)
}

/// The magic number stands behind the opcodes of a pickle's start, which depend on its protocol.
fn is_legacy(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(32)];
    bytes.first() == Some(&0x80) && start.windows(legacy::MAGIC.len()).any(|window| window == legacy::MAGIC)
}
