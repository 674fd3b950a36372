//! A finished or running run, opened for use.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gradus_core::data::{Loader, Normalizer, OpenOptions, Schema, Splits, open};
use gradus_core::freeze::Plans;
use gradus_core::nn::{Context, Module};
use gradus_core::train::{Classify, Regress, Task, load_weights};
use gradus_core::{Error, Flaw, Real, Rng, ShapeError, Tensor, nn, no_grad};
use gradus_zoo as zoo;

use super::{BEST, CONFIG, Interface, RunConfig};

/// The words that travel with weights.
pub(super) const NORMALIZER: &str = "gradus.normalizer";
pub(super) const SCHEMA: &str = "gradus.schema";
pub(super) const SETTINGS: &str = "gradus.config";

/// A trained network with all that belongs to its use: settings, class names, normalization.
pub struct Run {
    /// Where it is.
    pub folder: PathBuf,
    /// Its settings, resolved.
    pub config: RunConfig,
    /// The network with its best weights.
    pub network: Box<dyn Module>,
    /// What it was trained for.
    pub task: Box<dyn Task>,
    /// What its inputs are brought to a common measure by.
    pub normalizer: Option<Normalizer>,
    /// The columns of the table that it was trained on.
    pub schema: Option<Schema>,
}

/// One answer of a classifier, the likeliest class first.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Classes by name with their probabilities, in falling order; for a regression, quantities with their values.
    pub answers: Vec<(String, f64)>,
}

impl Run {
    /// Opens a run folder with its best weights.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let config = read_config(folder)?;
        let interface = interface_of(folder, &config)?;
        let (mut network, task) = build(&config, &interface)?;
        let words = load_weights(&folder.join(BEST), &mut *network)?;
        nn::name_parameters(&*network);
        let normalizer = word(folder, &words, NORMALIZER)?;
        let schema = word(folder, &words, SCHEMA)?;
        Ok(Run { folder: folder.to_path_buf(), config, network, task, normalizer, schema })
    }

    /// What goes in and comes out.
    pub fn interface(&self) -> &Interface {
        self.config.interface.as_ref().expect("an opened run has its interface")
    }

    /// How data for this run is read: with its columns, its classes, its size of pictures.
    pub fn open_options(&self) -> OpenOptions {
        let interface = self.interface();
        let mut options = self.config.data.open_options();
        if let [height, width, channels] = interface.input[..] {
            use gradus_core::data::picture::Color;
            options.picture.size = Some([height, width]);
            options.picture.color = Some(if channels == 1 { Color::Grey } else { Color::Rgb });
        }
        options.table.schema.clone_from(&self.schema);
        options.classes = (!interface.classes.is_empty()).then(|| interface.classes.clone());
        options
    }

    /// Reads data as this run's network needs it.
    pub fn open_data(&self, path: &str, skip_bad: bool) -> Result<Splits, Error> {
        let splits = open(path, &OpenOptions { skip_bad, ..self.open_options() })?;
        let shape = splits.train.sample_shape();
        if shape != self.interface().input {
            return Err(Error::Data(format!(
                "{path}: its samples are of shape {shape:?}, the network was trained on {:?}; give it data of that shape",
                self.interface().input
            )));
        }
        Ok(splits)
    }

    /// A loader that normalizes as in training.
    pub fn loader(&self, dataset: std::sync::Arc<dyn gradus_core::data::Dataset>, batch_size: usize) -> Loader {
        let loader = Loader::new(dataset, batch_size);
        match &self.normalizer {
            Some(normalizer) => loader.normalize(normalizer.clone()),
            None => loader,
        }
    }

    /// The network's answers to samples as they come from a file, before normalization: `[batch, sample]`.
    pub fn predict(&self, samples: &Tensor) -> Vec<Prediction> {
        let samples = self.normalized(samples);
        let outputs = no_grad(|| self.network.forward(&samples, &mut Context::eval()));
        self.answers(&outputs)
    }

    /// [`predict`](Self::predict) by plans of this run's network, which is faster for many batches.
    ///
    /// # Errors
    /// When the samples do not fit the network.
    pub fn predict_by(&self, plans: &mut Plans<'_>, samples: &Tensor) -> Result<Vec<Prediction>, ShapeError> {
        Ok(self.answers(&plans.run(&self.normalized(samples))?))
    }

    fn normalized(&self, samples: &Tensor) -> Tensor {
        let mut samples = samples.clone();
        if let Some(normalizer) = &self.normalizer {
            let length = normalizer.sample_len();
            samples.as_mut_slice().chunks_mut(length).for_each(|sample| normalizer.apply(sample));
        }
        samples
    }

    /// Outputs of the network as answers.
    pub fn answers(&self, outputs: &Tensor) -> Vec<Prediction> {
        let Interface { classes, values, .. } = self.interface();
        let rows = outputs.as_slice().chunks_exact(outputs.shape().last().max(1));
        rows.map(|row| {
            if classes.is_empty() {
                let answers = values.iter().cloned().zip(row.iter().map(|value| f64::from(*value))).collect();
                return Prediction { answers };
            }
            Prediction::of_logits(row, classes)
        })
        .collect()
    }
}

