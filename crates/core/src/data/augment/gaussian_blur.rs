//! Out of focus.

use serde::{Deserialize, Serialize};

use super::draw::{between, check_range};
use super::gaussian::smooth;
use super::{Augment, Scene};
use crate::{Error, Rng};

/// Convolves a picture with a Gaussian, mirrored at the borders, whose standard deviation is drawn from `sigma`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GaussianBlur {
    /// The least and the greatest standard deviation, in pixels.
    pub sigma: [f64; 2],
}

impl Default for GaussianBlur {
    fn default() -> Self {
        GaussianBlur { sigma: [0.1, 2.0] }
    }
}

impl Augment for GaussianBlur {
    fn check(&self) -> Result<(), Error> {
        check_range("gaussian_blur.sigma", self.sigma, [0.01, 100.0])
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let Scene { height, width, channels, .. } = *scene;
        smooth(&mut scene.picture, [height, width, channels], between(rng, self.sigma));
    }
}
