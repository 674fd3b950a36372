//! What is saved of a machine: itself, how columns are scaled, and what the columns are.

use std::path::Path;

use gradus::Error;
use gradus::data::Schema;
use gradus::learn::points::Points;
use gradus::learn::scaling::Scaling;
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
