//! From the command line and a config file to the settings of a run.

use std::fs;

use gradus::data::augment::AugmentConfig;
use gradus::run::RunConfig;
use gradus::{Error, Flaw};
use toml::{Table, Value};

use crate::args::TrainArgs;

/// The settings that the user asked for: the config file's, with the command line's over them.
pub fn settings(args: &TrainArgs) -> Result<Table, Error> {
    let mut table = match &args.config {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(Error::io(path, "read"))?;
            let parsed = text.parse::<Table>();
            parsed.map_err(|problem| Flaw::new(problem.to_string().trim().to_owned()).in_file(path))?
        }
        None => Table::new(),
    };
    // What the data says is found anew; it only stands in the file for those who use the run.
    table.remove("interface");
    table.remove("version");
    for (section, name) in [("optimizer", &args.optimizer), ("schedule", &args.schedule)] {
        if let Some(name) = name {
            choose(&mut table, section, name)?;
        }
    }
    for (key, text) in plain(args) {
        put(&mut table, key, value(text))?;
    }
    if let Some(size) = &args.size {
        let sides = sides(size)?;
        put(&mut table, "data.size", Value::Array(sides.iter().map(|side| Value::Integer(*side as i64)).collect()))?;
    }
    if let Some(kinds) = &args.augment {
        let list = AugmentConfig::list(kinds)?.into_iter().map(Table::try_from);
        let list = list.map(|step| Value::Table(step.expect("parameters are plain values"))).collect();
        put(&mut table, "augment", Value::Array(list))?;
    }
    if let Some(hidden) = &args.hidden {
        let several = hidden.contains(',') || args.model.as_deref() == Some("mlp");
        put(&mut table, "model.hidden", value(&if several { format!("[{hidden}]") } else { hidden.clone() }))?;
    }
    if args.ignore_head {
        put(&mut table, "start.new_head", Value::Boolean(true))?;
    }
    if args.skip_bad {
        put(&mut table, "data.skip_bad", Value::Boolean(true))?;
    }
    for pair in &args.set {
        let (key, text) = key_value(pair)?;
        put(&mut table, key, value(text))?;
    }
    Ok(table)
}

/// The options that go to the config as they are.
fn plain(args: &TrainArgs) -> Vec<(&'static str, &str)> {
    let all = [
        ("model.name", &args.model),
        ("model.channels", &args.channels),
        ("model.activation", &args.activation),
        ("model.dropout", &args.dropout),
        ("model.init", &args.init),
        ("start.weights", &args.weights),
        ("data.path", &args.data),
        ("data.validation", &args.validation),
        ("data.normalize", &args.normalize),
        ("data.color", &args.color),
        ("data.threads", &args.loader_threads),
        ("data.target", &args.target),
        ("data.targets", &args.targets),
        ("seed", &args.seed),
        ("train.epochs", &args.epochs),
        ("train.batch_size", &args.batch_size),
        ("train.accumulate", &args.accumulate),
        ("train.optimizer.learning_rate", &args.learning_rate),
        ("train.optimizer.momentum", &args.momentum),
        ("train.optimizer.weight_decay", &args.weight_decay),
        ("train.clip_norm", &args.clip_norm),
        ("train.clip_value", &args.clip_value),
        ("train.patience", &args.patience),
    ];
    all.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?))).collect()
}

