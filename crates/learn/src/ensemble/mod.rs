//! Ensembles: many predictors, averaged. They err less than their mean member by as much as they differ.
//!
//! | what | file |
//! |---|---|
//! | samples drawn with replacement, and what is left out | `bootstrap.rs` |
//! | a network, its loss and its optimizer, as one member | `recipe.rs` |
//! | recipes that differ in one thing | `variety.rs` |
//! | the average, its members' errors, the error out of bag | `average.rs` |

mod average;
mod bootstrap;
mod recipe;
mod variety;

pub use average::{Comparison, Ensemble, OutOfBag};
pub use bootstrap::{Bag, bootstrap};
pub use recipe::{MemberLoss, Recipe};
pub use variety::Variety;
