//! Pictures, masks and boxes moved by one map, which every geometric augmentation goes through.
//!
//! The map is given backwards: for each pixel of the result, the point of the source that comes there. So every pixel of
//! the result is filled, and once. A picture is read between its pixels (bilinear), a mask at the nearest one, since there
//! is no class between two classes.

use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

use super::{BoundingBox, Scene};

/// What stands beyond a picture's border.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Border {
    /// Black, and background in a mask.
    #[default]
    Zero,
    /// The outermost pixels, again and again.
    Edge,
    /// The picture mirrored at its outermost pixels, which are not doubled: c b | a b c | b a.
    Reflect,
}

impl Border {
    /// The pixel of a line of `len` that stands at `place`.
    pub(super) fn pixel(self, place: isize, len: usize) -> Option<usize> {
        if let Some(inside) = usize::try_from(place).ok().filter(|inside| *inside < len) {
            return Some(inside);
        }
        match self {
            Border::Zero => None,
            Border::Edge => Some(if place < 0 { 0 } else { len - 1 }),
            Border::Reflect if len == 1 => Some(0),
            Border::Reflect => {
                let period = 2 * (len - 1);
                let within = place.rem_euclid(period as isize) as usize;
                Some(within.min(period - within))
            }
        }
    }
}

/// Boxes that are left with a side shorter than this many pixels are gone.
const LEAST_SIDE: Real = 1e-3;
/// On each side of a box, so many points are followed: a map that is not affine bends sides.
const STEPS: usize = 8;

/// Moves a scene. `source` gives the point that comes to the middle of a pixel (column, row); `target`, its inverse, where
/// a point goes, and with it the boxes: the smallest box about a moved box, clipped to the picture, dropped where nothing
/// of it is left.
pub(super) fn warp(
    scene: &mut Scene,
    border: Border,
    source: impl Fn(usize, usize) -> [f64; 2],
    target: impl Fn([f64; 2]) -> [f64; 2],
) {
    scene.picture = picture(scene, border, &source);
    scene.mask = scene.mask.as_ref().map(|labels| mask(scene, labels, border, &source));
    let (width, height) = (scene.width as Real, scene.height as Real);
    scene.boxes.retain_mut(|thing| {
        let [left, top, right, bottom] = hull(thing, &target);
        thing.corners =
            [left.clamp(0.0, width), top.clamp(0.0, height), right.clamp(0.0, width), bottom.clamp(0.0, height)];
        let [left, top, right, bottom] = thing.corners;
        right - left >= LEAST_SIDE && bottom - top >= LEAST_SIDE
    });
}

fn picture(scene: &Scene, border: Border, source: &impl Fn(usize, usize) -> [f64; 2]) -> Vec<Real> {
    let Scene { height, width, channels, .. } = *scene;
    let mut moved = vec![0.0; scene.picture.len()];
    for (place, pixel) in moved.chunks_exact_mut(channels).enumerate() {
        let [x, y] = source(place % width, place / width);
        // From here on the middles of pixels have whole numbers.
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, lower_share) = ((x - left) as Real, (y - top) as Real);
        let (left, top) = (left as isize, top as isize);
        for (row, row_share) in [(top, 1.0 - lower_share), (top.saturating_add(1), lower_share)] {
            let Some(row) = border.pixel(row, height) else { continue };
            for (column, column_share) in [(left, 1.0 - right_share), (left.saturating_add(1), right_share)] {
                let Some(column) = border.pixel(column, width) else { continue };
                let from = &scene.picture[(row * width + column) * channels..][..channels];
                let share = row_share * column_share;
                pixel.iter_mut().zip(from).for_each(|(sum, value)| *sum += share * value);
            }
        }
    }
    moved
}

fn mask(scene: &Scene, labels: &[u32], border: Border, source: &impl Fn(usize, usize) -> [f64; 2]) -> Vec<u32> {
    let Scene { height, width, .. } = *scene;
    let label = |place: usize| {
        let [x, y] = source(place % width, place / width);
        let row = border.pixel(y.floor() as isize, height)?;
        let column = border.pixel(x.floor() as isize, width)?;
        Some(labels[row * width + column])
    };
    (0..labels.len()).map(|place| label(place).unwrap_or(0)).collect()
}

/// The smallest box about a moved box: left, top, right, bottom.
fn hull(thing: &BoundingBox, target: &impl Fn([f64; 2]) -> [f64; 2]) -> [Real; 4] {
    let [left, top, right, bottom] = thing.corners.map(|side| side as f64);
    let empty = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let outline = (0..=STEPS).flat_map(|step| {
        let share = step as f64 / STEPS as f64;
        let (x, y) = (left + (right - left) * share, top + (bottom - top) * share);
        [[x, top], [x, bottom], [left, y], [right, y]]
    });
    let around = outline
        .map(target)
        .fold(empty, |[left, top, right, bottom], [x, y]| [left.min(x), top.min(y), right.max(x), bottom.max(y)]);
    around.map(|side| side as Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beyond_the_border() {
        let line = |border: Border, len| (-4..7).map(|place| border.pixel(place, len)).collect::<Vec<_>>();
        let known = |places: [usize; 11]| places.map(Some).to_vec();
        assert_eq!(line(Border::Reflect, 3), known([0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]));
        assert_eq!(line(Border::Edge, 3), known([0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]));
        assert_eq!(line(Border::Reflect, 1), known([0; 11]));
        let zero = line(Border::Zero, 2);
        assert_eq!((zero[3], zero[4], zero[5], zero[6]), (None, Some(0), Some(1), None));
    }

    #[test]
    fn between_two_pixels_a_picture_is_mixed_and_a_mask_is_not() {
        let mut scene = Scene::new([1, 2, 1], vec![0.0, 1.0]).mask(vec![3, 7]);
        warp(&mut scene, Border::Edge, |x, _| [x as f64 + 0.75, 0.5], |[x, y]| [x - 0.25, y]);
        assert_eq!(scene.picture, [0.25, 1.0]);
        assert_eq!(scene.mask.unwrap(), [3, 7]);
    }

    #[test]
    fn a_bent_side_stays_inside_its_box() {
        let thing = BoundingBox { corners: [0.0, 2.0, 8.0, 4.0], label: 1 };
        // The upper side bulges in its middle.
        let bent = hull(&thing, &|[x, y]: [f64; 2]| [x, y - (1.0 - (x / 4.0 - 1.0).powi(2))]);
        assert_eq!(bent, [0.0, 1.0, 8.0, 4.0]);
    }
}
