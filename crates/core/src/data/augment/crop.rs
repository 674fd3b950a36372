//! A padded picture, cropped back to its own size.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::{Augment, Border, Scene};
use crate::check::within;
use crate::{Error, Rng};

/// Pads a picture by `padding` pixels on each side and cuts a piece of the picture's own size out of it, anywhere: a shift
/// by up to `padding` whole pixels (He et al., 2016, on CIFAR-10: 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Crop {
    /// Pixels added on each side.
    pub padding: usize,
    /// What they are.
    pub border: Border,
}

impl Default for Crop {
    fn default() -> Self {
        Crop { padding: 4, border: Border::Zero }
    }
}

impl Augment for Crop {
    fn check(&self) -> Result<(), Error> {
        let padding = self.padding as f64;
        within("crop.padding", padding, (1.0..=1024.0).contains(&padding), "from 1 to 1024 pixels")
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let [x, y] = [(); 2].map(|()| self.padding as f64 - rng.below(2 * self.padding + 1) as f64);
        Affine::translation(x, y).apply(scene, self.border);
    }
}
