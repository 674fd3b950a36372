//! IDX, the format of MNIST and its kin: `00 00 type rank`, the sizes as big-endian u32, then the elements, big-endian.
//!
//! Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, "File formats".

use super::stream::{MOST_DEFLATE_PACKS, each, read_promised};
use super::{Array, Elements};
use crate::error::{Error, Flaw, Place};
use flate2::read::MultiGzDecoder;
use gradus_kernels::Real;
use std::fs;
use std::io::Read;
use std::path::Path;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Reads an IDX file, plain or gzipped.
pub fn read(path: &Path) -> Result<Array, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse(&bytes).map_err(|flaw| flaw.in_file(path))
}

/// Whether bytes begin like an IDX file, plain or gzipped.
pub(super) fn is_idx(bytes: &[u8]) -> bool {
    let mut magic = [0; 4];
    let read = if bytes.starts_with(&GZIP_MAGIC) {
        MultiGzDecoder::new(bytes).read_exact(&mut magic)
    } else {
        (&mut &*bytes).read_exact(&mut magic)
    };
    read.is_ok() && magic[..2] == [0, 0] && Element::of(magic[2]).is_some() && (1..=8).contains(&magic[3])
}

/// Parses the bytes of an IDX file, plain or gzipped.
pub fn parse(bytes: &[u8]) -> Result<Array, Flaw> {
    let length = bytes.len() as u64;
    if bytes.starts_with(&GZIP_MAGIC) {
        parse_from(&mut MultiGzDecoder::new(bytes), length.saturating_mul(MOST_DEFLATE_PACKS))
    } else {
        parse_from(&mut &*bytes, length)
    }
}

/// Parses a stream that cannot hold more than `at_most` bytes.
fn parse_from(stream: &mut dyn Read, at_most: u64) -> Result<Array, Flaw> {
    let mut magic = [0; 4];
    stream.read_exact(&mut magic).map_err(|error| in_header(&error))?;
    let [0, 0, code, rank] = magic else {
        return Err(Flaw::at(Place::Byte(0), format!("this is no IDX file: it begins with {magic:02x?}, not 00 00")));
    };
    let element = Element::of(code).ok_or_else(|| {
        Flaw::at(Place::Byte(2), format!("element type 0x{code:02x} is unknown; IDX has 08, 09, 0b, 0c, 0d and 0e"))
    })?;
    if rank == 0 {
        return Err(Flaw::at(Place::Byte(3), "the array has no dimensions"));
    }
    let mut shape = Vec::new();
    for _ in 0..rank {
        let mut size = [0; 4];
        stream.read_exact(&mut size).map_err(|error| in_header(&error))?;
        shape.push(u32::from_be_bytes(size) as usize);
    }

    let bytes = read_promised(stream, &shape, element.width(), at_most, "IDX")?;
    Ok(Array { shape, elements: element.decode(bytes) })
}

fn in_header(error: &std::io::Error) -> Flaw {
    Flaw::new(format!("the file ends or is damaged within its IDX header ({error}); get it again"))
}

