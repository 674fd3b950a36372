//! Several augmentations in a row.

use super::{Augment, AugmentConfig, Scene};
use crate::check::or_panic;
use crate::{Error, Rng};

/// Augmentations, applied in order.
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

    /// Builds the steps of a config.
    ///
    /// Errors: the parameter that cannot be used.
    pub fn from_configs(configs: &[AugmentConfig]) -> Result<Self, Error> {
        let steps = configs.iter().map(AugmentConfig::build).collect::<Result<_, Error>>()?;
        Ok(Pipeline { steps })
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Changes a scene.
    pub fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        for step in &self.steps {
            step.apply(scene, rng);
        }
    }
}
