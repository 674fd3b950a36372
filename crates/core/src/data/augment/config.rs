//! Augmentations by kind, for config files and the command line.

use serde::{Deserialize, Serialize};

use super::{
    Augment, ColorJitter, Crop, CutOut, ElasticDeformation, Flip, GaussianBlur, GaussianNoise, Mixup,
    RandomResizedCrop, Rotate, Scale, Shear, Translate,
};
use crate::{Error, did_you_mean};

/// An augmentation and its parameters, as a config file has them. A parameter that is left out has its default.
///
/// ```
/// use gradus_core::data::augment::AugmentConfig;
/// let config: AugmentConfig = toml::from_str("kind = 'crop'\npadding = 2\nborder = 'reflect'").unwrap();
/// assert!(config.build().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AugmentConfig {
    /// Shifts by whole pixels.
    Translate(Translate),
    /// Turns.
    Rotate(Rotate),
    /// Larger and smaller.
    Scale(Scale),
    /// Slants.
    Shear(Shear),
    /// Mirror pictures.
    Flip(Flip),
    /// Padded and cropped back.
    Crop(Crop),
    /// A piece, brought back to the picture's size.
    RandomResizedCrop(RandomResizedCrop),
    /// Noise.
    GaussianNoise(GaussianNoise),
    /// Out of focus.
    GaussianBlur(GaussianBlur),
    /// Other light.
    ColorJitter(ColorJitter),
    /// A square covered.
    #[serde(rename = "cutout")]
    CutOut(CutOut),
    /// Pictures on rubber.
    ElasticDeformation(ElasticDeformation),
    /// Two samples in one.
    Mixup(Mixup),
}

/// What a config builds.
pub enum Step {
    /// Changes samples, each by itself.
    Sample(Box<dyn Augment>),
    /// Mixes the samples of a finished batch.
    Batch(Mixup),
}

impl AugmentConfig {
    /// The kinds that [`AugmentConfig::named`] knows.
    pub const KINDS: [&'static str; 13] = [
        "translate",
        "rotate",
        "scale",
        "shear",
        "flip",
        "crop",
        "random_resized_crop",
        "gaussian_noise",
        "gaussian_blur",
        "color_jitter",
        "cutout",
        "elastic_deformation",
        "mixup",
    ];

    /// An augmentation with its default parameters.
    ///
    /// Errors: a kind that is not known, with the nearest that is.
    pub fn named(kind: &str) -> Result<Self, Error> {
        if !Self::KINDS.contains(&kind) {
            let known = Self::KINDS.join(", ");
            let near = did_you_mean(kind, Self::KINDS);
            return Err(Error::setting("augment", format!("{kind} is not known{near} (there are: {known})")));
        }
        let table = serde_json::json!({ "kind": kind });
        Ok(serde_json::from_value(table).expect("every kind has defaults"))
    }

    /// Several with their default parameters, from kinds with commas between them: `flip,crop`.
    ///
    /// Errors: a kind that is not known, with the nearest that is.
    pub fn list(kinds: &str) -> Result<Vec<Self>, Error> {
        kinds.split(',').map(|kind| AugmentConfig::named(kind.trim())).collect()
    }

