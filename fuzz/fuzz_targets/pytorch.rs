//! PyTorch's files, zip and legacy, and their pickles: tensors or a flaw, in bounds of memory and time.
#![no_main]

use gradus::io::{TensorFile, parse_weights};
use libfuzzer_sys::fuzz_target;

/// A legacy file up to its object.
const HEAD: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    // The same bytes as the object and what follows: most mutations of a zip file end at its checksums.
    check(&[HEAD, bytes].concat());
});

fn check(bytes: &[u8]) {
    let Ok(TensorFile { tensors, metadata }) = parse_weights(bytes) else { return };
    let elements: usize = tensors.values().map(|tensor| tensor.as_slice().len()).sum();
    assert!(elements <= 4 * (bytes.len() + 1), "{elements} elements from {} bytes", bytes.len());
    assert!(metadata.values().map(String::len).sum::<usize>() <= bytes.len());
}
