//! One row: all contestants, in turns.

use crate::contestant::Contestant;
use crate::limit::Limit;
use crate::row::{Kind, Row};
use std::time::Duration;

/// What was found.
pub struct Figures {
    /// Ours first.
    pub contestants: Vec<Contestant>,
    /// Operations and least bytes of a step, where they are counted.
    pub cost: Option<[f64; 2]>,
    /// Turns that began while somebody else worked or the processors were slower together than alone.
    pub disturbed: usize,
    /// Turns of all contestants together.
    pub turns: usize,
}

/// How long a row may wait for a quiet machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// Lets all contestants do a row's work.
///
/// # Panics
/// When they do not agree on what comes out.
pub fn measure(row: &Row, threads: usize, limit: &mut Limit) -> Figures {
    let mut contestants = Contestant::all(row);
    compare(row, &mut contestants);
    let cost = contestants[0].cost();
    let bytes = cost.map_or(0.0, |[_, bytes]| bytes);
    limit.bytes = 0.0;
    limit.measure_memory(threads, bytes);
    let (turns, least) = row.kind.turns();
    let (mut disturbed, mut patience) = (0, PATIENCE);
    for turn in 0..=turns {
        for contestant in &mut contestants {
            let quiet = limit.wait_for_quiet(threads, &mut patience);
            let (times, busy) = contestant.time(least);
            // The first turn warms up.
            if turn > 0 {
                disturbed += usize::from(!quiet);
                contestant.times.extend(times);
                contestant.busy.push(busy);
            }
        }
    }
    limit.measure_memory(threads, bytes);
    Figures { turns: turns * contestants.len(), contestants, cost, disturbed }
}

fn compare(row: &Row, contestants: &mut [Contestant]) {
    let count = row.kind.answers();
    if count == 0 {
        return;
    }
    let answers: Vec<Vec<f64>> = contestants.iter_mut().map(|contestant| contestant.answers(count)).collect();
    let largest = answers[0].iter().fold(0.0_f64, |largest, answer| largest.max(answer.abs()));
    for (contestant, others) in contestants.iter().zip(&answers).skip(1) {
        for (step, (ours, theirs)) in answers[0].iter().zip(others).enumerate() {
            let training = matches!(row.kind, Kind::Small | Kind::Training);
            let size = if training { ours.abs().max(1e-3) } else { largest };
            let off = (ours - theirs).abs() / size;
            let agrees = off < row.kind.tolerance();
            assert!(agrees, "{}: step {step} gives {ours} here, {theirs} in {} ({off:.1e})", row.name, contestant.name);
        }
    }
}
