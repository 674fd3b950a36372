//! `gradus convert`: weights from one format to the other.

use std::io::Write;
use std::path::Path;

use gradus::{Error, Tensor, io};

use crate::args::ConvertArgs;
use crate::failure::Failure;

/// Reads either format, writes that of the output's ending, and tells what went over.
pub fn run(args: &ConvertArgs) -> Result<(), Failure> {
    let format = Format::of(&args.output)?;
    let file = io::read_weights(&args.input)?;
    // The checksum of a safetensors file is about that file alone.
    let words = file.metadata.keys().filter(|name| *name != "gradus.crc32").count();
    let tensors: Vec<(String, Tensor)> = file.tensors.into_iter().collect();
    match format {
        Format::Safetensors => io::write_tensors(&args.output, &tensors, &file.metadata)?,
        Format::PyTorch => io::write_pytorch(&args.output, &tensors)?,
    }
    let elements: usize = tensors.iter().map(|(_, tensor)| tensor.len()).sum();
    let bytes = std::fs::metadata(&args.output).map_err(Error::io(&args.output, "read"))?.len();
    let mut out = crate::output::output();
    let plural = if tensors.len() == 1 { "" } else { "s" };
    let count = tensors.len();
    writeln!(out, "{}: {count} tensor{plural}, {elements} numbers, {bytes} bytes", args.output.display())?;
    if format == Format::PyTorch && words > 0 {
        writeln!(out, "left out: metadata ({words}), for which a state dict of PyTorch has no place")?;
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Safetensors,
    PyTorch,
}

impl Format {
    /// By a file's ending.
    fn of(path: &Path) -> Result<Self, Error> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("safetensors") => Ok(Format::Safetensors),
            Some("pth" | "pt") => Ok(Format::PyTorch),
            _ => Err(Error::setting(
                "convert",
                format!("{}: its ending tells the format: .safetensors, or .pth or .pt for PyTorch", path.display()),
            )),
        }
    }
}