    /// The augmentation.
    ///
    /// Errors: the parameter that has a value out of its range.
    pub fn build(&self) -> Result<Step, Error> {
        let built: Box<dyn Augment> = match self.clone() {
            AugmentConfig::Translate(step) => Box::new(step),
            AugmentConfig::Rotate(step) => Box::new(step),
            AugmentConfig::Scale(step) => Box::new(step),
            AugmentConfig::Shear(step) => Box::new(step),
            AugmentConfig::Flip(step) => Box::new(step),
            AugmentConfig::Crop(step) => Box::new(step),
            AugmentConfig::RandomResizedCrop(step) => Box::new(step),
            AugmentConfig::GaussianNoise(step) => Box::new(step),
            AugmentConfig::GaussianBlur(step) => Box::new(step),
            AugmentConfig::ColorJitter(step) => Box::new(step),
            AugmentConfig::CutOut(step) => Box::new(step),
            AugmentConfig::ElasticDeformation(step) => Box::new(step),
            AugmentConfig::Mixup(mixup) => return mixup.check().map(|()| Step::Batch(mixup)),
        };
        built.check()?;
        Ok(Step::Sample(built))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Pipeline;
    use super::*;

    #[test]
    fn every_kind_builds_and_survives_a_file() {
        for kind in AugmentConfig::KINDS {
            let config = AugmentConfig::named(kind).unwrap();
            config.build().unwrap();
            let text = toml::to_string(&config).unwrap();
            assert!(text.contains(&format!("kind = \"{kind}\"\n")), "{text}");
            assert_eq!(toml::from_str::<AugmentConfig>(&text).unwrap(), config);
        }
        let several = AugmentConfig::list("flip, crop").unwrap();
        assert_eq!(several, [AugmentConfig::Flip(Flip::default()), AugmentConfig::Crop(Crop::default())]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let said = |text: &str| match toml::from_str::<AugmentConfig>(text) {
            Ok(config) => config.build().err().expect("an error").to_string(),
            Err(error) => error.message().to_owned(),
        };
        assert_eq!(said("kind = 'flip'\nhorizontal = 2"), "flip.horizontal: is 2, but must be a number from 0 to 1");
        assert_eq!(said("kind = 'flip'\nvertical = -1"), "flip.vertical: is -1, but must be a number from 0 to 1");
        assert_eq!(said("kind = 'translate'\nx = nan"), "translate.x: is NaN, but must be a number from 0 to 1");
        assert_eq!(said("kind = 'translate'\ny = 1.5"), "translate.y: is 1.5, but must be a number from 0 to 1");
        assert_eq!(
            said("kind = 'rotate'\ndegrees = 200"),
            "rotate.degrees: is 200, but must be an angle from 0 to 180"
        );
        assert_eq!(said("kind = 'shear'\nx = 90"), "shear.x: is 90, but must be an angle from 0 to 80");
        assert_eq!(said("kind = 'shear'\ny = 81"), "shear.y: is 81, but must be an angle from 0 to 80");
        assert_eq!(said("kind = 'crop'\npadding = 0"), "crop.padding: is 0, but must be from 1 to 1024 pixels");
        assert_eq!(
            said("kind = 'scale'\nfactor = [1.2, 0.8]"),
            "scale.factor: is [1.2, 0.8], but must be a least and a greatest number between 0.01 and 100, the least first"
        );
        assert_eq!(
            said("kind = 'gaussian_noise'\ndeviation = 0"),
            "gaussian_noise.deviation: is 0, but must be a number above 0, at most 1"
        );
        assert!(said("kind = 'gaussian_blur'\nsigma = [0, 1]").starts_with("gaussian_blur.sigma: is [0, 1], but"));
        for strength in ["brightness", "contrast", "saturation"] {
            let problem = said(&format!("kind = 'color_jitter'\n{strength} = -1"));
            assert_eq!(problem, format!("color_jitter.{strength}: is -1, but must be a number from 0 to 10"));
        }
        let hue = said("kind = 'color_jitter'\nhue = 0.6");
        assert_eq!(hue, "color_jitter.hue: is 0.6, but must be a share of the circle from 0 to 0.5");
        assert_eq!(said("kind = 'cutout'\nside = 0"), "cutout.side: is 0, but must be a share above 0, at most 1");
        assert_eq!(said("kind = 'cutout'\nvalue = 2"), "cutout.value: is 2, but must be a number from 0 to 1");
        assert_eq!(
            said("kind = 'elastic_deformation'\nalpha = inf"),
            "elastic_deformation.alpha: is inf, but must be a number above 0, at most 1000"
        );
        assert_eq!(
            said("kind = 'elastic_deformation'\nsigma = 0"),
            "elastic_deformation.sigma: is 0, but must be a number from 0.1 to 100"
        );
        assert_eq!(said("kind = 'mixup'\nalpha = 0"), "mixup.alpha: is 0, but must be a number from 0.001 to 1000");
        let twice = Pipeline::from_configs(&AugmentConfig::list("mixup,mixup").unwrap()).err().unwrap();
        assert_eq!(twice.to_string(), "augment: has mixup twice; once is enough");
        for wrong in ["scale = [0, 1]", "scale = [0.5, 1.5]", "ratio = [nan, 1]", "ratio = [2, 1]"] {
            let problem = said(&format!("kind = 'random_resized_crop'\n{wrong}"));
            assert!(problem.starts_with("random_resized_crop.") && problem.contains("the least first"), "{problem}");
        }
        assert!(said("kind = 'crop'\npading = 3").contains("unknown field `pading`"));
        assert!(said("kind = 'crop'\nborder = 'mirror'").contains("unknown variant `mirror`"));
        let unknown = AugmentConfig::named("filp").unwrap_err().to_string();
        assert!(unknown.starts_with("augment: filp is not known; did you mean flip?"), "{unknown}");
        assert!(AugmentConfig::list("flip,").unwrap_err().to_string().starts_with("augment:  is not known"));
    }
}
