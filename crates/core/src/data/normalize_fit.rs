//! The statistics behind [`Normalizer`](super::Normalizer), gathered sample by sample in f64.
//!
//! A sample's number i belongs to group `i % groups`: with as many groups as numbers each feature is its own group, with as
//! many as channels all pixels of a channel are one, because channels are innermost.

use super::Dataset;
use super::normalize::Whitening;
use crate::error::Error;
use crate::linalg::symmetric_eigen;
use gradus_kernels::Real;

/// More features than this make a covariance matrix that takes minutes.
const MOST_WHITENED: usize = 4096;
/// Directions with less than this share of the largest variance hold rounding errors and noise; dividing by them would
/// make these large.
const LEAST_VARIANCE: f64 = 1e-7;
/// How many numbers are held at a time to find medians.
const HELD: usize = 1 << 25;

/// Center and scale of each group.
type Affine = (Vec<f64>, Vec<f64>);

/// Calls `visit` with every sample in turn.
fn each(dataset: &dyn Dataset, mut visit: impl FnMut(&[Real])) -> Result<(), Error> {
    let mut sample = vec![0.0; dataset.sample_len()];
    for index in 0..dataset.len() {
        dataset.read(index, &mut sample)?;
        visit(&sample);
    }
    Ok(())
}

/// A scale that can be divided by: what never changes is left as it is.
fn or_one(scale: f64) -> f64 {
    if scale > 0.0 { scale } else { 1.0 }
}

pub(super) fn mean(dataset: &dyn Dataset, groups: usize) -> Result<Vec<f64>, Error> {
    let mut sums = vec![0.0; groups];
    each(dataset, |sample| {
        for pixel in sample.chunks_exact(groups) {
            sums.iter_mut().zip(pixel).for_each(|(sum, &x)| *sum += x as f64);
        }
    })?;
    let count = (dataset.len() * dataset.sample_len() / groups) as f64;
    for sum in &mut sums {
        *sum /= count;
    }
    Ok(sums)
}

/// Two passes, so that a large mean does not eat the digits of a small deviation.
pub(super) fn mean_and_deviation(dataset: &dyn Dataset, groups: usize) -> Result<Affine, Error> {
    let mean = mean(dataset, groups)?;
    let mut squares = vec![0.0; groups];
    each(dataset, |sample| {
        for pixel in sample.chunks_exact(groups) {
            squares.iter_mut().zip(pixel).zip(&mean).for_each(|((sum, &x), mean)| *sum += (x as f64 - mean).powi(2));
        }
    })?;
    let count = (dataset.len() * dataset.sample_len() / groups) as f64;
    // A deviation that is rounding error beside the mean is none.
    let deviation = squares.iter().zip(&mean).map(|(sum, mean)| {
        let deviation = (sum / count).sqrt();
        or_one(if deviation > mean.abs() * 1e-12 { deviation } else { 0.0 })
    });
    let deviation = deviation.collect();
    Ok((mean, deviation))
}

pub(super) fn least_and_range(dataset: &dyn Dataset, groups: usize) -> Result<Affine, Error> {
    let mut least = vec![f64::INFINITY; groups];
    let mut greatest = vec![f64::NEG_INFINITY; groups];
    each(dataset, |sample| {
        for pixel in sample.chunks_exact(groups) {
            for ((least, greatest), &x) in least.iter_mut().zip(&mut greatest).zip(pixel) {
                *least = least.min(x as f64);
                *greatest = greatest.max(x as f64);
            }
        }
    })?;
    let range = greatest.iter().zip(&least).map(|(greatest, least)| or_one(greatest - least)).collect();
    Ok((least, range))
}

/// The values of as many groups as may be held are gathered in one pass over the data, then sorted.
pub(super) fn median_and_quartiles(dataset: &dyn Dataset, groups: usize) -> Result<Affine, Error> {
    let values_a_group = dataset.len() * dataset.sample_len() / groups;
    let at_a_time = (HELD / values_a_group).clamp(1, groups);
    let (mut center, mut scale) = (Vec::new(), Vec::new());
    for first in (0..groups).step_by(at_a_time) {
        let held = first..(first + at_a_time).min(groups);
        let mut values = vec![Vec::with_capacity(values_a_group); held.len()];
        each(dataset, |sample| {
            for pixel in sample.chunks_exact(groups) {
                values.iter_mut().zip(&pixel[held.clone()]).for_each(|(values, &x)| values.push(x));
            }
        })?;
        for mut values in values {
            values.sort_unstable_by(Real::total_cmp);
            center.push(quantile(&values, 0.5));
            scale.push(or_one(quantile(&values, 0.75) - quantile(&values, 0.25)));
        }
    }
    Ok((center, scale))
}

