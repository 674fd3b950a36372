//! Can a hyperplane separate two finite sets? An exact answer with its proof.

mod program;

pub use program::{CommonPoint, Hyperplane, Separation, separate};
