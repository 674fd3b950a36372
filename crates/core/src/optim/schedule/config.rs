//! Schedules by name, for config files and the command line.

use serde::{Deserialize, Serialize};

use super::{Anneal, Constant, Cosine, Exponential, LinearDecay, OneCycle, Polynomial, Schedule, Stairs, WarmUp};
use crate::check::{decay, fraction, not_negative, positive};
use crate::{Error, did_you_mean};

/// A schedule and its options, as a config file has them. An option that is left out has its default.
///
/// Lengths are parts of the whole run and rates parts of the learning rate, so that a config stays right when the run is
/// made longer or the rate is changed. `warm_up` is the part of the run in which the rate first rises.
///
/// ```
/// use gradus_core::optim::ScheduleConfig;
/// let config: ScheduleConfig = toml::from_str("name = 'cosine'\nwarm_up = 0.1").unwrap();
/// let schedule = config.build(0.5, 100).unwrap();
/// assert_eq!((schedule.rate(10), schedule.rate(100)), (0.5, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum ScheduleConfig {
    /// The same rate in every step.
    Constant {
        /// The part of the run in which the rate first rises.
        #[serde(default)]
        warm_up: f64,
    },
    /// A straight line.
    Linear {
        /// The part of the run in which the rate first rises.
        #[serde(default)]
        warm_up: f64,
        /// The part of the rate that is left in the end.
        #[serde(default = "hundredth")]
        last: f64,
        /// The part of the run after which the rate stays.
        #[serde(default = "one")]
        until: f64,
    },
    /// A fall by a factor every so often.
    Step {
        /// The part of the run in which the rate first rises.
        #[serde(default)]
        warm_up: f64,
        /// What a fall leaves.
        #[serde(default = "tenth")]
        factor: f64,
        /// The part of the run between two falls.
        #[serde(default = "third")]
        every: f64,
    },
    /// A fall by the same factor in every step.
    Exponential {
        /// The part of the run in which the rate first rises.
        #[serde(default)]
        warm_up: f64,
        /// The part of the rate that is left in the end, greater than 0.
        #[serde(default = "hundredth")]
        last: f64,
    },
    /// Half a wave of the cosine.
    Cosine {
        /// The part of the run in which the rate first rises.
        #[serde(default)]
        warm_up: f64,
        /// The part of the rate that is left in the end.
        #[serde(default)]
        last: f64,
    },
    /// A power of the way left.
    Polynomial {
        /// The part of the run in which the rate first rises.
        #[serde(default)]
        warm_up: f64,
        /// The part of the rate that is left in the end.
        #[serde(default)]
        last: f64,
        /// The power.
        #[serde(default = "one")]
        power: f64,
    },
    /// Up to the learning rate and down to nearly nothing.
    OneCycle {
        /// The part of the run in which the rate rises.
        #[serde(default = "three_tenths")]
        warm_up: f64,
        /// The form of rise and fall.
        #[serde(default)]
        anneal: Anneal,
        /// Whether the momentum goes the other way, between 0.95 and 0.85.
        #[serde(default = "yes")]
        momentum: bool,
    },
}

fn one() -> f64 {
    1.0
}
fn tenth() -> f64 {
    0.1
}
fn hundredth() -> f64 {
    0.01
}
fn third() -> f64 {
    1.0 / 3.0
}
fn three_tenths() -> f64 {
    0.3
}
fn yes() -> bool {
    true
}

/// Where a warm-up starts: a first step of rate 0 would be lost.
const WARM_UP_FROM: f64 = 0.01;

