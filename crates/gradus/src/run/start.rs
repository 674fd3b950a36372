//! Training that starts from weights of a file: what its head is, how fast each layer learns, and when.

use std::path::Path;

use gradus_core::nn::{self, Entry, LoadOptions, Module};
use gradus_core::{Error, Flaw, Rng, init, io};
use gradus_zoo as zoo;

use super::config::StartConfig;
use super::{Interface, RunConfig};

/// What of a network is new, and how it learns.
pub(super) struct Start {
    config: StartConfig,
    /// The paths of the layers that answer.
    head: Vec<String>,
}

impl Start {
    /// What a config asks for, if it asks.
    pub fn of(config: &RunConfig, interface: &Interface) -> Result<Option<Self>, Error> {
        let Some(start) = &config.start else { return Ok(None) };
        Ok(Some(Start { config: start.clone(), head: head_of(config, interface)? }))
    }

    /// Loads the weights, but those of a head that is to start anew.
    pub fn load(&self, network: &mut dyn Module) -> Result<(), Error> {
        let path = Path::new(&self.config.weights);
        let file = io::read_weights(path)?;
        let skip = if self.config.new_head { self.head.clone() } else { Vec::new() };
        nn::load_state_with(network, &file.tensors, &LoadOptions { skip })
            .map_err(|problem| Flaw::new(problem.to_string()).in_file(path))
    }

    /// The epochs in which the head learns alone.
    pub fn head_epochs(&self) -> u64 {
        self.config.head_epochs
    }

    /// Gives each parameter its share of the learning rate; the head's is 1, and the body is frozen where told.
    pub fn prepare(&self, network: &mut dyn Module, freeze_body: bool) {
        let mut body = 0;
        network.visit(nn::Path::root(), &mut |path, entry| {
            body += usize::from(matches!(entry, Entry::Parameter(_)) && !self.is_head(path));
        });
        let mut place = 0;
        network.visit_mut(nn::Path::root(), &mut |path, parameter| {
            if self.is_head(path) {
                return;
            }
            // From first_rate at the first parameter evenly to 1 behind the last, factor by factor.
            parameter.set_rate(self.config.first_rate.powf(1.0 - place as f64 / body as f64));
            place += 1;
            if freeze_body {
                parameter.freeze();
            } else {
                parameter.unfreeze();
            }
        });
    }

    fn is_head(&self, path: nn::Path<'_>) -> bool {
        let path = path.to_string();
        self.head.contains(&path)
    }
}

/// The paths of the parameters whose shape depends on the number of answers: they change when one answer more is asked for.
fn head_of(config: &RunConfig, interface: &Interface) -> Result<Vec<String>, Error> {
    let outputs = interface.classes.len().max(interface.values.len());
    let [own, other] = [outputs, outputs + 1].map(|outputs| {
        let fits = zoo::Interface { input: interface.input.clone(), outputs };
        let build = || zoo::build(config.model_name(), &config.model_options(), &fits, &mut Rng::new(0));
        Ok::<_, Error>(nn::state(&*init::blank(build)?.network))
    });
    let differ = own?.into_iter().zip(other?).filter(|((_, own), (_, other))| own.shape() != other.shape());
    Ok(differ.map(|((path, _), _)| path).collect())
}
