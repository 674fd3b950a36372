//! Learning theory: the error that is measured on K samples against the error on all that there is, where F is known.
//!
//! | what | file |
//! |---|---|
//! | a known F, samples of it, the error on all of it | `known.rs` |
//! | both errors of a predictor that stays, as K grows | `fixed.rs` |
//! | both errors of what is fitted to the K samples | `fitted.rs` |
//! | the slope of a law of powers | `slope.rs` |

mod fitted;
mod fixed;
mod known;
mod slope;

pub use fitted::{FittedErrors, fitted_errors};
pub use fixed::{FixedErrors, fixed_errors};
pub use known::Known;
pub use slope::log_slope;
