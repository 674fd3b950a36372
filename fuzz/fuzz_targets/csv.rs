//! CSV tables: a table or a flaw; and what a table was read as reads it again.
#![no_main]

use gradus::data::csv::{TableOptions, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for skip_bad in [false, true] {
        let options = TableOptions { skip_bad, ..TableOptions::default() };
        if let Ok(table) = parse(bytes, &options) {
            assert_eq!(table.features.len(), table.lines.len() * table.schema.feature_count());
            let again = TableOptions { schema: Some(table.schema), ..options };
            let _ = parse(bytes, &again);
        }
    }
});
