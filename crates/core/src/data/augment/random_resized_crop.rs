//! A piece of a picture, brought back to the picture's size.

use serde::{Deserialize, Serialize};

use super::affine::Affine;
use super::draw::{between, check_range};
use super::{Augment, Border, Scene};
use crate::{Error, Rng};

/// How often a piece is drawn before the middle of the picture is taken, as in torchvision.
const TRIES: usize = 10;

/// Cuts out a piece of random area and shape and resizes it to the picture's size (Szegedy et al., 2015), as torchvision's
/// `RandomResizedCrop` draws it: the area is a share of the picture's from `scale`, width / height is from `ratio`, uniform in
/// its logarithm. Where it is read half a pixel beyond the piece, the picture's own next pixel counts, not the piece's
/// last one again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandomResizedCrop {
    /// The least and the greatest share of the picture's area.
    pub scale: [f64; 2],
    /// The least and the greatest width / height of the piece.
    pub ratio: [f64; 2],
}

impl Default for RandomResizedCrop {
    fn default() -> Self {
        RandomResizedCrop { scale: [0.08, 1.0], ratio: [3.0 / 4.0, 4.0 / 3.0] }
    }
}

impl Augment for RandomResizedCrop {
    fn check(&self) -> Result<(), Error> {
        check_range("random_resized_crop.scale", self.scale, [0.0001, 1.0])?;
        check_range("random_resized_crop.ratio", self.ratio, [0.01, 100.0])
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        let piece = self.draw(scene.width as f64, scene.height as f64, rng);
        enlarge(piece, scene).apply(scene, Border::Edge);
    }
}

/// Left, top, width and height of a piece, in whole pixels.
pub(super) type Piece = [f64; 4];

impl RandomResizedCrop {
    fn draw(&self, width: f64, height: f64, rng: &mut Rng) -> Piece {
        for _ in 0..TRIES {
            let area = width * height * between(rng, self.scale);
            let ratio = between(rng, self.ratio.map(f64::ln)).exp();
            let (across, down) = ((area * ratio).sqrt().round(), (area / ratio).sqrt().round());
            if (1.0..=width).contains(&across) && (1.0..=height).contains(&down) {
                let left = rng.below((width - across) as usize + 1);
                let top = rng.below((height - down) as usize + 1);
                return [left as f64, top as f64, across, down];
            }
        }
        let [least, greatest] = self.ratio;
        let (across, down) = match width / height {
            ratio if ratio < least => (width, (width / least).round().max(1.0)),
            ratio if ratio > greatest => ((height * greatest).round().max(1.0), height),
            _ => (width, height),
        };
        [((width - across) / 2.0).floor(), ((height - down) / 2.0).floor(), across, down]
    }
}

/// The map that brings a piece to the size of the whole.
pub(super) fn enlarge([left, top, across, down]: Piece, scene: &Scene) -> Affine {
    let (x, y) = (scene.width as f64 / across, scene.height as f64 / down);
    Affine::new([[x, 0.0, -left * x], [0.0, y, -top * y]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lie_inside_and_have_the_area_and_shape_asked_for() {
        let crop = RandomResizedCrop::default();
        let mut rng = Rng::new(1);
        let (mut area, mut logarithm) = (0.0, 0.0);
        for _ in 0..4000 {
            let [left, top, across, down] = crop.draw(200.0, 200.0, &mut rng);
            assert!(left >= 0.0 && top >= 0.0 && left + across <= 200.0 && top + down <= 200.0);
            assert!(across / down > 0.73 && across / down < 1.37);
            area += across * down / 40_000.0 / 4000.0;
            logarithm += (across / down).ln() / 4000.0;
        }
        // The middle of the range is 0.54, but pieces that would not fit are drawn again, most of them large ones.
        assert!((area - 0.477).abs() < 0.015, "{area}");
        assert!(logarithm.abs() < 0.02, "{logarithm}");
    }

    #[test]
    fn a_picture_that_is_too_long_gives_its_middle() {
        let crop = RandomResizedCrop { scale: [1.0, 1.0], ratio: [0.5, 2.0] };
        assert_eq!(crop.draw(100.0, 10.0, &mut Rng::new(1)), [40.0, 0.0, 20.0, 10.0]);
        assert_eq!(crop.draw(10.0, 100.0, &mut Rng::new(1)), [0.0, 40.0, 10.0, 20.0]);
    }

    #[test]
    fn a_quarter_is_brought_to_the_whole() {
        let mut scene = Scene::new([4, 4, 1], vec![0.5; 16]).mask((0..16).collect());
        enlarge([2.0, 0.0, 2.0, 2.0], &scene).apply(&mut scene, Border::Edge);
        assert_eq!(scene.mask.unwrap(), [2, 2, 3, 3, 2, 2, 3, 3, 6, 6, 7, 7, 6, 6, 7, 7]);
    }
}
