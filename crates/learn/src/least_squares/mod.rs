//! A linear neuron fitted by least squares: step by step with the delta rule, and in closed form.

mod closed_form;
mod delta_rule;

pub use closed_form::{least_squares, risk};
pub use delta_rule::{DeltaOptions, DeltaRun, Update, delta_rule, largest_rate};
