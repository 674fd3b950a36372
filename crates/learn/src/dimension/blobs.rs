//! Two classes that differ in one direction, among more and more that say nothing.

use gradus_core::{Error, Rng};

use crate::Cloud;
use crate::neighbors::{KMeans, KMeansOptions, NearestNeighbors};

/// Two normal clouds of variance 1 in each direction, whose middles are `apart` from each other along the first.
#[derive(Clone, Debug)]
pub struct Blobs {
    /// Points to learn from, then as many to judge by; the classes take turns.
    pub points: Cloud,
    /// The class of each point: 0, 1, 0, 1, ..
    pub classes: Vec<u32>,
    half: usize,
}

impl Blobs {
    /// Draws `count` points to learn from and as many to judge by.
    ///
    /// # Errors
    /// When there are no points or no dimensions.
    pub fn new(dimensions: usize, count: usize, apart: f64, rng: &mut Rng) -> Result<Self, Error> {
        let classes: Vec<u32> = (0..2 * count).map(|row| (row % 2) as u32).collect();
        let mut values = Vec::with_capacity(2 * count * dimensions);
        for class in &classes {
            let middle = apart * (f64::from(*class) - 0.5);
            values.push(rng.normal() + middle as gradus_core::Real);
            values.extend((1..dimensions).map(|_| rng.normal()));
        }
        Ok(Blobs { points: Cloud::new(values, dimensions)?, classes, half: count })
    }

    /// The best that any rule can reach: Phi(apart / 2), whatever the number of dimensions.
    pub fn best_accuracy(apart: f64) -> f64 {
        normal_below(apart / 2.0)
    }

    /// How often a point is nearer to one of its own class than to one of the other, both drawn at random, in many dimensions:
    /// the squared distances differ by apart^2 on average, with variance 12 d + 8 apart^2, and their difference is about
    /// normal. It goes to 1/2, a guess, as the dimensions grow.
    pub fn own_class_nearer(dimensions: usize, apart: f64) -> f64 {
        normal_below(apart * apart / (12.0 * dimensions as f64 + 8.0 * apart * apart).sqrt())
    }

    /// How often it is so among the points drawn: each with the next two of either class.
    pub fn own_class_nearer_measured(&self) -> f64 {
        let square = |a: usize, b: usize| -> f64 {
            let pairs = self.points.row(a).iter().zip(self.points.row(b));
            pairs.map(|(a, b)| (*a as f64 - *b as f64).powi(2)).sum()
        };
        let count = self.points.rows() - 3;
        (0..count).filter(|row| square(*row, row + 2) < square(*row, row + 3)).count() as f64 / count as f64
    }

    /// The share of the points to judge by that the k nearest of those to learn from classify rightly.
    ///
    /// # Errors
    /// When there are fewer points than k.
    pub fn nearest_accuracy(&self, k: usize) -> Result<f64, Error> {
        let columns = self.points.columns();
        let (known, asked) = self.points.values().split_at(self.half * columns);
        let (known_classes, asked_classes) = self.classes.split_at(self.half);
        let classifier = NearestNeighbors::new(Cloud::new(known.to_vec(), columns)?, known_classes.to_vec(), k)?;
        classifier.accuracy(&Cloud::new(asked.to_vec(), columns)?, asked_classes)
    }

    /// How well two clusters of k-means are the two classes.
    ///
    /// # Errors
    /// None but those of too few points.
    pub fn means_accuracy(&self, seed: u64) -> Result<f64, Error> {
        let options = KMeansOptions { clusters: 2, restarts: 5, seed, ..KMeansOptions::default() };
        Ok(cluster_accuracy(&KMeans::fit(&self.points, &options)?.labels, &self.classes))
    }
}

/// The share of points that two clusters put right, with the names of the clusters exchanged where that is better.
pub fn cluster_accuracy(labels: &[u32], classes: &[u32]) -> f64 {
    let same = labels.iter().zip(classes).filter(|(label, class)| label == class).count() as f64;
    let share = same / labels.len() as f64;
    share.max(1.0 - share)
}

/// The distribution function of the standard normal distribution, by integrating its density (Simpson's rule).
fn normal_below(x: f64) -> f64 {
    const STEPS: usize = 400;
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let step = x / STEPS as f64;
    let weight = |place: usize| if place == 0 || place == STEPS { 1.0 } else { 2.0 + 2.0 * (place % 2) as f64 };
    let sum: f64 = (0..=STEPS).map(|place| weight(place) * density(place as f64 * step)).sum();
    0.5 + sum * step / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_distribution_is_the_tabled_one() {
        for (x, expected) in [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (-1.96, 0.024_997_895_148_220_4)] {
            assert!((normal_below(x) - expected).abs() < 1e-10);
        }
    }

    #[test]
    fn neighbours_and_means_fail_as_predicted() {
        let apart = 4.0;
        let best = Blobs::best_accuracy(apart);
        let mut rng = Rng::new(11);
        let mut before = 1.0;
        for dimensions in [1, 30, 1000] {
            let blobs = Blobs::new(dimensions, 1000, apart, &mut rng).unwrap();
            let found = blobs.nearest_accuracy(5).unwrap();
            assert!(found < best + 0.02 && found < before + 0.01, "{dimensions}: {found}");
            before = found;
            if dimensions > 1 {
                let (found, expected) = (blobs.own_class_nearer_measured(), Blobs::own_class_nearer(dimensions, apart));
                assert!((found - expected).abs() < 0.035, "{dimensions}: {found} {expected}");
            }
        }
        assert!(before < best - 0.08, "{before}");
    }
}
