//! The settings of a run, as `config.toml` has them.

use gradus_core::data::augment::{AugmentConfig, Pipeline};
use gradus_core::data::picture::{Color, Fit, PictureOptions};
use gradus_core::data::{Method, OpenOptions, Per, TargetMeaning};
use gradus_core::optim::{OptimizerConfig, ScheduleConfig};
use gradus_core::{Error, Flaw, did_you_mean};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// The settings of a run. What a config leaves out has its default; a resolved config has everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunConfig {
    /// The version of the program that wrote it.
    pub version: String,
    /// The seed of first weights, order, dropout and splits.
    pub seed: u64,
    /// The network: `name`, and its own options.
    pub model: Table,
    /// The data.
    pub data: DataConfig,
    /// What is done to training pictures each time they are seen, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub augment: Vec<AugmentConfig>,
    /// How to train.
    pub train: TrainConfig,
    /// Weights to start from; where it is left out, first weights are drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<StartConfig>,
    /// What goes in and comes out: found in the data, written for whoever uses the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<Interface>,
}

/// What goes into a network and comes out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// The shape of one sample.
    pub input: Vec<usize>,
    /// The classes by name; empty for a regression.
    pub classes: Vec<String>,
    /// The quantities by name; empty for a classification.
    pub values: Vec<String>,
}

/// Weights that training starts from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartConfig {
    /// A file of weights: safetensors, or PyTorch's.
    pub weights: String,
    /// Whether the layers that answer start anew: their weights are for other classes.
    #[serde(default)]
    pub new_head: bool,
    /// Epochs in which the head learns alone, before all layers do.
    #[serde(default)]
    pub head_epochs: u64,
    /// The first layer's learning rate as a share of the head's; between them it grows evenly, factor by factor.
    #[serde(default = "one")]
    pub first_rate: f64,
}

fn one() -> f64 {
    1.0
}

/// Constants of input normalization that were found elsewhere: (x - mean) / deviation of each channel of 0..1.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What is subtracted from each channel.
    pub mean: Vec<f64>,
    /// What each channel is divided by.
    pub deviation: Vec<f64>,
}

/// Where the data is and how it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// A file or a folder, or `fashion` for the slice of Fashion-MNIST inside the program.
    pub path: String,
    /// The share of the training data that is held out to judge epochs by. With 0, the data's own test part serves.
    pub validation: f64,
    /// Of `[k, n]`, the k-th of n folds of the training data is held out instead, and the data's own test part left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fold: Option<[usize; 2]>,
    /// Leave out the samples that cannot be read, and list them.
    pub skip_bad: bool,
    /// What brings the inputs to a common measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<Method>,
    /// Whether each feature or each channel is normalized by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// Constants in place of a fitted normalization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Height and width that pictures are brought to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<[usize; 2]>,
    /// Whether pictures of another shape are stretched to that, or their middle is cut out.
    pub fit: Fit,
    /// Whether pictures are read in grey or in colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// How many threads prepare batches at most; as many as there are processors where none is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// The column to predict; the last where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Whether targets are classes or values, where the data leaves it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<TargetMeaning>,
    /// Columns that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
}

/// How to train.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// How often the data is gone through.
    pub epochs: u64,
    /// Samples in a batch.
    pub batch_size: usize,
    /// Batches whose gradients are averaged for one update.
    pub accumulate: usize,
    /// A bound on the norm of all gradients together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f64>,
    /// A bound on each gradient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_value: Option<f64>,
    /// Epochs without a better score after which training stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<u64>,
    /// What turns gradients into updates.
    pub optimizer: OptimizerConfig,
    /// How the learning rate changes.
    pub schedule: ScheduleConfig,
}

impl Default for RunConfig {
    fn default() -> Self {
        RunConfig {
            version: env!("CARGO_PKG_VERSION").into(),
            seed: 1,
            model: Table::from_iter([("name".to_owned(), Value::from("cnn"))]),
            data: DataConfig::default(),
            augment: Vec::new(),
            train: TrainConfig::default(),
            start: None,
            interface: None,
        }
    }
}

impl Default for DataConfig {
    fn default() -> Self {
        DataConfig {
            path: "fashion".into(),
            validation: 0.0,
            fold: None,
            skip_bad: false,
            normalize: None,
            per: None,
            measure: None,
            size: None,
            fit: Fit::default(),
            color: None,
            threads: None,
            target: None,
            targets: None,
            ignore: Vec::new(),
        }
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        let mut optimizer = OptimizerConfig::named("adam").expect("adam is a known optimizer");
        optimizer.set_learning_rate(3e-3);
        TrainConfig {
            epochs: 16,
            batch_size: 64,
            accumulate: 1,
            clip_norm: None,
            clip_value: None,
            patience: None,
            optimizer,
            schedule: ScheduleConfig::named("one_cycle").expect("one_cycle is a known schedule"),
        }
    }
}

impl RunConfig {
    /// A config from a table; what is left out has its default. An unknown key is named with the nearest known one.
    pub fn from_table(table: Table) -> Result<Self, Error> {
        let config: RunConfig =
            table.try_into().map_err(|problem: toml::de::Error| Error::setting("config", explained(&problem)))?;
        config.check()?;
        Ok(config)
    }

    /// A config from the text of a `config.toml`.
    pub fn from_text(text: &str) -> Result<Self, Flaw> {
        let table = text.parse().map_err(|problem: toml::de::Error| Flaw::new(problem.to_string().trim()))?;
        RunConfig::from_table(table).map_err(|problem| Flaw::new(problem.to_string()))
    }

