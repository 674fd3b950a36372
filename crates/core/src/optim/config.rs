//! Optimizers by name, for config files and the command line.

use serde::{Deserialize, Serialize};

use super::{AdaGradConfig, AdamConfig, AdamWConfig, Optimizer, RmsPropConfig, SgdConfig};
use crate::{Error, did_you_mean};

/// An optimizer and its options, as a config file has them. An option that is left out has its default.
///
/// ```
/// use gradus_core::optim::OptimizerConfig;
/// let config: OptimizerConfig = toml::from_str("name = 'sgd'\nlearning_rate = 0.05\nmomentum = 0.9").unwrap();
/// assert_eq!(config.build().unwrap().learning_rate(), 0.05);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum OptimizerConfig {
    /// Gradient descent, with momentum or without.
    Sgd(SgdConfig),
    /// A rate of its own for each weight, which falls for good.
    AdaGrad(AdaGradConfig),
    /// The same, forgetting.
    RmsProp(RmsPropConfig),
    /// Momentum and a rate of its own for each weight.
    Adam(AdamConfig),
    /// Adam with decoupled weight decay.
    AdamW(AdamWConfig),
}

impl OptimizerConfig {
    /// The names that [`OptimizerConfig::named`] knows.
    pub const NAMES: [&'static str; 7] = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"];

    /// An optimizer with its default options. `momentum` and `nesterov` are `sgd` with momentum 0.9.
    ///
    /// Errors: a name that is not known, with the nearest that is.
    pub fn named(name: &str) -> Result<Self, Error> {
        let momentum = |nesterov| OptimizerConfig::Sgd(SgdConfig { momentum: 0.9, nesterov, ..SgdConfig::default() });
        Ok(match name {
            "sgd" => OptimizerConfig::Sgd(SgdConfig::default()),
            "momentum" => momentum(false),
            "nesterov" => momentum(true),
            "adagrad" => OptimizerConfig::AdaGrad(AdaGradConfig::default()),
            "rmsprop" => OptimizerConfig::RmsProp(RmsPropConfig::default()),
            "adam" => OptimizerConfig::Adam(AdamConfig::default()),
            "adamw" => OptimizerConfig::AdamW(AdamWConfig::default()),
            _ => {
                let known = Self::NAMES.join(", ");
                let near = did_you_mean(name, Self::NAMES);
                return Err(Error::setting("optimizer", format!("{name} is not known{near} (there are: {known})")));
            }
        })
    }

    /// The learning rate, or where a schedule starts from (one-cycle: its peak).
    pub fn learning_rate(&self) -> f64 {
        match self {
            OptimizerConfig::Sgd(config) => config.learning_rate,
            OptimizerConfig::AdaGrad(config) => config.learning_rate,
            OptimizerConfig::RmsProp(config) => config.learning_rate,
            OptimizerConfig::Adam(config) => config.learning_rate,
            OptimizerConfig::AdamW(config) => config.learning_rate,
        }
    }

    /// Sets the learning rate.
    pub fn set_learning_rate(&mut self, rate: f64) {
        *match self {
            OptimizerConfig::Sgd(config) => &mut config.learning_rate,
            OptimizerConfig::AdaGrad(config) => &mut config.learning_rate,
            OptimizerConfig::RmsProp(config) => &mut config.learning_rate,
            OptimizerConfig::Adam(config) => &mut config.learning_rate,
            OptimizerConfig::AdamW(config) => &mut config.learning_rate,
        } = rate;
    }

    /// The optimizer.
    ///
    /// Errors: the option that has a value out of its range.
    pub fn build(&self) -> Result<Box<dyn Optimizer>, Error> {
        Ok(match self {
            OptimizerConfig::Sgd(config) => Box::new(config.build()?),
            OptimizerConfig::AdaGrad(config) => Box::new(config.build()?),
            OptimizerConfig::RmsProp(config) => Box::new(config.build()?),
            OptimizerConfig::Adam(config) => Box::new(config.build()?),
            OptimizerConfig::AdamW(config) => Box::new(config.build()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_builds_and_survives_a_file() {
        for name in OptimizerConfig::NAMES {
            let mut config = OptimizerConfig::named(name).unwrap();
            config.set_learning_rate(0.05);
            assert_eq!(config.build().unwrap().learning_rate(), 0.05, "{name}");
            let text = toml::to_string(&config).unwrap();
            assert!(text.contains("learning_rate = 0.05\n"), "{text}");
            assert_eq!(toml::from_str::<OptimizerConfig>(&text).unwrap(), config);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |text: &str| match toml::from_str::<OptimizerConfig>(text) {
            Ok(config) => config.build().err().expect("an error").to_string(),
            Err(error) => error.message().to_owned(),
        };
        assert_eq!(
            said("name = 'sgd'\nmomentum = 1.0"),
            "momentum: is 1, but must be 0, or a number between 0 and 1 (1 itself is too much)"
        );
        assert_eq!(said("name = 'sgd'\nnesterov = true"), "nesterov: needs a momentum greater than 0, such as 0.9");
        assert_eq!(said("name = 'adam'\nepsilon = 0.0"), "epsilon: is 0, but must be a number greater than 0");
        assert!(said("name = 'adam'\nlearning_rate = nan").starts_with("learning_rate: is NaN"));
        assert!(said("name = 'adam'\nbeta3 = 0.5").contains("unknown field `beta3`"));
        let unknown = OptimizerConfig::named("adma").unwrap_err().to_string();
        assert!(unknown.starts_with("optimizer: adma is not known; did you mean adam?"), "{unknown}");
    }
}
