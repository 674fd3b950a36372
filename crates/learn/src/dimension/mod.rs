//! The curse of dimensionality (Bellman, 1957), measured beside its closed forms, and how many dimensions data really has.
//!
//! ```
//! use gradus_learn::dimension::{ball_share_of_cube, median_nearest};
//! assert!((ball_share_of_cube(2) - std::f64::consts::FRAC_PI_4).abs() < 1e-12);
//! assert!(ball_share_of_cube(20) < 1e-7); // a cube's volume is in its corners
//! assert!(median_nearest(500, 10) > 0.5); // 500 points in a ball: none is near its middle
//! ```

mod blobs;
mod columns;
mod distance;
mod intrinsic;
mod volume;

pub use blobs::{Blobs, cluster_accuracy};
pub use columns::{Columns, Dependence};
pub use distance::{Contrast, contrast, median_nearest, relative_spread};
pub use intrinsic::two_nearest_dimension;
pub use volume::{ball_share_of_cube, ball_volume, edge_for_share, hits_in_ball, shell_share};