impl Prediction {
    /// The classes by name with their probabilities, exp(x - max) / sum of the same, the likeliest first.
    pub(crate) fn of_logits(logits: &[Real], classes: &[String]) -> Self {
        let largest = logits.iter().copied().fold(Real::NEG_INFINITY, Real::max);
        let powers: Vec<f64> = logits.iter().map(|logit| f64::from(logit - largest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        let probabilities = powers.into_iter().map(|power| power / sum);
        let mut answers: Vec<(String, f64)> = classes.iter().cloned().zip(probabilities).collect();
        answers.sort_by(|a, b| b.1.total_cmp(&a.1));
        Prediction { answers }
    }
}

/// The settings of a run folder.
pub(super) fn read_config(folder: &Path) -> Result<RunConfig, Error> {
    let path = folder.join(CONFIG);
    if !path.exists() {
        let problem = format!(
            "is no run folder: it has no {CONFIG}; give the folder that train printed, such as runs/cnn-fashion-1"
        );
        return Err(Flaw::new(problem).in_file(folder));
    }
    let text = fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
    RunConfig::from_text(&text).map_err(|flaw| flaw.in_file(&path))
}

pub(super) fn interface_of(folder: &Path, config: &RunConfig) -> Result<Interface, Error> {
    config.interface.clone().ok_or_else(|| {
        Flaw::new("has no [interface], so what goes into the network is not known; take the config that train wrote")
            .in_file(&folder.join(CONFIG))
    })
}

/// A network and what it is for.
type Learner = (Box<dyn Module>, Box<dyn Task>);

/// The network and the task of a config, with first weights.
pub(super) fn build(config: &RunConfig, interface: &Interface) -> Result<Learner, Error> {
    let outputs = interface.classes.len().max(interface.values.len());
    let fits = zoo::Interface { input: interface.input.clone(), outputs };
    let mut rng = Rng::new(config.seed).fork(2);
    let built = zoo::build(config.model_name(), &config.model_options(), &fits, &mut rng)?;
    let task: Box<dyn Task> =
        if interface.classes.is_empty() { Box::new(Regress::new(outputs)) } else { Box::new(Classify::new(outputs)) };
    Ok((built.network, task))
}

fn word<T: serde::de::DeserializeOwned>(
    folder: &Path,
    words: &BTreeMap<String, String>,
    name: &str,
) -> Result<Option<T>, Error> {
    let read = |text: &String| serde_json::from_str(text);
    words
        .get(name)
        .map(read)
        .transpose()
        .map_err(|problem| Flaw::new(format!("{name}: {problem}")).in_file(&folder.join(BEST)))
}
