//! Shifts.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::draw::symmetric;
use super::{Augment, Border, Scene};
use crate::check::fraction;
use crate::{Error, Rng};

/// Moves a picture by a whole number of pixels, so that nothing is blurred: at most the share `x` of its width to the left
/// or right, and the share `y` of its height up or down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Translate {
    /// The largest share of the width.
    pub x: f64,
    /// The largest share of the height.
    pub y: f64,
    /// What comes in from beyond the border.
    pub border: Border,
}

impl Default for Translate {
    fn default() -> Self {
        Translate { x: 0.1, y: 0.1, border: Border::Zero }
    }
}

impl Augment for Translate {
    fn check(&self) -> Result<(), Error> {
        fraction("translate.x", self.x)?;
        fraction("translate.y", self.y)
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let x = symmetric(rng, self.x * scene.width as f64).round();
        let y = symmetric(rng, self.y * scene.height as f64).round();
        Affine::translation(x, y).apply(scene, self.border);
    }
}