    /// The config as the text of a `config.toml`.
    pub fn to_text(&self) -> String {
        toml::to_string(self).expect("a config is plain values")
    }

    /// The network's name.
    pub fn model_name(&self) -> &str {
        self.model.get("name").and_then(Value::as_str).unwrap_or("cnn")
    }

    /// The network's own options.
    pub fn model_options(&self) -> Table {
        self.model.iter().filter(|(key, _)| *key != "name").map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    fn check(&self) -> Result<(), Error> {
        let train = &self.train;
        let at_least_one = [
            ("train.epochs", train.epochs),
            ("train.batch_size", train.batch_size as u64),
            ("train.accumulate", train.accumulate as u64),
            ("data.threads", self.data.threads.unwrap_or(1) as u64),
        ];
        if let Some((name, _)) = at_least_one.iter().find(|(_, value)| *value == 0) {
            return Err(Error::setting(*name, "is 0, but must be at least 1"));
        }
        if !(0.0..1.0).contains(&self.data.validation) {
            let problem = format!("is {}, but must be a share from 0 to below 1", self.data.validation);
            return Err(Error::setting("data.validation", problem));
        }
        for (name, bound) in [("train.clip_norm", train.clip_norm), ("train.clip_value", train.clip_value)] {
            if let Some(bound) = bound.filter(|bound| !(*bound > 0.0 && bound.is_finite())) {
                return Err(Error::setting(name, format!("is {bound}, but must be a number greater than 0")));
            }
        }
        if let Some([fold, folds]) = self.data.fold
            && !(1..=folds).contains(&fold)
        {
            let problem = format!("is [{fold}, {folds}], but must be [k, n] with k from 1 to n folds");
            return Err(Error::setting("data.fold", problem));
        }
        if self.data.measure.is_some() && self.data.normalize.is_some() {
            return Err(Error::setting(
                "data.measure",
                "stands beside data.normalize; one of them measures the inputs",
            ));
        }
        if let Some(start) = &self.start {
            if start.head_epochs > train.epochs {
                let problem = format!("is {}, more than train.epochs ({})", start.head_epochs, train.epochs);
                return Err(Error::setting("start.head_epochs", problem));
            }
            if !(start.first_rate >= 0.0 && start.first_rate.is_finite()) {
                let problem = format!("is {}, but must be a share of at least 0", start.first_rate);
                return Err(Error::setting("start.first_rate", problem));
            }
        }
        Pipeline::from_configs(&self.augment)?;
        if !matches!(self.model.get("name"), None | Some(Value::String(_))) {
            return Err(Error::setting("model.name", "must be a text in quotes, such as \"cnn\""));
        }
        Ok(())
    }
}

impl DataConfig {
    /// The options of a reader.
    pub fn open_options(&self) -> OpenOptions {
        let mut options = OpenOptions {
            picture: PictureOptions { size: self.size, fit: self.fit, color: self.color },
            targets: self.targets,
            skip_bad: self.skip_bad,
            ..OpenOptions::default()
        };
        options.table.target.clone_from(&self.target);
        options.table.ignore.clone_from(&self.ignore);
        options
    }
}

/// An error of the TOML reader; an unknown key gets the nearest known one, which the message lists in backticks.
fn explained(problem: &toml::de::Error) -> String {
    let message = problem.message();
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((unknown, known)) if message.starts_with("unknown field") => {
            let hint = did_you_mean(unknown, known.iter().copied());
            format!("there is no setting {unknown}{hint} (there are: {})", known.join(", "))
        }
        Some((unknown, known)) if message.starts_with("unknown variant") => {
            let hint = did_you_mean(unknown, known.iter().copied());
            format!("{unknown} is not known{hint} (there are: {})", known.join(", "))
        }
        // The whole text says in which section.
        _ => problem.to_string().trim().replace('\n', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<RunConfig, String> {
        RunConfig::from_text(text).map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_resolved_config_reads_back_the_same() {
        let config = RunConfig::default();
        let again = read(&config.to_text()).unwrap();
        assert_eq!(again.to_text(), config.to_text());
    }

    #[test]
    fn augmentations_stand_in_a_list_in_their_order() {
        let config = read("[[augment]]\nkind = \"flip\"\n[[augment]]\nkind = \"crop\"\npadding = 2").unwrap();
        assert_eq!(config.augment.len(), 2);
        assert_eq!(read(&config.to_text()).unwrap().augment, config.augment);
        let wrong = |text: &str| read(&format!("[[augment]]\n{text}")).unwrap_err();
        assert!(wrong("kind = \"filp\"").contains("filp is not known; did you mean flip?"));
        assert!(wrong("kind = \"crop\"\npading = 2").contains("no setting pading; did you mean padding?"));
        assert!(wrong("kind = \"flip\"\nvertical = 2").contains("flip.vertical: is 2"));
    }

    #[test]
    fn wrong_keys_and_values_are_named() {
        assert!(read("[train]\nepocs = 3").unwrap_err().contains("no setting epocs; did you mean epochs?"));
        assert!(read("[train]\nepochs = 0").unwrap_err().contains("train.epochs: is 0"));
        assert!(read("[train]\nepochs = \"many\"").is_err());
        assert!(read("[data]\nvalidation = 1.5").unwrap_err().contains("data.validation: is 1.5"));
        assert!(read("[train]\nclip_norm = -1.0").unwrap_err().contains("train.clip_norm: is -1"));
    }
}
