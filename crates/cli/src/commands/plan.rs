//! `gradus inspect --plan`: what a frozen network does, one row a step.

use std::io::Write;
use std::time::Instant;

use gradus::nn::Module;
use gradus::{Error, Rng, Tensor, freeze};

use super::inspect::size;
use crate::args::FrozenArgs;
use crate::failure::Failure;

/// Runs from which the medians are taken.
const ROUNDS: usize = 20;

/// Prints the steps, and the memory that they need.
pub(super) fn print(
    network: &dyn Module,
    input: &[usize],
    args: &FrozenArgs,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if args.batch == 0 {
        return Err(Error::setting("--batch", "is 0, but a plan is for one sample at least").into());
    }
    let shape: Vec<usize> = [args.batch].into_iter().chain(input.iter().copied()).collect();
    let mut plan = freeze(network, &shape[..])?;
    let x = args.time.then(|| Tensor::randn(&shape[..], &mut Rng::new(1)));
    let times = x.as_ref().map_or_else(Vec::new, |x| {
        let _ = plan.run(x); // caches and working memory are cold
        plan.time(x, ROUNDS)
    });
    let wide =
        |column: fn(&gradus::freeze::PlanStep) -> usize| plan.steps().iter().map(column).max().unwrap_or(0).max(8);
    let layer = wide(|step| step.layer.as_deref().unwrap_or("").len());
    let ops = wide(|step| step.ops.join("+").len());
    write!(
        out,
        "{:<layer$} {:<ops$} {:<11} {:<18} {:>14} {:>10}",
        "layer", "step", "by", "output", "multiplies", "weights"
    )?;
    writeln!(out, "{}", if args.time { format!(" {:>9} {:>8}", "µs", "GFLOP/s") } else { String::new() })?;
    for (index, step) in plan.steps().iter().enumerate() {
        write!(
            out,
            "{:<layer$} {:<ops$} {:<11} {:<18} {:>14} {:>10}",
            step.layer.as_deref().unwrap_or(""),
            step.ops.join("+"),
            if step.in_place { "in place" } else { step.algorithm },
            step.output.to_string(),
            if step.multiplies > 0 { step.multiplies.to_string() } else { String::new() },
            size(step.weights),
        )?;
        if let Some(time) = times.get(index) {
            let seconds = time.as_secs_f64();
            write!(out, " {:>9.1}", seconds * 1e6)?;
            if step.multiplies > 0 {
                write!(out, " {:>8.1}", 2e-9 * step.multiplies as f64 / seconds)?;
            }
        }
        writeln!(out)?;
    }
    let memory = plan.memory();
    let multiplies: u64 = plan.steps().iter().map(|step| step.multiplies).sum();
    writeln!(
        out,
        "\n{} steps, {multiplies} multiplies for {} of {input:?}; peak memory {}: {} of weights, laid out for the kernels, \
         {} for all results",
        plan.steps().len(),
        if args.batch == 1 { "one sample".to_owned() } else { format!("{} samples", args.batch) },
        size(memory.weights + memory.arena),
        size(memory.weights),
        size(memory.arena)
    )?;
    if let Some(x) = &x {
        let mut whole: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let begin = Instant::now();
                let _ = plan.run(x);
                begin.elapsed().as_secs_f64()
            })
            .collect();
        whole.sort_by(f64::total_cmp);
        writeln!(out, "{:.2} ms a run (median of {ROUNDS})", 1e3 * whole[ROUNDS / 2])?;
    }
    Ok(())
}
