//! `gradus eval`: loss, score and confusion of a run on data.

use std::io::Write;

use gradus::run::Run;
use serde_json::json;

use super::report::find;
use crate::args::EvalArgs;
use crate::failure::Failure;

/// Evaluates the run's best weights.
pub fn run(args: &EvalArgs) -> Result<(), Failure> {
    let run = Run::open(&args.run)?;
    let path = args.data.clone().unwrap_or_else(|| run.config.data.path.clone());
    let splits = run.open_data(&path, args.skip_bad)?;
    let (dataset, part) = match &splits.test {
        Some(test) => (test.clone(), "test part"),
        None => (splits.train.clone(), "all samples"),
    };
    let findings = find(&run, &dataset)?;
    let evaluation = findings.evaluation;
    let classes = &run.interface().classes;
    let per_class: Vec<(usize, u64, u64)> =
        findings.confusion.iter().enumerate().map(|(class, row)| (class, row[class], row.iter().sum())).collect();
    let mut out = std::io::stdout().lock();
    if args.json {
        let recall: serde_json::Map<_, _> = per_class
            .iter()
            .map(|(class, right, all)| (classes[*class].clone(), json!(*right as f64 / (*all).max(1) as f64)))
            .collect();
        let report = json!({
            "run": args.run.display().to_string(),
            "data": path,
            "part": part,
            "samples": evaluation.samples,
            "loss": evaluation.loss,
            (run.task.score_name()): evaluation.score,
            "recall": recall,
            "confusion": findings.confusion,
            "skipped": splits.skipped.entries(),
        });
        writeln!(out, "{report}")?;
        return Ok(());
    }
    super::data::print_skipped(&splits.skipped);
    writeln!(out, "{path} ({part}): {} samples", evaluation.samples)?;
    writeln!(out, "loss {:.4}", evaluation.loss)?;
    if !run.task.greater_is_better() {
        writeln!(out, "{} {:.5}", run.task.score_name(), evaluation.score)?;
        return Ok(());
    }
    writeln!(out, "{} {:.2} %", run.task.score_name(), 100.0 * evaluation.score)?;
    let width = classes.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
    for (class, right, all) in per_class {
        writeln!(
            out,
            "  {:<width$} {right:>6} of {all:<6} {:>6.2} %",
            classes[class],
            100.0 * right as f64 / all.max(1) as f64
        )?;
    }
    Ok(())
}
