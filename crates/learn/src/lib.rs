//! What is learned or computed beside the training of layer stacks. One subject, one folder; `gradus explore` shows each.
//!
//! ```
//! use gradus_learn::kernels::{Kernel, LowRank};
//! let log = Kernel::laplacian_of_gaussian();
//! let split = LowRank::of(&log, 2);
//! assert!(split.kernel().distance(&log) < 1e-6); // of rank 2, exactly
//! assert_eq!((log.multiplies(), split.multiplies()), (49, 28));
//! ```

pub mod kernels;
