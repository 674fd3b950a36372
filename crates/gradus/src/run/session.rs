//! A training run at work: it is built from a config or resumed from a folder, and keeps the folder up to date.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gradus_core::data::{
    Dataset, Loader, Normalizer, Per, Schema, SkipReport, Subset, TargetKind, labels, open, split, validate,
};
use gradus_core::io::write_atomic;
use gradus_core::nn::{self, Module};
use gradus_core::optim::{Optimizer, Schedule};
use gradus_core::train::{
    Clip, Fit, FitOptions, Flow, Observer, Outcome, Progress, Snapshot, Task, load_checkpoint, save_checkpoint,
    save_weights,
};
use gradus_core::{Error, Real};
use gradus_zoo as zoo;

use super::folder::{NORMALIZER, SCHEMA, SETTINGS, build, interface_of, read_config};
use super::{BEST, CONFIG, Interface, LAST, METRICS, RunConfig};

/// How long a kill can throw a run back.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// A training run at work.
pub struct Session {
    /// Where it leaves its files.
    pub folder: PathBuf,
    /// Its settings, resolved.
    pub config: RunConfig,
    /// What learns.
    pub network: Box<dyn Module>,
    /// What it learns.
    pub task: Box<dyn Task>,
    /// Where it stands.
    pub progress: Progress,
    /// The batches to learn from.
    pub train: Loader,
    /// The batches to judge epochs by.
    pub validation: Option<Loader>,
    /// What could not be read and was left out.
    pub skipped: SkipReport,
    normalizer: Option<Normalizer>,
    schema: Option<Schema>,
    optimizer: Box<dyn Optimizer>,
    schedule: Box<dyn Schedule>,
}

impl Session {
    /// A new run in a folder that does not exist yet. Nothing is written before all of it could be built.
    pub fn create(folder: &Path, config: RunConfig) -> Result<Self, Error> {
        let session = Self::prepare(folder, config)?;
        fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
        write_atomic(&folder.join(CONFIG), session.config.to_text().as_bytes())?;
        Ok(session)
    }

    /// The run of a folder, standing where its last saved state stood.
    pub fn resume(folder: &Path) -> Result<Self, Error> {
        let config = read_config(folder)?;
        let known = interface_of(folder, &config)?;
        let mut session = Self::prepare(folder, config)?;
        if session.interface() != &known {
            let problem = format!(
                "{}: its samples or classes are not those that the run was begun with",
                session.config.data.path
            );
            return Err(Error::Data(problem));
        }
        let last = folder.join(LAST);
        // Killed before the first save: the run begins again, the same.
        if last.exists() {
            session.progress = load_checkpoint(&last, &mut *session.network, &mut *session.optimizer)?;
        }
        Ok(session)
    }

    fn prepare(folder: &Path, mut config: RunConfig) -> Result<Self, Error> {
        let splits = open(&config.data.path, &config.data.open_options())?;
        validate(&*splits.train, &config.data.path)?;
        let (train, validation) = parts(&config, splits.train, splits.test)?;
        let (classes, values) = match train.target_kind() {
            TargetKind::Classes(names) => (names.clone(), Vec::new()),
            TargetKind::Values(names) => (Vec::new(), names.clone()),
            TargetKind::None => unreachable!("validate refuses data without targets"),
        };
        let interface = Interface { input: train.sample_shape().to_vec(), classes, values };
        let fits = zoo::Interface {
            input: interface.input.clone(),
            outputs: interface.classes.len().max(interface.values.len()),
        };
        let (network, task) = build(&config, &interface)?;
        let mut rng = gradus_core::Rng::new(0);
        let mut resolved = zoo::build(config.model_name(), &config.model_options(), &fits, &mut rng)?.options;
        resolved.insert("name".into(), config.model_name().into());
        config.model = resolved;
        config.interface = Some(interface);

        let per = config.data.per.unwrap_or(if fits.input.len() == 3 { Per::Channel } else { Per::Feature });
        let normalizer = config.data.normalize.map(|method| Normalizer::fit(&*train, method, per)).transpose()?;
        let loader = |dataset: Arc<dyn Dataset>| {
            let loader = Loader::new(dataset, config.train.batch_size).seed(config.seed);
            match &normalizer {
                Some(normalizer) => loader.normalize(normalizer.clone()),
                None => loader,
            }
        };
        let train = loader(train).shuffle(true);
        let validation = validation.map(loader);
        let optimizer = config.train.optimizer.build()?;
        let updates = config.train.epochs.saturating_mul(train.batches().div_ceil(config.train.accumulate) as u64);
        let schedule = config.train.schedule.build(config.train.optimizer.learning_rate(), updates)?;
        nn::name_parameters(&*network);
        Ok(Session {
            folder: folder.to_path_buf(),
            progress: Progress::new(config.seed),
            skipped: splits.skipped,
            schema: splits.schema,
            config,
            network,
            task,
            train,
            validation,
            normalizer,
            optimizer,
            schedule,
        })
    }

