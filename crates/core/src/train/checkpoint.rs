//! Weights for use, and the state from which training goes on bit for bit.

use std::collections::BTreeMap;
use std::path::Path;

use super::Progress;
use crate::Error;
use crate::error::{Flaw, Place};
use crate::io::{read_tensors, write_tensors};
use crate::nn::{self, Visit};
use crate::optim::Optimizer;

const PROGRESS: &str = "gradus.progress";
const NETWORK: &str = "network.";
const OPTIMIZER: &str = "optimizer.";

/// Writes a network's weights and statistics, by their published names, with words such as the config that rebuilds it.
pub fn save_weights(path: &Path, network: &dyn Visit, words: &BTreeMap<String, String>) -> Result<(), Error> {
    write_tensors(path, &nn::state(network), words)
}

/// Reads weights and statistics into a network: all of them or, on any misfit, none.
pub fn load_weights(path: &Path, network: &mut dyn Visit) -> Result<BTreeMap<String, String>, Error> {
    let file = read_tensors(path)?;
    nn::load_state(network, &file.tensors).map_err(|problem| Flaw::new(problem.to_string()).in_file(path))?;
    Ok(file.metadata)
}

/// Writes all that training needs to go on: weights, statistics, moments, and where the run stands.
pub fn save_checkpoint(
    path: &Path,
    network: &dyn Visit,
    optimizer: &dyn Optimizer,
    progress: &Progress,
) -> Result<(), Error> {
    let prefixed = |prefix: &'static str| move |(name, tensor)| (format!("{prefix}{name}"), tensor);
    let mut tensors: Vec<_> = nn::state(network).into_iter().map(prefixed(NETWORK)).collect();
    tensors.extend(optimizer.state().into_iter().map(prefixed(OPTIMIZER)));
    let progress = serde_json::to_string(progress).expect("a run's progress is numbers and names");
    write_tensors(path, &tensors, &BTreeMap::from([(PROGRESS.to_owned(), progress)]))
}

/// Reads what [`save_checkpoint`] wrote.
pub fn load_checkpoint(path: &Path, network: &mut dyn Visit, optimizer: &mut dyn Optimizer) -> Result<Progress, Error> {
    let file = read_tensors(path)?;
    let text = file.metadata.get(PROGRESS).ok_or_else(|| {
        Flaw::new(
            "has weights only, not where a training run stood; give the run's last state, or train anew".to_owned(),
        )
        .in_file(path)
    })?;
    let progress: Progress = serde_json::from_str(text)
        .map_err(|problem| Flaw::at(Place::Entry(PROGRESS.into()), problem.to_string()).in_file(path))?;
    let part = |prefix: &str| -> BTreeMap<_, _> {
        let named = file.tensors.iter().filter_map(|(name, tensor)| Some((name.strip_prefix(prefix)?, tensor)));
        named.map(|(name, tensor)| (name.to_owned(), tensor.clone())).collect()
    };
    let misfit = |problem: Error| Flaw::new(problem.to_string()).in_file(path);
    nn::load_state(network, &part(NETWORK)).map_err(misfit)?;
    optimizer.load_state(&part(OPTIMIZER)).map_err(misfit)?;
    Ok(progress)
}
