//! L-BFGS (Nocedal: Updating quasi-Newton matrices with limited storage, 1980; Liu and Nocedal, 1989): the inverse Hessian
//! from the last few steps and changes of the gradient, by the two-loop recursion.

use std::collections::VecDeque;

use gradus_core::Error;

use super::objective::{Objective, dot, moved, negative, norm};
use super::run::{Run, Stop, search};
use super::step::StepRule;

/// Steps that are remembered.
const MEMORY: usize = 10;

struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// 1 / step'change.
    inverse: f64,
}

/// Searches a minimum; steps satisfy the strong Wolfe conditions.
///
/// Errors: a start that does not fit.
pub fn lbfgs(objective: &dyn Objective, start: &[f64], stop: Stop) -> Result<Run, Error> {
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    let mut before: Option<(Vec<f64>, Vec<f64>)> = None;
    search(objective, start, stop, |state, count| {
        if let Some((x, gradient)) = before.take() {
            let (step, change) = (moved(&state.x, &x, -1.0), moved(&state.gradient, &gradient, -1.0));
            let product = dot(&step, &change);
            // The Wolfe conditions make it positive; rounding may not.
            if product > 1e-14 * norm(&step) * norm(&change) {
                pairs.push_back(Pair { step, change, inverse: 1.0 / product });
                if pairs.len() > MEMORY {
                    pairs.pop_front();
                }
            }
        }
        let mut next = None;
        // Where the remembered curvature leads nowhere, the gradient alone may.
        while next.is_none() {
            let direction = direction(&pairs, &state.gradient);
            let first = if pairs.is_empty() { 1.0 / norm(&state.gradient).max(1.0) } else { 1.0 };
            let rule = StepRule::StrongWolfe { first };
            let length = rule.length(objective, &state.x, state.value, &state.gradient, &direction, count);
            next = length.map(|t| moved(&state.x, &direction, t));
            if pairs.is_empty() {
                break;
            }
            if next.is_none() {
                pairs.clear();
            }
        }
        before = Some((state.x.clone(), state.gradient.clone()));
        Ok(next)
    })
}

fn direction(pairs: &VecDeque<Pair>, gradient: &[f64]) -> Vec<f64> {
    let mut q = negative(gradient);
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = pair.inverse * dot(&pair.step, &q);
        q = moved(&q, &pair.change, -share);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        let scale = 1.0 / (last.inverse * dot(&last.change, &last.change));
        q = q.iter().map(|q| q * scale).collect();
    }
    for (pair, share) in pairs.iter().zip(shares.into_iter().rev()) {
        let other = pair.inverse * dot(&pair.change, &q);
        q = moved(&q, &pair.step, share - other);
    }
    q
}
