//! The receiver operating characteristic (Green and Swets, 1966; Fawcett: An introduction to ROC analysis, 2006).
//!
//! Of those with a score of at least t, the share of the class that is among them (true positives) against the share of the
//! others (false positives), over all t. The area below is the probability that one of the class has a higher score than one of the
//! others, equal scores counting half (Mann and Whitney, 1947; Hanley and McNeil, 1982).

use gradus_core::Error;

/// One threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RocPoint {
    /// Scores of at least this count as the class; infinite at the first point.
    pub threshold: f64,
    /// Of the others, those that count as the class.
    pub false_positives: u64,
    /// Of the class, those that count as it.
    pub true_positives: u64,
}

/// The curve: a point for each score that occurs.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    points: Vec<RocPoint>,
}

impl Roc {
    /// Of scores, `positive` telling which are of the class.
    ///
    /// Errors: one class alone, scores that are not finite.
    pub fn of(scores: &[f64], positive: &[bool]) -> Result<Self, Error> {
        assert_eq!(scores.len(), positive.len(), "ROC: one answer for each score");
        let count = positive.iter().filter(|own| **own).count();
        if count == 0 || count == positive.len() {
            let rows = positive.len();
            return Err(Error::Data(format!(
                "a ROC curve needs both classes; {count} of {rows} rows are of the class"
            )));
        }
        if let Some(score) = scores.iter().find(|score| !score.is_finite()) {
            return Err(Error::Data(format!("a ROC curve needs finite scores; one is {score}")));
        }
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let mut here = RocPoint { threshold: f64::INFINITY, false_positives: 0, true_positives: 0 };
        let mut points = vec![here];
        for (rank, place) in order.iter().enumerate() {
            here.threshold = scores[*place];
            *(if positive[*place] { &mut here.true_positives } else { &mut here.false_positives }) += 1;
            // Equal scores are passed together.
            if order.get(rank + 1).is_none_or(|next| scores[*next] != here.threshold) {
                points.push(here);
            }
        }
        Ok(Roc { points })
    }

    /// The points, from none counted as the class to all.
    pub fn points(&self) -> &[RocPoint] {
        &self.points
    }

    /// The curve: shares of false and of true positives.
    pub fn shares(&self) -> Vec<(f64, f64)> {
        let last = self.points[self.points.len() - 1];
        let share = |point: &RocPoint| {
            let others = point.false_positives as f64 / last.false_positives as f64;
            (others, point.true_positives as f64 / last.true_positives as f64)
        };
        self.points.iter().map(share).collect()
    }

    /// The area below, exact in whole numbers up to the last division.
    pub fn auc(&self) -> f64 {
        let last = self.points[self.points.len() - 1];
        let twice = self.points.windows(2).map(|pair| {
            u128::from(pair[1].false_positives - pair[0].false_positives)
                * u128::from(pair[1].true_positives + pair[0].true_positives)
        });
        twice.sum::<u128>() as f64 / (2.0 * last.false_positives as f64 * last.true_positives as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_mann_and_whitneys_share_of_pairs() {
        let scores = [3.0, 1.0, 2.0, 2.0, 2.0, 0.0, 3.0];
        let positive = [true, true, false, true, false, false, false];
        let (mut pairs, mut won) = (0.0, 0.0);
        for (a, _) in scores.iter().zip(positive).filter(|(_, own)| *own) {
            for (b, _) in scores.iter().zip(positive).filter(|(_, own)| !*own) {
                pairs += 1.0;
                won += if a > b {
                    1.0
                } else if a == b {
                    0.5
                } else {
                    0.0
                };
            }
        }
        let roc = Roc::of(&scores, &positive).unwrap();
        assert!((roc.auc() - won / pairs).abs() < 1e-15);
        assert_eq!(roc.points().len(), 5);
        assert_eq!((roc.shares()[0], roc.shares()[4]), ((0.0, 0.0), (1.0, 1.0)));
        assert_eq!(Roc::of(&[1.0; 4], &[true, false, false, true]).unwrap().auc(), 0.5);
        assert!(Roc::of(&[1.0], &[true]).unwrap_err().to_string().contains("1 of 1 rows are of the class"));
        assert!(Roc::of(&[1.0, f64::NAN], &[true, false]).unwrap_err().to_string().ends_with("one is NaN"));
    }
}
