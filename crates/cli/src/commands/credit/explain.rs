//! `gradus credit explain`.

use std::io::Write;

use gradus::Error;
use gradus::learn::credit::{CreditModel, ExplainOptions, Explanation};
use gradus::learn::logistic::sigmoid;

use super::{ExplainArgs, drawings, saved};
use crate::commands::report;
use crate::failure::Failure;

/// Prints and draws why one row is decided as it is.
pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let model = saved::open(&args.model)?;
    let cells = saved::read(&model, args.data.as_ref())?;
    if args.row == 0 || args.row > cells.len() {
        return Err(Error::setting("--row", format!("is {}; the table has rows 1 to {}", args.row, cells.len())).into());
    }
    let fields = cells.row(args.row - 1);
    let options = ExplainOptions {
        keep: args.keep.clone(),
        most_changes: usize::from(args.most_changes),
        rounds: args.rounds,
        seed: args.seed,
    };
    let found = model.explain(fields, &options)?;
    let mut order: Vec<usize> = (0..found.attribution.values.len()).collect();
    order.sort_by(|a, b| found.attribution.values[*b].abs().total_cmp(&found.attribution.values[*a].abs()));
    print(&model, fields, &found, &order, args)?;
    let folder = &args.folder;
    std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
    let drawing = drawings::reasons(&model, fields, &found, &order, args.row);
    report::leave(&drawing, &folder.join("reasons"))
}

fn print(
    model: &CreditModel,
    fields: &[Option<f64>],
    found: &Explanation,
    order: &[usize],
    args: &ExplainArgs,
) -> Result<(), Failure> {
    let mut out = crate::output::output();
    let (shares, bad) = (&found.attribution, &model.outcomes[1]);
    let probability = sigmoid(shares.score);
    let [word, other] = if found.refused { ["refuse", "approve"] } else { ["approve", "refuse"] };
    let percent = 100.0 * probability;
    let threshold = 100.0 * model.threshold;
    writeln!(out, "row {}: {bad} with {percent:.1} %, refused from {threshold:.1} % on: {word}\n", args.row)?;
    let sampled = shares.errors.iter().any(|error| *error > 0.0);
    let width = order.iter().map(|place| model.preparation.inputs()[*place].name.chars().count()).max().unwrap_or(0);
    let head = if sampled { "log-odds   +- error" } else { "log-odds" };
    writeln!(out, "  {:<width$}  {head}  value", "input")?;
    for place in order {
        let input = &model.preparation.inputs()[*place];
        let (value, error) = (shares.values[*place], shares.errors[*place]);
        let error = if sampled { format!("   {error:>8.3}") } else { String::new() };
        writeln!(out, "  {:<width$}  {value:>+8.3}{error}  {}", input.name, input.in_words(fields[input.column]))?;
    }
    let base = shares.base;
    writeln!(
        out,
        "\n  {base:+.3} for the mean of {} training rows, {:+.3} for this one",
        model.background.len(),
        shares.score
    )?;
    writeln!(out, "  (log-odds of {bad}: above 0 speaks for it; Shapley values, which add up to the difference)\n")?;
    match &found.turn {
        None => {
            let kept = if args.keep.is_empty() { String::new() } else { format!(" without {}", args.keep.join(", ")) };
            writeln!(out, "no change of at most {} inputs{kept} would turn it to {other}", args.most_changes)?;
        }
        Some(turn) => {
            writeln!(
                out,
                "the smallest change that would turn it to {other} ({bad} {:.1} %):",
                100.0 * sigmoid(turn.score)
            )?;
            for change in &turn.changes {
                let input = &model.preparation.inputs()[change.input];
                let (from, to) = (input.in_words(change.from), input.in_words(Some(change.to)));
                writeln!(out, "  {}: {from} -> {to}", input.name)?;
            }
            writeln!(out, "  {:.2} standard deviations in all, a category counting 1", turn.distance)?;
            writeln!(out, "  (it would turn this model's answer; it says nothing of what caused the outcomes)")?;
        }
    }
    writeln!(out)?;
    Ok(())
}
