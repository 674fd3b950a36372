//! A model as it is saved: what the columns are, how they are prepared, the scorer, and from where on to refuse.

use gradus_core::data::{Cells, RawTable, Schema};
use gradus_core::{Error, Rng};
use serde::{Deserialize, Serialize};

use super::applicants::Applicants;
use super::scorer::{Scorer, ScorerKind};
use crate::judge::Costs;
use crate::preparation::Preparation;
use crate::reasons::observed;

/// All that decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditModel {
    /// What the columns of a table are.
    pub schema: Schema,
    /// How fields become numbers.
    pub preparation: Preparation,
    /// What gives the probability.
    pub scorer: Scorer,
    /// The names of the outcomes: the good one, the bad one.
    pub outcomes: [String; 2],
    /// What errors cost.
    pub costs: Costs,
    /// Refused is from this probability of the bad outcome on.
    pub threshold: f64,
    /// Fields of training rows, against which decisions are explained.
    pub background: Vec<Vec<Option<f64>>>,
    /// The values of each input in training rows, among which changes are sought.
    pub observed: Vec<Vec<f64>>,
}

/// What is decided for a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Of the bad outcome.
    pub probability: f64,
    /// Whether it is refused.
    pub refused: bool,
}

/// Rows of the background.
const BACKGROUND: usize = 100;

impl CreditModel {
    /// Trains on the rows of these places. The threshold is that of the costs.
    ///
    /// Errors: one outcome alone, columns without a known field, costs that are not above 0.
    pub fn train(
        applicants: &Applicants,
        rows: &[usize],
        kind: ScorerKind,
        costs: Costs,
        seed: u64,
    ) -> Result<Self, Error> {
        costs.check()?;
        let preparation = Preparation::fit(&applicants.schema, &applicants.cells, rows)?;
        let prepared = preparation.rows(&applicants.cells, rows);
        let bad: Vec<bool> = rows.iter().map(|row| applicants.bad[*row]).collect();
        let scorer = Scorer::train(kind, &prepared, preparation.width(), &bad, seed)?;
        let mut some = rows.to_vec();
        Rng::new(seed).fork(1).shuffle(&mut some);
        some.truncate(BACKGROUND);
        some.sort_unstable();
        Ok(CreditModel {
            schema: applicants.schema.clone(),
            observed: observed(&preparation, &applicants.cells, rows),
            preparation,
            scorer,
            outcomes: applicants.outcomes.clone(),
            threshold: costs.threshold(),
            costs,
            background: some.iter().map(|row| applicants.cells.row(*row).to_vec()).collect(),
        })
    }

    /// The fields of a table in the model's terms; outcomes may be missing.
    pub fn read(&self, raw: &RawTable) -> Result<Cells, gradus_core::Flaw> {
        raw.cells(&self.schema)
    }

    /// What is decided for each row.
    pub fn decide(&self, cells: &Cells) -> Vec<Decision> {
        let rows: Vec<usize> = (0..cells.len()).collect();
        let probabilities = self.scorer.probabilities(&self.preparation.rows(cells, &rows));
        probabilities
            .into_iter()
            .map(|probability| Decision { probability, refused: probability >= self.threshold })
            .collect()
    }

    /// The threshold as log-odds.
    pub fn threshold_log_odds(&self) -> f64 {
        (self.threshold / (1.0 - self.threshold)).ln()
    }

    /// The background as the scorer takes it, one row after the other.
    pub fn prepared_background(&self) -> Vec<f64> {
        self.background.iter().flat_map(|fields| self.preparation.row(fields)).collect()
    }

    /// The place of an input by its name.
    ///
    /// Errors: no such input, with the nearest name.
    pub fn input(&self, name: &str) -> Result<usize, Error> {
        let names = || self.preparation.inputs().iter().map(|input| input.name.as_str());
        names().position(|own| own == name).ok_or_else(|| {
            let near = gradus_core::did_you_mean(name, names());
            Error::Data(format!("the model has no input {name}{near}"))
        })
    }

    /// Whether its parts fit each other; those of a file that was changed by hand need not.
    pub fn is_sound(&self) -> bool {
        let columns = self.schema.columns.len();
        let categories = |column: usize| self.schema.columns[column].categories.as_ref().map_or(usize::MAX, Vec::len);
        let field = |(column, field): (usize, &Option<f64>)| {
            field.is_none_or(|x| x.is_finite() && (x as usize) < categories(column))
        };
        self.preparation.is_sound(columns)
            && self.scorer.takes(self.preparation.width())
            && self.threshold > 0.0
            && self.threshold < 1.0
            && self.observed.len() == self.preparation.inputs().len()
            && !self.background.is_empty()
            && self.background.iter().all(|row| row.len() == columns && row.iter().enumerate().all(field))
            && self
                .preparation
                .inputs()
                .iter()
                .zip(&self.observed)
                .all(|(input, values)| values.iter().all(|value| field((input.column, &Some(*value)))))
    }
}
