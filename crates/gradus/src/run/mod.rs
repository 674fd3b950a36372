//! Run folders: what a training run leaves, and what rebuilds the network from it.
//!
//! | file | holds |
//! |---|---|
//! | `config.toml` | every setting, resolved: it builds the same run again |
//! | `metrics.csv` | one row an epoch |
//! | `best.safetensors` | the best epoch's weights, with all that is needed to use them |
//! | `last.safetensors` | the state from which training goes on, bit for bit |

mod config;
mod folder;
mod session;
mod start;

pub use config::{DataConfig, Interface, Measure, RunConfig, StartConfig, TrainConfig};
pub use folder::{Prediction, Run};
pub use session::Session;

/// The name of the file with the settings.
pub const CONFIG: &str = "config.toml";
/// The name of the file with the metrics.
pub const METRICS: &str = "metrics.csv";
/// The name of the file with the best weights.
pub const BEST: &str = "best.safetensors";
/// The name of the file with the resumable state.
pub const LAST: &str = "last.safetensors";
