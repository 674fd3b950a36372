//! What the readers of binary arrays share: a promised number of bytes from a stream, and bytes to numbers.

use crate::error::Flaw;
use std::io::Read;

/// Deflate cannot pack more than 1032 bytes into one; a header that promises more than that is wrong.
pub(super) const MOST_DEFLATE_PACKS: u64 = 1032;

/// Reads the elements that a header promises, and sees that nothing follows them. `at_most` is what the file can hold, so
/// that a wrong header asks for no memory that is not there; `promise` is the header's promise in words.
pub(super) fn read_promised(
    stream: &mut dyn Read,
    shape: &[usize],
    element_width: usize,
    at_most: u64,
    format: &str,
) -> Result<Vec<u8>, Flaw> {
    let promise = || {
        let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
        let sizes = if sizes.is_empty() { "one element".to_owned() } else { sizes.join(" x ") };
        format!("the {format} header promises {sizes} (elements of {element_width} bytes)")
    };
    let promised = shape.iter().try_fold(element_width, |product, &size| product.checked_mul(size));
    let Some(promised) = promised.filter(|&bytes| bytes as u64 <= at_most) else {
        return Err(Flaw::new(format!("{}, more than the file can hold; get it again", promise())));
    };
    let damaged = |error| Flaw::new(format!("{}, but the file is damaged ({error}); get it again", promise()));
    let mut bytes = Vec::new();
    stream.take(promised as u64).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() < promised {
        let end = bytes.len();
        return Err(Flaw::new(format!("{}, it ends after {end} of {promised} bytes; get it again", promise())));
    }
    // The checksum at the end of a compressed stream is looked at when the end is read.
    match stream.read(&mut [0]).map_err(damaged)? {
        0 => Ok(bytes),
        _ => Err(Flaw::new(format!("{}, but the file goes on after them", promise()))),
    }
}

/// Decodes elements of a fixed width.
pub(super) fn each<const WIDTH: usize, T>(bytes: &[u8], decode: impl Fn([u8; WIDTH]) -> T) -> Vec<T> {
    let (elements, _) = bytes.as_chunks();
    elements.iter().map(|&element| decode(element)).collect()
}
