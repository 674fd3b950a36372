//! Levenberg and Marquardt's method (1944, 1963) for f(x) = 1/2 sum of r_i(x)^2: steps solve (J'J + mu D) d = -J'r, where D is
//! the diagonal of J'J, and mu follows the ratio of the fall of f to the fall that the model promised (Nielsen, 1999).

use gradus_core::Error;
use gradus_core::linalg::Cholesky;

use super::objective::{Objective, dot, moved, negative};
use super::run::{Run, Stop, search};

/// A sum of squares: f(x) = 1/2 sum of r_i(x)^2.
pub trait LeastSquares: Objective {
    /// r.
    fn residuals(&self, x: &[f64]) -> Vec<f64>;

    /// r and its derivatives, `[residuals, dimension]` row by row.
    fn jacobian(&self, x: &[f64]) -> (Vec<f64>, Vec<f64>);
}

/// Tries of a larger mu at one point.
const TRIES: usize = 40;

/// Searches a minimum of a sum of squares.
///
/// Errors: a start that does not fit.
pub fn levenberg_marquardt(objective: &dyn LeastSquares, start: &[f64], stop: Stop) -> Result<Run, Error> {
    let n = objective.dimension();
    let (mut mu, mut growth) = (1e-3, 2.0);
    let as_objective: &dyn Objective = objective;
    search(as_objective, start, stop, |state, _| {
        let (residuals, jacobian) = objective.jacobian(&state.x);
        let mut normal = vec![0.0; n * n];
        let mut slope = vec![0.0; n];
        for (row, r) in jacobian.chunks_exact(n).zip(&residuals) {
            for (i, a) in row.iter().enumerate().filter(|(_, a)| **a != 0.0) {
                slope[i] += a * r;
                normal[i * n..=i * n + i].iter_mut().zip(row).for_each(|(sum, b)| *sum += a * b);
            }
        }
        let most = (0..n).map(|i| normal[i * n + i]).fold(0.0, f64::max);
        let scale: Vec<f64> = (0..n).map(|i| normal[i * n + i].max(1e-9 * most).max(f64::MIN_POSITIVE)).collect();
        let value = 0.5 * dot(&residuals, &residuals);
        for _ in 0..TRIES {
            let mut matrix = normal.clone();
            matrix.iter_mut().step_by(n + 1).zip(&scale).for_each(|(entry, scale)| *entry += mu * scale);
            if let Some(factor) = Cholesky::of(&matrix, n) {
                let step = factor.solve(&negative(&slope));
                let next = moved(&state.x, &step, 1.0);
                let residuals = objective.residuals(&next);
                let fallen = value - 0.5 * dot(&residuals, &residuals);
                let scaled: f64 = step.iter().zip(&scale).map(|(d, scale)| mu * scale * d * d).sum();
                let promised = 0.5 * (scaled - dot(&step, &slope));
                if fallen > 0.0 && promised > 0.0 {
                    mu *= (1.0 - (2.0 * fallen / promised - 1.0).powi(3)).max(1.0 / 3.0);
                    growth = 2.0;
                    return Ok(Some(next));
                }
            }
            mu *= growth;
            growth *= 2.0;
        }
        Ok(None)
    })
}
