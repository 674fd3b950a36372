//! What is minimized.

use crate::expression::Expression;

/// A smooth function of a vector, in f64.
pub trait Objective {
    /// How many numbers the vector has.
    fn dimension(&self) -> usize;

    /// The value.
    fn value(&self, x: &[f64]) -> f64;

    /// Value and gradient.
    fn slope(&self, x: &[f64]) -> (f64, Vec<f64>);

    /// The Hessian, row by row.
    fn hessian(&self, x: &[f64]) -> Vec<f64>;

    /// The Hessian times a vector. The default makes the Hessian; who can do without gives a cheaper form.
    fn hessian_vector(&self, x: &[f64], vector: &[f64]) -> Vec<f64> {
        self.hessian(x).chunks_exact(self.dimension()).map(|row| dot(row, vector)).collect()
    }
}

impl Objective for Expression {
    fn dimension(&self) -> usize {
        self.dimension()
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.value(x)
    }

    fn slope(&self, x: &[f64]) -> (f64, Vec<f64>) {
        let found = self.derivatives(x);
        (found.value, found.gradient)
    }

    fn hessian(&self, x: &[f64]) -> Vec<f64> {
        self.derivatives(x).hessian
    }
}

/// The scalar product.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The length.
pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// x + step direction.
pub(super) fn moved(x: &[f64], direction: &[f64], step: f64) -> Vec<f64> {
    x.iter().zip(direction).map(|(x, d)| x + step * d).collect()
}

/// -a.
pub(super) fn negative(a: &[f64]) -> Vec<f64> {
    a.iter().map(|a| -a).collect()
}
