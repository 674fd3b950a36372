//! Slants.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::draw::symmetric;
use super::{Augment, Border, Scene};
use crate::check::within;
use crate::{Error, Rng};

/// Slants a picture about its middle: upright lines lean by an angle from [-x, x] degrees, then level lines by one from
/// [-y, y].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shear {
    /// The largest angle of upright lines, in degrees.
    pub x: f64,
    /// The largest angle of level lines, in degrees.
    pub y: f64,
    /// What comes in from beyond the border.
    pub border: Border,
}

impl Default for Shear {
    fn default() -> Self {
        Shear { x: 10.0, y: 0.0, border: Border::Zero }
    }
}

impl Shear {
    /// x' = x - y tan(a), then y' = y - x' tan(b): the determinant is 1.
    pub(super) fn by([x, y]: [f64; 2], center: [f64; 2]) -> Affine {
        let (x, y) = (x.to_radians().tan(), y.to_radians().tan());
        Affine::about(center, [[1.0, -x], [-y, 1.0 + x * y]])
    }
}

impl Augment for Shear {
    fn check(&self) -> Result<(), Error> {
        for (name, degrees) in [("shear.x", self.x), ("shear.y", self.y)] {
            within(name, degrees, (0.0..=80.0).contains(&degrees), "an angle from 0 to 80")?;
        }
        Ok(())
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let angles = [symmetric(rng, self.x), symmetric(rng, self.y)];
        Shear::by(angles, scene.center()).apply(scene, self.border);
    }
}
