//! Pictures on rubber.

use serde::{Deserialize, Serialize};

use super::gaussian::smooth;
use super::warp::warp;
use super::{Augment, Border, Scene};
use crate::check::within;
use crate::{Error, Real, Rng};

/// Moves each pixel by its own displacement, alike for neighbours (Simard, Steinkraus and Platt, 2003): for each pixel a
/// random pair from [-1, 1), smoothed by a Gaussian of deviation `sigma`, times `alpha`. Their values for digits of 28 x 28
/// are the defaults; they move a pixel by about 1.4 pixels in each direction (root mean square).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ElasticDeformation {
    /// How strong it is.
    pub alpha: f64,
    /// How far neighbours move alike, in pixels.
    pub sigma: f64,
    /// What comes in from beyond the border.
    pub border: Border,
}

impl Default for ElasticDeformation {
    fn default() -> Self {
        ElasticDeformation { alpha: 34.0, sigma: 4.0, border: Border::Zero }
    }
}

impl Augment for ElasticDeformation {
    fn check(&self) -> Result<(), Error> {
        let alpha = self.alpha;
        within("elastic_deformation.alpha", alpha, alpha > 0.0 && alpha <= 1000.0, "a number above 0, at most 1000")?;
        let holds = (0.1..=100.0).contains(&self.sigma);
        within("elastic_deformation.sigma", self.sigma, holds, "a number from 0.1 to 100")
    }

    fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
        Field::draw(self, [scene.height, scene.width], rng).apply(scene, self.border);
    }
}

/// A displacement for each pixel: where its point comes from, relative to itself.
pub(super) struct Field {
    height: usize,
    width: usize,
    /// `[height, width, 2]`: to the right and downwards.
    displacements: Vec<Real>,
}

/// Steps of the search for where a point goes. Each multiplies the error by the slope of the field, which is below 1 unless the
/// deformation folds the picture.
const STEPS: usize = 20;

impl Field {
    pub fn new([height, width]: [usize; 2], displacements: Vec<Real>) -> Self {
        Field { height, width, displacements }
    }

    fn draw(options: &ElasticDeformation, [height, width]: [usize; 2], rng: &mut Rng) -> Self {
        let mut displacements: Vec<Real> = (0..height * width * 2).map(|_| rng.uniform_in(-1.0, 1.0)).collect();
        smooth(&mut displacements, [height, width, 2], options.sigma);
        for value in &mut displacements {
            *value *= options.alpha as Real;
        }
        Field::new([height, width], displacements)
    }

    pub fn apply(&self, scene: &mut Scene, border: Border) {
        let source = |column: usize, row: usize| {
            let [x, y] = self.at(row, column);
            [column as f64 + 0.5 + x, row as f64 + 0.5 + y]
        };
        warp(scene, border, source, |point| self.target(point));
    }

    fn at(&self, row: usize, column: usize) -> [f64; 2] {
        let start = (row * self.width + column) * 2;
        [self.displacements[start] as f64, self.displacements[start + 1] as f64]
    }

    /// Where a point goes: the q whose q + d(q) is the point, found by q <- point - d(q).
    fn target(&self, point: [f64; 2]) -> [f64; 2] {
        let mut guess = point;
        for _ in 0..STEPS {
            let [x, y] = self.between(guess);
            guess = [point[0] - x, point[1] - y];
        }
        guess
    }

    /// The displacement between pixels; beyond the outermost ones, theirs.
    fn between(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (x, y) = ((x - 0.5).clamp(0.0, (self.width - 1) as f64), (y - 0.5).clamp(0.0, (self.height - 1) as f64));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (across, down) = (x - left as f64, y - top as f64);
        let mix = |a: [f64; 2], b: [f64; 2], share: f64| [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
        let upper = mix(self.at(top, left), self.at(top, right), across);
        mix(upper, mix(self.at(bottom, left), self.at(bottom, right), across), down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displacements_have_the_size_that_the_documentation_says() {
        let mut rng = Rng::new(1);
        let field = Field::draw(&ElasticDeformation::default(), [200, 200], &mut rng);
        let square: f64 = field.displacements.iter().map(|value| (*value as f64).powi(2)).sum();
        let found = (square / field.displacements.len() as f64).sqrt();
        // A uniform number from [-1, 1) has deviation 1 / sqrt 3; smoothing in the plane divides it by 2 sigma sqrt pi.
        let expected = 34.0 / 3.0f64.sqrt() / (8.0 * std::f64::consts::PI.sqrt());
        assert!((found - expected).abs() < 0.1, "{found} {expected}");
    }

    #[test]
    fn where_a_point_goes_is_where_it_comes_from_turned_round() {
        let field = Field::draw(&ElasticDeformation::default(), [28, 28], &mut Rng::new(2));
        for point in [[14.0, 14.0], [5.3, 20.1], [22.0, 8.8]] {
            let target = field.target(point);
            let [x, y] = field.between(target);
            let off = (target[0] + x - point[0]).abs() + (target[1] + y - point[1]).abs();
            assert!(off < 0.01, "{point:?} off by {off}");
        }
    }
}
