//! Probabilities from decisions: P(y = 1 | f) = 1 / (1 + exp(A f + B)) (Platt: Probabilistic outputs for support vector
//! machines, 1999), fitted by Newton's method with backtracking (Lin, Lin, Weng: A note on Platt's probabilistic outputs, 2007).

use gradus_core::Error;
use serde::{Deserialize, Serialize};

use crate::logistic::sigmoid;

/// The two numbers of the sigmoid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// A, below 0 where larger decisions speak for +1.
    pub slope: f64,
    /// B.
    pub offset: f64,
}

/// Added to the Hessian's diagonal.
const RIDGE: f64 = 1e-12;
const MOST_STEPS: usize = 100;

impl Platt {
    /// Fits decisions and signs, by cross-entropy against targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2), which keep it from
    /// certainty.
    ///
    /// Errors: one sign alone.
    pub fn fit(decisions: &[f64], signs: &[f64]) -> Result<Self, Error> {
        let plus = signs.iter().filter(|sign| **sign > 0.0).count() as f64;
        let minus = signs.len() as f64 - plus;
        if plus == 0.0 || minus == 0.0 {
            return Err(Error::Data("probabilities need decisions on points of both classes".into()));
        }
        let targets: Vec<f64> = signs
            .iter()
            .map(|sign| if *sign > 0.0 { (plus + 1.0) / (plus + 2.0) } else { 1.0 / (minus + 2.0) })
            .collect();
        let mut here = Platt { slope: 0.0, offset: ((minus + 1.0) / (plus + 1.0)).ln() };
        let mut value = here.loss(decisions, &targets);
        for _ in 0..MOST_STEPS {
            let [mut h11, mut h22, mut h21, mut g1, mut g2] = [RIDGE, RIDGE, 0.0, 0.0, 0.0];
            for (f, target) in decisions.iter().zip(&targets) {
                let p = here.probability(*f);
                let (weight, error) = (p * (1.0 - p), target - p);
                h11 += f * f * weight;
                h22 += weight;
                h21 += f * weight;
                g1 += f * error;
                g2 += error;
            }
            if g1.abs() < 1e-9 && g2.abs() < 1e-9 {
                break;
            }
            let determinant = h11 * h22 - h21 * h21;
            let (da, db) = (-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant);
            let slope = g1 * da + g2 * db;
            let steps = std::iter::successors(Some(1.0), |t| Some(t / 2.0)).take(40);
            let next = steps.into_iter().find_map(|t: f64| {
                let next = Platt { slope: here.slope + t * da, offset: here.offset + t * db };
                let lower = next.loss(decisions, &targets);
                (lower < value + 1e-4 * t * slope).then_some((next, lower))
            });
            let Some((next, lower)) = next else { break };
            (here, value) = (next, lower);
        }
        Ok(here)
    }

    /// P(y = 1 | f).
    pub fn probability(self, decision: f64) -> f64 {
        sigmoid(-(self.slope * decision + self.offset))
    }

    fn loss(self, decisions: &[f64], targets: &[f64]) -> f64 {
        let one = |(f, target): (&f64, &f64)| {
            let v = self.slope * f + self.offset;
            if v >= 0.0 { target * v + (-v).exp().ln_1p() } else { (target - 1.0) * v + v.exp().ln_1p() }
        };
        decisions.iter().zip(targets).map(one).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Golden {
        decisions: Vec<f64>,
        signs: Vec<f64>,
        slope: f64,
        offset: f64,
    }

    #[test]
    fn the_sigmoid_is_that_of_scikit_learn() {
        let cases: Vec<Golden> = serde_json::from_str(include_str!("../../../../golden/data/platt.json")).unwrap();
        assert!(cases.len() >= 2);
        for case in cases {
            let found = Platt::fit(&case.decisions, &case.signs).unwrap();
            assert!((found.slope - case.slope).abs() < 1e-4 * case.slope.abs(), "{found:?} {}", case.slope);
            assert!(
                (found.offset - case.offset).abs() < 1e-4 * case.offset.abs().max(1.0),
                "{found:?} {}",
                case.offset
            );
        }
    }

    #[test]
    fn one_class_is_refused() {
        assert!(Platt::fit(&[1.0, 2.0], &[1.0, 1.0]).unwrap_err().to_string().contains("both classes"));
    }
}
