//! Weights for use, and the state from which training goes on bit for bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Progress;
use crate::Error;
use crate::error::{Flaw, Place};
use crate::io::{parse_tensors, read_tensors, write_tensors};
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
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    parse_checkpoint(&bytes, network, optimizer).map_err(|flaw| flaw.in_file(path))
}

/// [`load_checkpoint`] from bytes.
pub fn parse_checkpoint(
    bytes: &[u8],
    network: &mut dyn Visit,
    optimizer: &mut dyn Optimizer,
) -> Result<Progress, Flaw> {
    let file = parse_tensors(bytes)?;
    let text = file.metadata.get(PROGRESS).ok_or_else(|| {
        Flaw::new("has weights only, not where a training run stood; give the run's last state, or train anew")
    })?;
    let in_progress = |problem: String| Flaw::at(Place::Entry(PROGRESS.into()), problem);
    let progress: Progress = serde_json::from_str(text).map_err(|problem| in_progress(problem.to_string()))?;
    progress.check().map_err(in_progress)?;
    let part = |prefix: &str| -> BTreeMap<_, _> {
        let named = file.tensors.iter().filter_map(|(name, tensor)| Some((name.strip_prefix(prefix)?, tensor)));
        named.map(|(name, tensor)| (name.to_owned(), tensor.clone())).collect()
    };
    let misfit = |problem: Error| Flaw::new(problem.to_string());
    nn::load_state(network, &part(NETWORK)).map_err(misfit)?;
    optimizer.load_state(&part(OPTIMIZER)).map_err(misfit)?;
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Linear;
    use crate::optim::Adam;
    use crate::train::{Best, EpochMetrics};
    use crate::{Rng, Tensor};

    fn network() -> Linear {
        Linear::new(2, 1).init(&mut Rng::new(1))
    }

    /// What a checkpoint with this progress is answered with.
    fn loaded(progress: &Progress) -> Result<Progress, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("last.safetensors");
        save_checkpoint(&path, &network(), &Adam::new(0.1), progress).unwrap();
        load_checkpoint(&path, &mut network(), &mut Adam::new(0.1)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_progress_that_cannot_be_is_refused() {
        let mut progress = Progress::new(1);
        assert_eq!(loaded(&progress).unwrap(), progress);
        progress.best = Some(Best { epoch: 0, score: 1.0 });
        assert!(loaded(&progress).unwrap_err().contains("epoch 0 was the best, of 0 finished ones"));
        progress.epoch = u64::MAX;
        assert!(loaded(&progress).unwrap_err().contains("history of 0 epochs does not lead there"));
        let row = EpochMetrics {
            epoch: u64::MAX,
            learning_rate: 0.1,
            train_loss: 1.0,
            train_score: 1.0,
            validation_loss: None,
            validation_score: None,
        };
        progress.history.push(row);
        progress.epoch = 1;
        assert!(loaded(&progress).unwrap_err().contains("does not lead there"));
        progress.history[0].epoch = 0;
        assert_eq!(loaded(&progress).unwrap(), progress);
    }

    #[test]
    fn weights_alone_are_no_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("best.safetensors");
        write_tensors(&path, &[("weight".to_owned(), Tensor::from([1.0]))], &BTreeMap::new()).unwrap();
        let said = load_checkpoint(&path, &mut network(), &mut Adam::new(0.1)).unwrap_err().to_string();
        assert!(said.contains("weights only"), "{said}");
    }
}
