//! Credit approval, from a raw table to a decision with its reasons. The parts are general and stand elsewhere; here they meet.
//!
//! | what | file |
//! |---|---|
//! | rows whose outcome is known, and which outcome is the bad one | `applicants.rs` |
//! | logistic regression, a network, a support vector machine, bagged networks | `scorer.rs` |
//! | preparation, scorer and threshold as one thing that is saved | `model.rs` |
//! | all scorers side by side on rows that they have not seen | `comparison.rs` |
//! | why one applicant is refused, and what would turn it | `explanation.rs` |
//! | the German credit data of 1994 | `german.rs` |

mod applicants;
mod comparison;
mod explanation;
mod german;
mod model;
mod scorer;

pub use applicants::{Applicants, bad_class};
pub use comparison::{Comparison, ComparisonOptions, Judged, compare};
pub use explanation::{ExplainOptions, Explanation};
pub use german::german;
pub use model::{CreditModel, Decision};
pub use scorer::{Scorer, ScorerKind};
