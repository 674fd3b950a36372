//! The derivatives of all ops and losses, first and second, against central differences.
//!
//! In a `--cfg real64` build they must agree to 1e-6; in f32, where differences are themselves coarse, to a few percent.

mod check;
mod choice;
mod pointwise;
mod spatial;
