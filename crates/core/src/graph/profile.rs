//! Time and memory, op by op.
//!
//! ```
//! use gradus_core::{profile, Tensor};
//! profile::start();
//! let x = Tensor::ones([64, 64]).requires_grad();
//! x.matmul(&x).sum().backward();
//! let report = profile::stop();
//! assert!(report.to_string().contains("matmul"));
//! ```

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::tensor::memory_use;

/// Which way a pass goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the input to the output.
    Forward,
    /// From the output's gradient to the inputs'.
    Backward,
    /// The optimizer's step.
    Update,
}

impl Direction {
    /// All, in their order.
    pub const ALL: [Direction; 3] = [Direction::Forward, Direction::Backward, Direction::Update];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Forward => "forward",
            Direction::Backward => "backward",
            Direction::Update => "update",
        }
    }
}

/// What one kind of op took in one direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// How often it ran.
    pub calls: u64,
    /// How long in all.
    pub time: Duration,
    /// By how many bytes it left the tensors' memory grown, in all (what it freed counts against it).
    pub grown: i64,
}

/// The costs of all ops between [`start`] and [`stop`].
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Costs by op and direction.
    pub costs: BTreeMap<(&'static str, Direction), Cost>,
    /// The most memory that tensors held at once, in bytes.
    pub peak: usize,
}

static ENABLED: AtomicBool = AtomicBool::new(false);
static COSTS: Mutex<BTreeMap<(&'static str, Direction), Cost>> = Mutex::new(BTreeMap::new());

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Begins to measure, from zero.
pub fn start() {
    COSTS.lock().unwrap_or_else(PoisonError::into_inner).clear();
    crate::tensor::reset_peak();
    ENABLED.store(true, Relaxed);
}

/// Ends measuring and gives what was measured.
pub fn stop() -> Report {
    ENABLED.store(false, Relaxed);
    let costs = std::mem::take(&mut *COSTS.lock().unwrap_or_else(PoisonError::into_inner));
    Report { costs, peak: memory_use().peak }
}

/// When something began whose cost is booked, and the memory that tensors held then.
pub(crate) struct Begun {
    at: Instant,
    live: usize,
}

/// Begins to measure a cost, unless nobody asked for it, or it is part of what is measured already.
pub(crate) fn begin() -> Option<Begun> {
    if !ENABLED.load(Relaxed) || INSIDE.with(|inside| inside.replace(true)) {
        return None;
    }
    Some(Begun { at: Instant::now(), live: memory_use().live })
}

/// Books the cost of what has begun.
pub(crate) fn book(begun: Option<Begun>, name: &'static str, direction: Direction) {
    let Some(begun) = begun else { return };
    let (time, grown) = (begun.at.elapsed(), memory_use().live as i64 - begun.live as i64);
    INSIDE.with(|inside| inside.set(false));
    let mut costs = COSTS.lock().unwrap_or_else(PoisonError::into_inner);
    let cost = costs.entry((name, direction)).or_default();
    cost.calls += 1;
    cost.time += time;
    cost.grown += grown;
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: Duration = self.costs.values().map(|cost| cost.time).sum();
        let mut rows: Vec<_> = self.costs.iter().collect();
        rows.sort_by_key(|(_, cost)| std::cmp::Reverse(cost.time));
        writeln!(
            f,
            "{:<24} {:<9} {:>9} {:>11} {:>11} {:>6} {:>12}",
            "op", "pass", "calls", "total ms", "each µs", "share", "memory KiB"
        )?;
        for ((name, direction), cost) in rows {
            let milliseconds = cost.time.as_secs_f64() * 1e3;
            writeln!(
                f,
                "{name:<24} {:<9} {:>9} {milliseconds:>11.2} {:>11.2} {:>5.1}% {:>+12}",
                direction.name(),
                cost.calls,
                milliseconds * 1e3 / cost.calls as f64,
                100.0 * cost.time.as_secs_f64() / total.as_secs_f64().max(1e-12),
                cost.grown / 1024
            )?;
        }
        write!(
            f,
            "{:.2} ms in ops; tensors held at most {:.1} MiB",
            total.as_secs_f64() * 1e3,
            self.peak as f64 / 1_048_576.0
        )
    }
}
