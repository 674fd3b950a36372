//! Rosenblatt's perceptron: the rule, its pocket, and the bound on its mistakes.

mod bound;
mod rosenblatt;

pub use bound::{Bound, mistake_bound};
pub use rosenblatt::{Order, PerceptronOptions, Start, Trained, train};
