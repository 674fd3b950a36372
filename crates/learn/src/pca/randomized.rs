//! The first components of large data from random samples of its range.

use std::ops::Range;

use gradus_core::Rng;
use gradus_core::linalg::{Factor, Svd, orthonormal_rows, product, svd, symmetric_eigen};

use super::solve::{Centred, Found};

/// Directions beyond those asked for, at least: the more there are, the sooner the last components settle.
const MORE: usize = 10;
/// Power iterations at most; only components that vary just as the first ones left out could need them.
const MOST_ITERATIONS: usize = 100;
/// The components have settled when what an iteration turns them out of their own span, a sine, is at most this.
const SETTLED: f64 = 1e-7;

/// Y = X W with random W spans nearly what X's first left vectors span; Y <- X (X'Y), made orthonormal in between, comes closer.
/// With an orthonormal basis Q of it, the singular vectors of the small matrix Q'X are nearly those of X, and iterations go on until
/// the wanted ones stay in the span that they had (Halko, Martinsson,
/// Tropp: Finding structure with randomness, 2011, algorithms 4.4 and 5.1).
pub(super) fn randomized(data: &Centred, count: usize, seed: u64) -> Option<Found> {
    let (rows, columns) = data.size();
    let width = (count + MORE.max(count / 2)).min(rows.min(columns));
    let mut rng = Rng::new(seed);
    let mut directions: Vec<f64> = (0..width * columns).map(|_| f64::from(rng.normal())).collect();
    let by_rows = |depth: Range<usize>, items: Range<usize>, out: &mut [f64]| data.fill_rows(depth, items, out);
    let by_columns = |depth: Range<usize>, items: Range<usize>, out: &mut [f64]| data.fill_columns(depth, items, out);
    // Both as rows: directions X', [width, rows], and basis X, [width, columns].
    let images = |directions: &[f64]| {
        let left = Factor { items: directions.len() / columns, fill: &Factor::rows(directions, columns) };
        product(left, Factor { items: rows, fill: &by_rows }, columns)
    };
    let back = |basis: &[f64]| {
        let left = Factor { items: basis.len() / rows, fill: &Factor::rows(basis, rows) };
        product(left, Factor { items: columns, fill: &by_columns }, rows)
    };
    let mut before: Option<Vec<f64>> = None;
    for _ in 0..MOST_ITERATIONS {
        let basis = orthonormal_rows(&images(&directions), rows);
        let small = back(&basis);
        let found = small_svd(&small, basis.len() / rows, columns)?;
        let wanted = &found.vectors[..found.vectors.len().min(count * columns)];
        let settled = before.is_some_and(|before| turned(wanted, &before, columns) <= SETTLED);
        if settled || basis.len() / rows == rows.min(columns) {
            return Some(found);
        }
        before = Some(wanted.to_vec());
        directions = orthonormal_rows(&small, columns);
    }
    let basis = orthonormal_rows(&images(&directions), rows);
    small_svd(&back(&basis), basis.len() / rows, columns)
}

/// The longest part of any of these unit vectors that lies outside the span of the orthonormal ones before.
fn turned(vectors: &[f64], before: &[f64], columns: usize) -> f64 {
    let (items, others) = (vectors.len() / columns, before.len() / columns);
    let rows = Factor::rows(vectors, columns);
    let along =
        product(Factor { items, fill: &rows }, Factor { items: others, fill: &Factor::rows(before, columns) }, columns);
    let inside = product(
        Factor { items, fill: &Factor::rows(&along, others) },
        Factor { items: columns, fill: &Factor::columns(before, columns) },
        others,
    );
    let outside = vectors.chunks_exact(columns).zip(inside.chunks_exact(columns));
    let squares = outside.map(|(a, b)| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>());
    squares.fold(0.0, f64::max).sqrt()
}

/// The right vectors of a flat matrix, and the squares of its values.
fn small_svd(small: &[f64], count: usize, columns: usize) -> Option<Found> {
    if count <= 64 {
        let Svd { values, right, .. } = svd(small, count, columns)?;
        return Some(Found { values: values.iter().map(|value| value * value).collect(), vectors: right });
    }
    let fill = Factor::rows(small, columns);
    let factor = Factor { items: count, fill: &fill };
    let eigen = symmetric_eigen(&product(factor, factor, columns), count)?;
    let left = Factor { items: count, fill: &Factor::rows(&eigen.vectors, count) };
    let mut vectors = product(left, Factor { items: columns, fill: &Factor::columns(small, columns) }, count);
    for vector in vectors.chunks_exact_mut(columns) {
        let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        for x in vector {
            *x /= length.max(f64::MIN_POSITIVE);
        }
    }
    Some(Found { values: eigen.values, vectors })
}
