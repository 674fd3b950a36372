//! `gradus inspect`: the layers of a network, one row each, from a dry run.

use std::io::Write;
use std::path::Path;

use gradus::nn::{Context, DeadUnits, Module, name_parameters, parameter_count};
use gradus::run::Run;
use gradus::{Error, Real, Rng, Tensor, TracedOp, Window, dry_run, init, receptive_fields, suggest, zoo};

use super::settings::{model_options, sides};
use crate::args::InspectArgs;
use crate::failure::Failure;

/// Prints the table, or the graph.
pub fn run(args: &InspectArgs) -> Result<(), Failure> {
    if args.dead {
        return dead_units(&args.subject);
    }
    let (network, input) = subject(args)?;
    let mut out = std::io::stdout().lock();
    if args.frozen.plan {
        return super::plan::print(&*network, &input, &args.frozen, &mut out);
    }
    let sample: Vec<usize> = [1].into_iter().chain(input.iter().copied()).collect();
    if args.dot {
        let x = Tensor::zeros(&sample[..]);
        write!(out, "{}", network.forward(&x, &mut Context::eval()).graph().dot())?;
        return Ok(());
    }
    let ops = dry_run(&sample[..], |x| network.forward(x, &mut Context::eval()))?;
    if let Some(stem) = &args.draw {
        return draw(args, &input, &ops, stem);
    }
    let fields = receptive_fields(&ops);
    let wide = ops.iter().filter_map(|op| Some(op.layer.as_deref()?.len())).max().unwrap_or(0).max(8);
    let kernels: Vec<String> = ops.iter().map(|op| op.window.as_ref().map(kernel).unwrap_or_default()).collect();
    let broad = kernels.iter().map(String::len).max().unwrap_or(0).max(6);
    writeln!(
        out,
        "{:<wide$} {:<18} {:<18} {:>11} {:>14} {:>broad$} {:>9} {:>10}",
        "layer", "op", "output", "parameters", "multiplies", "kernel", "sees", "memory"
    )?;
    let (mut multiplies, mut memory) = (0, 0);
    for ((op, field), kernel) in ops.iter().zip(&fields).zip(&kernels) {
        let output: Vec<usize> = op.output[1.min(op.output.rank())..].to_vec();
        let bytes = output.iter().product::<usize>() * size_of::<Real>();
        // A reshape shares its input's memory.
        let bytes = if op.name == "reshape" { 0 } else { bytes };
        multiplies += op.multiplies;
        memory += bytes;
        writeln!(
            out,
            "{:<wide$} {:<18} {:<18} {:>11} {:>14} {kernel:>broad$} {:>9} {:>10}",
            op.layer.as_deref().unwrap_or(""),
            op.name,
            format!("{output:?}"),
            if op.parameters > 0 { op.parameters.to_string() } else { String::new() },
            if op.multiplies > 0 { op.multiplies.to_string() } else { String::new() },
            field.map_or_else(|| "all".into(), |field| format!("{}x{}", field.size[0], field.size[1])),
            size(bytes),
        )?;
    }
    let parameters = parameter_count(&*network);
    writeln!(
        out,
        "\n{parameters} parameters ({}), {multiplies} multiplies and {} of activations for one sample of {input:?}",
        size(parameters * size_of::<Real>()),
        size(memory)
    )?;
    Ok(())
}

/// Operations that a reader can still follow.
const DRAWN: usize = 120;

fn draw(args: &InspectArgs, input: &[usize], ops: &[TracedOp], stem: &Path) -> Result<(), Failure> {
    if ops.len() > DRAWN {
        let problem =
            format!("{} has {} operations, too many for a picture; draw its --block", args.subject, ops.len());
        return Err(Error::setting("--draw", problem).into());
    }
    let parameters: usize = ops.iter().map(|op| op.parameters).sum();
    let multiplies: u64 = ops.iter().map(|op| op.multiplies).sum();
    let title = if args.block { format!("The block of {}", args.subject) } else { args.subject.clone() };
    let subtitle = format!("{parameters} parameters, {multiplies} multiplies");
    super::report::leave(&super::blocks::draw(&title, &subtitle, input, ops), stem)
}

fn dead_units(folder: &str) -> Result<(), Failure> {
    let run = Run::open(Path::new(folder))?;
    let splits = run.open_data(&run.config.data.path, run.config.data.skip_bad)?;
    super::data::print_skipped(&splits.skipped);
    let dataset = splits.test.unwrap_or(splits.train);
    let mut dead = DeadUnits::new();
    for batch in run.loader(dataset.clone(), 256).epoch(0) {
        let batch = batch?;
        dead.observe(|| run.network.forward(&batch.inputs, &mut Context::eval()));
    }
    let mut out = std::io::stdout().lock();
    if dead.layers().is_empty() {
        writeln!(out, "the network has no ReLU")?;
    }
    write!(out, "{dead}")?;
    writeln!(out, "over {} samples of {}", dataset.len(), run.config.data.path)?;
    Ok(())
}

fn subject(args: &InspectArgs) -> Result<(Box<dyn Module>, Vec<usize>), Failure> {
    let path = Path::new(&args.subject);
    if path.is_dir() {
        let run = Run::open(path)?;
        let input = run.interface().input.clone();
        return Ok((run.network, input));
    }
    if args.subject.contains('/') || suggest(&args.subject, zoo::members().map(|member| member.name)).is_none() {
        zoo::member(&args.subject).map_err(|problem| {
            Error::setting("inspect", format!("{} is neither a run folder nor a network ({problem})", args.subject))
        })?;
    }
    let member = zoo::member(&args.subject)?;
    if args.block {
        let family = zoo::family_of(member);
        let block = family.block.ok_or_else(|| {
            Error::setting("--block", format!("{} repeats no block; leave --block out to see all of it", member.name))
        })?;
        let block = init::blank(|| block(&mut Rng::new(1)));
        name_parameters(&*block.module);
        return Ok((block.module, block.input.to_vec()));
    }
    let input = args.input.as_deref().map_or_else(|| Ok(member.input.to_vec()), sides)?;
    let interface = zoo::Interface { input, outputs: args.outputs.unwrap_or(member.outputs) };
    let options = model_options(&args.set)?;
    let build = || zoo::build(member.name, &options, &interface, &mut Rng::new(1));
    // Times are those of weights, not of zeros.
    let built = if args.frozen.time { build()? } else { init::blank(build)? };
    name_parameters(&*built.network);
    Ok((built.network, interface.input))
}

/// A window's kernel; of a dilated one also its dilation and effective size, `3x3 by 2 = 5x5`.
fn kernel(window: &Window) -> String {
    let [height, width] = window.kernel;
    match (window.dilation, window.reach()) {
        ([1, 1], _) => format!("{height}x{width}"),
        ([down, across], [rows, columns]) if down == across => format!("{height}x{width} by {down} = {rows}x{columns}"),
        ([down, across], [rows, columns]) => format!("{height}x{width} by {down}x{across} = {rows}x{columns}"),
    }
}

pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0 => String::new(),
        1..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dilated_kernel_is_shown_with_its_effective_size() {
        let shown = |kernel, dilation| super::kernel(&Window { kernel, dilation, stride: [1, 1] });
        assert_eq!(shown([3, 5], [1, 1]), "3x5");
        assert_eq!(shown([3, 3], [2, 2]), "3x3 by 2 = 5x5");
        assert_eq!(shown([3, 5], [1, 4]), "3x5 by 1x4 = 3x17");
    }
}
