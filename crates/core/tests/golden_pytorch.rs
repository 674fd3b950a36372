//! Files that PyTorch wrote (golden/pytorch.py): each is read as torch.load reads it, bit for bit.

use gradus_core::io::{TensorFile, parse_pytorch, read_pytorch, read_tensors, read_weights};
use std::fs;
use std::path::PathBuf;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data/pytorch").join(name)
}

/// Names, shapes and values, bit for bit.
#[track_caller]
fn assert_same(read: &TensorFile, expected: &TensorFile) {
    assert_eq!(read.tensors.keys().collect::<Vec<_>>(), expected.tensors.keys().collect::<Vec<_>>());
    for (name, tensor) in &read.tensors {
        let expected = &expected.tensors[name];
        assert_eq!(tensor.shape(), expected.shape(), "{name}");
        let bits = |tensor: &gradus_core::Tensor| tensor.as_slice().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(tensor), bits(expected), "{name}");
    }
}

#[test]
fn every_file_is_read_as_pytorch_reads_it() {
    let mut files = 0;
    for entry in fs::read_dir(golden("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "pth") {
            let expected = read_tensors(&path.with_extension("safetensors")).unwrap();
            let read = read_pytorch(&path).unwrap_or_else(|error| panic!("{error}"));
            assert_same(&read, &expected);
            assert_same(&read_weights(&path).unwrap(), &expected);
            assert_same(&read_weights(&path.with_extension("safetensors")).unwrap(), &expected);
            files += 1;
        }
    }
    assert_eq!(files, 12);
}

#[test]
fn numbers_and_texts_beside_a_state_dict_become_words() {
    for name in ["checkpoint.pth", "checkpoint_legacy.pth"] {
        let words = read_pytorch(&golden(name)).unwrap().metadata;
        let words: Vec<_> = words.iter().map(|(name, word)| (name.as_str(), word.as_str())).collect();
        assert_eq!(words, [("arch", "small"), ("best", "76.5"), ("done", "true"), ("epoch", "3")], "{name}");
    }
}

#[test]
fn any_truncation_is_an_error() {
    for name in ["zip.pth", "legacy.pth"] {
        let bytes = fs::read(golden(name)).unwrap();
        for length in 0..bytes.len() {
            assert!(parse_pytorch(&bytes[..length]).is_err(), "{name} truncated to {length}");
        }
    }
}

#[test]
fn any_flipped_bit_is_an_error_or_a_file_and_in_a_zip_never_other_values() {
    for name in ["zip.pth", "views.pth", "checkpoint.pth", "legacy.pth", "views_legacy.pth"] {
        let bytes = fs::read(golden(name)).unwrap();
        let whole = parse_pytorch(&bytes).unwrap();
        for place in 0..8 * bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            if let Ok(read) = parse_pytorch(&flipped)
                && !name.contains("legacy")
            {
                assert_same(&read, &whole);
            }
        }
    }
}
