//! Classification by the nearest neighbours (Fix, Hodges, 1951; Cover, Hart, 1967).

use gradus_core::Error;

use super::nearest;
use crate::Cloud;

/// Answers the class that most of the k nearest known points have; of equally frequent classes that with the smallest number.
#[derive(Clone, Debug)]
pub struct NearestNeighbors {
    points: Cloud,
    classes: Vec<u32>,
    count: usize,
}

impl NearestNeighbors {
    /// Keeps the points and their classes; `count` is k.
    ///
    /// # Errors
    /// When there are not as many classes as points, or fewer points than k.
    pub fn new(points: Cloud, classes: Vec<u32>, count: usize) -> Result<Self, Error> {
        if points.rows() != classes.len() {
            return Err(Error::Data(format!("there are {} points and {} classes", points.rows(), classes.len())));
        }
        if count == 0 || count > points.rows() {
            let problem = format!("k is {count}; it must be between 1 and the number of points, {}", points.rows());
            return Err(Error::setting("neighbours", problem));
        }
        Ok(NearestNeighbors { points, classes, count })
    }

    /// The class of each query.
    ///
    /// # Errors
    /// When the queries have other columns than the points.
    pub fn predict(&self, queries: &Cloud) -> Result<Vec<u32>, Error> {
        let found = nearest(&self.points, queries, self.count)?;
        let mut votes: Vec<u32> = Vec::with_capacity(self.count);
        let of = |query| {
            votes.clear();
            votes.extend(found.of(query).0.iter().map(|number| self.classes[*number as usize]));
            votes.sort_unstable();
            let mut best = (0, 0);
            for group in votes.chunk_by(|a, b| a == b) {
                if group.len() > best.0 {
                    best = (group.len(), group[0]);
                }
            }
            best.1
        };
        Ok((0..queries.rows()).map(of).collect())
    }

    /// The share of queries whose class is found.
    ///
    /// # Errors
    /// As [`Self::predict`].
    pub fn accuracy(&self, queries: &Cloud, classes: &[u32]) -> Result<f64, Error> {
        let found = self.predict(queries)?;
        let right = found.iter().zip(classes).filter(|(found, class)| found == class).count();
        Ok(right as f64 / queries.rows() as f64)
    }
}
