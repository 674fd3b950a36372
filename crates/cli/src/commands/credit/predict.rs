//! `gradus credit predict`.

use std::io::Write;

use super::{PredictArgs, saved};
use crate::failure::Failure;

/// Decides on each row.
pub fn run(args: &PredictArgs) -> Result<(), Failure> {
    let model = saved::open(&args.model)?;
    let cells = saved::read(&model, args.data.as_ref())?;
    let mut out = std::io::stdout().lock();
    let bad = &model.outcomes[1];
    if !args.json {
        let (kind, threshold) = (model.scorer.kind().in_words(), 100.0 * model.threshold);
        writeln!(out, "{kind}; refused from {threshold:.1} % on\n\n{:>6}  {:>6}  {bad:>9}  decision", "row", "line")?;
    }
    for ((row, line), decision) in (1..).zip(&cells.lines).zip(model.decide(&cells)) {
        let word = if decision.refused { "refuse" } else { "approve" };
        let probability = decision.probability;
        if args.json {
            let answer = serde_json::json!({ "row": row, "line": line, "probability": probability, "decision": word });
            writeln!(out, "{answer}")?;
        } else {
            writeln!(out, "{row:>6}  {line:>6}  {:>7.1} %  {word}", 100.0 * probability)?;
        }
    }
    Ok(())
}
