//! IDX, plain and gzipped: an array or a flaw, and the same for the same content packed.
#![no_main]

use flate2::{Compression, write::GzEncoder};
use gradus::data::idx;
use libfuzzer_sys::fuzz_target;
use std::io::Write;

fuzz_target!(|bytes: &[u8]| {
    let plain = idx::parse(bytes);
    if let Ok(array) = &plain {
        gradus_fuzz::use_array(array);
        // A changed byte breaks the checksum of a packed file, so that content is reached by packing it here.
        if bytes.starts_with(&[0, 0]) {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            packer.write_all(bytes).expect("memory takes all");
            let packed = idx::parse(&packer.finish().expect("memory takes all")).expect("the same content");
            assert_eq!(packed.shape, array.shape);
        }
    }
});
