//! How good are the probabilities of a class?
//!
//! | question | file |
//! |---|---|
//! | does the class get the higher scores: ROC, AUC | `roc.rs` |
//! | of those at 70 %, are 70 % of the class: reliability, Brier's score, calibration error | `calibration.rs` |
//! | where to decide when errors cost differently | `costs.rs` |
//!
//! ```
//! use gradus_learn::judge::{Costs, Roc, brier};
//! let (scores, bad) = ([0.9, 0.6, 0.4, 0.1], [true, false, true, false]);
//! assert_eq!(Roc::of(&scores, &bad).unwrap().auc(), 0.75);
//! assert!((brier(&scores, &bad) - 0.185).abs() < 1e-12);
//! assert_eq!(Costs { missed: 4.0, false_alarm: 1.0 }.threshold(), 0.2);
//! ```

mod calibration;
mod costs;
mod roc;

pub use calibration::{Bin, brier, calibration_error, reliability};
pub use costs::Costs;
pub use roc::{Roc, RocPoint};
