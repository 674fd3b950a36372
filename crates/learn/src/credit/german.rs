//! The German credit data: 1,000 applicants of a bank in the south of Germany, 1973 to 1975, 300 of them bad risks, with 20 inputs.
//!
//! Given by Hans Hofmann to the UCI Machine Learning Repository in 1994, with the cost of 5 for a bad risk that is accepted against 1
//! for a good one that is refused. Among the inputs are age, sex and whether one is a foreign worker, by which deciding is forbidden
//! in many places. Groemping (South German credit data, 2019) found codes that the documentation names wrongly. Good to learn on, and
//! nothing to decide by.

use gradus_core::data::RawTable;
use gradus_core::data::csv::TableOptions;

/// The file, its licence beside it in `assets/`.
const FILE: &[u8] = include_bytes!("../../assets/credit-g.arff");

/// The table.
pub fn german() -> RawTable {
    RawTable::parse(FILE, &TableOptions::default()).expect("the file inside the program is whole")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::Applicants;

    #[test]
    fn it_has_its_published_counts() {
        let found = Applicants::of(&german(), &TableOptions::default(), None).unwrap();
        assert_eq!((found.len(), found.schema.columns.len()), (1000, 21));
        assert_eq!(found.outcomes, ["good", "bad"]);
        assert_eq!(found.bad.iter().filter(|bad| **bad).count(), 300);
    }
}
