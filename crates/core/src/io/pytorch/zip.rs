//! PyTorch's files since 1.6: a zip archive with `NAME/data.pkl`, a block `NAME/data/KEY` for each storage, and
//! `NAME/byteorder`. All entries are stored, not compressed.

use std::collections::HashMap;
use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use super::tensor::{self, Blocks};
use super::value::Heap;
use super::{pickle, state_dict};
use crate::error::{Flaw, Place};
use crate::io::TensorFile;

/// The first bytes of a zip archive.
pub(super) const MAGIC: &[u8] = b"PK\x03\x04";

/// Reads an archive.
pub(super) fn parse(bytes: &[u8]) -> Result<TensorFile, Flaw> {
    let mut archive = Archive::open(bytes)?;
    let description = archive.name("data.pkl");
    let pickled = archive.entry(&description)?;
    let in_description = |flaw: Flaw| flaw.in_entry(&description);
    let mut heap = Heap::default();
    let (root, _) = pickle::read(pickled, 0, &mut heap).map_err(in_description)?;
    let found = state_dict::find(&heap, root, bytes.len()).map_err(Flaw::new)?;

    let mut blocks = Blocks { by_key: HashMap::new(), big_endian: archive.is_big_endian()?, file_length: bytes.len() };
    let mut left = bytes.len();
    for tensor in found.tensors.values() {
        let key = heap.storages[heap.tensors[*tensor].storage].key;
        if !blocks.by_key.contains_key(key) {
            let block = archive.entry(&archive.name(&format!("data/{key}")))?;
            left = left
                .checked_sub(block.len())
                .ok_or_else(|| Flaw::new("its blocks overlap: the archive is damaged; take another copy"))?;
            blocks.by_key.insert(key, block);
        }
    }
    tensor::read(found, &heap, &blocks)
}

struct Archive<'a> {
    bytes: &'a [u8],
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// What stands before all names, with its slash.
    root: String,
}

impl<'a> Archive<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|problem| {
            Flaw::new(format!(
                "is not a whole zip archive ({problem}); it may be truncated or damaged: take another copy"
            ))
        })?;
        let description = zip.file_names().find(|name| *name == "data.pkl" || name.ends_with("/data.pkl"));
        let root = description.and_then(|name| name.strip_suffix("data.pkl")).map(str::to_owned);
        let Some(root) = root else {
            return Err(Flaw::new("is a zip archive without data.pkl: it is no PyTorch file"));
        };
        let archive = Archive { bytes, zip, root };
        if archive.zip.index_for_name(&archive.name("constants.pkl")).is_some() {
            return Err(Flaw::new(
                "is a TorchScript program, whose code is not run; in Python, save its weights alone: \
                 torch.save(torch.jit.load(FILE).state_dict(), OTHER)",
            ));
        }
        Ok(archive)
    }

    fn name(&self, entry: &str) -> String {
        format!("{}{entry}", self.root)
    }

    /// The bytes of an entry, where they stand in the file; their checksum is held.
    fn entry(&mut self, name: &str) -> Result<&'a [u8], Flaw> {
        let flaw = |problem: String| Flaw::at(Place::Entry(name.to_owned()), problem);
        let file = self.zip.by_name(name).map_err(|problem| {
            flaw(format!("cannot be read ({problem}); the file may be truncated or damaged: take another copy"))
        })?;
        if file.compression() != CompressionMethod::Stored || file.encrypted() {
            return Err(flaw(
                "is compressed or encrypted, which PyTorch's files are not; save it again with torch.save".into(),
            ));
        }
        let range = file.data_start().and_then(|start| {
            let start = usize::try_from(start).ok()?;
            Some(start..start.checked_add(usize::try_from(file.size()).ok()?)?)
        });
        let bytes = range.and_then(|range| self.bytes.get(range));
        let bytes = bytes.ok_or_else(|| flaw("goes beyond the end of the file: take another copy".into()))?;
        let (expected, found) = (file.crc32(), crc32fast::hash(bytes));
        if expected != found {
            return Err(flaw(format!(
                "its checksum is {found:08x}, it was written with {expected:08x}: bits have changed since; take another copy"
            )));
        }
        Ok(bytes)
    }

    /// What the entry `byteorder` says; old files have none and are little-endian.
    fn is_big_endian(&mut self) -> Result<bool, Flaw> {
        let name = self.name("byteorder");
        if self.zip.index_for_name(&name).is_none() {
            return Ok(false);
        }
        match self.entry(&name)? {
            b"little" => Ok(false),
            b"big" => Ok(true),
            other => {
                let order = String::from_utf8_lossy(&other[..other.len().min(20)]).escape_debug().to_string();
                Err(Flaw::at(Place::Entry(name), format!("is {order:?}, little or big were expected; it is damaged")))
            }
        }
    }
}
