//! Capacity: how the errors on training points and on new ones go with what a model can express and with how much it sees.
//!
//! | what | file |
//! |---|---|
//! | errors over settings, under- and over-fitting told apart, the second descent | `sweep.rs` |
//! | the same by cross-validation | `validation_curve.rs` |
//! | means and quantiles over repeats | `band.rs` |
//! | polynomials of a degree | `polynomial.rs` |
//! | networks of random features, past the point where all is fitted | `random_features.rs` |
//! | networks of one hidden layer | `hidden_layer.rs` |

mod band;
mod hidden_layer;
mod polynomial;
mod random_features;
mod sweep;
mod validation_curve;

pub use band::Band;
pub use hidden_layer::fit_hidden_layer;
pub use polynomial::Polynomial;
pub use random_features::RandomFeatures;
pub use sweep::{Errors, SecondDescent, Sweep, SweepPoint, Verdict, sweep};
pub use validation_curve::validation_curve;
