//! Credit approval on the crx data of KEEL: `scripts/get-data crx` fetches it.

use std::path::Path;

use gradus::data::RawTable;
use gradus::data::csv::TableOptions;
use gradus::learn::credit::{Applicants, ComparisonOptions, ScorerKind, compare};

#[test]
#[ignore = "needs scripts/get-data"]
fn logistic_regression_on_crx_stands_in_the_range_expected_of_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/crx/crx.dat");
    let raw = RawTable::read(&path, &TableOptions::default())
        .unwrap_or_else(|error| panic!("{error}; run scripts/get-data crx"));
    let applicants = Applicants::of(&raw, &TableOptions::default(), None).unwrap();
    assert_eq!((applicants.len(), &applicants.outcomes[1][..]), (653, "negative"));
    let options = ComparisonOptions { kinds: vec![ScorerKind::Logistic], repeats: 3, ..Default::default() };
    let found = compare(&applicants, &options, |_, _| true).unwrap().unwrap();
    for repeat in found.judged[0].aucs.chunks_exact(10) {
        let mean = repeat.iter().sum::<f64>() / 10.0;
        assert!((0.91..0.94).contains(&mean), "{mean}");
    }
}
