//! Volumes of balls and cubes.

use std::f64::consts::TAU;

use gradus_core::Rng;

/// The volume of the ball of radius 1: V_d = pi^(d/2) / Gamma(d/2 + 1), by V_d = V_(d-2) 2 pi / d from V_0 = 1 and V_1 = 2.
pub fn ball_volume(dimensions: usize) -> f64 {
    let start = if dimensions.is_multiple_of(2) { 1.0 } else { 2.0 };
    let first = 2 + dimensions % 2;
    (first..=dimensions).step_by(2).fold(start, |volume, d| volume * TAU / d as f64)
}

/// The share of the cube's volume that the ball inside it has: V_d / 2^d.
pub fn ball_share_of_cube(dimensions: usize) -> f64 {
    ball_volume(dimensions) / 2f64.powi(dimensions as i32)
}

/// The share of a ball's volume that is within `depth`, a share of the radius, of its surface: 1 - (1 - depth)^d.
pub fn shell_share(depth: f64, dimensions: usize) -> f64 {
    1.0 - (1.0 - depth).powi(dimensions as i32)
}

/// The edge of a cube that holds a share of the unit cube's volume: share^(1/d). To catch a tenth of evenly spread data in 10
/// dimensions takes 79 % of each axis (Hastie, Tibshirani, Friedman: The elements of statistical learning, section 2.5).
pub fn edge_for_share(share: f64, dimensions: usize) -> f64 {
    share.powf(1.0 / dimensions as f64)
}

/// The share of evenly drawn points of the cube that fall into the ball.
pub fn hits_in_ball(dimensions: usize, draws: usize, rng: &mut Rng) -> f64 {
    let mut hits = 0;
    for _ in 0..draws {
        let square: f64 = (0..dimensions).map(|_| f64::from(rng.uniform_in(-1.0, 1.0)).powi(2)).sum();
        hits += usize::from(square <= 1.0);
    }
    hits as f64 / draws as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn volumes_are_the_known_ones() {
        let expected = [1.0, 2.0, PI, 4.0 / 3.0 * PI, PI * PI / 2.0, 8.0 / 15.0 * PI * PI];
        for (dimensions, expected) in expected.into_iter().enumerate() {
            assert!((ball_volume(dimensions) - expected).abs() < 1e-12, "{dimensions}");
        }
        // The largest is in five dimensions.
        assert!((0..30).all(|d| ball_volume(d) <= ball_volume(5)));
    }

    #[test]
    fn draws_find_the_volume() {
        let mut rng = Rng::new(1);
        for dimensions in [1, 2, 5, 8] {
            let (found, expected) = (hits_in_ball(dimensions, 40_000, &mut rng), ball_share_of_cube(dimensions));
            // Four standard deviations of a share.
            let spread = 4.0 * (expected * (1.0 - expected) / 40_000.0).sqrt();
            assert!((found - expected).abs() <= spread, "{dimensions}: {found} {expected}");
        }
    }

    #[test]
    fn shares_are_those_of_the_formulas() {
        assert!((edge_for_share(0.1, 10) - 0.794_328_234_724_281_5).abs() < 1e-12);
        assert!((shell_share(0.1, 50) - 0.994_846_224_7).abs() < 1e-9);
    }
}
