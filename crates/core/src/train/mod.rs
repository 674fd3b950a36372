//! Training: tasks, the fit loop, evaluation, early stopping and resumable checkpoints.

mod checkpoint;
mod classify;
mod evaluate;
mod fit;
mod progress;
mod regress;
mod task;

pub use checkpoint::{load_checkpoint, load_weights, parse_checkpoint, save_checkpoint, save_weights};
pub use classify::Classify;
pub use evaluate::{Evaluation, evaluate};
pub use fit::{Clip, Fit, FitOptions, Flow, Observer, Outcome, Quiet, Snapshot};
pub use progress::{Best, EpochMetrics, Progress};
pub use regress::Regress;
pub use task::{Tally, Task};
