//! Hostile and damaged files: each is refused in a sentence, or read within its length; none panics.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::time::Instant;

use proptest::prelude::*;

use super::{parse_pytorch, write_pytorch};
use crate::Tensor;
use crate::io::{read_tensors, read_weights, write_tensors};

/// A legacy file around an object's pickle, the names of its storages and their bytes.
fn legacy(object: &[u8], keys: &[u8], storages: &[u8]) -> Vec<u8> {
    let head = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";
    [head, object, keys, storages].concat()
}

/// A zip file of these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = ::zip::write::SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored);
    for (name, bytes) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What is said about a pickle, in both formats the same.
#[track_caller]
fn refusal(pickle: &[u8]) -> String {
    let zipped = parse_pytorch(&archive(&[("a/data.pkl", pickle), ("a/data/0", &[0; 8])])).unwrap_err();
    let flaw =
        parse_pytorch(&legacy(pickle, b"]U\x010a.", &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).unwrap_err();
    assert_eq!(zipped.problem.split(": ").last(), flaw.problem.split(": ").last());
    flaw.problem
}

/// A dictionary with one tensor "w": offset, sizes and strides as opcodes, over a storage of two f32.
fn tensor(offset: &[u8], sizes: &[u8], strides: &[u8]) -> Vec<u8> {
    let before =
        b"\x80\x02}U\x01wctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x02tQ";
    [before, offset, sizes, strides, b"\x89}tRs."].concat()
}

#[test]
fn code_is_refused_by_its_name() {
    let cases: [(&[u8], &str); 12] = [
        (b"\x80\x02cos\nsystem\nU\x02lstR.", "os.system"),
        (b"\x80\x02cposix\nsystem\n.", "posix.system"),
        (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", "builtins.eval"),
        (b"(U\x02lsios\nsystem\n.", "os.system (INST)"),
        (b"(ccollections\nOrderedDict\no.", "an object of a class"),
        (b"ccollections\nOrderedDict\n)\x81.", "an object of a class"),
        (b"ccollections\nOrderedDict\n)}\x92.", "an object of a class"),
        (b"\x82\x01.", "a class by its number"),
        (b"\x84\x01\0\0\0.", "a class by its number"),
        (b"\x8f.", "a set"),
        (b"C\x01a.", "raw bytes"),
        (b"ctorchvision.models.resnet\nResNet\n)\x81.", "torchvision.models.resnet.ResNet"),
    ];
    for (pickle, name) in cases {
        let said = refusal(pickle);
        assert!(said.contains(&format!("it asks for {name}")) && said.contains("network.state_dict()"), "{said}");
        assert!(!said.contains('\n'), "{said}");
    }
    let said = refusal(b"ctorch\nComplexFloatStorage\n.");
    assert!(said.contains("a kind of tensor that is not read (torch.ComplexFloatStorage)"), "{said}");
    let long = [b"c".to_vec(), b"a\x1b[31m".repeat(1000), b"\nb\n.".to_vec()].concat();
    assert!(refusal(&long).len() < 700, "a name of the file's own is shortened and shown without its control codes");
}

#[test]
fn what_is_put_together_wrongly_is_refused() {
    let cases: [(&[u8], &str); 16] = [
        (b"]}b.", "a list is given attributes"),
        (b"ccollections\nOrderedDict\n}b.", "a function or class is given attributes"),
        (b"K\x01)R.", "an integer is called"),
        (b"ccollections\nOrderedDict\nK\x01\x85R.", "other arguments"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n)R.", "other arguments"),
        (b"ctorch._utils\n_rebuild_parameter\nN\x85R.", "other arguments"),
        (b"K\x01Q.", "no storage"),
        (b"\x8b\xff\xff\xff\x7f.", "integer of 2147483647 bytes"),
        (b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffa.", "truncated or damaged"),
        (b"X\xff\xff\xff\xffa.", "truncated or damaged"),
        (b"K\x01K\x02u.", "mark is missing"),
        (b"(\x85.", "a value where none is"),
        (b"}(K\x01u.", "cannot take"),
        (b"h\x05.", "was not stored"),
        (b"I1\n.", "protocol 0"),
        (b"]K\x01a.", "a list, not a dictionary of tensors"),
    ];
    for (pickle, part) in cases {
        let said = refusal(pickle);
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn tensors_beyond_their_storage_are_refused() {
    let long = |number: i64| [&b"\x8a\x08"[..], &number.to_le_bytes()].concat();
    let pair = |number: i64| [long(number), long(number), b"\x86".to_vec()].concat();
    let one = |number: i64| [long(number), b"\x85".to_vec()].concat();
    let far = 1 << 62;
    let cases = [
        (tensor(&long(0), &one(3), &one(1)), "beyond its storage"),
        (tensor(&long(1), &one(2), &one(1)), "beyond its storage"),
        (tensor(&long(0), &one(2), &one(2)), "beyond its storage"),
        (tensor(&long(far), &one(2), &one(far)), "beyond its storage"),
        (tensor(&long(1), &one(2), &one(-1)), "negative"),
        (tensor(&long(-1), &one(1), &one(1)), "negative"),
        (tensor(&long(0), &one(-2), &one(1)), "negative"),
        (tensor(&long(0), &pair(far), &pair(0)), "overflows"),
        (tensor(&long(0), &one(2), &pair(1)), "1 sizes and 2 strides"),
        (tensor(&long(0), &one(1 << 40), &one(0)), "more elements than a file"),
        (tensor(&long(0), b"(K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01t", &one(1)), "9 axes"),
    ];
    for (pickle, part) in cases {
        let said = refusal(&pickle);
        assert!(said.contains(part), "{said}");
    }
    // The same tensor as it should be, and a storage that is not as long as promised.
    let right = tensor(&long(1), &one(1), &one(1));
    let keys = b"]U\x010a.";
    let storage = [2u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f];
    assert_eq!(parse_pytorch(&legacy(&right, keys, &storage)).unwrap().tensors["w"].to_vec(), [1.0]);
    for (length, part) in [(1u8, "were promised"), (3, "end of the file")] {
        let mut short = storage;
        short[0] = length;
        let said = parse_pytorch(&legacy(&right, keys, &short)).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
    let said = parse_pytorch(&archive(&[("a/data.pkl", &right), ("a/data/0", &[0; 4])])).unwrap_err().to_string();
    assert!(said.contains("entry w: its storage 0 has 4 bytes"), "{said}");
    let said = parse_pytorch(&archive(&[("a/data.pkl", &right)])).unwrap_err().to_string();
    assert!(said.contains("entry a/data/0"), "{said}");
}

/// Small files that would fill the memory: each ends within seconds and in bounds.
#[test]
fn bombs_are_disarmed() {
    let start = Instant::now();
    // Billion laughs: ten lists, each of ten times the one before.
    let mut laughs = b"}U\x01a]q\0".to_vec();
    for level in 0..30u8 {
        laughs.extend([b"](".to_vec(), [b'h', level].repeat(10), vec![b'e', b'q', level + 1]].concat());
    }
    laughs.extend(b"0".repeat(29));
    let _ = refusal(&[laughs, b"s.".to_vec()].concat());
    // A list within itself.
    assert!(refusal(b"}U\x01a]q\0h\0as.").contains("no tensors"));
    // A long list that is made an OrderedDict again and again.
    let pairs = [b"](".to_vec(), b"K\x01K\x02\x86".repeat(20_000), b"eq\0".to_vec()].concat();
    let again = b"ccollections\nOrderedDict\nh\0\x85R0".repeat(20_000);
    assert!(refusal(&[b"}".to_vec(), pairs, b"0".to_vec(), again, b".".to_vec()].concat()).contains("steps"));
    // A long text under many names.
    let letters = 100_000u32.to_le_bytes();
    let text = [b"}U\x01aX", &letters[..], &b"x".repeat(100_000), b"q\0s"].concat();
    let names: Vec<u8> = (0..100u8).flat_map(|name| [b'U', 1, name & 0x7f, b'h', 0, b's']).collect();
    let with_tensor = tensor(b"K\0", b"K\x02\x85", b"K\x01\x85");
    let object = [&text, &names[..], &with_tensor[3..]].concat();
    assert!(refusal(&object).contains("longer than the file"));
    // Only what the file describes: no stack that outgrows it.
    assert!(refusal(&[b"N".to_vec(), b"2".repeat(5_000_000), b".".to_vec()].concat()).contains("steps"));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_state_dict_is_found_where_training_scripts_keep_it() {
    let inner = |name: &str, tensor_name: &[u8]| {
        let dict = tensor(b"K\0", b"K\x02\x85", b"K\x01\x85");
        let renamed = [b"}U", &[tensor_name.len() as u8][..], tensor_name, &dict[6..dict.len() - 1]].concat();
        [b"U", &[name.len() as u8][..], name.as_bytes(), &renamed, b"s"].concat()
    };
    let read = |dicts: &[Vec<u8>]| {
        let pickle = [b"}".to_vec(), dicts.concat(), b".".to_vec()].concat();
        parse_pytorch(&archive(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 8])]))
    };
    let names = |dicts: &[Vec<u8>]| read(dicts).unwrap().tensors.into_keys().collect::<Vec<_>>();
    assert_eq!(names(&[inner("anything", b"w")]), ["w"]);
    assert_eq!(names(&[inner("ema", b"other"), inner("state_dict", b"module.w")]), ["w"]);
    let said = read(&[inner("a", b"w"), inner("b", b"w")]).unwrap_err().to_string();
    assert!(said.contains("more than one dictionary in it holds tensors (a, b)"), "{said}");
    let said = read(&[inner("model", b"w"), inner("net", b"w")]).unwrap_err().to_string();
    assert!(said.contains("(model, net)"), "{said}");
}

#[test]
fn what_is_no_pytorch_file_is_said() {
    for (bytes, part) in [
        (&b""[..], "no PyTorch file"),
        (b"<html>", "no PyTorch file"),
        (b"\x80\x04\x95", "not one of torch.save"),
        (&archive(&[("a.txt", b"a")]), "without data.pkl"),
        (&archive(&[("a/data.pkl", b"."), ("a/constants.pkl", b".")]), "TorchScript"),
        (&archive(&[("a/data.pkl", b"}."), ("a/byteorder", b"middle")]), "no tensors"),
    ] {
        let said = parse_pytorch(bytes).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
    let tar = [vec![0; 257], b"ustar".to_vec(), vec![0; 250]].concat();
    assert!(parse_pytorch(&tar).unwrap_err().problem.contains("tar"));
    let mut compressed = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    compressed.start_file("a/data.pkl", ::zip::write::SimpleFileOptions::default()).unwrap();
    compressed.write_all(b"}.").unwrap();
    let said = parse_pytorch(&compressed.finish().unwrap().into_inner()).unwrap_err().to_string();
    assert!(said.contains("compressed"), "{said}");
}

#[test]
fn what_was_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.pth");
    let tensors = [
        ("b".to_owned(), Tensor::from([[1.5, -2.0, 0.1], [4.0, 5.0, 6.0]])),
        ("a.weight".to_owned(), Tensor::scalar(7.0)),
        ("empty".to_owned(), Tensor::zeros([0, 2])),
    ];
    write_pytorch(&path, &tensors).unwrap();
    let read = read_weights(&path).unwrap();
    assert_eq!(read.tensors.len(), 3);
    for (name, tensor) in &tensors {
        assert_eq!(read.tensors[name].to_vec(), tensor.to_vec());
        assert_eq!(read.tensors[name].shape(), tensor.shape());
    }
    let other = folder.path().join("w.safetensors");
    write_tensors(&other, &tensors, &BTreeMap::new()).unwrap();
    assert_eq!(read_weights(&other).unwrap().tensors.len(), read_tensors(&other).unwrap().tensors.len());
    fs::write(&other, "not at all").unwrap();
    assert!(read_weights(&other).unwrap_err().to_string().contains("neither a safetensors nor a PyTorch file"));
}

proptest! {
    #[test]
    fn any_bytes_give_a_file_or_a_flaw(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        opcodes in proptest::collection::vec(
            prop::sample::select(b"(.012NJKM\x8a\x8bGXU)\x85\x86\x87t]}aesuhqrcRbQ\x94\x93\x00\x01\n".to_vec()), 0..200),
    ) {
        let _ = parse_pytorch(&bytes);
        for pickle in [&bytes, &opcodes] {
            let _ = parse_pytorch(&legacy(pickle, b"]U\x010a.", &bytes));
            let _ = parse_pytorch(&archive(&[("a/data.pkl", pickle), ("a/data/0", &bytes)]));
        }
    }

    #[test]
    fn any_tensor_is_read_within_its_storage_or_refused(
        offset in 0u8..4, sizes in proptest::collection::vec(0u8..4, 2), strides in proptest::collection::vec(0u8..4, 2),
    ) {
        let tuple = |numbers: &[u8]| [b'K', numbers[0], b'K', numbers[1], 0x86];
        let pickle = tensor(&[b'K', offset], &tuple(&sizes), &tuple(&strides));
        let storage = [2u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f];
        let read = parse_pytorch(&legacy(&pickle, b"]U\x010a.", &storage));
        let places = (0..sizes[0]).flat_map(|row| (0..sizes[1]).map(move |column| (row, column)));
        let places: Vec<u8> = places.map(|(row, column)| offset + row * strides[0] + column * strides[1]).collect();
        match read {
            Ok(file) => {
                let expected: Vec<_> = places.into_iter().map(|place| [0.0, 1.0][usize::from(place)]).collect();
                prop_assert_eq!(file.tensors["w"].to_vec(), expected);
            }
            Err(_) => prop_assert!(places.iter().any(|place| *place > 1)),
        }
    }
}