    /// What goes in and comes out.
    pub fn interface(&self) -> &Interface {
        self.config.interface.as_ref().expect("a session knows its interface")
    }

    /// Trains to the end, keeping the folder up to date; `observer` watches.
    pub fn fit(&mut self, observer: &mut dyn Observer) -> Result<Outcome, Error> {
        let mut words = BTreeMap::from([(SETTINGS.to_owned(), self.config.to_text())]);
        if let Some(normalizer) = &self.normalizer {
            words.insert(NORMALIZER.into(), serde_json::to_string(normalizer).expect("numbers"));
        }
        if let Some(schema) = &self.schema {
            words.insert(SCHEMA.into(), serde_json::to_string(schema).expect("names"));
        }
        let train = &self.config.train;
        let clip = match (train.clip_norm, train.clip_value) {
            (Some(bound), _) => Some(Clip::Norm(bound as Real)),
            (None, Some(bound)) => Some(Clip::Value(bound as Real)),
            (None, None) => None,
        };
        let options = FitOptions {
            epochs: train.epochs,
            clip,
            accumulate: train.accumulate,
            patience: train.patience,
            restore_best: false, // the folder keeps the best
        };
        let mut keeper = Keeper {
            folder: &self.folder,
            words,
            score_name: self.task.score_name(),
            saved: Instant::now(),
            inner: observer,
        };
        Fit {
            network: &mut *self.network,
            task: &*self.task,
            train: &self.train,
            validation: self.validation.as_ref(),
            optimizer: &mut *self.optimizer,
            schedule: Some(&*self.schedule),
            options,
        }
        .run(&mut self.progress, &mut keeper)
    }
}

/// What is learnt from, and what epochs are judged by.
type Parts = (Arc<dyn Dataset>, Option<Arc<dyn Dataset>>);

/// The training part and what epochs are judged by.
fn parts(config: &RunConfig, train: Arc<dyn Dataset>, test: Option<Arc<dyn Dataset>>) -> Result<Parts, Error> {
    let held_out = match (&test, config.data.validation) {
        (Some(_), 0.0) => return Ok((train, test)),
        // Without a test part, something must be held out, or nothing would tell learning from memorizing.
        (None, 0.0) => 0.2,
        (_, share) => share,
    };
    let classes = match train.target_kind() {
        TargetKind::Classes(_) => Some(labels(&*train)?),
        TargetKind::Values(_) | TargetKind::None => None,
    };
    let parts = split(train.len(), classes.as_deref(), &[1.0 - held_out, held_out], config.seed)?;
    let [kept, held]: [Vec<usize>; 2] = parts.try_into().expect("two fractions give two parts");
    Ok((Arc::new(Subset::new(train.clone(), kept)?), Some(Arc::new(Subset::new(train, held)?))))
}

/// Keeps the folder up to date.
struct Keeper<'a> {
    folder: &'a Path,
    words: BTreeMap<String, String>,
    score_name: &'static str,
    saved: Instant,
    inner: &'a mut dyn Observer,
}

impl Keeper<'_> {
    fn save(&mut self, snapshot: &Snapshot<'_>) -> Result<(), Error> {
        self.saved = Instant::now();
        save_checkpoint(&self.folder.join(LAST), snapshot.network, snapshot.optimizer, snapshot.progress)
    }
}

impl Observer for Keeper<'_> {
    fn after_step(&mut self, snapshot: &Snapshot<'_>) -> Result<Flow, Error> {
        let flow = self.inner.after_step(snapshot)?;
        if flow == Flow::Stop || self.saved.elapsed() > SAVE_EVERY {
            self.save(snapshot)?;
        }
        Ok(flow)
    }

    fn after_epoch(&mut self, snapshot: &Snapshot<'_>, improved: bool) -> Result<Flow, Error> {
        // The best before the last: a kill in between repeats the epoch and finds the same best again.
        if improved {
            save_weights(&self.folder.join(BEST), snapshot.network, &self.words)?;
        }
        write_atomic(&self.folder.join(METRICS), snapshot.progress.csv(self.score_name).as_bytes())?;
        self.save(snapshot)?;
        self.inner.after_epoch(snapshot, improved)
    }
}
