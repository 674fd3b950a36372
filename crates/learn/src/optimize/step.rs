//! How far to go along a direction.

use gradus_core::Error;

use super::objective::{Objective, dot, moved};
use super::wolfe::strong_wolfe;

/// The rule for the step t in x + t d.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepRule {
    /// t = rate.
    Fixed {
        /// The step.
        rate: f64,
    },
    /// t = rate / (1 + decay k) at step k from 0.
    Decaying {
        /// The first step.
        rate: f64,
        /// How fast it falls.
        decay: f64,
    },
    /// The best of a search by sampling: a row of steps that double from a small one, then golden sections around the best
    /// (Kiefer, 1953). Exact, up to `1e-8` of the step, where the value falls to one minimum along the direction.
    Sampled,
    /// From `first` on, halved until f(x + t d) <= f(x) + c t g'd with c = 1e-4 (Armijo, 1966).
    Backtracking {
        /// The first step that is tried.
        first: f64,
    },
    /// Armijo's condition and |g(x + t d)'d| <= c2 |g'd| (Wolfe, 1969), with c2 = 0.9 (Nocedal and Wright, 2006, algorithm 3.5).
    StrongWolfe {
        /// The first step that is tried.
        first: f64,
    },
}

impl StepRule {
    /// Errors: a rate that is not positive, a decay below 0.
    pub(super) fn check(self) -> Result<(), Error> {
        let (rate, decay) = match self {
            StepRule::Fixed { rate } => (rate, 0.0),
            StepRule::Decaying { rate, decay } => (rate, decay),
            StepRule::Sampled => (1.0, 0.0),
            StepRule::Backtracking { first } | StepRule::StrongWolfe { first } => (first, 0.0),
        };
        if rate > 0.0 && rate.is_finite() && decay >= 0.0 {
            return Ok(());
        }
        Err(Error::setting("rate", format!("is {rate} with decay {decay}; a rate is positive, a decay not negative")))
    }

    /// The step along `direction` from a point of this value and gradient; none where no step lowers the value.
    pub(super) fn length(
        self,
        objective: &dyn Objective,
        x: &[f64],
        value: f64,
        gradient: &[f64],
        direction: &[f64],
        count: usize,
    ) -> Option<f64> {
        let slope = dot(gradient, direction);
        match self {
            StepRule::Fixed { rate } => Some(rate),
            StepRule::Decaying { rate, decay } => Some(rate / (1.0 + decay * count as f64)),
            StepRule::Sampled => sampled(|t| objective.value(&moved(x, direction, t)), value),
            StepRule::Backtracking { first } => {
                if slope >= 0.0 {
                    return None;
                }
                let steps = std::iter::successors(Some(first), |t| Some(t / 2.0)).take(60);
                steps.into_iter().find(|t| objective.value(&moved(x, direction, *t)) <= value + 1e-4 * t * slope)
            }
            StepRule::StrongWolfe { first } => {
                let along = |t: f64| {
                    let (value, gradient) = objective.slope(&moved(x, direction, t));
                    (value, dot(&gradient, direction))
                };
                strong_wolfe(along, value, slope, first)
            }
        }
    }
}

/// The golden section.
const SECTION: f64 = 0.618_033_988_749_894_9;

/// The step of least value among those sampled.
fn sampled(along: impl Fn(f64) -> f64, value: f64) -> Option<f64> {
    let steps: Vec<f64> = (-40..12).map(|power| 2f64.powi(power)).collect();
    let values: Vec<f64> =
        steps.iter().map(|t| along(*t)).map(|v| if v.is_nan() { f64::INFINITY } else { v }).collect();
    let best = (0..steps.len()).min_by(|a, b| values[*a].total_cmp(&values[*b]))?;
    if values[best] >= value {
        return None;
    }
    let mut low = if best == 0 { 0.0 } else { steps[best - 1] };
    let mut high = steps[(best + 1).min(steps.len() - 1)];
    let (mut a, mut b) = (high - SECTION * (high - low), low + SECTION * (high - low));
    let (mut at_a, mut at_b) = (along(a), along(b));
    while high - low > 1e-8 * high {
        if at_a < at_b {
            high = b;
            (b, at_b) = (a, at_a);
            a = high - SECTION * (high - low);
            at_a = along(a);
        } else {
            low = a;
            (a, at_a) = (b, at_b);
            b = low + SECTION * (high - low);
            at_b = along(b);
        }
    }
    let found = f64::midpoint(low, high);
    Some(if along(found) <= values[best] { found } else { steps[best] })
}
