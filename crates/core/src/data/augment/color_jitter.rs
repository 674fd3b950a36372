//! Other light.

use serde::{Deserialize, Serialize};

use super::draw::{between, symmetric};
use super::{Augment, Scene, color};
use crate::check::within;
use crate::{Error, Real, Rng};

/// Changes brightness, contrast, saturation and hue, in random order, as torchvision's `ColorJitter` does. The first three
/// are multiplied by factors from [max(0, 1 - s), 1 + s] for a strength s, the hue is turned by a share of the circle from
/// [-s, s]. Grey pictures have the first two only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColorJitter {
    /// The strength of brightness.
    pub brightness: f64,
    /// The strength of contrast.
    pub contrast: f64,
    /// The strength of saturation.
    pub saturation: f64,
    /// The strength of hue.
    pub hue: f64,
}

impl Default for ColorJitter {
    fn default() -> Self {
        ColorJitter { brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.02 }
    }
}

impl Augment for ColorJitter {
    fn check(&self) -> Result<(), Error> {
        let strengths = [
            ("color_jitter.brightness", self.brightness),
            ("color_jitter.contrast", self.contrast),
            ("color_jitter.saturation", self.saturation),
        ];
        for (name, strength) in strengths {
            within(name, strength, (0.0..=10.0).contains(&strength), "a number from 0 to 10")?;
        }
        within("color_jitter.hue", self.hue, (0.0..=0.5).contains(&self.hue), "a share of the circle from 0 to 0.5")
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let mut order = [0, 1, 2, 3];
        rng.shuffle(&mut order);
        let [brightness, contrast, saturation] = [self.brightness, self.contrast, self.saturation]
            .map(|strength| between(rng, [(1.0 - strength).max(0.0), 1.0 + strength]) as Real);
        let hue = symmetric(rng, self.hue) as Real;
        let colored = scene.channels == 3;
        for change in order {
            match change {
                0 => color::brightness(&mut scene.picture, brightness),
                1 => color::contrast(&mut scene.picture, scene.channels, contrast),
                2 if colored => color::saturation(scene.picture.as_chunks_mut().0, saturation),
                3 if colored => color::hue(scene.picture.as_chunks_mut().0, hue),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_fill_their_range_evenly() {
        let jitter = ColorJitter { brightness: 0.4, contrast: 0.0, saturation: 0.0, hue: 0.0 };
        let mut factors: Vec<Real> = (0..1000)
            .map(|seed| {
                let mut scene = Scene::new([1, 1, 1], vec![0.5]);
                jitter.apply(&mut scene, &mut Rng::new(seed));
                scene.picture[0] / 0.5
            })
            .collect();
        factors.sort_by(Real::total_cmp);
        for (rank, factor) in factors.iter().enumerate() {
            assert!((factor - (0.6 + 0.8 * rank as Real / 1000.0)).abs() < 0.05, "{rank}: {factor}");
        }
    }

    #[test]
    fn grey_stays_grey() {
        let strong = ColorJitter { brightness: 0.5, contrast: 0.5, saturation: 1.0, hue: 0.5 };
        let mut one = Scene::new([1, 2, 1], vec![0.2, 0.6]);
        let mut three = Scene::new([1, 2, 3], vec![0.2, 0.2, 0.2, 0.6, 0.6, 0.6]);
        strong.apply(&mut one, &mut Rng::new(3));
        strong.apply(&mut three, &mut Rng::new(3));
        for (pixel, grey) in three.picture.chunks(3).zip(&one.picture) {
            // torchvision's weights of a grey sum to 0.9999.
            assert!(pixel.iter().all(|value| (value - grey).abs() < 3e-4), "{three:?} {one:?}");
        }
    }
}
