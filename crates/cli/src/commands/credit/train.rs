//! `gradus credit train`.

use std::io::Write;

use gradus::Error;
use gradus::learn::credit::CreditModel;
use gradus::learn::judge::{Roc, brier};

use super::{TrainArgs, saved};
use crate::commands::json_file;
use crate::failure::Failure;

/// Trains on all rows and saves.
pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    saved::check(&args.to)?;
    let costs = args.table.costs()?;
    if let Some(threshold) = args.threshold.filter(|share| !(*share > 0.0 && *share < 1.0)) {
        return Err(Error::setting("--threshold", format!("is {threshold}; a share is above 0 and below 1")).into());
    }
    let applicants = args.table.applicants()?;
    let rows: Vec<usize> = (0..applicants.len()).collect();
    let mut model = CreditModel::train(&applicants, &rows, args.model.kind(), costs, args.table.seed)?;
    if let Some(threshold) = args.threshold {
        model.threshold = threshold;
    }
    let given: Vec<f64> = model.decide(&applicants.cells).into_iter().map(|decision| decision.probability).collect();
    let mut out = crate::output::output();
    let [good, bad] = &applicants.outcomes;
    let count = applicants.bad.iter().filter(|own| **own).count();
    let (inputs, width) = (model.preparation.inputs().len(), model.preparation.width());
    writeln!(out, "{}: {} rows, {count} of outcome {bad}, the others {good}", args.table.name(), applicants.len())?;
    writeln!(out, "{} on {inputs} inputs, {width} prepared columns", model.scorer.kind().in_words())?;
    let auc = Roc::of(&given, &applicants.bad)?.auc();
    writeln!(out, "on the rows it learned from: AUC {auc:.4}, Brier's score {:.4}", brier(&given, &applicants.bad))?;
    writeln!(out, "what to expect on others: gradus credit compare")?;
    writeln!(out, "refuses from a probability of {bad} of {:.1} % on", 100.0 * model.threshold)?;
    json_file::save(&model, &args.to)?;
    writeln!(out, "{}", args.to.display())?;
    Ok(())
}
