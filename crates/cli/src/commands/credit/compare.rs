//! `gradus credit compare`.

use std::io::Write;

use gradus::Error;
use gradus::learn::credit::{Applicants, Comparison, ComparisonOptions, compare};

use super::{CompareArgs, drawings};
use crate::commands::{progress, report};
use crate::failure::Failure;
use crate::interrupt;

/// Compares, prints, draws.
pub fn run(args: &CompareArgs) -> Result<(), Failure> {
    let costs = args.table.costs()?;
    let applicants = args.table.applicants()?;
    let (folds, repeats, seed) = (args.folds, args.repeats as usize, args.table.seed);
    let options = ComparisonOptions { folds, repeats, costs, seed, ..ComparisonOptions::default() };
    let found = side_by_side(&applicants, &options)?;
    let name = args.table.name();
    print(&name, &applicants, &found, &options)?;
    std::fs::create_dir_all(&args.folder).map_err(Error::io(&args.folder, "create"))?;
    report::leave(&drawings::comparison(&name, &applicants, &found, &options), &args.folder.join("compare"))
}

/// Compares under a progress bar; Ctrl-C ends it.
pub fn side_by_side(applicants: &Applicants, options: &ComparisonOptions) -> Result<Comparison, Failure> {
    interrupt::listen();
    let bar = progress::bar("{eta} left").map(|bar| bar.with_prefix("trainings"));
    let found = compare(applicants, options, |done, all| {
        if let Some(bar) = &bar {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        }
        !interrupt::pressed()
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    found?.ok_or(Failure::Interrupted)
}

/// The table.
pub fn print(
    name: &str,
    applicants: &Applicants,
    found: &Comparison,
    options: &ComparisonOptions,
) -> Result<(), Failure> {
    let mut out = crate::output::output();
    let [good, bad] = &applicants.outcomes;
    let (rows, count) = (applicants.len(), applicants.bad.iter().filter(|own| **own).count());
    writeln!(out, "{name}: {rows} rows, {count} of outcome {bad}, the others {good}")?;
    let costs = options.costs;
    let (folds, repeats) = (options.folds, options.repeats);
    let times = if repeats == 1 { String::new() } else { format!(", {repeats} times") };
    writeln!(out, "{folds} folds{times}; each row is judged by models that have not seen it\n")?;
    writeln!(
        out,
        "  {:<20} {:>16} {:>8} {:>8} {:>8} {:>8}",
        "model", "AUC, mean +- sd", "median", "Brier", "ECE", "cost"
    )?;
    for judged in &found.judged {
        let auc = format!("{:.4} +- {:.4}", judged.mean_auc(), judged.deviation());
        let (median, brier, error) = (judged.median_auc(), judged.brier, judged.calibration_error);
        let (kind, cost) = (judged.kind.in_words(), judged.cost);
        writeln!(out, "  {kind:<20} {auc:>16} {median:>8.4} {brier:>8.4} {error:>8.4} {cost:>8.4}")?;
    }
    let (missed, alarm, threshold) = (costs.missed, costs.false_alarm, 100.0 * costs.threshold());
    writeln!(out, "\n  AUC: of each fold; sd over folds. ECE: expected calibration error, ten bins")?;
    writeln!(
        out,
        "  cost: of a row, {missed} for a {bad} one accepted, {alarm} for a {good} one refused, refusing from {threshold:.1} % on;"
    )?;
    writeln!(out, "  without a model (all alike): {:.4}\n", found.without_model)?;
    Ok(())
}
