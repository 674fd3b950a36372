//! Maximum-margin classifiers: support vector machines with linear, RBF and polynomial kernels.
//!
//! | what | file |
//! |---|---|
//! | kernels, for one point against all at once | `kernel.rs` |
//! | rows of the kernel matrix, the last used kept | `rows.rs` |
//! | the quadratic program: sequential minimal optimization | `smo.rs` |
//! | two classes: support vectors, margin, decision | `machine.rs` |
//! | from decisions to probabilities | `platt.rs` |
//! | any number of classes, one against the rest; saved and loaded | `classifier.rs` |
//!
//! ```
//! use gradus_core::Rng;
//! use gradus_learn::points::Toy;
//! use gradus_learn::svm::{Classifier, Kernel, SvmOptions};
//! let points = Toy::Rings.points(200, &mut Rng::new(1));
//! let options = SvmOptions { kernel: Kernel::Rbf { gamma: 1.0 }, ..Default::default() };
//! let classifier = Classifier::train(&points, &options).unwrap();
//! assert!(classifier.accuracy(&points) > 0.95);
//! ```

mod classifier;
mod kernel;
mod machine;
mod platt;
mod rows;
mod smo;

pub use classifier::Classifier;
pub use kernel::Kernel;
pub use machine::{Machine, SvmOptions};
pub use platt::Platt;
