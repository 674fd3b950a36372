//! A training run at work: it is built from a config or resumed from a folder, and keeps the folder up to date.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gradus_core::data::augment::Pipeline;
use gradus_core::data::{
    Dataset, Loader, Normalizer, Per, Schema, SkipReport, Subset, TargetKind, k_fold, labels, open, split, validate,
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
use super::start::Start;
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
    start: Option<Start>,
    optimizer: Box<dyn Optimizer>,
    schedule: Box<dyn Schedule>,
}

impl Session {
    /// A new run in a folder that does not exist yet. Nothing is written before all of it could be built.
    pub fn create(folder: &Path, config: RunConfig) -> Result<Self, Error> {
        let mut session = Self::prepare(folder, config)?;
        if let Some(start) = &session.start {
            start.load(&mut *session.network)?;
        }
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
        } else if let Some(start) = &session.start {
            start.load(&mut *session.network)?;
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
        let start = Start::of(&config, &interface)?;
        config.interface = Some(interface);

        let per = config.data.per.unwrap_or(if fits.input.len() == 3 { Per::Channel } else { Per::Feature });
        let normalizer = match (&config.data.measure, config.data.normalize) {
            (Some(measure), _) => Some(Normalizer::fixed(&measure.mean, &measure.deviation, train.sample_len())?),
            (None, Some(method)) => Some(Normalizer::fit(&*train, method, per)?),
            (None, None) => None,
        };
        let loader = |dataset: Arc<dyn Dataset>| {
            let mut loader = Loader::new(dataset, config.train.batch_size).seed(config.seed);
            if let Some(threads) = config.data.threads {
                loader = loader.threads(threads);
            }
            match &normalizer {
                Some(normalizer) => loader.normalize(normalizer.clone()),
                None => loader,
            }
        };
        let train = augmented(loader(train).shuffle(true), &config)?;
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
            start,
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
        let mut keeper = Keeper {
            folder: &self.folder,
            words,
            score_name: self.task.score_name(),
            saved: Instant::now(),
            inner: observer,
        };
        // A new head learns alone first, so that what it does not know yet spoils no layer below.
        let head_epochs = self.start.as_ref().map_or(0, Start::head_epochs);
        for (epochs, head_alone) in [(head_epochs, true), (train.epochs, false)] {
            if head_alone && self.progress.epoch >= epochs {
                continue;
            }
            if let Some(start) = &self.start {
                start.prepare(&mut *self.network, head_alone);
            }
            let options = FitOptions {
                epochs,
                clip,
                accumulate: train.accumulate,
                patience: train.patience.filter(|_| !head_alone),
                restore_best: false, // the folder keeps the best
            };
            let outcome = Fit {
                network: &mut *self.network,
                task: &*self.task,
                train: &self.train,
                validation: self.validation.as_ref(),
                optimizer: &mut *self.optimizer,
                schedule: Some(&*self.schedule),
                options,
            }
            .run(&mut self.progress, &mut keeper)?;
            if outcome != Outcome::Finished || !head_alone {
                return Ok(outcome);
            }
        }
        unreachable!("the second part always returns")
    }
}

/// The loader with the config's augmentations.
fn augmented(loader: Loader, config: &RunConfig) -> Result<Loader, Error> {
    let pipeline = Pipeline::from_configs(&config.augment)?;
    let shape = loader.dataset().sample_shape();
    if pipeline.needs_pictures() && shape.len() != 3 {
        let problem = format!(
            "works on pictures, and the samples of {} are {shape:?}; leave out all but mixup",
            config.data.path
        );
        return Err(Error::setting("augment", problem));
    }
    Ok(loader.augment(pipeline))
}

/// What is learnt from, and what epochs are judged by.
type Parts = (Arc<dyn Dataset>, Option<Arc<dyn Dataset>>);

/// The training part and what epochs are judged by.
fn parts(config: &RunConfig, train: Arc<dyn Dataset>, test: Option<Arc<dyn Dataset>>) -> Result<Parts, Error> {
    let classes = match train.target_kind() {
        TargetKind::Classes(_) => Some(labels(&*train)?),
        TargetKind::Values(_) | TargetKind::None => None,
    };
    if let Some([fold, folds]) = config.data.fold {
        let parts = k_fold(train.len(), classes.as_deref(), folds, config.seed)?.swap_remove(fold - 1);
        let held = Subset::new(train.clone(), parts.held_out)?;
        return Ok((Arc::new(Subset::new(train, parts.train)?), Some(Arc::new(held))));
    }
    let held_out = match (&test, config.data.validation) {
        (Some(_), 0.0) => return Ok((train, test)),
        // Without a test part, something must be held out, or nothing would tell learning from memorizing.
        (None, 0.0) => 0.2,
        (_, share) => share,
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
