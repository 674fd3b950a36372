//! The neuron of McCulloch and Pitts, and what one of them can compute.
//!
//! | what | file |
//! |---|---|
//! | y = phi(w'x + b), step and sign outputs, the bias as w_0 | `threshold.rs` |
//! | Boolean functions as truth tables | `boolean.rs` |
//! | weights by hand for every Boolean function that has any | `gates.rs` |

mod boolean;
mod gates;
mod threshold;

pub use boolean::Boolean;
pub use gates::{Gate, gates, threshold_gates};
pub use threshold::{Neuron, Output};
