//! What is saved of a machine: itself, how columns are scaled, and what the columns are.

use std::path::Path;

use gradus::Error;
use gradus::data::Schema;
use gradus::learn::points::Points;
use gradus::learn::svm::Classifier;
use serde::{Deserialize, Serialize};

use crate::commands::json_file;

/// A saved machine.
#[derive(Serialize, Deserialize)]
pub struct Model {
    pub classifier: Classifier,
    pub scaling: Option<Scaling>,
    pub schema: Option<Schema>,
}

/// Each column to mean 0 and standard deviation 1; a constant column to 0.
#[derive(Serialize, Deserialize)]
pub struct Scaling {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Scaling {
    /// That of points.
    pub fn of(points: &Points) -> Self {
        let (count, dimension) = (points.len() as f64, points.dimension());
        let mut means = vec![0.0; dimension];
        points.rows().for_each(|row| means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / count));
        let mut squares = vec![0.0; dimension];
        for row in points.rows() {
            squares.iter_mut().zip(row).zip(&means).for_each(|((s, x), mean)| *s += (x - mean) * (x - mean) / count);
        }
        let deviations = squares.iter().map(|square: &f64| if *square > 0.0 { square.sqrt() } else { 1.0 }).collect();
        Scaling { means, deviations }
    }

    fn scale(&self, values: &[f64]) -> Vec<f64> {
        let columns = self.means.iter().zip(&self.deviations).cycle();
        values.iter().zip(columns).map(|(x, (mean, deviation))| (x - mean) / deviation).collect()
    }

    /// The points scaled.
    pub fn apply(&self, points: &Points) -> Result<Points, Error> {
        let values = self.scale(points.values());
        Points::new(values, points.dimension(), points.labels().to_vec(), points.classes().to_vec())
    }
}

impl Model {
    /// Numbers as the machine takes them.
    pub fn scaled(&self, values: &[f64], dimension: usize) -> Result<Vec<f64>, Error> {
        let wanted = self.classifier.dimension();
        if dimension != wanted {
            let problem = format!("the data has {dimension} numbers a row, the machine was trained on {wanted}");
            return Err(Error::Data(problem));
        }
        Ok(self.scaling.as_ref().map_or_else(|| values.to_vec(), |scaling| scaling.scale(values)))
    }

    /// The class of each point.
    pub fn predict(&self, points: &Points) -> Result<Vec<u32>, Error> {
        Ok(self.classifier.predict(&self.scaled(points.values(), points.dimension())?))
    }

    /// Reads one.
    pub fn open(path: &Path) -> Result<Self, Error> {
        json_file::open(path, "machine that `gradus svm train` saved")
    }
}
