//! What a search leaves: its way, and why it ended.

use std::time::Instant;

use gradus_core::Error;

use super::objective::{Objective, norm};

/// When a search ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Steps after which it gives up.
    pub most_steps: usize,
    /// The gradient is near zero when its length is at most this.
    pub gradient: f64,
}

impl Default for Stop {
    fn default() -> Self {
        Stop { most_steps: 1000, gradient: 1e-8 }
    }
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The gradient is near zero.
    Gradient,
    /// The steps were used up.
    Steps,
    /// No step along the direction lowers the value any more: rounding, as a rule.
    NoDescent,
    /// The value is no longer finite: the step is too large, or the function has no minimum.
    Diverged,
}

impl Ended {
    /// In a few words.
    pub fn in_words(self) -> &'static str {
        match self {
            Ended::Gradient => "gradient near zero",
            Ended::Steps => "steps used up",
            Ended::NoDescent => "no lower value in reach",
            Ended::Diverged => "left all bounds",
        }
    }
}

/// The way of a search.
#[derive(Clone, Debug)]
pub struct Run {
    /// The points, the start first.
    pub path: Vec<Vec<f64>>,
    /// The value at each.
    pub values: Vec<f64>,
    /// Seconds from the beginning to each.
    pub seconds: Vec<f64>,
    /// The gradient's length at the last point.
    pub gradient: f64,
    /// Why it ended.
    pub ended: Ended,
}

impl Run {
    /// The last point.
    pub fn last(&self) -> &[f64] {
        self.path.last().expect("a run has its start")
    }

    /// The value there.
    pub fn value(&self) -> f64 {
        *self.values.last().expect("a run has its start")
    }

    /// Steps made.
    pub fn steps(&self) -> usize {
        self.path.len() - 1
    }
}

/// Where a search stands.
pub(super) struct State {
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

/// Searches from `start`: `step` gives the next point, or none where there is no way down.
pub(super) fn search(
    objective: &dyn Objective,
    start: &[f64],
    stop: Stop,
    mut step: impl FnMut(&State, usize) -> Result<Option<Vec<f64>>, Error>,
) -> Result<Run, Error> {
    check(objective, start)?;
    let begin = Instant::now();
    let (value, gradient) = objective.slope(start);
    let mut state = State { x: start.to_vec(), value, gradient };
    let mut run = Run {
        path: vec![state.x.clone()],
        values: vec![value],
        seconds: vec![0.0],
        gradient: 0.0,
        ended: Ended::Steps,
    };
    for count in 0..=stop.most_steps {
        run.gradient = norm(&state.gradient);
        if !state.value.is_finite() || !run.gradient.is_finite() {
            run.ended = Ended::Diverged;
            break;
        }
        if run.gradient <= stop.gradient {
            run.ended = Ended::Gradient;
            break;
        }
        if count == stop.most_steps {
            break;
        }
        let Some(next) = step(&state, count)? else {
            run.ended = Ended::NoDescent;
            break;
        };
        let (value, gradient) = objective.slope(&next);
        state = State { x: next, value, gradient };
        run.path.push(state.x.clone());
        run.values.push(value);
        run.seconds.push(begin.elapsed().as_secs_f64());
    }
    Ok(run)
}

/// A start fits the objective, and the value there is finite.
pub(super) fn check(objective: &dyn Objective, start: &[f64]) -> Result<(), Error> {
    if start.len() != objective.dimension() {
        let (given, wanted) = (start.len(), objective.dimension());
        return Err(Error::setting("start", format!("has {given} numbers, the function takes {wanted}; give as many")));
    }
    let value = objective.value(start);
    if !value.is_finite() {
        return Err(Error::setting("start", format!("{start:?} gives the value {value}; begin where it is finite")));
    }
    Ok(())
}
