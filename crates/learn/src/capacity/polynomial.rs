//! Polynomials fitted by least squares, in Legendre's polynomials, whose system stays well conditioned where that of the powers
//! does not.

use gradus_core::Error;

use crate::least_squares::least_squares;
use crate::samples::{Predictor, Samples};

/// The polynomial of least squared error, sum of c_k P_k(u) with u the input scaled to -1..1. With more coefficients than
/// points it is the one of the shortest c among those that go through all points.
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    coefficients: Vec<f64>,
    domain: (f64, f64),
}

impl Polynomial {
    /// Fits one of a degree to samples of one number; `domain` is what is scaled to -1..1.
    ///
    /// Errors: samples of more than one number or of classes, an empty domain.
    pub fn fit(samples: &Samples, degree: usize, domain: (f64, f64)) -> Result<Self, Error> {
        if samples.dimension() != 1 || samples.outputs() != 1 {
            let (inputs, outputs) = (samples.dimension(), samples.outputs());
            let problem = format!("a polynomial takes one number to one; the samples take {inputs} to {outputs}");
            return Err(Error::Data(problem));
        }
        if !(domain.0 < domain.1 && domain.0.is_finite() && domain.1.is_finite()) {
            let (low, high) = domain;
            return Err(Error::setting("domain", format!("{low} to {high} is empty; give the lower end first")));
        }
        let mut terms = vec![0.0; degree + 1];
        let rows = samples.inputs().iter().flat_map(|x| {
            legendre(scaled(*x, domain), &mut terms);
            terms[1..].to_vec()
        });
        let rows: Vec<f64> = rows.collect();
        Ok(Polynomial { coefficients: least_squares(&rows, degree, samples.targets())?, domain })
    }

    /// The value at `x`.
    pub fn value(&self, x: f64) -> f64 {
        let mut terms = vec![0.0; self.coefficients.len()];
        legendre(scaled(x, self.domain), &mut terms);
        terms.iter().zip(&self.coefficients).map(|(term, c)| term * c).sum()
    }
}

impl Predictor for Polynomial {
    fn predict(&self, inputs: &[f64]) -> Vec<f64> {
        inputs.iter().map(|x| self.value(*x)).collect()
    }
}

fn scaled(x: f64, (low, high): (f64, f64)) -> f64 {
    (2.0 * x - low - high) / (high - low)
}

/// P_0(u), P_1(u), .. by (k + 1) P_(k+1) = (2k + 1) u P_k - k P_(k-1).
fn legendre(u: f64, terms: &mut [f64]) {
    terms[0] = 1.0;
    if terms.len() > 1 {
        terms[1] = u;
    }
    for k in 2..terms.len() {
        let d = k as f64;
        terms[k] = ((2.0 * d - 1.0) * u * terms[k - 1] - (d - 1.0) * terms[k - 2]) / d;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cubic(x: f64) -> f64 {
        2.0 - x + 0.5 * x.powi(3)
    }

    #[test]
    fn a_cubic_is_found_by_degree_three_and_interpolated_by_more() {
        let x: Vec<f64> = (0..8).map(|k| f64::from(k) * 0.5).collect();
        let y: Vec<f64> = x.iter().map(|x| cubic(*x)).collect();
        let samples = Samples::of_numbers(x, 1, y).unwrap();
        let found = Polynomial::fit(&samples, 3, (0.0, 4.0)).unwrap();
        assert!((found.value(3.3) - cubic(3.3)).abs() < 1e-10);
        let many = Polynomial::fit(&samples, 20, (0.0, 4.0)).unwrap();
        assert!(samples.squared_error(&many.predict(samples.inputs())) < 1e-16);
        let mean = Polynomial::fit(&samples, 0, (0.0, 4.0)).unwrap();
        assert!((mean.value(9.0) - samples.targets().iter().sum::<f64>() / 8.0).abs() < 1e-12);
    }

    #[test]
    fn samples_of_two_numbers_are_refused() {
        let samples = Samples::of_numbers(vec![1.0, 2.0], 2, vec![1.0]).unwrap();
        assert!(Polynomial::fit(&samples, 1, (0.0, 1.0)).unwrap_err().to_string().contains("the samples take 2 to 1"));
    }
}
