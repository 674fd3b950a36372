//! Deciding when errors cost differently (Elkan: The foundations of cost-sensitive learning, 2001).
//!
//! Who counts as the class with probability p is expected to cost (1 - p) false_alarm, who does not, p missed. The first is less
//! from p = false_alarm / (false_alarm + missed) on, if p is true.

use gradus_core::Error;
use serde::{Deserialize, Serialize};

/// What errors cost; what is right costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// One of the class that is not taken for it.
    pub missed: f64,
    /// One of the others that is taken for the class.
    pub false_alarm: f64,
}

impl Costs {
    /// Errors: costs that are not above 0.
    pub fn check(self) -> Result<(), Error> {
        let Costs { missed, false_alarm } = self;
        if missed > 0.0 && false_alarm > 0.0 && (missed + false_alarm).is_finite() {
            return Ok(());
        }
        Err(Error::setting("costs", format!("are {missed}:{false_alarm}; both are numbers above 0, as in 5:1")))
    }

    /// The probability from which on counting as the class is expected to cost less.
    pub fn threshold(self) -> f64 {
        self.false_alarm / (self.false_alarm + self.missed)
    }

    /// The mean cost of a row when those with a probability of at least `threshold` count as the class.
    pub fn mean(self, probabilities: &[f64], positive: &[bool], threshold: f64) -> f64 {
        let cost = |(p, own): (&f64, &bool)| match (*p >= threshold, own) {
            (true, false) => self.false_alarm,
            (false, true) => self.missed,
            _ => 0.0,
        };
        probabilities.iter().zip(positive).map(cost).sum::<f64>() / positive.len() as f64
    }

    /// What it costs a row to count none as the class, or all, whichever is less: what a model must beat.
    pub fn without_model(self, positive: &[bool]) -> f64 {
        let share = positive.iter().filter(|own| **own).count() as f64 / positive.len() as f64;
        (share * self.missed).min((1.0 - share) * self.false_alarm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_costs_least_where_probabilities_are_true() {
        let costs = Costs { missed: 5.0, false_alarm: 1.0 };
        costs.check().unwrap();
        // Of a hundred rows at k %, k are of the class.
        let (mut p, mut own) = (Vec::new(), Vec::new());
        for k in 0..100 {
            for row in 0..100 {
                p.push(f64::from(k) / 100.0);
                own.push(row < k);
            }
        }
        let best = costs.mean(&p, &own, costs.threshold());
        for other in [0.05, 0.1, 0.14, 0.19, 0.25, 0.5, 0.9] {
            assert!(best < costs.mean(&p, &own, other), "{other}");
        }
        assert!(best < costs.without_model(&own));
        assert_eq!(costs.mean(&[0.2, 0.1], &[false, true], 0.15), 3.0);
        assert_eq!(
            Costs { missed: -1.0, false_alarm: 1.0 }.check().unwrap_err().to_string(),
            "costs: are -1:1; both are numbers above 0, as in 5:1"
        );
    }
}
