//! Near points: exact nearest neighbours, classification by them, and clusters about means.
//!
//! ```
//! use gradus_learn::{Cloud, neighbors::nearest_of_all};
//! let points = Cloud::new(vec![0.0, 0.1, 1.0, 5.0], 1)?;
//! let found = nearest_of_all(&points, 1)?;
//! assert_eq!(found.indices, [1, 0, 1, 2]);
//! # Ok::<(), gradus_core::Error>(())
//! ```

mod classifier;
mod k_means;
mod nearest;
mod select;

pub use classifier::NearestNeighbors;
pub use k_means::{KMeans, KMeansOptions, Start};
pub use nearest::{Neighbors, nearest, nearest_of_all};