/// Linear between the two nearest of the sorted values, as NumPy does by default.
fn quantile(sorted: &[Real], fraction: f64) -> f64 {
    let place = fraction * (sorted.len() - 1) as f64;
    let below = place.floor();
    let low = sorted[below as usize] as f64;
    let high = sorted[(below as usize + 1).min(sorted.len() - 1)] as f64;
    low + (high - low) * (place - below)
}

/// W = L^(-1/2) V (principal components) or V' L^(-1/2) V (ZCA) with the eigenvalues L and eigenvectors V, by rows, of the
/// covariance; and the inverse.
pub(super) fn whitening(dataset: &dyn Dataset, mean: &[f64], turn_back: bool) -> Result<Whitening, Error> {
    let n = mean.len();
    if n > MOST_WHITENED {
        let problem = format!("whitening {n} features needs a matrix too large; the most is {MOST_WHITENED}");
        return Err(Error::setting("normalize", problem + "; make the pictures smaller or use standard"));
    }
    let covariance = covariance(dataset, mean)?;
    let eigen = symmetric_eigen(&covariance, n)
        .ok_or_else(|| Error::Data("the covariance of the training data is not finite; look for huge values".into()))?;
    let enough = eigen.values[0] * LEAST_VARIANCE;
    let deviations: Vec<f64> =
        eigen.values.iter().map(|&variance| if variance > enough { variance.sqrt() } else { 0.0 }).collect();
    let inverses: Vec<f64> = deviations.iter().map(|&x| if x > 0.0 { 1.0 / x } else { 0.0 }).collect();

    let scaled = |factors: &[f64]| -> Vec<f64> {
        eigen
            .vectors
            .chunks_exact(n)
            .zip(factors)
            .flat_map(|(row, factor)| row.iter().map(move |x| x * factor))
            .collect()
    };
    let (by_rows, back_by_rows) = (scaled(&inverses), scaled(&deviations)); // L^(-1/2) V, L^(1/2) V
    if turn_back {
        let turned = |rows: &[f64]| product_of_transposed(&eigen.vectors, rows, n);
        return Ok(Whitening { matrix: turned(&by_rows), inverse: turned(&back_by_rows) });
    }
    let inverse = (0..n * n).map(|place| back_by_rows[place % n * n + place / n]).collect(); // V' L^(1/2)
    Ok(Whitening { matrix: by_rows, inverse })
}

/// The sample covariance (divided by n - 1), `[features, features]`.
fn covariance(dataset: &dyn Dataset, mean: &[f64]) -> Result<Vec<f64>, Error> {
    let n = mean.len();
    let mut sums = vec![0.0; n * n];
    let mut centered = vec![0.0; n];
    each(dataset, |sample| {
        centered.iter_mut().zip(sample).zip(mean).for_each(|((out, &x), mean)| *out = x as f64 - mean);
        for (row, &x) in sums.chunks_exact_mut(n).zip(&centered) {
            // Many pixels of many pictures are at their mean exactly: those that never change.
            if x != 0.0 {
                row.iter_mut().zip(&centered).for_each(|(sum, y)| *sum += x * y);
            }
        }
    })?;
    let count = (dataset.len() as f64 - 1.0).max(1.0);
    for sum in &mut sums {
        *sum /= count;
    }
    Ok(sums)
}

/// A'B of two `[n, n]` matrices.
fn product_of_transposed(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for (a, b) in a.chunks_exact(n).zip(b.chunks_exact(n)) {
        for (out, x) in out.chunks_exact_mut(n).zip(a) {
            out.iter_mut().zip(b).for_each(|(out, y)| *out += x * y);
        }
    }
    out
}