/// The element types of the format.
#[derive(Clone, Copy)]
enum Element {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Element {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Element::U8,
            0x09 => Element::I8,
            0x0b => Element::I16,
            0x0c => Element::I32,
            0x0d => Element::F32,
            0x0e => Element::F64,
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Element::U8 | Element::I8 => 1,
            Element::I16 => 2,
            Element::I32 | Element::F32 => 4,
            Element::F64 => 8,
        }
    }

    fn decode(self, bytes: Vec<u8>) -> Elements {
        match self {
            Element::U8 => Elements::Bytes(bytes),
            Element::I8 => Elements::Integers(bytes.into_iter().map(|x| i64::from(x as i8)).collect()),
            Element::I16 => Elements::Integers(each(&bytes, |x| i64::from(i16::from_be_bytes(x)))),
            Element::I32 => Elements::Integers(each(&bytes, |x| i64::from(i32::from_be_bytes(x)))),
            Element::F32 => Elements::Reals(each(&bytes, |x| f32::from_be_bytes(x) as Real)),
            Element::F64 => Elements::Reals(each(&bytes, |x| f64::from_be_bytes(x) as Real)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;
    use std::io::Write;

    fn file(code: u8, shape: &[u32], elements: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, code, shape.len() as u8];
        bytes.extend(shape.iter().flat_map(|size| size.to_be_bytes()));
        bytes.extend(elements);
        bytes
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_element_type_is_read_big_endian() {
        let elements = |code, shape: &[u32], bytes: &[u8]| parse(&file(code, shape, bytes)).unwrap().elements;
        assert_eq!(elements(0x08, &[2], &[1, 255]), Elements::Bytes(vec![1, 255]));
        assert_eq!(elements(0x09, &[2], &[1, 255]), Elements::Integers(vec![1, -1]));
        assert_eq!(elements(0x0b, &[2], &[1, 0, 255, 254]), Elements::Integers(vec![256, -2]));
        assert_eq!(elements(0x0c, &[1], &[0, 1, 0, 0]), Elements::Integers(vec![65536]));
        assert_eq!(elements(0x0d, &[1], &1.5f32.to_be_bytes()), Elements::Reals(vec![1.5]));
        assert_eq!(elements(0x0e, &[1], &(-2.5f64).to_be_bytes()), Elements::Reals(vec![-2.5]));
    }

    #[test]
    fn gzip_is_seen_by_its_bytes() {
        let plain = file(0x08, &[2, 2], &[1, 2, 3, 4]);
        assert_eq!(parse(&gzip(&plain)).unwrap(), parse(&plain).unwrap());
        assert!(is_idx(&gzip(&plain)) && is_idx(&plain));
        assert!(!is_idx(b"a,b\n1,2\n") && !is_idx(&gzip(b"a,b\n1,2\n")) && !is_idx(&[]));
    }

    #[test]
    fn a_flaw_says_what_is_promised_and_what_is_there() {
        let problem = |bytes: &[u8]| parse(bytes).unwrap_err().problem;
        let whole = file(0x08, &[10, 28, 28], &[7; 7840]);
        let promise = "the IDX header promises 10 x 28 x 28 (elements of 1 bytes)";
        assert_eq!(problem(&whole[..7000]), format!("{promise}, more than the file can hold; get it again"));
        let packed = gzip(&whole);
        assert!(problem(&gzip(&whole[..7000])).starts_with(&format!("{promise}, it ends after 6984 of 7840 bytes")));
        assert!(problem(&packed[..packed.len() - 9]).starts_with(promise));
        let mut flipped = packed.clone();
        *flipped.iter_mut().rev().nth(6).unwrap() ^= 1; // in the checksum
        assert!(problem(&flipped).contains("damaged"), "{}", problem(&flipped));
        let longer = [&whole[..], &[0]].concat();
        assert!(problem(&longer).contains("goes on"));
        assert!(problem(&whole[..9]).contains("within its IDX header"));
        assert!(problem(b"PNG!").contains("no IDX file"));
        assert!(problem(&[0, 0, 7, 1, 0, 0, 0, 0]).contains("type 0x07"));
        assert!(problem(&file(0x0e, &[u32::MAX; 8], &[])).contains("more than the file can hold"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_array_or_a_flaw(bytes in proptest::collection::vec(any::<u8>(), 0..200), code in 7u8..15, rank in 0u8..4) {
            let _ = parse(&bytes);
            let _ = parse(&[&[0, 0, code, rank], &bytes[..]].concat());
            let _ = parse(&[&GZIP_MAGIC, &bytes[..]].concat());
        }

        #[test]
        fn what_is_written_is_read(rows in 0u32..9, columns in 0u32..9, seed in any::<u8>()) {
            let elements: Vec<u8> = (0..rows * columns).map(|x| (x as u8).wrapping_mul(seed)).collect();
            let array = parse(&gzip(&file(0x08, &[rows, columns], &elements))).unwrap();
            prop_assert_eq!(array.shape, [rows as usize, columns as usize]);
            prop_assert_eq!(array.elements, Elements::Bytes(elements));
        }
    }
}
