//! Points with classes: what linear machines learn from.

mod toys;

pub use toys::Toy;

use gradus_core::Error;
use gradus_core::data::{Dataset, Target};

use crate::scaling::Scaling;

/// Points in a space of few or many dimensions, each of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    values: Vec<f64>,
    dimension: usize,
    labels: Vec<u32>,
    classes: Vec<String>,
}

impl Points {
    /// Points of `dimension` numbers each, `values` one after the other, and the class of each.
    ///
    /// Errors: no points, no dimensions, counts that do not fit, a class without a name, a number that is not finite.
    pub fn new(values: Vec<f64>, dimension: usize, labels: Vec<u32>, classes: Vec<String>) -> Result<Self, Error> {
        let refuse = |problem: String| Err(Error::Data(problem));
        if labels.is_empty() || dimension == 0 {
            let (points, numbers) = (labels.len(), dimension);
            return refuse(format!("there are {points} points of {numbers} numbers; give at least one of each"));
        }
        if values.len() != labels.len() * dimension {
            let (given, points) = (values.len(), labels.len());
            return refuse(format!("{given} numbers do not make {points} points of {dimension}; give as many"));
        }
        if let Some(label) = labels.iter().find(|label| **label as usize >= classes.len()) {
            return refuse(format!("a point is of class {label}, there are {} classes", classes.len()));
        }
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let (point, axis, value) = (place / dimension, place % dimension, values[place]);
            return refuse(format!("point {point}, number {axis}: {value} is not finite; leave the point out"));
        }
        Ok(Points { values, dimension, labels, classes })
    }

    /// The samples of a set whose targets are classes, each flattened to one row of numbers.
    ///
    /// Errors: targets that are no classes, and what reading gives.
    pub fn of(dataset: &dyn Dataset) -> Result<Self, Error> {
        let dimension = dataset.sample_len();
        let mut row = vec![0.0; dimension];
        let (mut values, mut labels) = (Vec::with_capacity(dataset.len() * dimension), Vec::new());
        for index in 0..dataset.len() {
            let Target::Class(label) = dataset.read(index, &mut row)? else {
                let place = dataset.describe(index);
                return Err(Error::Data(format!("{place}: its target is not a class; choose a column of classes")));
            };
            values.extend(row.iter().map(|value| f64::from(*value)));
            labels.push(label);
        }
        Self::new(values, dimension, labels, dataset.target_kind().class_names().to_vec())
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none, which [`new`](Self::new) refuses.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Numbers of a point.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// A point.
    pub fn point(&self, index: usize) -> &[f64] {
        &self.values[index * self.dimension..(index + 1) * self.dimension]
    }

    /// All points in their order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.dimension)
    }

    /// All numbers, point after point.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The class of each point.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The points of these indices.
    pub fn subset(&self, indices: &[usize]) -> Self {
        let values = indices.iter().flat_map(|index| self.point(*index)).copied().collect();
        let labels = indices.iter().map(|index| self.labels[*index]).collect();
        Points { values, labels, dimension: self.dimension, classes: self.classes.clone() }
    }

    /// The points with their columns scaled.
    ///
    /// Errors: a number that is no longer finite.
    pub fn scaled_by(&self, scaling: &Scaling) -> Result<Self, Error> {
        Self::new(scaling.scale(&self.values), self.dimension, self.labels.clone(), self.classes.clone())
    }

    /// +1 for the points of class `positive`, -1 for all others.
    ///
    /// Errors: all points on one side.
    pub fn signs(&self, positive: u32) -> Result<Vec<f64>, Error> {
        let signs: Vec<f64> = self.labels.iter().map(|label| if *label == positive { 1.0 } else { -1.0 }).collect();
        if signs.iter().all(|sign| *sign == signs[0]) {
            let name = self.classes.get(self.labels[0] as usize).map_or("the same", String::as_str);
            let problem = format!("all {} points are of class {name}; give points of two classes", signs.len());
            return Err(Error::Data(problem));
        }
        Ok(signs)
    }

    /// [`signs`](Self::signs) of a set of just two classes: +1 for the second.
    ///
    /// Errors: more than two classes that have points, or one.
    pub fn two_classes(&self) -> Result<Vec<f64>, Error> {
        if let Some(label) = self.labels.iter().find(|label| **label > 1) {
            let problem = format!(
                "there are {} classes, {} among them; give two, or choose one against the rest",
                self.classes.len(),
                self.classes[*label as usize]
            );
            return Err(Error::Data(problem));
        }
        self.signs(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(result: Result<impl std::fmt::Debug, Error>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_learned_from_is_named() {
        let names = || vec!["no".to_owned(), "yes".to_owned()];
        assert!(said(Points::new(vec![], 2, vec![], names())).starts_with("there are 0 points of 2 numbers"));
        assert!(said(Points::new(vec![1.0; 3], 2, vec![0, 1], names())).starts_with("3 numbers do not make 2 points"));
        assert!(said(Points::new(vec![1.0, f64::NAN], 1, vec![0, 1], names())).starts_with("point 1, number 0: NaN"));
        let one = Points::new(vec![1.0, 2.0], 1, vec![1, 1], names()).unwrap();
        assert_eq!(said(one.two_classes()), "all 2 points are of class yes; give points of two classes");
        let three = Points::new(vec![1.0; 3], 1, vec![0, 1, 2], ["a", "b", "c"].map(str::to_owned).to_vec()).unwrap();
        assert!(said(three.two_classes()).starts_with("there are 3 classes, c among them"));
        assert_eq!(three.signs(2).unwrap(), [-1.0, -1.0, 1.0]);
    }
}
