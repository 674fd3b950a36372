//! Kernels: scalar products in spaces that are never entered (Boser, Guyon, Vapnik: A training algorithm for optimal margin
//! classifiers, 1992).

use gradus_core::{Error, Real, Tensor};
use serde::{Deserialize, Serialize};

/// K(a, b).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum Kernel {
    /// a'b.
    Linear,
    /// exp(-gamma ||a - b||^2).
    Rbf {
        /// gamma, above 0.
        gamma: f64,
    },
    /// (gamma a'b + constant)^degree.
    Polynomial {
        /// At least 1.
        degree: u32,
        /// gamma, above 0.
        gamma: f64,
        /// At least 0.
        constant: f64,
    },
}

impl Kernel {
    /// Errors: a gamma that is not positive, a degree of 0, a constant below 0.
    pub fn check(self) -> Result<(), Error> {
        let (gamma, degree, constant) = match self {
            Kernel::Linear => (1.0, 1, 0.0),
            Kernel::Rbf { gamma } => (gamma, 1, 0.0),
            Kernel::Polynomial { degree, gamma, constant } => (gamma, degree, constant),
        };
        if !(gamma > 0.0 && gamma.is_finite()) {
            return Err(Error::setting("gamma", format!("is {gamma}; it is positive")));
        }
        if degree == 0 {
            return Err(Error::setting("degree", "is 0; give at least 1"));
        }
        if !(constant >= 0.0 && constant.is_finite()) {
            return Err(Error::setting("constant", format!("is {constant}; it is at least 0")));
        }
        Ok(())
    }

    /// The gamma of who has none in mind: 1 / (columns times the variance of all numbers), scikit-learn's `scale`.
    pub fn usual_gamma(values: &[f64], dimension: usize) -> f64 {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
        1.0 / (dimension as f64 * variance.max(1e-12))
    }

    /// K of two points, the formula as it stands.
    pub fn value(self, a: &[f64], b: &[f64]) -> f64 {
        let product = || a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        match self {
            Kernel::Linear => product(),
            Kernel::Rbf { gamma } => (-gamma * a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()).exp(),
            Kernel::Polynomial { degree, gamma, constant } => (gamma * product() + constant).powi(degree as i32),
        }
    }
}

/// Points made ready for a kernel: as a tensor, and for RBF moved to their mean, so that ||a||^2 + ||b||^2 - 2 a'b loses few
/// digits.
pub(super) struct Prepared {
    kernel: Kernel,
    shift: Vec<f64>,
    points: Tensor,
    /// -gamma ||x||^2 of each, `[1, points]`.
    squares: Tensor,
}

impl Prepared {
    /// Of rows of `dimension` numbers.
    pub fn new(kernel: Kernel, values: &[f64], dimension: usize) -> Self {
        let count = values.len() / dimension;
        let mut shift = vec![0.0; dimension];
        if matches!(kernel, Kernel::Rbf { .. }) {
            for row in values.chunks_exact(dimension) {
                shift.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / count as f64);
            }
        }
        let mut prepared =
            Prepared { kernel, shift, points: Tensor::zeros([1, dimension]), squares: Tensor::zeros([1, 1]) };
        prepared.points = prepared.moved(values);
        prepared.squares = prepared.squares(&prepared.points).reshape([1, count]);
        prepared
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.points.shape()[0]
    }

    fn moved(&self, values: &[f64]) -> Tensor {
        let dimension = self.shift.len();
        Tensor::build([values.len() / dimension, dimension], |out| {
            for (out, row) in out.chunks_exact_mut(dimension).zip(values.chunks_exact(dimension)) {
                out.iter_mut().zip(row).zip(&self.shift).for_each(|((out, x), shift)| *out = (x - shift) as Real);
            }
        })
    }

    fn squares(&self, points: &Tensor) -> Tensor {
        let Kernel::Rbf { gamma } = self.kernel else { return Tensor::zeros([points.shape()[0]]) };
        points.square().sum_axes(&[1]).scale(-gamma as Real)
    }

    /// K of other points, rows of numbers, against all of these: `[others, points]`.
    pub fn against(&self, values: &[f64]) -> Tensor {
        let others = self.moved(values);
        let squares = self.squares(&others).reshape([others.shape()[0], 1]);
        self.finished(&others.linear(&self.points, None), &squares)
    }

    /// K of one of these points against all: `[1, points]`.
    pub fn row(&self, index: usize) -> Tensor {
        let products = self.points.narrow(0, index, 1).linear(&self.points, None);
        self.finished(&products, &self.squares.narrow(1, index, 1))
    }

    /// K of each point with itself.
    pub fn diagonal(&self) -> Vec<f64> {
        let products = self.points.square().sum_axes(&[1]);
        let own = |product: &Real| match self.kernel {
            Kernel::Linear => f64::from(*product),
            Kernel::Rbf { .. } => 1.0,
            Kernel::Polynomial { degree, gamma, constant } => {
                (gamma * f64::from(*product) + constant).powi(degree as i32)
            }
        };
        products.as_slice().iter().map(own).collect()
    }

    fn finished(&self, products: &Tensor, squares: &Tensor) -> Tensor {
        match self.kernel {
            Kernel::Linear => products.clone(),
            Kernel::Rbf { gamma } => products.scale(2.0 * gamma as Real).add(&self.squares).add(squares).exp(),
            Kernel::Polynomial { degree, gamma, constant } => {
                let base = products.scale(gamma as Real).shift(constant as Real);
                (1..degree).fold(base.clone(), |power, _| power.mul(&base))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn rows_are_the_formula() {
        let mut rng = Rng::new(4);
        let values: Vec<f64> = (0..7 * 3).map(|_| 50.0 + f64::from(rng.normal())).collect();
        let polynomial = Kernel::Polynomial { degree: 3, gamma: 1e-3, constant: 1.0 };
        for kernel in [Kernel::Linear, Kernel::Rbf { gamma: 0.7 }, polynomial] {
            let prepared = Prepared::new(kernel, &values, 3);
            let all = prepared.against(&values);
            for i in 0..7 {
                let row = prepared.row(i);
                for j in 0..7 {
                    let exact = kernel.value(&values[3 * i..3 * i + 3], &values[3 * j..3 * j + 3]);
                    for found in [row.at(&[0, j]), all.at(&[i, j])] {
                        assert!(
                            (f64::from(found) - exact).abs() < 1e-4 * exact.max(0.01),
                            "{kernel:?} {found} {exact}"
                        );
                    }
                }
                let own = kernel.value(&values[3 * i..3 * i + 3], &values[3 * i..3 * i + 3]);
                assert!((prepared.diagonal()[i] - own).abs() < 1e-4 * own);
            }
        }
    }

    #[test]
    fn bad_settings_are_named() {
        let said = |kernel: Kernel| kernel.check().unwrap_err().to_string();
        assert_eq!(said(Kernel::Rbf { gamma: 0.0 }), "gamma: is 0; it is positive");
        assert_eq!(said(Kernel::Polynomial { degree: 0, gamma: 1.0, constant: 0.0 }), "degree: is 0; give at least 1");
    }
}
