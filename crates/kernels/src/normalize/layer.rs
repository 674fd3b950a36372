//! Layer normalization (Ba, Kiros and Hinton, 2016) of rows.
//!
//! A row stays in the first-level cache between the passes over it, so the variance is taken about the mean itself.

use super::group::{GroupShape, group_norm_parameters_backward};
use crate::Real;
use crate::reduce::sum_block;
use crate::rows::each_row;

#[track_caller]
fn check(arrays: &[usize], parameters: &[usize], statistics: &[usize]) {
    let (rows, width) = (statistics[0], parameters[0]);
    assert!(
        width > 0
            && arrays.iter().all(|&length| length == rows * width)
            && parameters.iter().all(|&length| length == width)
            && statistics.iter().all(|&length| length == rows),
        "layer norm: arrays of {arrays:?}, parameters {parameters:?}, statistics {statistics:?}"
    );
}

/// `out = gamma (x - mean) / sqrt(variance + epsilon) + beta`, mean and variance (divided by the width) being those of a row,
/// as wide as `gamma`; `mean` and `inverse_deviation`, one a row, are written for the backward pass.
#[track_caller]
pub fn layer_norm(
    x: &[Real],
    gamma: &[Real],
    beta: &[Real],
    epsilon: Real,
    out: &mut [Real],
    mean: &mut [Real],
    inverse_deviation: &mut [Real],
) {
    check(&[x.len(), out.len()], &[gamma.len(), beta.len()], &[mean.len(), inverse_deviation.len()]);
    let (rows, width) = (mean.len(), gamma.len());
    each_row(
        [(out, width), (mean, 1), (inverse_deviation, 1)],
        rows,
        width,
        #[inline(always)]
        move |row, [out, means, inverses]| {
            let x = &x[row * width..][..width];
            let mean = sum_block([x], |[x]| x) / width as Real;
            let variance = sum_block([x], move |[x]| (x - mean) * (x - mean)) / width as Real;
            let inverse = 1.0 / (variance + epsilon).sqrt();
            for place in 0..width {
                out[place] = (x[place] - mean) * inverse * gamma[place] + beta[place];
            }
            (means[0], inverses[0]) = (mean, inverse);
        },
    );
}

/// The gradient with regard to the input: with g = gamma dy and z = (x - mean) / deviation,
/// `dx = (g - mean of g - z * mean of (g z)) / deviation`, the means being over a row.
#[track_caller]
pub fn layer_norm_backward(
    x: &[Real],
    dy: &[Real],
    gamma: &[Real],
    mean: &[Real],
    inverse_deviation: &[Real],
    dx: &mut [Real],
) {
    check(&[x.len(), dy.len(), dx.len()], &[gamma.len()], &[mean.len(), inverse_deviation.len()]);
    let (rows, width) = (mean.len(), gamma.len());
    each_row(
        [(dx, width)],
        rows,
        width,
        #[inline(always)]
        move |row, [dx]| {
            let (x, dy) = (&x[row * width..][..width], &dy[row * width..][..width]);
            let (mean, inverse) = (mean[row], inverse_deviation[row]);
            let mean_g = sum_block([dy, gamma], |[dy, gamma]| dy * gamma) / width as Real;
            let product = move |[x, dy, gamma]: [Real; 3]| dy * gamma * ((x - mean) * inverse);
            let mean_gz = sum_block([x, dy, gamma], product) / width as Real;
            for place in 0..width {
                let z = (x[place] - mean) * inverse;
                dx[place] = inverse * (dy[place] * gamma[place] - mean_g - z * mean_gz);
            }
        },
    );
}

/// The gradients with regard to gamma and beta: `dgamma = sum of dy z`, `dbeta = sum of dy`, over the rows.
#[track_caller]
pub fn layer_norm_parameters_backward(
    x: &[Real],
    dy: &[Real],
    mean: &[Real],
    inverse_deviation: &[Real],
    dgamma: &mut [Real],
    dbeta: &mut [Real],
) {
    let shape = GroupShape { batch: mean.len(), pixels: 1, channels: dgamma.len(), groups: 1 };
    group_norm_parameters_backward(shape, x, dy, mean, inverse_deviation, dgamma, dbeta);
}
