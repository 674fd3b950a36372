//! Distances that become alike.

use gradus_core::{Error, Real, Rng};

use crate::Cloud;
use crate::neighbors::nearest;

/// The median distance from the middle of the unit ball to the nearest of so many points spread evenly in it:
/// (1 - (1/2)^(1/n))^(1/d) (Hastie, Tibshirani, Friedman, equation 2.24).
pub fn median_nearest(count: usize, dimensions: usize) -> f64 {
    (1.0 - 0.5f64.powf(1.0 / count as f64)).powf(1.0 / dimensions as f64)
}

/// The standard deviation of the squared distance of two points spread evenly in the unit cube, relative to its mean:
/// sqrt(7 d / 180) / (d / 6) = sqrt(1.4 / d).
pub fn relative_spread(dimensions: usize) -> f64 {
    (1.4 / dimensions as f64).sqrt()
}

/// What was measured of distances in one number of dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Contrast {
    /// The mean over queries of (largest - smallest) / smallest distance (Beyer, Goldstein, Ramakrishnan, Shaft: When is "nearest
    /// neighbor" meaningful?, 1999).
    pub contrast: f64,
    /// The standard deviation of the squared distances, relative to their mean.
    pub spread: f64,
    /// The median over repeats of the distance from the middle of the unit ball to the nearest of as many points in it.
    pub nearest_in_ball: f64,
}

/// Measures with `count` points spread evenly in the unit cube, from 50 queries, and 101 times with points in the unit ball.
///
/// # Errors
/// When there are no points or no dimensions.
pub fn contrast(dimensions: usize, count: usize, rng: &mut Rng) -> Result<Contrast, Error> {
    const QUERIES: usize = 50;
    const REPEATS: usize = 101;
    let mut even = |rows: usize| Cloud::new((0..rows * dimensions).map(|_| rng.uniform()).collect(), dimensions);
    let (points, queries) = (even(count)?, even(QUERIES)?);
    let found = nearest(&points, &queries, count)?;
    let (mut contrast, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for query in 0..QUERIES {
        let (_, distances) = found.of(query);
        let (smallest, largest) = (distances[0] as f64, distances[count - 1] as f64);
        contrast += (largest - smallest) / smallest / QUERIES as f64;
        for distance in distances {
            let square = (*distance as f64).powi(2);
            sum += square;
            squares += square * square;
        }
    }
    let all = (QUERIES * count) as f64;
    let mean = sum / all;
    let spread = (squares / all - mean * mean).max(0.0).sqrt() / mean;
    let mut medians: Vec<f64> = (0..REPEATS).map(|_| nearest_in_ball(dimensions, count, rng)).collect();
    medians.sort_by(f64::total_cmp);
    Ok(Contrast { contrast, spread, nearest_in_ball: medians[REPEATS / 2] })
}

/// The smallest radius of points spread evenly in the unit ball: a radius is u^(1/d) with even u, whatever the direction.
fn nearest_in_ball(dimensions: usize, count: usize, rng: &mut Rng) -> f64 {
    let smallest = (0..count).map(|_| rng.uniform()).fold(Real::INFINITY, Real::min);
    (smallest as f64).powf(1.0 / dimensions as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_what_the_formulas_say() {
        let mut rng = Rng::new(7);
        let mut before = f64::INFINITY;
        for dimensions in [2, 10, 50, 300] {
            let found = contrast(dimensions, 500, &mut rng).unwrap();
            assert!((found.spread / relative_spread(dimensions) - 1.0).abs() < 0.12, "{dimensions}: {found:?}");
            let expected = median_nearest(500, dimensions);
            assert!((found.nearest_in_ball / expected - 1.0).abs() < 0.2, "{dimensions}: {found:?}, {expected}");
            assert!(found.contrast < before);
            before = found.contrast;
        }
        assert!(before < 1.0);
    }
}
