//! Preparation, logistic regression and what judges probabilities, held against scikit-learn (`golden/credit.py`).

use gradus_core::data::csv::TableOptions;
use gradus_core::data::{RawTable, Role};
use gradus_learn::credit::{Applicants, german};
use gradus_learn::judge::{Roc, brier, reliability};
use gradus_learn::logistic::LogisticRegression;
use gradus_learn::preparation::Preparation;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    german: German,
    small: Small,
    scores: Vec<Case>,
}

#[derive(Deserialize)]
struct German {
    width: usize,
    sums: Vec<f64>,
    squares: Vec<f64>,
    weights: Vec<f64>,
    offset: f64,
}

#[derive(Deserialize)]
struct Small {
    csv: String,
    penalty: f64,
    prepared: Vec<f64>,
    width: usize,
    weights: Vec<f64>,
    offset: f64,
}

#[derive(Deserialize)]
struct Case {
    scores: Vec<f64>,
    bad: Vec<bool>,
    auc: f64,
    false_positives: Vec<f64>,
    true_positives: Vec<f64>,
    brier: f64,
    shares: Vec<f64>,
    means: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../../golden/data/credit.json")).unwrap()
}

#[track_caller]
fn near(ours: &[f64], theirs: &[f64], most: f64) {
    assert_eq!(ours.len(), theirs.len());
    let off = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(off <= most, "off by {off}");
}

#[test]
fn coefficients_on_the_german_table_are_scikit_learns() {
    let golden = golden().german;
    let applicants = Applicants::of(&german(), &TableOptions::default(), None).unwrap();
    let rows: Vec<usize> = (0..applicants.len()).collect();
    let preparation = Preparation::fit(&applicants.schema, &applicants.cells, &rows).unwrap();
    assert_eq!(preparation.width(), golden.width);
    let prepared = preparation.rows(&applicants.cells, &rows);
    let mut sums = vec![0.0; golden.width];
    let mut squares = sums.clone();
    for row in prepared.chunks_exact(golden.width) {
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        squares.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * x);
    }
    near(&sums, &golden.sums, 1e-8);
    near(&squares, &golden.squares, 1e-8);
    let fit = LogisticRegression::fit(&prepared, golden.width, &applicants.bad, 1.0).unwrap();
    near(&fit.weights, &golden.weights, 1e-4);
    near(&[fit.offset], &[golden.offset], 1e-4);
}

#[test]
fn missing_fields_are_filled_and_told_as_by_scikit_learn() {
    let golden = golden().small;
    let raw = RawTable::parse(golden.csv.as_bytes(), &TableOptions::default()).unwrap();
    let applicants = Applicants::of(&raw, &TableOptions::default(), None).unwrap();
    assert_eq!(applicants.schema.columns.iter().filter(|column| column.role == Role::Feature).count(), 3);
    let rows: Vec<usize> = (0..applicants.len()).collect();
    let preparation = Preparation::fit(&applicants.schema, &applicants.cells, &rows).unwrap();
    assert_eq!(preparation.width(), golden.width);
    let prepared = preparation.rows(&applicants.cells, &rows);
    near(&prepared, &golden.prepared, 1e-10);
    let fit = LogisticRegression::fit(&prepared, golden.width, &applicants.bad, golden.penalty).unwrap();
    near(&fit.weights, &golden.weights, 1e-4);
    near(&[fit.offset], &[golden.offset], 1e-4);
}

#[test]
fn curves_and_scores_are_scikit_learns_with_ties_too() {
    let cases = golden().scores;
    assert!(cases.len() >= 4);
    for case in cases {
        let roc = Roc::of(&case.scores, &case.bad).unwrap();
        near(&[roc.auc()], &[case.auc], 1e-9);
        let (false_positives, true_positives): (Vec<f64>, Vec<f64>) = roc.shares().into_iter().unzip();
        near(&false_positives, &case.false_positives, 1e-12);
        near(&true_positives, &case.true_positives, 1e-12);
        near(&[brier(&case.scores, &case.bad)], &[case.brier], 1e-12);
        let bins = reliability(&case.scores, &case.bad, 10);
        near(&bins.iter().map(|bin| bin.share).collect::<Vec<_>>(), &case.shares, 1e-12);
        near(&bins.iter().map(|bin| bin.probability).collect::<Vec<_>>(), &case.means, 1e-12);
    }
}
