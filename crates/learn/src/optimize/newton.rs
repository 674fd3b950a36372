//! Newton's method with the exact Hessian: x <- x - t (H + damping I)^-1 g.

use gradus_core::Error;
use gradus_core::linalg::{Cholesky, symmetric_eigen};

use super::objective::{Objective, moved, negative};
use super::run::{Run, Stop, search};
use super::step::StepRule;

/// How Newton's method treats a Hessian, and how far it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewtonOptions {
    /// Added to the Hessian's diagonal.
    pub damping: f64,
    /// Where H + damping I is not positive definite, raise the damping until it is: the way then leads down, away from saddles
    /// and maxima. Without, steps go to whatever stationary point is near, and a singular H is an error.
    pub descend: bool,
    /// The step along Newton's direction; pure Newton is `Fixed { rate: 1.0 }`.
    pub step: StepRule,
}

impl Default for NewtonOptions {
    fn default() -> Self {
        NewtonOptions { damping: 0.0, descend: true, step: StepRule::Backtracking { first: 1.0 } }
    }
}

impl NewtonOptions {
    /// Newton's own step, whatever the Hessian's signs.
    pub fn pure() -> Self {
        NewtonOptions { damping: 0.0, descend: false, step: StepRule::Fixed { rate: 1.0 } }
    }
}

/// Eigenvalues below this share of the largest make a Hessian singular.
const SINGULAR: f64 = 1e-12;

/// Searches a stationary point; with [`NewtonOptions::descend`] a minimum.
///
/// Errors: a singular Hessian where it is not to be damped, a start that does not fit, negative damping.
pub fn newton(objective: &dyn Objective, start: &[f64], options: NewtonOptions, stop: Stop) -> Result<Run, Error> {
    options.step.check()?;
    if !(options.damping >= 0.0 && options.damping.is_finite()) {
        return Err(Error::setting("damping", format!("is {}; it is at least 0", options.damping)));
    }
    search(objective, start, stop, |state, count| {
        let hessian = objective.hessian(&state.x);
        let direction = direction(&hessian, &state.gradient, options)?;
        let length = options.step.length(objective, &state.x, state.value, &state.gradient, &direction, count);
        Ok(length.map(|t| moved(&state.x, &direction, t)))
    })
}

/// -(H + damping I)^-1 g.
fn direction(hessian: &[f64], gradient: &[f64], options: NewtonOptions) -> Result<Vec<f64>, Error> {
    let n = gradient.len();
    if options.descend {
        let scale = hessian.iter().step_by(n + 1).fold(1e-12, |most: f64, h| most.max(h.abs()));
        let mut damping = options.damping;
        for _ in 0..60 {
            if let Some(factor) = Cholesky::of(&damped(hessian, n, damping), n) {
                return Ok(factor.solve(&negative(gradient)));
            }
            damping = (4.0 * damping).max(1e-6 * scale);
        }
        return Err(Error::Data("the Hessian is not finite; begin nearer to the minimum".into()));
    }
    let matrix = damped(hessian, n, options.damping);
    let found = symmetric_eigen(&matrix, n)
        .ok_or_else(|| Error::Data("the Hessian is not finite; begin nearer to the minimum".into()))?;
    let most = found.values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let least = found.values.iter().fold(f64::INFINITY, |least: f64, value| least.min(value.abs()));
    if least <= SINGULAR * most {
        return Err(Error::Data(format!(
            "the Hessian is singular: its eigenvalues reach from {most:.1e} down to {least:.1e} in size, and H^-1 g does not \
             exist; give a damping above 0"
        )));
    }
    let mut direction = vec![0.0; n];
    for (value, vector) in found.values.iter().zip(found.vectors.chunks_exact(n)) {
        let along = super::objective::dot(vector, gradient) / value;
        direction.iter_mut().zip(vector).for_each(|(d, v)| *d -= along * v);
    }
    Ok(direction)
}

fn damped(hessian: &[f64], n: usize, damping: f64) -> Vec<f64> {
    let mut matrix = hessian.to_vec();
    matrix.iter_mut().step_by(n + 1).for_each(|h| *h += damping);
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use crate::optimize::Ended;

    #[test]
    fn one_step_solves_a_quadratic() {
        let bowl = Expression::parse("3*x^2 + 2*x*y + y^2 - 4*x + z^2 + 0.5*y*z - z", None).unwrap();
        for options in [NewtonOptions::pure(), NewtonOptions::default()] {
            let run = newton(&bowl, &[10.0, -7.0, 3.0], options, Stop::default()).unwrap();
            assert_eq!((run.steps(), run.ended), (1, Ended::Gradient), "{run:?}");
        }
    }

    #[test]
    fn a_singular_hessian_is_named_and_damping_helps() {
        let trough = Expression::parse("(x + y)^2", None).unwrap();
        let said = newton(&trough, &[1.0, 2.0], NewtonOptions::pure(), Stop::default()).unwrap_err().to_string();
        assert!(said.starts_with("the Hessian is singular: its eigenvalues reach from 4.0e0 down to"), "{said}");
        let damped = NewtonOptions { damping: 1e-3, ..NewtonOptions::pure() };
        assert_eq!(newton(&trough, &[1.0, 2.0], damped, Stop::default()).unwrap().ended, Ended::Gradient);
        assert_eq!(
            newton(&trough, &[1.0, 2.0], NewtonOptions::default(), Stop::default()).unwrap().ended,
            Ended::Gradient
        );
    }

    #[test]
    fn pure_steps_go_to_a_saddle_and_descending_ones_leave_it() {
        let saddle = Expression::parse("x^2 - y^2 + y^4/4", None).unwrap();
        let pure = newton(&saddle, &[1.0, 0.2], NewtonOptions::pure(), Stop::default()).unwrap();
        assert!(pure.last().iter().all(|x| x.abs() < 1e-6));
        let down = newton(&saddle, &[1.0, 0.2], NewtonOptions::default(), Stop::default()).unwrap();
        assert!((down.last()[1] - 2f64.sqrt()).abs() < 1e-6, "{:?}", down.last());
    }
}
