//! PyTorch's files before 1.6: five pickles one behind the other - a magic number, the format's version, the machine's sizes of
//! types, the object, the names of storages - and then each storage: its length in elements as eight bytes, and the elements.
//!
//! Whatever the machine, its sizes of types and its `little_endian`: `torch.save` writes the storages of this format
//! little-endian (THPStorage_writeFileRaw), and `torch.load` reads them so.

use std::collections::HashMap;

use super::tensor::{self, Blocks};
use super::value::{Heap, Value};
use super::{pickle, state_dict};
use crate::error::{Flaw, Place};
use crate::io::TensorFile;

/// The magic number's ten bytes, in the file's first pickle.
pub(super) const MAGIC: &[u8] = &[0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// The same as a number.
const MAGIC_NUMBER: i128 = 0x1950_a86a_20f9_469c_fc6c;

/// The only version there is.
const VERSION: i128 = 1001;

/// Reads a file.
pub(super) fn parse(bytes: &[u8]) -> Result<TensorFile, Flaw> {
    let mut heap = Heap::default();
    let (magic, place) = pickle::read(bytes, 0, &mut heap)?;
    if !matches!(magic, Value::Integer(MAGIC_NUMBER)) {
        return Err(Flaw::at(Place::Byte(0), "does not begin with PyTorch's magic number; it is damaged"));
    }
    let (version, place) = pickle::read(bytes, place, &mut heap)?;
    if !matches!(version, Value::Integer(VERSION)) {
        return Err(Flaw::at(Place::Byte(place as u64), "is not version 1001 of the format; it is damaged"));
    }
    let (_, place) = pickle::read(bytes, place, &mut heap)?;
    let (root, place) = pickle::read(bytes, place, &mut heap)?;
    let (keys, place) = pickle::read(bytes, place, &mut heap)?;
    let found = state_dict::find(&heap, root, bytes.len()).map_err(Flaw::new)?;
    let by_key = blocks(bytes, place, &heap, keys)?;
    tensor::read(found, &heap, &Blocks { by_key, big_endian: false, file_length: bytes.len() })
}

/// The storages, which stand one behind the other from `place` on.
fn blocks<'a>(
    bytes: &'a [u8],
    mut place: usize,
    heap: &Heap<'a>,
    keys: Value,
) -> Result<HashMap<&'a str, &'a [u8]>, Flaw> {
    let Value::List(keys) = keys else {
        return Err(Flaw::at(Place::Byte(place as u64), "the names of storages are no list; it is damaged"));
    };
    let mut storages = HashMap::new();
    for storage in &heap.storages {
        storages.entry(storage.key).or_insert(storage);
    }
    let mut blocks = HashMap::new();
    for key in &heap.sequences[keys] {
        let flaw = |problem: String| Flaw::at(Place::Byte(place as u64), problem);
        let storage = match key {
            Value::Text(key) => storages.get(key),
            _ => None,
        };
        let Some(storage) = storage else {
            return Err(flaw("a storage follows to which nothing refers; it is damaged".into()));
        };
        let rest = &bytes[place..];
        let block = rest.split_first_chunk::<8>().and_then(|(length, rest)| {
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            rest.get(..length.checked_mul(storage.element.width())?)
        });
        let Some(block) = block else {
            return Err(flaw(format!("storage {} goes beyond the end of the file: take another copy", storage.key)));
        };
        place += 8 + block.len();
        blocks.insert(storage.key, block);
    }
    Ok(blocks)
}
