//! Samples with targets, and what predicts them: the common ground of capacity, theory and ensembles.

use gradus_core::data::{Dataset, Target};
use gradus_core::nn::{Context, Module};
use gradus_core::{Error, Real, Tensor, no_grad};

use crate::points::Points;
use crate::scaling::Scaling;

/// Rows of numbers, each with a target: one number, or the shares of the classes (1 for its own, 0 for the others).
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    inputs: Vec<f64>,
    dimension: usize,
    targets: Vec<f64>,
    outputs: usize,
}

impl Samples {
    /// Rows of `dimension` numbers, one after the other, and a number for each.
    ///
    /// Errors: no rows, counts that do not fit, numbers that are not finite.
    pub fn of_numbers(inputs: Vec<f64>, dimension: usize, targets: Vec<f64>) -> Result<Self, Error> {
        if targets.is_empty() || dimension == 0 {
            let count = targets.len();
            return Err(Error::Data(format!(
                "there are {count} samples of {dimension} numbers; give at least one of each"
            )));
        }
        if inputs.len() != targets.len() * dimension {
            let (given, count) = (inputs.len(), targets.len());
            return Err(Error::Data(format!(
                "{given} numbers do not make {count} samples of {dimension}; give as many"
            )));
        }
        if let Some(place) = inputs.iter().position(|value| !value.is_finite()) {
            let (row, column, value) = (place / dimension, place % dimension, inputs[place]);
            return Err(Error::Data(format!(
                "sample {row}, number {column}: {value} is not finite; leave the sample out"
            )));
        }
        if let Some(row) = targets.iter().position(|value| !value.is_finite()) {
            let value = targets[row];
            return Err(Error::Data(format!("sample {row}: its target {value} is not finite; leave the sample out")));
        }
        Ok(Samples { inputs, dimension, targets, outputs: 1 })
    }

    /// Points with classes.
    ///
    /// Errors: all points of one class.
    pub fn of_classes(points: &Points) -> Result<Self, Error> {
        let (labels, outputs) = (points.labels(), points.classes().len());
        if labels.iter().all(|label| *label == labels[0]) {
            let name = &points.classes()[labels[0] as usize];
            let problem =
                format!("all {} points are of class {name}; give points of two classes or more", labels.len());
            return Err(Error::Data(problem));
        }
        let mut targets = vec![0.0; labels.len() * outputs];
        labels.iter().enumerate().for_each(|(row, label)| targets[row * outputs + *label as usize] = 1.0);
        Ok(Samples { inputs: points.values().to_vec(), dimension: points.dimension(), targets, outputs })
    }

    /// The samples of a set whose targets are one number each.
    ///
    /// Errors: targets that are no single numbers, numbers that are not finite, and what reading gives.
    pub fn of_values(dataset: &dyn Dataset) -> Result<Self, Error> {
        let dimension = dataset.sample_len();
        let mut row = vec![0.0; dimension];
        let (mut inputs, mut targets) = (Vec::with_capacity(dataset.len() * dimension), Vec::new());
        for index in 0..dataset.len() {
            match dataset.read(index, &mut row)? {
                Target::Values(values) if values.len() == 1 => targets.push(f64::from(values[0])),
                _ => {
                    let place = dataset.describe(index);
                    return Err(Error::Data(format!(
                        "{place}: its target is not one number; choose a column of numbers"
                    )));
                }
            }
            inputs.extend(row.iter().map(|value| f64::from(*value)));
        }
        Self::of_numbers(inputs, dimension, targets)
    }

    /// These with each column of the inputs moved and scaled as takes `reference` to mean 0 and standard deviation 1; columns that
    /// do not vary there are only moved.
    ///
    /// # Panics
    /// When `reference` has rows of another length.
    pub fn standardized_by(&self, reference: &Samples) -> Self {
        assert_eq!(self.dimension, reference.dimension, "both have rows of one length");
        let inputs = Scaling::of(&reference.inputs, self.dimension).scale(&self.inputs);
        Samples { inputs, targets: self.targets.clone(), ..*self }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.targets.len() / self.outputs
    }

    /// Whether there are none, which is refused.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Numbers of a row.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Numbers of a target: 1, or how many classes there are.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// All rows, one after the other.
    pub fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// All targets, one after the other.
    pub fn targets(&self) -> &[f64] {
        &self.targets
    }

    /// Those of these places, which may repeat.
    pub fn subset(&self, places: &[usize]) -> Self {
        let pick = |values: &[f64], width: usize| -> Vec<f64> {
            places.iter().flat_map(|place| &values[place * width..(place + 1) * width]).copied().collect()
        };
        let (inputs, targets) = (pick(&self.inputs, self.dimension), pick(&self.targets, self.outputs));
        Samples { inputs, targets, ..*self }
    }

