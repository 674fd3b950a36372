//! Least squares in closed form, by the singular value decomposition.

use gradus_core::Error;
use gradus_core::linalg::svd;

/// Singular values below this share of the largest count as zero.
const RANK: f64 = 1e-12;

/// The weights w_0 (the bias), w_1, .. of least R(w) = 1/(2n) sum of (w_0 + w'x - d)^2, and of least length where several
/// have it: w = X^+ d with the pseudo-inverse of the extended points (Moore, 1920; Penrose, 1955).
///
/// `inputs` are rows of `dimension` numbers, `wanted` one number each.
///
/// Errors: no rows, counts that do not fit, numbers that are not finite.
pub fn least_squares(inputs: &[f64], dimension: usize, wanted: &[f64]) -> Result<Vec<f64>, Error> {
    check(inputs, dimension, wanted)?;
    let (count, width) = (wanted.len(), dimension + 1);
    let rows: Vec<f64> = (0..count).flat_map(|row| extended(inputs, dimension, row)).collect();
    let found = svd(&rows, count, width)
        .ok_or_else(|| Error::Data("the points cannot be taken apart: a number is not finite".into()))?;
    let mut weights = vec![0.0; width];
    for (k, value) in found.values.iter().enumerate().filter(|(_, value)| **value > RANK * found.values[0]) {
        let (left, right) = (&found.left[k * count..(k + 1) * count], &found.right[k * width..(k + 1) * width]);
        let along: f64 = left.iter().zip(wanted).map(|(u, d)| u * d).sum::<f64>() / value;
        weights.iter_mut().zip(right).for_each(|(w, v)| *w += along * v);
    }
    Ok(weights)
}

/// R(w) = 1/(2n) sum of (w_0 + w'x - d)^2.
pub fn risk(inputs: &[f64], dimension: usize, wanted: &[f64], weights: &[f64]) -> f64 {
    let errors = (0..wanted.len()).map(|row| error_of(inputs, dimension, wanted, weights, row));
    errors.map(|error| error * error).sum::<f64>() / (2.0 * wanted.len() as f64)
}

/// w_0 + w'x - d of a row.
pub(super) fn error_of(inputs: &[f64], dimension: usize, wanted: &[f64], weights: &[f64], row: usize) -> f64 {
    let sum: f64 = extended(inputs, dimension, row).zip(weights).map(|(x, w)| x * w).sum();
    sum - wanted[row]
}

/// 1, x_1, x_2, ..
pub(super) fn extended(inputs: &[f64], dimension: usize, row: usize) -> impl Iterator<Item = f64> {
    std::iter::once(1.0).chain(inputs[row * dimension..(row + 1) * dimension].iter().copied())
}

pub(super) fn check(inputs: &[f64], dimension: usize, wanted: &[f64]) -> Result<(), Error> {
    if wanted.is_empty() {
        return Err(Error::Data("there are no points to fit; give at least one".into()));
    }
    if inputs.len() != wanted.len() * dimension {
        let (numbers, count) = (inputs.len(), wanted.len());
        return Err(Error::Data(format!("{numbers} numbers do not make {count} points of {dimension}; give as many")));
    }
    match inputs.iter().chain(wanted).find(|value| !value.is_finite()) {
        Some(value) => Err(Error::Data(format!("{value} among the numbers to fit is not finite; leave its point out"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_and_its_risk_is_zero() {
        let inputs = [0.0, 1.0, 2.0, 5.0];
        let wanted = inputs.map(|x| 3.0 - 2.0 * x);
        let weights = least_squares(&inputs, 1, &wanted).unwrap();
        assert!((weights[0] - 3.0).abs() < 1e-12 && (weights[1] + 2.0).abs() < 1e-12);
        assert!(risk(&inputs, 1, &wanted, &weights) < 1e-24);
        // Two columns alike: the weights share the slope.
        let doubled: Vec<f64> = inputs.iter().flat_map(|x| [*x, *x]).collect();
        let weights = least_squares(&doubled, 2, &wanted).unwrap();
        assert!((weights[1] + 1.0).abs() < 1e-9 && (weights[2] + 1.0).abs() < 1e-9, "{weights:?}");
    }

    #[test]
    fn what_cannot_be_fitted_is_named() {
        assert!(least_squares(&[], 1, &[]).unwrap_err().to_string().starts_with("there are no points"));
        assert!(least_squares(&[f64::NAN], 1, &[1.0]).unwrap_err().to_string().starts_with("NaN among"));
    }
}
