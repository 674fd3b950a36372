//! Weights in the safetensors format (Hugging Face), with a checksum of our own in its metadata.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use gradus_kernels::Real;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::half::{bfloat, half};
use super::write_atomic;
use crate::error::{Flaw, Place};
use crate::{Error, Tensor};

/// The word that holds the CRC-32 of all tensors, their names, types and shapes, and all other words.
const CHECKSUM: &str = "gradus.crc32";

/// The metadata entry that holds all words of ours, as JSON.
const WORDS: &str = "gradus";

/// The tensors of a file by name, and the words that came with them.
#[derive(Clone, Debug, Default)]
pub struct TensorFile {
    /// Tensors by name.
    pub tensors: BTreeMap<String, Tensor>,
    /// Words by name.
    pub metadata: BTreeMap<String, String>,
}

/// Writes tensors and metadata, whole or not at all. Tensors are stored as f32 (f64 in an f64 build).
pub fn write_tensors(
    path: &Path,
    tensors: &[(String, Tensor)],
    metadata: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let mut blocks: Vec<(&str, Vec<u8>, Vec<usize>)> = tensors
        .iter()
        .map(|(name, tensor)| {
            let bytes = tensor.as_slice().iter().flat_map(|value| value.to_le_bytes()).collect();
            (name.as_str(), bytes, tensor.shape().to_vec())
        })
        .collect();
    blocks.sort_by_key(|block| block.0);
    let mut words = metadata.clone();
    let dtype = if size_of::<Real>() == 8 { Dtype::F64 } else { Dtype::F32 };
    let views: Vec<(&str, TensorView<'_>)> = blocks
        .iter()
        .map(|(name, bytes, shape)| {
            let view = TensorView::new(dtype, shape.clone(), bytes);
            (*name, view.expect("the bytes are those of a tensor of this shape"))
        })
        .collect();
    words.insert(CHECKSUM.into(), checksum(views.iter().map(|(name, view)| (*name, view)), &words));
    // One entry that holds all words in order: the format's own map has none, and the same run must give the same bytes.
    let words = serde_json::to_string(&words).expect("words are texts");
    let words = HashMap::from([(WORDS.to_owned(), words)]);
    let bytes = safetensors::serialize(views, Some(words)).map_err(|problem| {
        Error::Data(format!("{}: cannot be put into the safetensors format: {problem}", path.display()))
    })?;
    write_atomic(path, &bytes)
}

/// Reads all tensors of a file. A truncated file, a damaged header and, where our checksum stands in the file, a single
/// wrong bit are named.
pub fn read_tensors(path: &Path) -> Result<TensorFile, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse_tensors(&bytes).map_err(|flaw| flaw.in_file(path))
}

/// [`read_tensors`] from bytes.
pub fn parse_tensors(bytes: &[u8]) -> Result<TensorFile, Flaw> {
    let damaged = |problem: &dyn std::fmt::Display| {
        Flaw::new(format!(
            "is not a whole safetensors file ({problem}); it may be truncated or damaged: take another copy"
        ))
    };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|problem| damaged(&problem))?;
    let mut metadata: BTreeMap<String, String> = header.metadata().clone().unwrap_or_default().into_iter().collect();
    if let Some(words) = metadata.remove(WORDS) {
        let words: BTreeMap<String, String> = serde_json::from_str(&words).map_err(|problem| damaged(&problem))?;
        metadata.extend(words);
    }
    let file = SafeTensors::deserialize(bytes).map_err(|problem| damaged(&problem))?;
    let mut views = file.tensors();
    views.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(expected) = metadata.get(CHECKSUM) {
        let found = checksum(views.iter().map(|(name, view)| (name.as_str(), view)), &metadata);
        if *expected != found {
            return Err(Flaw::new(format!(
                "its checksum is {found}, it was written with {expected}: bits have changed since; take another copy"
            )));
        }
    }
    let tensors = views.into_iter().map(|(name, view)| {
        let tensor = to_tensor(&view).map_err(|problem| Flaw::at(Place::Entry(name.clone()), problem))?;
        Ok((name, tensor))
    });
    Ok(TensorFile { tensors: tensors.collect::<Result<_, Flaw>>()?, metadata })
}