    /// The mean over the samples of the squared distance between prediction and target; of classes that is Brier's score (1950).
    ///
    /// # Panics
    /// When there are not as many predictions as targets.
    pub fn squared_error(&self, predictions: &[f64]) -> f64 {
        assert_eq!(predictions.len(), self.targets.len(), "one prediction for each number of the targets");
        let squares = predictions.iter().zip(&self.targets).map(|(y, t)| (y - t) * (y - t));
        squares.sum::<f64>() / self.len() as f64
    }

    /// The share of samples whose largest prediction is not of their class.
    ///
    /// # Panics
    /// When the targets are numbers.
    pub fn wrong(&self, predictions: &[f64]) -> f64 {
        assert!(self.outputs > 1, "numbers are not right or wrong; ask for their squared error");
        let pairs = predictions.chunks_exact(self.outputs).zip(self.targets.chunks_exact(self.outputs));
        pairs.filter(|(y, t)| largest(y) != largest(t)).count() as f64 / self.len() as f64
    }

    /// The rows as a tensor `[len, dimension]`, and the targets `[len, outputs]`.
    pub fn tensors(&self) -> (Tensor, Tensor) {
        (narrow(&self.inputs, self.dimension), narrow(&self.targets, self.outputs))
    }

    /// The classes as labels.
    ///
    /// # Panics
    /// When the targets are numbers.
    pub fn labels(&self) -> Vec<u32> {
        assert!(self.outputs > 1, "numbers have no labels");
        self.targets.chunks_exact(self.outputs).map(|target| largest(target) as u32).collect()
    }
}

fn largest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, place| if values[place] > values[best] { place } else { best })
}

fn narrow(values: &[f64], width: usize) -> Tensor {
    let numbers: Vec<Real> = values.iter().map(|value| *value as Real).collect();
    Tensor::new(numbers, [values.len() / width, width])
}

/// What gives a prediction for each row: a number, or shares of classes.
pub trait Predictor {
    /// The predictions for rows, one after the other.
    fn predict(&self, inputs: &[f64]) -> Vec<f64>;
}

impl<F: Fn(&[f64]) -> Vec<f64>> Predictor for F {
    fn predict(&self, inputs: &[f64]) -> Vec<f64> {
        self(inputs)
    }
}

/// A network that predicts: its outputs as they are, or their softmax.
pub struct NetworkPredictor {
    /// The network.
    pub network: Box<dyn Module>,
    /// Numbers of a row.
    pub dimension: usize,
    /// Whether the outputs are logits of classes.
    pub softmax: bool,
}

impl Predictor for NetworkPredictor {
    fn predict(&self, inputs: &[f64]) -> Vec<f64> {
        if inputs.is_empty() {
            return Vec::new();
        }
        let outputs = no_grad(|| self.network.forward(&narrow(inputs, self.dimension), &mut Context::eval()));
        let outputs = if self.softmax { outputs.softmax(1) } else { outputs };
        outputs.as_slice().iter().map(|value| f64::from(*value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sample_is_named() {
        let said =
            |inputs: Vec<f64>, targets: Vec<f64>| Samples::of_numbers(inputs, 2, targets).unwrap_err().to_string();
        assert!(said(vec![], vec![]).starts_with("there are 0 samples of 2 numbers"));
        assert!(said(vec![1.0; 3], vec![0.0; 2]).starts_with("3 numbers do not make 2 samples of 2"));
        assert!(said(vec![1.0, f64::NAN], vec![0.0]).starts_with("sample 0, number 1: NaN"));
        assert!(said(vec![1.0, 2.0], vec![f64::INFINITY]).starts_with("sample 0: its target inf"));
        let names = vec!["no".to_owned(), "yes".to_owned()];
        let one = Points::new(vec![1.0, 2.0], 1, vec![1, 1], names).unwrap();
        assert!(Samples::of_classes(&one).unwrap_err().to_string().starts_with("all 2 points are of class yes"));
    }

    #[test]
    fn errors_of_classes_are_brier_scores_and_shares() {
        let names = vec!["no".to_owned(), "yes".to_owned()];
        let points = Points::new(vec![1.0, 2.0, 3.0], 1, vec![0, 1, 1], names).unwrap();
        let samples = Samples::of_classes(&points).unwrap();
        let predictions = [1.0, 0.0, 0.75, 0.25, 0.5, 0.5];
        assert!((samples.squared_error(&predictions) - (2.0 * 0.5625 + 2.0 * 0.25) / 3.0).abs() < 1e-15);
        assert!((samples.wrong(&predictions) - 2.0 / 3.0).abs() < 1e-15);
        assert_eq!(samples.subset(&[2, 2, 0]).labels(), [1, 1, 0]);
        let scaled = samples.standardized_by(&samples);
        assert!((scaled.inputs()[0] + 1.5f64.sqrt()).abs() < 1e-12 && scaled.inputs()[1].abs() < 1e-12);
        assert_eq!(samples.subset(&[0, 0]).standardized_by(&samples.subset(&[0, 0])).inputs(), [0.0, 0.0]);
    }
}
