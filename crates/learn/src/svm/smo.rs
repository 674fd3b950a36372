//! Sequential minimal optimization (Platt, 1998) with the working set of second order (Fan, Chen, Lin: Working set selection
//! using second order information for training SVM, 2005), as LIBSVM has it.
//!
//! minimize 1/2 a'Qa - sum of a_i, 0 <= a_i <= C, y'a = 0, with Q_ij = y_i y_j K(x_i, x_j). Each step changes two of the a_i, the
//! pair along which the value promises to fall most. It ends when no pair violates the optimality conditions by more than the
//! tolerance.

use gradus_core::Real;

use super::rows::Rows;

/// The solution.
pub struct Solution {
    /// a_i.
    pub shares: Vec<f64>,
    /// rho: the decision is sum of y_i a_i K(x_i, x) - rho.
    pub rho: f64,
    /// Pairs changed.
    pub steps: usize,
    /// Whether the tolerance was reached before the most steps.
    pub converged: bool,
}

/// What a denominator is at least.
const TINY: f64 = 1e-12;

struct Pair {
    i: usize,
    j: usize,
}

struct Solver<'a> {
    signs: &'a [f64],
    diagonal: &'a [f64],
    bound: f64,
    shares: Vec<f64>,
    /// (Qa)_i - 1.
    gradient: Vec<f64>,
}

/// Solves for signs y, the kernel's rows and diagonal, and C.
pub fn solve(
    rows: &mut Rows,
    diagonal: &[f64],
    signs: &[f64],
    bound: f64,
    tolerance: f64,
    most_steps: usize,
) -> Solution {
    let count = signs.len();
    let mut solver = Solver { signs, diagonal, bound, shares: vec![0.0; count], gradient: vec![-1.0; count] };
    let (mut steps, mut converged) = (0, false);
    while steps < most_steps {
        let Some((i, most)) = solver.first() else {
            converged = true;
            break;
        };
        let row = rows.get(i);
        let Some(pair) = solver.second(i, most, row.as_slice(), tolerance) else {
            converged = true;
            break;
        };
        let other = rows.get(pair.j);
        solver.step(&pair, row.as_slice(), other.as_slice());
        steps += 1;
    }
    Solution { rho: solver.rho(), shares: solver.shares, steps, converged }
}

impl Solver<'_> {
    /// Whether a_t may move so that y_t a_t rises.
    fn may_rise(&self, t: usize) -> bool {
        if self.signs[t] > 0.0 { self.shares[t] < self.bound } else { self.shares[t] > 0.0 }
    }

    /// Whether a_t may move so that y_t a_t falls.
    fn may_fall(&self, t: usize) -> bool {
        if self.signs[t] > 0.0 { self.shares[t] > 0.0 } else { self.shares[t] < self.bound }
    }

    /// The point whose -y G is largest among those that may rise.
    fn first(&self) -> Option<(usize, f64)> {
        let (mut best, mut most) = (None, f64::NEG_INFINITY);
        for (t, (y, g)) in self.signs.iter().zip(&self.gradient).enumerate() {
            let value = -y * g;
            if value > most && self.may_rise(t) {
                (best, most) = (Some(t), value);
            }
        }
        best.map(|t| (t, most))
    }

    /// The partner with which the value falls most; none where no pair violates the conditions by more than the tolerance.
    fn second(&self, i: usize, most: f64, row: &[Real], tolerance: f64) -> Option<Pair> {
        let (mut best, mut gain, mut least) = (None, 0.0, f64::INFINITY);
        for (t, (y, g)) in self.signs.iter().zip(&self.gradient).enumerate() {
            if !self.may_fall(t) {
                continue;
            }
            let value = -y * g;
            least = least.min(value);
            let violation = most - value;
            if violation > 0.0 {
                let curvature = (self.diagonal[i] + self.diagonal[t] - 2.0 * f64::from(row[t])).max(TINY);
                let promised = violation * violation / curvature;
                if promised > gain {
                    (best, gain) = (Some(t), promised);
                }
            }
        }
        best.filter(|_| most - least > tolerance).map(|j| Pair { i, j })
    }

    /// The best move of both, kept inside 0..C, and the gradient that follows.
    fn step(&mut self, &Pair { i, j }: &Pair, row_i: &[Real], row_j: &[Real]) {
        let (yi, yj, bound) = (self.signs[i], self.signs[j], self.bound);
        let curvature = (self.diagonal[i] + self.diagonal[j] - 2.0 * f64::from(row_i[j])).max(TINY);
        // y_i a_i rises by `move_`, y_j a_j falls by it.
        let wanted = (-yi * self.gradient[i] + yj * self.gradient[j]) / curvature;
        let room_i = if yi > 0.0 { bound - self.shares[i] } else { self.shares[i] };
        let room_j = if yj > 0.0 { self.shares[j] } else { bound - self.shares[j] };
        let taken = wanted.min(room_i).min(room_j);
        let set = |share: f64, change: f64, room: f64| {
            // What uses up its room stands exactly at its bound.
            if taken == room { if change > 0.0 { bound } else { 0.0 } } else { share + change }
        };
        let before = (self.shares[i], self.shares[j]);
        self.shares[i] = set(before.0, yi * taken, room_i);
        self.shares[j] = set(before.1, -yj * taken, room_j);
        let (di, dj) = (yi * (self.shares[i] - before.0), yj * (self.shares[j] - before.1));
        let rows = row_i.iter().zip(row_j);
        for ((gradient, sign), (a, b)) in self.gradient.iter_mut().zip(self.signs).zip(rows) {
            *gradient += sign * (di * f64::from(*a) + dj * f64::from(*b));
        }
    }

    /// The mean of y G over the free points; the middle of what the others allow where there are none.
    fn rho(&self) -> f64 {
        let (mut sum, mut free) = (0.0, 0usize);
        let (mut high, mut low) = (f64::INFINITY, f64::NEG_INFINITY);
        for t in 0..self.signs.len() {
            let value = self.signs[t] * self.gradient[t];
            match (self.may_rise(t), self.may_fall(t)) {
                (true, true) => {
                    sum += value;
                    free += 1;
                }
                (true, false) => high = high.min(value),
                (false, _) => low = low.max(value),
            }
        }
        if free > 0 { sum / free as f64 } else { f64::midpoint(high, low) }
    }
}
