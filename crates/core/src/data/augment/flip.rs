//! Mirror pictures.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::{Augment, Border, Scene};
use crate::check::fraction;
use crate::{Error, Rng};

/// Exchanges left and right, or top and bottom, each with its own probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flip {
    /// The probability that left and right are exchanged.
    pub horizontal: f64,
    /// The probability that top and bottom are exchanged.
    pub vertical: f64,
}

impl Default for Flip {
    fn default() -> Self {
        Flip::horizontal(0.5)
    }
}

impl Flip {
    /// Exchanges left and right with a probability.
    pub fn horizontal(probability: f64) -> Self {
        Flip { horizontal: probability, vertical: 0.0 }
    }

    /// Exchanges top and bottom with a probability.
    pub fn vertical(probability: f64) -> Self {
        Flip { horizontal: 0.0, vertical: probability }
    }
}

impl Augment for Flip {
    fn check(&self) -> Result<(), Error> {
        fraction("flip.horizontal", self.horizontal)?;
        fraction("flip.vertical", self.vertical)
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        // Both are drawn always, so that the numbers of what comes after do not hang on the first answer.
        let drawn = [self.horizontal, self.vertical].map(|probability| (rng.uniform() as f64) < probability);
        if drawn != [false, false] {
            let [x, y] = drawn.map(|flipped| if flipped { -1.0 } else { 1.0 });
            Affine::about(scene.center(), [[x, 0.0], [0.0, y]]).apply(scene, Border::Zero);
        }
    }
}