/// A number, a list or a truth value as TOML writes it; anything else is a text. A whole number is good for a real one too.
pub fn value(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Another optimizer or schedule: its options are its own, those of the one before go.
fn choose(table: &mut Table, section: &str, name: &str) -> Result<(), Error> {
    let options = if section == "optimizer" {
        let mut optimizer = gradus::optim::OptimizerConfig::named(name)?;
        if let Some(rate) = current_rate(table) {
            optimizer.set_learning_rate(rate);
        }
        Table::try_from(optimizer)
    } else {
        Table::try_from(gradus::optim::ScheduleConfig::named(name)?)
    };
    put(table, &format!("train.{section}"), Value::Table(options.expect("options are plain values")))
}

fn current_rate(table: &Table) -> Option<f64> {
    table.get("train")?.get("optimizer")?.get("learning_rate")?.as_float()
}

/// Puts a value under a dotted key. The optimizer's defaults come first where only one of its options is set.
pub fn put(table: &mut Table, key: &str, value: Value) -> Result<(), Error> {
    let (path, name) = key.rsplit_once('.').map_or((None, key), |(path, name)| (Some(path), name));
    let mut at = table;
    for part in path.into_iter().flat_map(|path| path.split('.')) {
        let fresh = match part {
            "optimizer" => Table::try_from(RunConfig::default().train.optimizer).expect("options are plain values"),
            "schedule" => Table::try_from(RunConfig::default().train.schedule).expect("options are plain values"),
            "model" => RunConfig::default().model,
            _ => Table::new(),
        };
        at = at
            .entry(part)
            .or_insert(Value::Table(fresh))
            .as_table_mut()
            .ok_or_else(|| Error::setting(key, format!("{part} is a single value in the config, not a section")))?;
    }
    // Reals may be written without a point.
    let value = match (at.get(name), value) {
        (Some(Value::Float(_)), Value::Integer(whole)) => Value::Float(whole as f64),
        (_, value) => value,
    };
    at.insert(name.to_owned(), value);
    Ok(())
}

/// A network's own options from KEY=VALUE.
pub fn model_options(pairs: &[String]) -> Result<Table, Error> {
    pairs.iter().map(|pair| key_value(pair)).map(|pair| pair.map(|(key, text)| (key.to_owned(), value(text)))).collect()
}

fn key_value(pair: &str) -> Result<(&str, &str), Error> {
    let parts = pair.split_once('=').map(|(key, text)| (key.trim(), text.trim()));
    parts
        .ok_or_else(|| Error::setting("--set", format!("{pair} is not of the form KEY=VALUE, such as train.epochs=20")))
}

/// The numbers of `28x28` or `28x28x1`.
pub fn sides(text: &str) -> Result<Vec<usize>, Error> {
    let numbers: Result<Vec<usize>, _> = text.split(['x', 'X', ',']).map(|part| part.trim().parse()).collect();
    match numbers {
        Ok(sides) if sides.iter().all(|side| *side > 0) => Ok(sides),
        _ => Err(Error::setting("size", format!("{text} is not of the form HEIGHTxWIDTH, such as 28x28"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, "seed = 3\n[train]\nepochs = 4\nbatch_size = 16\n").unwrap();
        let args = TrainArgs {
            config: Some(path),
            epochs: Some("9".into()),
            optimizer: Some("sgd".into()),
            learning_rate: Some("1".into()),
            augment: Some("flip,crop".into()),
            model: Some("mlp".into()),
            hidden: Some("30,20".into()),
            set: vec!["model.dropout=0.5".into()],
            ..TrainArgs::default()
        };
        let config = RunConfig::from_table(settings(&args).unwrap()).unwrap();
        assert_eq!((config.seed, config.train.epochs, config.train.batch_size), (3, 9, 16));
        assert_eq!(config.train.optimizer.learning_rate(), 1.0);
        assert_eq!(config.augment, AugmentConfig::list("flip,crop").unwrap());
        assert_eq!(config.model["hidden"].to_string(), "[30, 20]");
        assert_eq!(config.model["dropout"].as_float(), Some(0.5));
    }

    #[test]
    fn wrong_settings_are_named() {
        let said = |pair: &str| {
            let args = TrainArgs { set: vec![pair.into()], ..TrainArgs::default() };
            settings(&args).and_then(RunConfig::from_table).unwrap_err().to_string()
        };
        assert!(said("train.epocs=3").contains("did you mean epochs?"));
        assert!(said("train.epochs").contains("KEY=VALUE"));
        let args = TrainArgs { optimizer: Some("adma".into()), ..TrainArgs::default() };
        assert!(
            settings(&args).and_then(RunConfig::from_table).unwrap_err().to_string().contains("did you mean adam?")
        );
        let args = TrainArgs { augment: Some("filp".into()), ..TrainArgs::default() };
        assert!(settings(&args).unwrap_err().to_string().contains("did you mean flip?"));
    }
}