fn to_tensor(view: &TensorView<'_>) -> Result<Tensor, String> {
    if view.shape().len() > crate::MAX_RANK {
        return Err(format!("has {} axes, a tensor has at most {}", view.shape().len(), crate::MAX_RANK));
    }
    let data = view.data();
    let values: Vec<Real> = match view.dtype() {
        Dtype::F32 => data.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x) as Real).collect(),
        Dtype::F64 => data.as_chunks().0.iter().map(|x| f64::from_le_bytes(*x) as Real).collect(),
        Dtype::BF16 => data.as_chunks().0.iter().map(|x| bfloat(u16::from_le_bytes(*x)) as Real).collect(),
        Dtype::F16 => data.as_chunks().0.iter().map(|x| half(u16::from_le_bytes(*x)) as Real).collect(),
        Dtype::I64 => data.as_chunks().0.iter().map(|x| i64::from_le_bytes(*x) as Real).collect(),
        Dtype::I32 => data.as_chunks().0.iter().map(|x| i32::from_le_bytes(*x) as Real).collect(),
        Dtype::U8 => data.iter().map(|x| *x as Real).collect(),
        other => return Err(format!("has elements of type {other:?}; F64, F32, F16, BF16, I64, I32 and U8 are read")),
    };
    Ok(Tensor::new(values, view.shape()))
}

/// The CRC-32 of all that a file says: tensors in the order of their names, and words but the checksum itself.
fn checksum<'a>(
    tensors: impl Iterator<Item = (&'a str, &'a TensorView<'a>)>,
    words: &BTreeMap<String, String>,
) -> String {
    let mut hasher = crc32fast::Hasher::new();
    for (name, view) in tensors {
        hasher.update(format!("{name} {:?} {:?}\n", view.dtype(), view.shape()).as_bytes());
        hasher.update(view.data());
    }
    for (name, text) in words.iter().filter(|(name, _)| *name != CHECKSUM) {
        hasher.update(format!("{name} {}\n{text}\n", text.len()).as_bytes());
    }
    format!("{:08x}", hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        let tensors = [("b".to_owned(), Tensor::from([1.5, -2.0])), ("a".to_owned(), Tensor::from([[3.0], [4.0]]))];
        write_tensors(&path, &tensors, &BTreeMap::from([("note".into(), "hello".into())])).unwrap();
        fs::read(&path).unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let file = parse_tensors(&written()).unwrap();
        assert_eq!(file.metadata["note"], "hello");
        assert_eq!(file.tensors["b"].to_vec(), [1.5, -2.0]);
        assert_eq!(&*file.tensors["a"].shape(), [2, 1]);
    }

    #[test]
    fn any_truncation_and_any_flipped_bit_is_an_error() {
        let bytes = written();
        for length in 0..bytes.len() {
            assert!(parse_tensors(&bytes[..length]).is_err(), "truncated to {length}");
        }
        let whole = parse_tensors(&bytes).unwrap();
        for place in 0..8 * bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            match parse_tensors(&flipped) {
                // The tensors' own bytes stand at the end.
                Err(flaw) if place / 8 >= bytes.len() - 16 => {
                    assert!(flaw.to_string().contains("checksum"), "bit {place}");
                }
                Err(_) => {}
                // In the name of the checksum, or of the entry of our words: what is read is right, or is missing whole.
                Ok(read) => {
                    for (name, tensor) in &whole.tensors {
                        assert_eq!(read.tensors[name].to_vec(), tensor.to_vec(), "bit {place}");
                        assert_eq!(*read.tensors[name].shape(), *tensor.shape(), "bit {place}");
                    }
                    assert!(read.metadata.get("note").is_none_or(|note| note == "hello"), "bit {place}");
                    assert!(!read.metadata.contains_key(CHECKSUM), "bit {place}");
                }
            }
        }
    }
}
