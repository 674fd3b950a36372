//! Larger and smaller.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::draw::{between, check_range};
use super::{Augment, Border, Scene};
use crate::{Error, Rng};

/// Scales a picture about its middle by a factor from `factor`: above 1 its rim is lost, below 1 the border comes in. It is
/// read at single points: far below 1, fine patterns alias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scale {
    /// The least and the greatest factor.
    pub factor: [f64; 2],
    /// What comes in from beyond the border.
    pub border: Border,
}

impl Default for Scale {
    fn default() -> Self {
        Scale { factor: [0.8, 1.2], border: Border::Zero }
    }
}

impl Scale {
    pub(super) fn by(factor: f64, center: [f64; 2]) -> Affine {
        Affine::about(center, [[factor, 0.0], [0.0, factor]])
    }
}

impl Augment for Scale {
    fn check(&self) -> Result<(), Error> {
        check_range("scale.factor", self.factor, [0.01, 100.0])
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let factor = between(rng, self.factor);
        Scale::by(factor, scene.center()).apply(scene, self.border);
    }
}
