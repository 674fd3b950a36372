//! NumPy's .npy and .npz: arrays or a flaw.
#![no_main]

use gradus::data::npy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(array) = npy::parse(bytes) {
        gradus_fuzz::use_array(&array);
    }
    if let Ok(arrays) = npy::parse_archive(bytes) {
        arrays.iter().for_each(|(_, array)| gradus_fuzz::use_array(array));
    }
});
