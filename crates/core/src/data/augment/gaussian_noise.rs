//! Noise.

use serde::{Deserialize, Serialize};

use super::{Augment, Scene};
use crate::check::within;
use crate::{Error, Real, Rng};

/// Adds to each number of a picture its own number of a normal distribution with mean 0, and cuts the sum to 0..1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GaussianNoise {
    /// The standard deviation; black and white are 1 apart.
    pub deviation: f64,
}

impl Default for GaussianNoise {
    fn default() -> Self {
        GaussianNoise { deviation: 0.05 }
    }
}

impl Augment for GaussianNoise {
    fn check(&self) -> Result<(), Error> {
        let holds = self.deviation > 0.0 && self.deviation <= 1.0;
        within("gaussian_noise.deviation", self.deviation, holds, "a number above 0, at most 1")
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        for value in &mut scene.picture {
            *value = (*value + self.deviation as Real * rng.normal()).clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_deviation_asked_for_and_stays_within_a_picture() {
        let mut scene = Scene::new([100, 100, 1], vec![0.5; 10_000]);
        GaussianNoise { deviation: 0.1 }.apply(&mut scene, &mut Rng::new(1));
        let off = scene.picture.iter().map(|value| *value as f64 - 0.5);
        let (mean, square) = off.fold((0.0, 0.0), |(sum, square), x| (sum + x / 1e4, square + x * x / 1e4));
        assert!(mean.abs() < 0.004 && (square.sqrt() - 0.1).abs() < 0.003, "{mean} {square}");

        let mut white = Scene::new([10, 10, 1], vec![1.0; 100]);
        GaussianNoise { deviation: 1.0 }.apply(&mut white, &mut Rng::new(1));
        assert!(white.picture.iter().all(|value| (0.0..=1.0).contains(value)));
        assert!(white.picture.iter().any(|value| *value < 1.0));
    }
}
