//! Newton's method without the Hessian: H d = -g solved by conjugate gradients, which need products H v alone (Steihaug: The
//! conjugate gradient method and trust regions, 1983; Martens: Deep learning via Hessian-free optimization, 2010; the line
//! search form is Nocedal and Wright's algorithm 7.1).

use gradus_core::Error;

use super::objective::{Objective, dot, moved, negative, norm};
use super::run::{Run, State, Stop, search};
use super::step::StepRule;

/// Searches a minimum. Each step solves Newton's system as far as min(1/2, sqrt(||g||)) asks, and turns off where the
/// curvature is not positive.
///
/// Errors: a start that does not fit.
pub fn newton_cg(objective: &dyn Objective, start: &[f64], stop: Stop) -> Result<Run, Error> {
    search(objective, start, stop, |state, count| {
        let direction = direction(objective, state);
        let rule = StepRule::Backtracking { first: 1.0 };
        let length = rule.length(objective, &state.x, state.value, &state.gradient, &direction, count);
        Ok(length.map(|t| moved(&state.x, &direction, t)))
    })
}

fn direction(objective: &dyn Objective, state: &State) -> Vec<f64> {
    let length = norm(&state.gradient);
    let enough = length.sqrt().min(0.5) * length;
    let mut found = vec![0.0; state.x.len()];
    let mut residual = state.gradient.clone();
    let mut conjugate = negative(&residual);
    for step in 0..2 * state.x.len() {
        let product = objective.hessian_vector(&state.x, &conjugate);
        let curvature = dot(&conjugate, &product);
        let square = dot(&residual, &residual);
        if curvature <= 0.0 || curvature.is_nan() {
            return if step == 0 { negative(&state.gradient) } else { found };
        }
        let along = square / curvature;
        found = moved(&found, &conjugate, along);
        residual = moved(&residual, &product, along);
        if norm(&residual) <= enough {
            break;
        }
        let share = dot(&residual, &residual) / square;
        conjugate = conjugate.iter().zip(&residual).map(|(c, r)| share * c - r).collect();
    }
    found
}
