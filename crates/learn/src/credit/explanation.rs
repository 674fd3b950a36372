//! Why one applicant is decided as is. Shares are on the scale of log-odds, on which those of a linear model are exact.

use gradus_core::Error;

use super::model::CreditModel;
use super::scorer::Scorer;
use crate::reasons::{Attribution, ChangeSearch, Turn, linear_shapley, sampled_shapley};

/// How a decision is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainOptions {
    /// Inputs that cannot change.
    pub keep: Vec<String>,
    /// So many inputs change at most.
    pub most_changes: usize,
    /// Rounds over the background, where values are sampled.
    pub rounds: usize,
    /// Of the sampling.
    pub seed: u64,
}

impl Default for ExplainOptions {
    fn default() -> Self {
        ExplainOptions { keep: Vec::new(), most_changes: 3, rounds: 10, seed: 1 }
    }
}

/// A decision and its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What each input adds to the log-odds of the bad outcome.
    pub attribution: Attribution,
    /// Whether the row is refused.
    pub refused: bool,
    /// The smallest change that would turn the decision, if there is one.
    pub turn: Option<Turn>,
}

impl CreditModel {
    /// Explains what is decided for a row of fields.
    ///
    /// Errors: an input to keep that there is not, fewer than two rounds.
    pub fn explain(&self, fields: &[Option<f64>], options: &ExplainOptions) -> Result<Explanation, Error> {
        let keep = options.keep.iter().map(|name| self.input(name)).collect::<Result<Vec<usize>, Error>>()?;
        let (row, background, groups) =
            (self.preparation.row(fields), self.prepared_background(), self.preparation.groups());
        let score = |rows: &[f64]| self.scorer.log_odds(rows);
        let attribution = match &self.scorer {
            Scorer::Logistic(model) => linear_shapley(&model.weights, model.offset, &row, &background, &groups),
            _ => sampled_shapley(&score, &row, &background, &groups, options.rounds, options.seed)?,
        };
        let search = ChangeSearch {
            preparation: &self.preparation,
            score: &score,
            threshold: self.threshold_log_odds(),
            values: &self.observed,
            keep: &keep,
            most: options.most_changes,
        };
        let refused = attribution.score >= search.threshold;
        Ok(Explanation { attribution, refused, turn: search.find(fields) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::{Applicants, ScorerKind, german};
    use crate::judge::Costs;
    use gradus_core::data::csv::TableOptions;

    #[test]
    fn reasons_add_up_and_the_change_turns_the_decision_for_every_kind() {
        let applicants = Applicants::of(&german(), &TableOptions::default(), None).unwrap();
        let rows: Vec<usize> = (0..300).collect();
        for kind in ScorerKind::ALL {
            let model =
                CreditModel::train(&applicants, &rows, kind, Costs { missed: 5.0, false_alarm: 1.0 }, 1).unwrap();
            assert!(model.is_sound());
            let options = ExplainOptions { keep: vec!["age".into()], most_changes: 2, rounds: 3, ..Default::default() };
            for row in [400, 401] {
                let fields = applicants.cells.row(row);
                let found = model.explain(fields, &options).unwrap();
                let sum = found.attribution.base + found.attribution.values.iter().sum::<f64>();
                assert!((sum - found.attribution.score).abs() < 1e-6, "{kind:?}: {sum} {}", found.attribution.score);
                let before = model.scorer.probabilities(&model.preparation.row(fields))[0] >= model.threshold;
                let Some(turn) = found.turn else { continue };
                let mut other = fields.to_vec();
                for change in &turn.changes {
                    let input = &model.preparation.inputs()[change.input];
                    assert_ne!(input.name, "age");
                    other[input.column] = Some(change.to);
                }
                let after = model.scorer.probabilities(&model.preparation.row(&other))[0] >= model.threshold;
                assert_ne!(before, after, "{kind:?}, row {row}: {turn:?}");
            }
            let typo = ExplainOptions { keep: vec!["agee".into()], ..options };
            let said = model.explain(applicants.cells.row(0), &typo).unwrap_err().to_string();
            assert_eq!(said, "the model has no input agee; did you mean age?");
        }
    }
}
