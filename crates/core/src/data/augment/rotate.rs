//! Turns.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::draw::symmetric;
use super::{Augment, Border, Scene};
use crate::check::within;
use crate::{Error, Rng};

/// Turns a picture about its middle by an angle from [-degrees, degrees].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rotate {
    /// The largest angle.
    pub degrees: f64,
    /// What comes in from beyond the border.
    pub border: Border,
}

impl Default for Rotate {
    fn default() -> Self {
        Rotate { degrees: 15.0, border: Border::Zero }
    }
}

impl Rotate {
    /// The turn by an angle, clockwise as the axis y points downwards: x' = x cos - y sin, y' = x sin + y cos.
    pub(super) fn by(degrees: f64, center: [f64; 2]) -> Affine {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        Affine::about(center, [[cosine, -sine], [sine, cosine]])
    }
}

impl Augment for Rotate {
    fn check(&self) -> Result<(), Error> {
        let holds = (0.0..=180.0).contains(&self.degrees);
        within("rotate.degrees", self.degrees, holds, "an angle from 0 to 180")
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let angle = symmetric(rng, self.degrees);
        Rotate::by(angle, scene.center()).apply(scene, self.border);
    }
}
