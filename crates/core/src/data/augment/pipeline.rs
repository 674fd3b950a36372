//! Several augmentations in a row.

use super::{Augment, AugmentConfig, Mixup, Scene, Step};
use crate::check::or_panic;
use crate::{Error, Rng};

/// Augmentations: those of a sample in order, and then perhaps a mixture of the samples of a batch.
///
/// ```
/// use gradus_core::Rng;
/// use gradus_core::data::augment::{Crop, Flip, Pipeline, Scene};
///
/// let pipeline = Pipeline::new().then(Flip::horizontal(0.5)).then(Crop { padding: 2, ..Crop::default() });
/// let mut scene = Scene::new([4, 4, 1], vec![1.0; 16]);
/// pipeline.apply(&mut scene, &mut Rng::new(7));
/// assert_eq!(scene.picture.len(), 16);
/// ```
#[derive(Default)]
pub struct Pipeline {
    steps: Vec<Box<dyn Augment>>,
    mixup: Option<Mixup>,
}

impl Pipeline {
    /// One that changes nothing.
    pub fn new() -> Self {
        Pipeline::default()
    }

    /// Adds an augmentation.
    ///
    /// # Panics
    /// When one of its parameters cannot be used.
    #[track_caller]
    pub fn then(mut self, step: impl Augment + 'static) -> Self {
        or_panic(step.check());
        self.steps.push(Box::new(step));
        self
    }

    /// Mixes finished batches.
    ///
    /// # Panics
    /// When its parameter cannot be used.
    #[track_caller]
    pub fn mixup(mut self, mixup: Mixup) -> Self {
        or_panic(mixup.check());
        self.mixup = Some(mixup);
        self
    }

    /// Builds the steps of a config.
    ///
    /// Errors: the parameter that cannot be used; mixup more than once.
    pub fn from_configs(configs: &[AugmentConfig]) -> Result<Self, Error> {
        let mut pipeline = Pipeline::new();
        for config in configs {
            match config.build()? {
                Step::Sample(step) => pipeline.steps.push(step),
                Step::Batch(mixup) if pipeline.mixup.is_none() => pipeline.mixup = Some(mixup),
                Step::Batch(_) => return Err(Error::setting("augment", "has mixup twice; once is enough")),
            }
        }
        Ok(pipeline)
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.mixup.is_none()
    }

    /// Whether it changes pictures one by one: then samples must be pictures, while any samples can be mixed.
    pub fn needs_pictures(&self) -> bool {
        !self.steps.is_empty()
    }

    /// How finished batches are mixed.
    pub fn mixing(&self) -> Option<&Mixup> {
        self.mixup.as_ref()
    }

    /// Changes a scene.
    pub fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        for step in &self.steps {
            step.apply(scene, rng);
        }
    }
}
