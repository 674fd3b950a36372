//! Tensors as a zip file that `torch.load(FILE, weights_only=True)` reads: an `OrderedDict` of contiguous tensors.

use std::io::{Cursor, Write};
use std::path::Path;

use gradus_kernels::Real;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::io::write_atomic;
use crate::{Error, Tensor};

/// What stands before all names in the archive.
const ROOT: &str = "archive";

/// PyTorch aligns storages so, that they can be used where they are mapped into memory.
const ALIGNMENT: u16 = 64;

/// Writes a state dict, whole or not at all. Tensors are stored as f32 (f64 in an f64 build).
pub fn write_pytorch(path: &Path, tensors: &[(String, Tensor)]) -> Result<(), Error> {
    let bytes = archive(tensors).map_err(Error::io(path, "write"))?;
    write_atomic(path, &bytes)
}

fn archive(tensors: &[(String, Tensor)]) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut entry = |name: &str, bytes: &[u8]| {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .large_file(u32::try_from(bytes.len()).is_err())
            .with_alignment(ALIGNMENT);
        zip.start_file(format!("{ROOT}/{name}"), options)?;
        zip.write_all(bytes)
    };
    entry("data.pkl", &description(tensors))?;
    entry("byteorder", b"little")?;
    for (key, (_, tensor)) in tensors.iter().enumerate() {
        let bytes: Vec<u8> = tensor.as_slice().iter().flat_map(|value| value.to_le_bytes()).collect();
        entry(&format!("data/{key}"), &bytes)?;
    }
    entry("version", b"3\n")?;
    Ok(zip.finish()?.into_inner())
}

/// The pickle, protocol 2: an `OrderedDict`, and each name with a call of `_rebuild_tensor_v2`.
fn description(tensors: &[(String, Tensor)]) -> Vec<u8> {
    let mut out = b"\x80\x02ccollections\nOrderedDict\n)R(".to_vec();
    for (key, (name, tensor)) in tensors.iter().enumerate() {
        text(&mut out, name);
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut out, "storage");
        out.extend(if size_of::<Real>() == 8 { &b"ctorch\nDoubleStorage\n"[..] } else { b"ctorch\nFloatStorage\n" });
        text(&mut out, &key.to_string());
        text(&mut out, "cpu");
        integer(&mut out, tensor.len());
        out.extend(b"tQ"); // the reference to the storage
        integer(&mut out, 0);
        let shape = tensor.shape();
        integers(&mut out, &shape);
        let strides: Vec<usize> = (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()).collect();
        integers(&mut out, &strides);
        out.extend(b"\x89ccollections\nOrderedDict\n)RtR"); // requires_grad False, no hooks
    }
    out.extend(b"u.");
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

/// LONG1 of eight bytes: the sign's bit is free, a tensor's length fits an i64.
fn integer(out: &mut Vec<u8>, number: usize) {
    out.extend([0x8a, 8]);
    out.extend((number as u64).to_le_bytes());
}

fn integers(out: &mut Vec<u8>, numbers: &[usize]) {
    out.push(b'(');
    for number in numbers {
        integer(out, *number);
    }
    out.push(b't');
}
