//! Something is in the way.

use serde::{Deserialize, Serialize};

use super::{Augment, Scene};
use crate::check::{fraction, within};
use crate::{Error, Real, Rng};

/// Covers a square whose middle is any pixel, so that a part of it may lie outside (DeVries and Taylor, 2017). The mask and
/// the boxes stay: what is covered is still there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CutOut {
    /// The square's side as a share of the picture's shorter side.
    pub side: f64,
    /// What it is filled with: 0 is black, 1 white.
    pub value: f64,
}

impl Default for CutOut {
    fn default() -> Self {
        CutOut { side: 0.5, value: 0.0 }
    }
}

impl Augment for CutOut {
    fn check(&self) -> Result<(), Error> {
        within("cutout.side", self.side, self.side > 0.0 && self.side <= 1.0, "a share above 0, at most 1")?;
        fraction("cutout.value", self.value)
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let Scene { height, width, channels, .. } = *scene;
        let side = ((self.side * height.min(width) as f64).round() as usize).max(1);
        let covered = |middle: usize, len: usize| middle.saturating_sub(side / 2)..(middle + side.div_ceil(2)).min(len);
        let (rows, columns) = (covered(rng.below(height), height), covered(rng.below(width), width));
        for row in rows {
            let start = row * width;
            scene.picture[(start + columns.start) * channels..(start + columns.end) * channels]
                .fill(self.value as Real);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_whole_inside_and_cut_at_the_border() {
        let mut covered = vec![0; 64];
        let mut least = usize::MAX;
        for seed in 0..2000 {
            let mut scene = Scene::new([8, 8, 1], vec![1.0; 64]);
            CutOut { side: 0.5, value: 0.0 }.apply(&mut scene, &mut Rng::new(seed));
            let black: Vec<usize> = (0..64).filter(|place| scene.picture[*place] == 0.0).collect();
            assert!(black.len() <= 16);
            least = least.min(black.len());
            for place in black {
                covered[place] += 1;
            }
        }
        // About a corner pixel, 2 x 2 of 4 x 4 remain. A square is centred on one of 64 pixels; of these, 16 cover a pixel
        // of the middle, a quarter of the draws.
        assert_eq!(least, 4);
        let middle = covered[3 * 8 + 3] as f64 / 2000.0;
        assert!((middle - 0.25).abs() < 0.04, "{middle}");
    }
}
