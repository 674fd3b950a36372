//! Kernels taken apart: the same convolution, exactly or nearly, for fewer multiplications.
//!
//! | what | how | multiplies a pixel | file |
//! |---|---|---|---|
//! | a kernel that is a convolution of two | one after the other | m^2 + n^2 for (m + n - 1)^2 | `kernel.rs` |
//! | any k x k kernel, to rank r | r columns and rows from its singular value decomposition | 2 k r for k^2 | `low_rank.rs` |
//! | a k x k layer, to rank r | k x 1, then 1 x k, with r channels between | k r (in + out) for k^2 in out | `two_pass.rs` |
//! | a 5x5 layer | two of 3x3, trained to give what it gives | 9 c (in + out) for 25 in out | `stacked.rs`, `imitate.rs` |
//!
//! `study.rs` does it to a trained network (`network.rs`) and measures before and after.

mod imitate;
mod kernel;
mod low_rank;
mod network;
mod stacked;
mod study;
mod two_pass;

pub use imitate::{ImitateOptions, imitate, output_error};
pub use kernel::Kernel;
pub use low_rank::LowRank;
pub use network::Network;
pub use stacked::Stacked;
pub use study::{Measured, Study, StudyOptions};
pub use two_pass::TwoPass;

use gradus_core::Error;
use gradus_core::nn::Conv2d;

/// The error of a layer that cannot be taken apart.
fn refuse(layer: &Conv2d, problem: &str) -> Error {
    Error::Data(format!("a convolution with weight {} and {:?} {problem}", layer.weight.shape(), layer.options))
}