impl ScheduleConfig {
    /// The names that [`ScheduleConfig::named`] knows.
    pub const NAMES: [&'static str; 7] =
        ["constant", "linear", "step", "exponential", "cosine", "polynomial", "one_cycle"];

    /// A schedule with its default options.
    ///
    /// Errors: a name that is not known, with the nearest that is.
    pub fn named(name: &str) -> Result<Self, Error> {
        let warm_up = 0.0;
        Ok(match name {
            "constant" => ScheduleConfig::Constant { warm_up },
            "linear" => ScheduleConfig::Linear { warm_up, last: hundredth(), until: one() },
            "step" => ScheduleConfig::Step { warm_up, factor: tenth(), every: third() },
            "exponential" => ScheduleConfig::Exponential { warm_up, last: hundredth() },
            "cosine" => ScheduleConfig::Cosine { warm_up, last: 0.0 },
            "polynomial" => ScheduleConfig::Polynomial { warm_up, last: 0.0, power: one() },
            "one_cycle" => {
                ScheduleConfig::OneCycle { warm_up: three_tenths(), anneal: Anneal::default(), momentum: true }
            }
            _ => {
                let known = Self::NAMES.join(", ");
                let near = did_you_mean(name, Self::NAMES);
                return Err(Error::setting("schedule", format!("{name} is not known{near} (there are: {known})")));
            }
        })
    }

    /// The schedule of a run of `steps` updates whose learning rate (one-cycle: whose peak) is `rate`.
    ///
    /// Errors: the option that has a value out of its range.
    pub fn build(&self, rate: f64, steps: u64) -> Result<Box<dyn Schedule>, Error> {
        not_negative("learning_rate", rate)?;
        let part = |of: f64, whole: u64| (of * whole as f64).round() as u64;
        match *self {
            ScheduleConfig::Constant { warm_up } => warmed(warm_up, steps, |_| Ok(Constant(rate))),
            ScheduleConfig::Linear { warm_up, last, until } => warmed(warm_up, steps, |left| {
                fraction("last", last)?;
                fraction("until", until)?;
                let steps = part(until, steps).saturating_sub(steps - left);
                Ok(LinearDecay { first: rate, last: last * rate, steps })
            }),
            ScheduleConfig::Step { warm_up, factor, every } => warmed(warm_up, steps, |_| {
                positive("factor", factor)?;
                positive("every", every)?;
                Ok(Stairs { first: rate, factor, every: part(every, steps).max(1) })
            }),
            ScheduleConfig::Exponential { warm_up, last } => warmed(warm_up, steps, |left| {
                positive("last", last)?;
                Ok(Exponential { first: rate, factor: last.powf(1.0 / left.max(1) as f64) })
            }),
            ScheduleConfig::Cosine { warm_up, last } => warmed(warm_up, steps, |left| {
                fraction("last", last)?;
                Ok(Cosine { first: rate, last: last * rate, steps: left })
            }),
            ScheduleConfig::Polynomial { warm_up, last, power } => warmed(warm_up, steps, |left| {
                fraction("last", last)?;
                positive("power", power)?;
                Ok(Polynomial { first: rate, last: last * rate, power, steps: left })
            }),
            ScheduleConfig::OneCycle { warm_up, anneal, momentum } => {
                decay("warm_up", warm_up)?;
                let cycle = OneCycle { warm_up, anneal, ..OneCycle::new(rate, steps) };
                Ok(Box::new(OneCycle { momentum: cycle.momentum.filter(|_| momentum), ..cycle }))
            }
        }
    }
}

/// The schedule that `make` makes for the steps left after the warm-up, with the warm-up before it if there is one.
fn warmed<S: Schedule + 'static>(
    warm_up: f64,
    steps: u64,
    make: impl FnOnce(u64) -> Result<S, Error>,
) -> Result<Box<dyn Schedule>, Error> {
    decay("warm_up", warm_up)?;
    let rising = (warm_up * steps as f64).round() as u64;
    let then = make(steps - rising)?;
    Ok(if rising == 0 { Box::new(then) } else { Box::new(WarmUp { steps: rising, from: WARM_UP_FROM, then }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_builds_and_survives_a_file() {
        for name in ScheduleConfig::NAMES {
            let config = ScheduleConfig::named(name).unwrap();
            assert_eq!(toml::from_str::<ScheduleConfig>(&format!("name = '{name}'")).unwrap(), config);
            assert_eq!(toml::from_str::<ScheduleConfig>(&toml::to_string(&config).unwrap()).unwrap(), config);
            for steps in [0, 1, 2, 10, 1000] {
                let schedule = config.build(0.5, steps).unwrap();
                for step in 0..steps + 3 {
                    let rate = schedule.rate(step);
                    assert!((0.0..=0.5).contains(&rate), "{name}, {steps} steps, step {step}: {rate}");
                }
            }
        }
    }

    #[test]
    fn lengths_are_parts_of_the_run() {
        let assert_near =
            |a: gradus_kernels::Real, b: gradus_kernels::Real| assert!((a - b).abs() < 1e-7, "{a} is not {b}");
        let rate =
            |text: &str, step| toml::from_str::<ScheduleConfig>(text).unwrap().build(1.0, 100).unwrap().rate(step);
        assert_near(rate("name = 'linear'\nlast = 0.5\nuntil = 0.5", 25), 0.75);
        assert_near(rate("name = 'linear'\nlast = 0.5\nuntil = 0.5", 80), 0.5);
        assert_near(rate("name = 'step'\nevery = 0.25\nfactor = 0.5", 50), 0.25);
        assert_near(rate("name = 'exponential'\nlast = 0.25", 50), 0.5);
        assert_near(rate("name = 'constant'\nwarm_up = 0.1", 0), 0.01);
        assert_near(rate("name = 'constant'\nwarm_up = 0.1", 10), 1.0);
        assert_near(rate("name = 'polynomial'\npower = 2.0", 50), 0.25);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |text: &str| match toml::from_str::<ScheduleConfig>(text) {
            Ok(config) => config.build(1.0, 100).err().expect("an error").to_string(),
            Err(error) => error.message().to_owned(),
        };
        assert!(said("name = 'cosine'\nwarm_up = 1.0").starts_with("warm_up: is 1, but must be"));
        assert!(said("name = 'cosine'\nlast = -0.5").starts_with("last: is -0.5, but must be"));
        assert!(said("name = 'cosine'\npower = 2").contains("unknown field `power`"));
        let unknown = ScheduleConfig::named("onecycle").unwrap_err().to_string();
        assert!(unknown.starts_with("schedule: onecycle is not known; did you mean one_cycle?"), "{unknown}");
    }
}
