//! NumPy's `.npy`: `93 NUMPY major minor`, the header's length, a Python dictionary as text, then the elements.
//!
//! Source: NumPy enhancement proposal 1 and `numpy.lib.format`. Arrays of Python objects are pickled code and refused.

use super::npy_header::{Header, Kind};
use super::stream::{MOST_DEFLATE_PACKS, each, read_promised};
use super::{Array, Elements};
use crate::error::{Error, Flaw, Place};
use gradus_kernels::Real;
use std::fs;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// NumPy writes 128 bytes; a header beyond this is no header.
const LONGEST_HEADER: usize = 65_536;

/// Reads a `.npy` file.
pub fn read(path: &Path) -> Result<Array, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse(&bytes).map_err(|flaw| flaw.in_file(path))
}

/// Reads all arrays of an `.npz` file, by name and in the file's order.
pub fn read_archive(path: &Path) -> Result<Vec<(String, Array)>, Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse_archive(&bytes).map_err(|flaw| flaw.in_file(path))
}

/// Parses the bytes of a `.npy` file.
pub fn parse(bytes: &[u8]) -> Result<Array, Flaw> {
    parse_from(&mut &*bytes, bytes.len() as u64)
}

/// Parses the bytes of an `.npz` file, a zip archive of `.npy` files, stored or deflated.
pub fn parse_archive(bytes: &[u8]) -> Result<Vec<(String, Array)>, Flaw> {
    let damaged = |error| Flaw::new(format!("the zip archive is damaged ({error}); get it again"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    (0..archive.len()).map(|place| entry(&mut archive, place)).collect()
}

fn entry<R: Read + Seek>(archive: &mut zip::ZipArchive<R>, place: usize) -> Result<(String, Array), Flaw> {
    let mut file = archive
        .by_index(place)
        .map_err(|error| Flaw::at(Place::Entry(place.to_string()), format!("cannot be unpacked ({error})")))?;
    let name = file.name().to_owned();
    let at_most = file.compressed_size().saturating_mul(MOST_DEFLATE_PACKS);
    let array = parse_from(&mut file, at_most).map_err(|flaw| flaw.in_entry(&name))?;
    Ok((name.strip_suffix(".npy").unwrap_or(&name).to_owned(), array))
}

/// Parses a stream that cannot hold more than `at_most` bytes.
fn parse_from(stream: &mut dyn Read, at_most: u64) -> Result<Array, Flaw> {
    let cut = |error: std::io::Error| Flaw::new(format!("ends or is damaged within its NumPy header ({error})"));
    let mut magic = [0; 8];
    stream.read_exact(&mut magic).map_err(cut)?;
    if !magic.starts_with(MAGIC) {
        return Err(Flaw::at(Place::Byte(0), "this is no NumPy array: it does not begin with 93 NUMPY"));
    }
    let length = match magic[6] {
        1 => {
            let mut length = [0; 2];
            stream.read_exact(&mut length).map_err(cut)?;
            usize::from(u16::from_le_bytes(length))
        }
        2 | 3 => {
            let mut length = [0; 4];
            stream.read_exact(&mut length).map_err(cut)?;
            u32::from_le_bytes(length) as usize
        }
        version => return Err(Flaw::at(Place::Byte(6), format!("version {version} is unknown; save it as version 1"))),
    };
    if length > LONGEST_HEADER {
        return Err(Flaw::at(Place::Byte(8), format!("a header of {length} bytes is too long; the file is damaged")));
    }
    let mut text = vec![0; length];
    stream.read_exact(&mut text).map_err(cut)?;
    let header =
        Header::parse(&String::from_utf8_lossy(&text)).map_err(|problem| Flaw::at(Place::Byte(10), problem))?;

    let mut bytes = read_promised(stream, &header.shape, header.width, at_most, "NumPy")?;
    if header.big_endian {
        bytes.chunks_exact_mut(header.width).for_each(<[u8]>::reverse);
    }
    let mut elements = decode(&header, bytes);
    if header.fortran_order {
        elements = match elements {
            Elements::Bytes(items) => Elements::Bytes(to_row_major(&items, &header.shape)),
            Elements::Integers(items) => Elements::Integers(to_row_major(&items, &header.shape)),
            Elements::Reals(items) => Elements::Reals(to_row_major(&items, &header.shape)),
        };
    }
    Ok(Array { shape: header.shape, elements })
}

/// Little-endian bytes to elements. `Header::parse` admits these kinds and widths only.
fn decode(header: &Header, bytes: Vec<u8>) -> Elements {
    match (header.kind, header.width) {
        (Kind::Float, 4) => Elements::Reals(each(&bytes, |x| f32::from_le_bytes(x) as Real)),
        (Kind::Float, _) => Elements::Reals(each(&bytes, |x| f64::from_le_bytes(x) as Real)),
        (Kind::Unsigned, 1) => Elements::Bytes(bytes),
        (Kind::Unsigned, 2) => Elements::Integers(each(&bytes, |x| i64::from(u16::from_le_bytes(x)))),
        (Kind::Unsigned, 4) => Elements::Integers(each(&bytes, |x| i64::from(u32::from_le_bytes(x)))),
        // Beyond 2^63 there is no label and no pixel; such a number becomes the largest one.
        (Kind::Unsigned, _) => {
            Elements::Integers(each(&bytes, |x| i64::try_from(u64::from_le_bytes(x)).unwrap_or(i64::MAX)))
        }
        (Kind::Boolean, _) => Elements::Integers(bytes.into_iter().map(i64::from).collect()),
        (Kind::Signed, 1) => Elements::Integers(each(&bytes, |x| i64::from(i8::from_le_bytes(x)))),
        (Kind::Signed, 2) => Elements::Integers(each(&bytes, |x| i64::from(i16::from_le_bytes(x)))),
        (Kind::Signed, 4) => Elements::Integers(each(&bytes, |x| i64::from(i32::from_le_bytes(x)))),
        (Kind::Signed, _) => Elements::Integers(each(&bytes, i64::from_le_bytes)),
    }
}

/// Puts elements whose first index runs fastest into the order where the last one does.
fn to_row_major<T: Copy>(items: &[T], shape: &[usize]) -> Vec<T> {
    let strides: Vec<usize> = shape
        .iter()
        .scan(1, |stride, &size| {
            let this = *stride;
            *stride *= size;
            Some(this)
        })
        .collect();
    let mut index = vec![0; shape.len()];
    let mut place = 0;
    let mut out = Vec::with_capacity(items.len());
    for _ in 0..items.len() {
        out.push(items[place]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            place += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            place -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn file(header: &str, elements: &[u8]) -> Vec<u8> {
        let mut bytes = [MAGIC, &[1, 0], &(header.len() as u16).to_le_bytes()].concat();
        bytes.extend(header.as_bytes());
        bytes.extend(elements);
        bytes
    }

    fn vector(descr: &str, count: usize, elements: &[u8]) -> Elements {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({count},), }}\n");
        parse(&file(&header, elements)).unwrap().elements
    }

    #[test]
    fn every_element_type_is_read_in_both_byte_orders() {
        assert_eq!(vector("<f4", 1, &1.5f32.to_le_bytes()), Elements::Reals(vec![1.5]));
        assert_eq!(vector(">f4", 1, &1.5f32.to_be_bytes()), Elements::Reals(vec![1.5]));
        assert_eq!(vector("<f8", 1, &(-0.5f64).to_le_bytes()), Elements::Reals(vec![-0.5]));
        assert_eq!(vector(">f8", 1, &(-0.5f64).to_be_bytes()), Elements::Reals(vec![-0.5]));
        assert_eq!(vector("|u1", 2, &[0, 255]), Elements::Bytes(vec![0, 255]));
        assert_eq!(vector("|b1", 2, &[0, 1]), Elements::Integers(vec![0, 1]));
        assert_eq!(vector("|i1", 1, &[255]), Elements::Integers(vec![-1]));
        assert_eq!(vector(">u2", 1, &[1, 0]), Elements::Integers(vec![256]));
        assert_eq!(vector("<i4", 1, &(-7i32).to_le_bytes()), Elements::Integers(vec![-7]));
        assert_eq!(vector(">i8", 1, &(-7i64).to_be_bytes()), Elements::Integers(vec![-7]));
        assert_eq!(vector("<u8", 1, &u64::MAX.to_le_bytes()), Elements::Integers(vec![i64::MAX]));
    }

    #[test]
    fn fortran_order_is_turned() {
        // numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4)).tobytes("A")
        let bytes = [0u8, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23];
        let array = parse(&file("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }", &bytes)).unwrap();
        assert_eq!(array.elements, Elements::Bytes((0..24).collect()));
        let empty = parse(&file("{'descr': '|u1', 'fortran_order': True, 'shape': (0, 3), }", &[])).unwrap();
        assert_eq!(empty.elements, Elements::Bytes(vec![]));
    }

    #[test]
    fn a_flaw_says_what_is_wrong() {
        let problem = |header: &str, bytes: &[u8]| parse(&file(header, bytes)).unwrap_err().problem;
        let short = problem("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", &[0; 23]);
        assert!(
            short.starts_with("the NumPy header promises 3 x 2 (elements of 4 bytes), it ends after 23"),
            "{short}"
        );
        let long = problem("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", &[0; 5]);
        assert!(long.ends_with("goes on after them"), "{long}");
        let object = problem("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", &[]);
        assert!(object.contains("pickled"), "{object}");
        assert_eq!(parse(b"\x93NUMPY\x09\x00").unwrap_err().place, Place::Byte(6));
        assert!(parse(b"PK").unwrap_err().problem.contains("header"));
    }

    fn archive(entries: &[(&str, Vec<u8>)], method: zip::CompressionMethod) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn archives_are_read_stored_and_deflated_and_their_checksums_held() {
        let x = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", &[1, 2, 3, 4]);
        let y = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", &[0, 1]);
        for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
            let packed = archive(&[("x.npy", x.clone()), ("y.npy", y.clone())], method);
            let arrays = parse_archive(&packed).unwrap();
            assert_eq!(arrays.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["x", "y"]);
            assert_eq!(arrays[0].1.elements, Elements::Bytes(vec![1, 2, 3, 4]));
        }
        let mut stored = archive(&[("x.npy", x)], zip::CompressionMethod::Stored);
        let pixel = stored.windows(4).position(|window| window == [1, 2, 3, 4]).unwrap();
        stored[pixel] = 9;
        let flaw = parse_archive(&stored).unwrap_err();
        assert!(flaw.place == Place::Entry("x.npy".into()) && flaw.problem.contains("damaged"), "{flaw}");
        assert!(parse_archive(&stored[..stored.len() - 5]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_array_or_a_flaw(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[{}'a-z<f48,: ()0-9TF]{0,80}") {
            let _ = parse(&bytes);
            let _ = parse(&file(&text, &bytes));
            let _ = parse_archive(&bytes);
        }

        #[test]
        fn a_damaged_archive_never_panics(place in 0usize..400, byte in any::<u8>()) {
            let x = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }", &[1, 2, 3, 4]);
            let mut packed = archive(&[("x.npy", x)], zip::CompressionMethod::Deflated);
            let place = place % packed.len();
            packed[place] = byte;
            let _ = parse_archive(&packed);
        }
    }
}
