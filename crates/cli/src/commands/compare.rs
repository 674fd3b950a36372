//! `gradus compare`: networks trained alike, one table and one chart.

use std::fmt::Write as _;
use std::io::Write;

use gradus::io::write_atomic;
use gradus::run::RunConfig;
use gradus::{Error, zoo};
use toml::Value;

use super::settings::{put, settings, value};
use super::trials::{Measured, Trial, folder_for, run_all};
use crate::args::CompareArgs;
use crate::draw::{Measure, comparison};
use crate::failure::Failure;
use crate::interrupt;

/// Trains each network and prints what it reached and cost.
pub fn run(args: &CompareArgs) -> Result<(), Failure> {
    interrupt::listen();
    let trials =
        list(&args.models).into_iter().map(|model| trial(model.trim(), args)).collect::<Result<Vec<_>, _>>()?;
    if let Some(twice) =
        trials.iter().enumerate().find(|(place, trial)| trials[..*place].iter().any(|other| other.name == trial.name))
    {
        return Err(Error::setting("--models", format!("{} stands there twice", twice.1.name)).into());
    }
    let folder = folder_for(&args.runs, args.name.as_deref(), "compare");
    let all = run_all(&folder, &trials)?;
    write_atomic(&folder.join("comparison.csv"), csv(&all).as_bytes())?;
    let drawn = draw(&all, &format!("{} epochs on {}, seed {}", args.epochs, args.data, args.seed));
    let files = super::report::save(&drawn, &folder.join("comparison"))?;
    let mut out = crate::output::output();
    writeln!(out, "{}\nin {}:", table(&all), folder.display())?;
    for file in files {
        writeln!(out, "  {}", file.file_name().unwrap_or_default().to_string_lossy())?;
    }
    writeln!(out, "  comparison.csv, and a run folder for each network")?;
    Ok(())
}

/// What stands between commas, but for those within brackets: `mlp:hidden=[64,32],lenet`.
fn list(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|letter| {
        depth += i32::from(letter == '[') - i32::from(letter == ']');
        letter == ',' && depth == 0
    })
    .collect()
}

/// A network with options of its own: `NAME` or `NAME:key=value:key=value`.
fn trial(text: &str, args: &CompareArgs) -> Result<Trial, Error> {
    let mut parts = text.split(':');
    let model = parts.next().unwrap_or_default();
    let member = zoo::member(model)?;
    let mut table = settings(&args.as_train())?;
    put(&mut table, "model", Value::Table(toml::Table::from_iter([("name".to_owned(), Value::from(model))])))?;
    for pair in parts {
        let (key, text) = pair.split_once('=').ok_or_else(|| {
            Error::setting("--models", format!("{text}: options stand behind colons, as in resnet20:width=0.5"))
        })?;
        put(&mut table, &format!("model.{key}"), value(text))?;
    }
    // What can be wrong is said before hours of training, not behind them.
    if let Some(Value::Table(options)) = table.get("model") {
        let options = options.iter().filter(|(key, _)| *key != "name");
        (member.config)().with(model, &options.map(|(key, value)| (key.clone(), value.clone())).collect())?;
    }
    Ok(Trial { name: text.replace([':', '='], "-"), config: RunConfig::from_table(table)? })
}

fn table(all: &[Measured]) -> String {
    let wide = all.iter().map(|one| one.name.len()).max().unwrap_or(0).max(7);
    let mut text = format!(
        "{:<wide$} {:>9} {:>11} {:>13} {:>9} {:>10} {:>11}\n",
        "network", "held-out", "parameters", "multiplies", "s/epoch", "ms/sample", "memory MiB"
    );
    for one in all {
        let _ = writeln!(
            text,
            "{:<wide$} {:>8.2}% {:>11} {:>13} {:>9.1} {:>10.2} {:>11.0}",
            one.name,
            100.0 * one.score,
            one.parameters,
            one.multiplies,
            one.epoch_seconds,
            one.sample_milliseconds,
            one.memory
        );
    }
    text
}

fn csv(all: &[Measured]) -> String {
    let mut text = "network,score,parameters,multiplies,epoch_seconds,sample_milliseconds,memory_mib\n".to_owned();
    for one in all {
        let Measured { name, score, parameters, multiplies, epoch_seconds, sample_milliseconds, memory } = one;
        let _ = writeln!(
            text,
            "{name},{score},{parameters},{multiplies},{epoch_seconds:.3},{sample_milliseconds:.4},{memory:.1}"
        );
    }
    text
}

fn draw(all: &[Measured], subtitle: &str) -> crate::draw::Drawing {
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    let of = |measure: fn(&Measured) -> f64| all.iter().map(measure).collect::<Vec<f64>>();
    let scores = of(|one| 100.0 * one.score);
    // Accuracies are told apart from a few per cent below the least.
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let from = (least - 5.0).max(0.0).floor();
    let accuracy = format!("accuracy, % from {from}");
    let columns = [
        (accuracy.as_str(), scores, from),
        ("parameters, thousands", of(|one| one.parameters as f64 / 1e3), 0.0),
        ("multiplies, millions", of(|one| one.multiplies as f64 / 1e6), 0.0),
        ("seconds an epoch", of(|one| one.epoch_seconds), 0.0),
        ("milliseconds a sample", of(|one| one.sample_milliseconds), 0.0),
        ("training memory, MiB", of(|one| one.memory), 0.0),
    ];
    let measures: Vec<Measure> =
        columns.iter().map(|(name, values, from)| Measure { name, values, from: *from }).collect();
    comparison("What each network reaches, and what it costs", subtitle, &names, &measures)
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn commas_within_brackets_part_nothing() {
        assert_eq!(list("mlp:hidden=[64,32],lenet"), ["mlp:hidden=[64,32]", "lenet"]);
        assert_eq!(list("resnet20"), ["resnet20"]);
    }
}
