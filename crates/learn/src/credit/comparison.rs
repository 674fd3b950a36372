//! Scorers side by side, each row judged by models that have not seen it: stratified k-fold cross-validation (Stone, 1974; Kohavi,
//! 1995), repeated with other folds where asked for.

use gradus_core::Error;
use gradus_core::data::k_fold;

use super::applicants::Applicants;
use super::scorer::{Scorer, ScorerKind};
use crate::capacity::Band;
use crate::judge::{Bin, Costs, Roc, brier, calibration_error, reliability};
use crate::preparation::Preparation;

/// How scorers are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonOptions {
    /// Which.
    pub kinds: Vec<ScorerKind>,
    /// Folds, each with its share of both outcomes.
    pub folds: usize,
    /// How often all is done, each time with other folds.
    pub repeats: usize,
    /// What errors cost.
    pub costs: Costs,
    /// Of folds, first weights and bags.
    pub seed: u64,
}

impl Default for ComparisonOptions {
    fn default() -> Self {
        let costs = Costs { missed: 5.0, false_alarm: 1.0 };
        ComparisonOptions { kinds: ScorerKind::ALL.to_vec(), folds: 10, repeats: 1, costs, seed: 1 }
    }
}

/// What was found of one scorer.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Which.
    pub kind: ScorerKind,
    /// The area below the ROC curve of each fold.
    pub aucs: Vec<f64>,
    /// The probability of the bad outcome for every row, as often as all was repeated, by a model that had not seen it.
    pub probabilities: Vec<f64>,
    /// The outcome of each.
    pub bad: Vec<bool>,
    /// The ROC curve of all of them.
    pub roc: Roc,
    /// Brier's score.
    pub brier: f64,
    /// Ten bins of probabilities.
    pub bins: Vec<Bin>,
    /// The expected calibration error over them.
    pub calibration_error: f64,
    /// What a row costs at the threshold of the costs.
    pub cost: f64,
}

impl Judged {
    /// The mean of the areas.
    pub fn mean_auc(&self) -> f64 {
        Band::of(&self.aucs).mean
    }

    /// Their standard deviation (divided by n - 1).
    pub fn deviation(&self) -> f64 {
        let mean = self.mean_auc();
        let squares: f64 = self.aucs.iter().map(|auc| (auc - mean).powi(2)).sum();
        (squares / (self.aucs.len() - 1).max(1) as f64).sqrt()
    }

    /// Their median.
    pub fn median_auc(&self) -> f64 {
        Band::of(&self.aucs).median
    }
}

/// All scorers on the same folds.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// In the options' order.
    pub judged: Vec<Judged>,
    /// What a row costs without a model.
    pub without_model: f64,
}

/// Bins of the calibration.
const BINS: usize = 10;

/// Compares. `step` is called after each training with how many are done and how many there are, and tells whether to go on.
///
/// Errors: fewer than two folds, more folds than rows of an outcome, costs that are not above 0, no repeats, no kinds; none
/// (`Ok(None)`) where `step` ended it.
pub fn compare(
    applicants: &Applicants,
    options: &ComparisonOptions,
    mut step: impl FnMut(usize, usize) -> bool,
) -> Result<Option<Comparison>, Error> {
    options.costs.check()?;
    let few = applicants.bad.iter().filter(|bad| **bad).count();
    let few = few.min(applicants.len() - few);
    if options.folds > few {
        let problem = format!("are {} but there are {few} rows of the rarer outcome; give 2 to {few}", options.folds);
        return Err(Error::setting("folds", problem));
    }
    if options.repeats == 0 || options.kinds.is_empty() {
        return Err(Error::setting("repeats", "or models are none; give at least one of each"));
    }
    let labels = applicants.labels();
    let mut found = vec![(Vec::new(), Vec::new()); options.kinds.len()];
    let mut bad = Vec::new();
    let all = options.repeats * options.folds * options.kinds.len();
    let mut done = 0;
    for repeat in 0..options.repeats {
        let seed = options.seed.wrapping_add(repeat as u64);
        for fold in k_fold(applicants.len(), Some(&labels), options.folds, seed)? {
            let preparation = Preparation::fit(&applicants.schema, &applicants.cells, &fold.train)?;
            let of = |rows: &[usize]| rows.iter().map(|row| applicants.bad[*row]).collect::<Vec<bool>>();
            let train = preparation.rows(&applicants.cells, &fold.train);
            let held = preparation.rows(&applicants.cells, &fold.held_out);
            let (known, hidden) = (of(&fold.train), of(&fold.held_out));
            for (kind, (aucs, probabilities)) in options.kinds.iter().zip(&mut found) {
                let scorer = Scorer::train(*kind, &train, preparation.width(), &known, seed)?;
                let given = scorer.probabilities(&held);
                aucs.push(Roc::of(&given, &hidden)?.auc());
                probabilities.extend(given);
                done += 1;
                if !step(done, all) {
                    return Ok(None);
                }
            }
            bad.extend(hidden);
        }
    }
    let judge = |(kind, (aucs, probabilities)): (&ScorerKind, (Vec<f64>, Vec<f64>))| {
        let bins = reliability(&probabilities, &bad, BINS);
        Ok(Judged {
            kind: *kind,
            aucs,
            roc: Roc::of(&probabilities, &bad)?,
            brier: brier(&probabilities, &bad),
            calibration_error: calibration_error(&bins),
            bins,
            cost: options.costs.mean(&probabilities, &bad, options.costs.threshold()),
            probabilities,
            bad: bad.clone(),
        })
    };
    let judged = options.kinds.iter().zip(found).map(judge).collect::<Result<_, Error>>()?;
    Ok(Some(Comparison { judged, without_model: options.costs.without_model(&applicants.bad) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credit::german;
    use gradus_core::data::csv::TableOptions;

    #[test]
    fn logistic_regression_on_the_german_data_stands_in_the_range_expected_of_it() {
        let applicants = Applicants::of(&german(), &TableOptions::default(), None).unwrap();
        let options = ComparisonOptions { kinds: vec![ScorerKind::Logistic], repeats: 3, ..Default::default() };
        let mut steps = 0;
        let found = compare(&applicants, &options, |done, all| {
            steps += 1;
            (done, all) == (steps, 30)
        });
        let found = found.unwrap().unwrap();
        let logistic = &found.judged[0];
        assert_eq!((steps, logistic.aucs.len(), logistic.probabilities.len()), (30, 30, 3000));
        for repeat in logistic.aucs.chunks_exact(10) {
            let mean = repeat.iter().sum::<f64>() / 10.0;
            assert!((0.76..0.80).contains(&mean), "{mean}");
        }
        assert!(logistic.cost < found.without_model && logistic.brier < 0.18, "{logistic:?}");
    }

    #[test]
    fn what_cannot_be_compared_is_named() {
        let applicants = Applicants::of(&german(), &TableOptions::default(), None).unwrap();
        let said = |options: ComparisonOptions| compare(&applicants, &options, |_, _| true).unwrap_err().to_string();
        let folds = |folds| said(ComparisonOptions { folds, ..Default::default() });
        assert_eq!(folds(400), "folds: are 400 but there are 300 rows of the rarer outcome; give 2 to 300");
        assert_eq!(folds(1), "folds: there must be at least 2 folds, not 1");
        let stopped = compare(&applicants, &ComparisonOptions::default(), |_, _| false).unwrap();
        assert_eq!(stopped, None);
    }
}
