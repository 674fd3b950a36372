//! Logistic regression with an L2 penalty (Cox, 1958; penalized: le Cessie and van Houwelingen, 1992), for two classes.
//!
//! p(x) = 1 / (1 + exp(-z)), z = w'x + b. Minimized is the sum over the rows of -ln of the probability of the right class, plus
//! penalty / 2 ||w||^2; b goes unpunished. It is convex: Newton's method, here iteratively reweighted least squares, finds the
//! minimum in a few steps. scikit-learn's C is 1 / penalty.

use gradus_core::Error;
use serde::{Deserialize, Serialize};

use crate::optimize::{NewtonOptions, Objective, Stop, newton};

/// Weights and offset of the log-odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegression {
    /// w.
    pub weights: Vec<f64>,
    /// b.
    pub offset: f64,
}

impl LogisticRegression {
    /// Fits rows of `width` numbers, `positive` telling which are of the class whose probability is sought.
    ///
    /// Errors: one class alone, a penalty that is not above 0, numbers that are not finite.
    pub fn fit(rows: &[f64], width: usize, positive: &[bool], penalty: f64) -> Result<Self, Error> {
        assert_eq!(rows.len(), positive.len() * width, "logistic regression: one answer for each row");
        if !(penalty > 0.0 && penalty.is_finite()) {
            let problem = format!("is {penalty}; it is above 0, or classes that can be separated have no minimum");
            return Err(Error::setting("penalty", problem));
        }
        if positive.iter().all(|own| *own == positive[0]) {
            return Err(Error::Data(format!("all {} rows are of one class; give rows of two", positive.len())));
        }
        if let Some(place) = rows.iter().position(|x| !x.is_finite()) {
            let (row, column, value) = (place / width, place % width, rows[place]);
            return Err(Error::Data(format!("row {row}, number {column}: {value} is not finite; leave the row out")));
        }
        let loss = Loss { rows, width, positive, penalty };
        let stop = Stop { most_steps: 100, gradient: 1e-9 * positive.len() as f64 };
        let run = newton(&loss, &vec![0.0; width + 1], NewtonOptions::default(), stop)?;
        let (offset, weights) = run.last().split_last().expect("there is an offset");
        Ok(LogisticRegression { weights: weights.to_vec(), offset: *offset })
    }

    /// z of each of rows of numbers.
    pub fn log_odds(&self, rows: &[f64]) -> Vec<f64> {
        let one = |row: &[f64]| self.offset + row.iter().zip(&self.weights).map(|(x, w)| x * w).sum::<f64>();
        rows.chunks_exact(self.weights.len()).map(one).collect()
    }
}

/// 1 / (1 + exp(-z)).
pub fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 { 1.0 / (1.0 + (-z).exp()) } else { z.exp() / (1.0 + z.exp()) }
}

/// What is minimized, as a function of the weights and, last, the offset.
struct Loss<'a> {
    rows: &'a [f64],
    width: usize,
    positive: &'a [bool],
    penalty: f64,
}

impl Loss<'_> {
    fn log_odds<'a>(&'a self, x: &'a [f64]) -> impl Iterator<Item = (&'a [f64], f64, bool)> + 'a {
        let z = move |row: &[f64]| row.iter().zip(x).map(|(a, w)| a * w).sum::<f64>() + x[self.width];
        self.rows.chunks_exact(self.width).zip(self.positive).map(move |(row, own)| (row, z(row), *own))
    }
}

impl Objective for Loss<'_> {
    fn dimension(&self) -> usize {
        self.width + 1
    }

    fn value(&self, x: &[f64]) -> f64 {
        let loss = |z: f64| if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() };
        let sum: f64 = self.log_odds(x).map(|(_, z, own)| loss(if own { -z } else { z })).sum();
        sum + 0.5 * self.penalty * x[..self.width].iter().map(|w| w * w).sum::<f64>()
    }

    fn slope(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let mut gradient: Vec<f64> = x.iter().map(|w| self.penalty * w).collect();
        gradient[self.width] = 0.0;
        for (row, z, own) in self.log_odds(x) {
            let error = sigmoid(z) - f64::from(u8::from(own));
            gradient.iter_mut().zip(row).for_each(|(g, a)| *g += error * a);
            gradient[self.width] += error;
        }
        (self.value(x), gradient)
    }

    fn hessian(&self, x: &[f64]) -> Vec<f64> {
        let n = self.width + 1;
        let mut hessian = vec![0.0; n * n];
        let mut full = vec![1.0; n];
        for (row, z, _) in self.log_odds(x) {
            let p = sigmoid(z);
            full[..self.width].copy_from_slice(row);
            for (i, a) in full.iter().enumerate().filter(|(_, a)| **a != 0.0) {
                let weight = p * (1.0 - p) * a;
                hessian[i * n..=i * n + i].iter_mut().zip(&full).for_each(|(h, b)| *h += weight * b);
            }
        }
        for i in 0..n {
            hessian[i * n + i] += if i < self.width { self.penalty } else { 0.0 };
            for j in 0..i {
                hessian[j * n + i] = hessian[i * n + j];
            }
        }
        hessian
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_zero_at_the_fit_and_the_offset_matches_the_mean() {
        let rows = [1.0, 0.0, 2.0, 1.0, -1.0, 0.5, 0.0, -2.0, 3.0, 1.0, 0.2, 0.1];
        let positive = [true, true, false, false, false, true];
        let fit = LogisticRegression::fit(&rows, 2, &positive, 0.5).unwrap();
        let loss = Loss { rows: &rows, width: 2, positive: &positive, penalty: 0.5 };
        let x = [fit.weights[0], fit.weights[1], fit.offset];
        assert!(loss.slope(&x).1.iter().all(|g| g.abs() < 1e-7));
        // With an offset that goes unpunished, the mean probability is the share of the class.
        let mean = fit.log_odds(&rows).into_iter().map(sigmoid).sum::<f64>() / 6.0;
        assert!((mean - 0.5).abs() < 1e-8);
        // The Hessian is the gradient's slope.
        let hessian = loss.hessian(&x);
        for i in 0..3 {
            let mut moved = x;
            moved[i] += 1e-6;
            let up = loss.slope(&moved).1;
            moved[i] -= 2e-6;
            let down = loss.slope(&moved).1;
            for j in 0..3 {
                assert!((hessian[i * 3 + j] - (up[j] - down[j]) / 2e-6).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn what_cannot_be_fitted_is_named() {
        let said = |rows: &[f64], positive: &[bool], penalty| {
            LogisticRegression::fit(rows, 1, positive, penalty).unwrap_err().to_string()
        };
        assert!(said(&[1.0, 2.0], &[true, true], 1.0).starts_with("all 2 rows are of one class"));
        assert!(said(&[1.0, 2.0], &[true, false], 0.0).starts_with("penalty: is 0; it is above 0"));
        assert!(said(&[1.0, f64::NAN], &[true, false], 1.0).starts_with("row 1, number 0: NaN"));
    }
}
