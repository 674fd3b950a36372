//! Why one row is answered as it is: which inputs moved the answer, and the smallest change that would turn it.
//!
//! | what | file |
//! |---|---|
//! | Shapley values, exact for linear scores, else sampled with their standard error | `shapley.rs` |
//! | the fewest inputs, and then the nearest values, that turn a decision | `change.rs` |

mod change;
mod shapley;

pub use change::{Change, ChangeSearch, Turn, observed};
pub use shapley::{Attribution, linear_shapley, sampled_shapley};
