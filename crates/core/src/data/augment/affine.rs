//! Affine maps of the plane: straight lines stay straight and parallels parallel.

use super::warp::warp;
use super::{Border, Scene};

/// x' = a x + b y + c, y' = d x + e y + f.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine([[f64; 3]; 2]);

impl Affine {
    /// [[a, b, c], [d, e, f]].
    pub fn new(rows: [[f64; 3]; 2]) -> Self {
        Affine(rows)
    }

    /// Moves by so many pixels to the right and downwards.
    pub fn translation(x: f64, y: f64) -> Self {
        Affine([[1.0, 0.0, x], [0.0, 1.0, y]])
    }

    /// The matrix [[a, b], [d, e]] about a point, which stays where it is.
    pub fn about([x, y]: [f64; 2], [[a, b], [d, e]]: [[f64; 2]; 2]) -> Self {
        Affine([[a, b, x - a * x - b * y], [d, e, y - d * x - e * y]])
    }

    /// Where a point goes.
    pub fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        self.0.map(|[a, b, c]| a * x + b * y + c)
    }

    /// The map back: (A x + t)^-1 = A^-1 x - A^-1 t. No augmentation builds a map whose determinant is 0.
    pub fn inverse(&self) -> Self {
        let [[a, b, c], [d, e, f]] = self.0;
        let determinant = a * e - b * d;
        let [a, b, d, e] = [e, -b, -d, a].map(|entry| entry / determinant);
        Affine([[a, b, -(a * c + b * f)], [d, e, -(d * c + e * f)]])
    }

    /// Moves a scene.
    pub fn apply(&self, scene: &mut Scene, border: Border) {
        let inverse = self.inverse();
        let source = |column: usize, row: usize| inverse.at([column as f64 + 0.5, row as f64 + 0.5]);
        warp(scene, border, source, |point| self.at(point));
    }
}

#[cfg(test)]
mod tests {
    use super::super::BoundingBox;
    use super::*;
    use crate::Real;

    /// A picture of 3 x 3 whose pixels are numbered from 1, their numbers as mask, and a box about the number 2.
    fn numbered() -> Scene {
        let boxes = vec![BoundingBox { corners: [1.0, 0.0, 2.0, 1.0], label: 5 }];
        Scene::new([3, 3, 1], (1..=9).map(|x| x as Real / 10.0).collect()).mask((1..=9).collect()).boxes(boxes)
    }

    #[track_caller]
    fn assert_moved(map: Affine, border: Border, expected: [u32; 9], corners: Option<[Real; 4]>) {
        let mut scene = numbered();
        map.apply(&mut scene, border);
        assert_eq!(scene.mask.unwrap(), expected);
        for (found, expected) in scene.picture.iter().zip(expected) {
            assert!((found - expected as Real / 10.0).abs() < 1e-7, "{:?}", scene.picture);
        }
        match corners {
            Some(corners) => {
                assert_eq!((scene.boxes.len(), scene.boxes[0].label), (1, 5));
                for (found, expected) in scene.boxes[0].corners.iter().zip(corners) {
                    assert!((found - expected).abs() < 1e-6, "{:?}", scene.boxes[0]);
                }
            }
            None => assert_eq!(scene.boxes, []),
        }
    }

    #[test]
    fn quarter_turns_flips_and_whole_pixels_move_pixels_as_they_are() {
        let (sine, cosine) = 90.0f64.to_radians().sin_cos();
        // The axis y points downwards: this turns clockwise.
        let turn = Affine::about([1.5, 1.5], [[cosine, -sine], [sine, cosine]]);
        assert_moved(turn, Border::Zero, [7, 4, 1, 8, 5, 2, 9, 6, 3], Some([2.0, 1.0, 3.0, 2.0]));
        let mirror = Affine::about([1.5, 1.5], [[-1.0, 0.0], [0.0, 1.0]]);
        assert_moved(mirror, Border::Zero, [3, 2, 1, 6, 5, 4, 9, 8, 7], Some([1.0, 0.0, 2.0, 1.0]));
        let lower = Affine::translation(1.0, 2.0);
        assert_moved(lower, Border::Zero, [0, 0, 0, 0, 0, 0, 0, 1, 2], Some([2.0, 2.0, 3.0, 3.0]));
        assert_moved(lower, Border::Edge, [1, 1, 2, 1, 1, 2, 1, 1, 2], Some([2.0, 2.0, 3.0, 3.0]));
        assert_moved(lower, Border::Reflect, [8, 7, 8, 5, 4, 5, 2, 1, 2], Some([2.0, 2.0, 3.0, 3.0]));
        let away = Affine::translation(0.0, -1.0);
        assert_moved(away, Border::Zero, [4, 5, 6, 7, 8, 9, 0, 0, 0], None);
    }

    #[test]
    fn a_map_and_its_inverse_undo_each_other() {
        let map = Affine::new([[1.2, -0.4, 3.0], [0.7, 0.9, -5.0]]);
        for point in [[0.0, 0.0], [3.5, -2.0]] {
            let [x, y] = map.inverse().at(map.at(point));
            assert!((x - point[0]).abs() < 1e-12 && (y - point[1]).abs() < 1e-12);
        }
        let center = [4.0, 7.0];
        assert_eq!(Affine::about(center, [[0.3, 2.0], [-1.0, 0.5]]).at(center), center);
    }
}
