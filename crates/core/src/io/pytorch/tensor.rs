//! Tensors from the blocks of a file: through any offset and strides, from any type of element.

use std::collections::HashMap;

use gradus_kernels::Real;

use super::element::Element;
use super::state_dict::StateDict;
use super::value::{Heap, Storage, View};
use crate::Tensor;
use crate::error::{Flaw, Place};
use crate::io::TensorFile;
use crate::io::half::{bfloat, half};

/// Elements of all tensors together for each byte of the file. A storage that several tensors share, or that one repeats by
/// strides of 0, gives more elements than it holds; this bounds how many.
const MOST_ELEMENTS_PER_BYTE: usize = 4;

/// The blocks of a file by their names.
pub(super) struct Blocks<'a> {
    /// The bytes of each block.
    pub by_key: HashMap<&'a str, &'a [u8]>,
    /// Whether elements have their most significant byte first.
    pub big_endian: bool,
    /// The length of the file.
    pub file_length: usize,
}

/// Reads what was found.
pub(super) fn read(found: StateDict, heap: &Heap, blocks: &Blocks) -> Result<TensorFile, Flaw> {
    let mut elements = 0usize;
    let mut tensors = std::collections::BTreeMap::new();
    for (name, place) in found.tensors {
        let view = &heap.tensors[place];
        elements = elements.saturating_add(view.elements());
        let tensor = if elements / MOST_ELEMENTS_PER_BYTE > blocks.file_length {
            Err("with it the tensors have more elements than a file of this length can hold; in Python, .clone() each"
                .into())
        } else {
            decode(view, &heap.storages[view.storage], blocks)
        };
        let tensor = tensor.map_err(|problem| Flaw::at(Place::Entry(name.clone()), problem))?;
        tensors.insert(name, tensor);
    }
    Ok(TensorFile { tensors, metadata: found.words })
}

fn decode(view: &View, storage: &Storage, blocks: &Blocks) -> Result<Tensor, String> {
    let key = storage.key;
    let block = blocks.by_key.get(key).ok_or_else(|| format!("its storage {key} is missing; the file is damaged"))?;
    let promised = storage.whole.checked_mul(storage.element.width());
    if promised != Some(block.len()) {
        return Err(format!(
            "its storage {key} has {} bytes, {} elements of {} were promised: the file is damaged; take another copy",
            block.len(),
            storage.whole,
            storage.element.width()
        ));
    }
    let (first, big) = (storage.start + view.offset, blocks.big_endian);
    Ok(Tensor::build(&view.sizes[..], |out| match storage.element {
        Element::F64 => gather(block, first, view, big, |x| f64::from_le_bytes(x) as Real, out),
        Element::F32 => gather(block, first, view, big, |x| f32::from_le_bytes(x) as Real, out),
        Element::F16 => gather(block, first, view, big, |x| half(u16::from_le_bytes(x)) as Real, out),
        Element::BF16 => gather(block, first, view, big, |x| bfloat(u16::from_le_bytes(x)) as Real, out),
        Element::I64 => gather(block, first, view, big, |x| i64::from_le_bytes(x) as Real, out),
        Element::I32 => gather(block, first, view, big, |x| i32::from_le_bytes(x) as Real, out),
        Element::I16 => gather(block, first, view, big, |x| Real::from(i16::from_le_bytes(x)), out),
        Element::I8 => gather(block, first, view, big, |x| Real::from(i8::from_le_bytes(x)), out),
        Element::U8 => gather(block, first, view, big, |[x]| Real::from(x), out),
        Element::Bool => gather(block, first, view, big, |[x]| Real::from(u8::from(x != 0)), out),
    }))
}

/// Fills `out` with the view's elements in row-major order. Every place was checked when the view was made.
fn gather<const WIDTH: usize>(
    block: &[u8],
    first: usize,
    view: &View,
    big_endian: bool,
    convert: impl Fn([u8; WIDTH]) -> Real,
    out: &mut [Real],
) {
    if out.is_empty() {
        return;
    }
    let (elements, _) = block.as_chunks::<WIDTH>();
    let outer = view.sizes.len().saturating_sub(1);
    let (inner, step) = (view.sizes.last().copied().unwrap_or(1), view.strides.last().copied().unwrap_or(0));
    let mut index = vec![0; outer];
    let mut start = first;
    for row in out.chunks_exact_mut(inner) {
        for (column, value) in row.iter_mut().enumerate() {
            let mut bytes = elements[start + column * step];
            if big_endian {
                bytes.reverse();
            }
            *value = convert(bytes);
        }
        for axis in (0..outer).rev() {
            if index[axis] + 1 < view.sizes[axis] {
                index[axis] += 1;
                start += view.strides[axis];
                break;
            }
            start -= index[axis] * view.strides[axis];
            index[axis] = 0;
        }
    }
}
