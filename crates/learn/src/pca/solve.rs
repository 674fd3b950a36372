//! Eigenvectors of a covariance, by the way that suits the data's shape.

use std::ops::Range;

use gradus_core::Error;
use gradus_core::compute::vectorize;
use gradus_core::linalg::{Factor, Svd, SymmetricEigen, gram, leading_eigen, product, svd, symmetric_eigen};

use super::randomized::randomized;
use super::{Keep, PcaOptions};
use crate::Cloud;

/// The way in which components are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// `Covariance` where there are at least as many rows as columns, else `Rows`; `Randomized` where both are more than 1,500
    /// and at most a tenth of the components is asked for.
    Auto,
    /// The eigenvectors of X'X, `[columns, columns]`, constant columns left out.
    Covariance,
    /// The eigenvectors u of XX', `[rows, rows]`; the components are X'u, made unit vectors. For more columns than rows.
    Rows,
    /// The singular value decomposition of X by one-sided Jacobi rotations: small variances to all their digits; slow.
    Svd,
    /// The span of a random sample of X's range, found more exactly by power iterations (Halko, Martinsson, Tropp, 2011).
    Randomized,
}

/// Centred, perhaps standardized data, made on the way.
#[derive(Clone, Copy)]
pub(super) struct Centred<'a> {
    pub points: &'a Cloud,
    pub mean: &'a [f64],
    pub variance: &'a [f64],
    pub scale: Option<&'a [f64]>,
}

impl Centred<'_> {
    pub fn size(&self) -> (usize, usize) {
        (self.points.rows(), self.points.columns())
    }

    #[inline(always)]
    fn put(&self, row: usize, columns: Range<usize>, out: &mut [f64]) {
        let values = self.points.row(row)[columns.clone()].iter().zip(&self.mean[columns.clone()]);
        out.iter_mut().zip(values).for_each(|(out, (x, mean))| *out = *x as f64 - mean);
        if let Some(scale) = self.scale {
            out.iter_mut().zip(&scale[columns]).for_each(|(out, scale)| *out /= scale);
        }
    }

    /// For [`Factor::fill`]: the items are the columns, the depth goes down the rows.
    pub fn fill_columns(&self, depth: Range<usize>, items: Range<usize>, out: &mut [f64]) {
        for (row, out) in depth.zip(out.chunks_exact_mut(items.len())) {
            self.put(row, items.clone(), out);
        }
    }

    /// For [`Factor::fill`]: the items are the rows, the depth goes along the columns.
    pub fn fill_rows(&self, depth: Range<usize>, items: Range<usize>, out: &mut [f64]) {
        let width = items.len();
        let mut values = vec![0.0; depth.len()];
        for (item, row) in items.enumerate() {
            self.put(row, depth.clone(), &mut values);
            out.iter_mut().skip(item).step_by(width).zip(&values).for_each(|(out, x)| *out = *x);
        }
    }

    fn matrix(&self) -> Vec<f64> {
        let (rows, columns) = self.size();
        let mut matrix = vec![0.0; rows * columns];
        self.fill_columns(0..rows, 0..columns, &mut matrix);
        matrix
    }
}

/// Components as rows, and the sum of squares along each.
pub(super) struct Found {
    pub values: Vec<f64>,
    pub vectors: Vec<f64>,
}

pub(super) fn solve(data: &Centred, options: &PcaOptions) -> Result<Found, Error> {
    let (rows, columns) = data.size();
    let found = match chosen(options, rows, columns) {
        Solver::Auto | Solver::Covariance => covariance(data, options.keep),
        Solver::Rows => by_rows(data),
        Solver::Svd => svd(&data.matrix(), rows, columns).map(|Svd { values, right, .. }| Found {
            values: values.iter().map(|value| value * value).collect(),
            vectors: right,
        }),
        Solver::Randomized => {
            let Keep::Count(count) = options.keep else {
                let problem = "the randomized way needs a number of components to keep, such as --keep 50";
                return Err(Error::setting("solver", problem));
            };
            randomized(data, count, options.seed)
        }
    };
    let found = found.ok_or_else(|| Error::Data("the numbers are too large for their squares".into()))?;
    let mut found = without_rounding(found, rows, columns);
    for vector in found.vectors.chunks_exact_mut(columns) {
        let largest = vector.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
        for x in vector {
            *x *= largest.signum();
        }
    }
    Ok(found)
}

fn chosen(options: &PcaOptions, rows: usize, columns: usize) -> Solver {
    let least = rows.min(columns);
    match (options.solver, options.keep) {
        (Solver::Auto, Keep::Count(count)) if least > 1500 && count * 10 <= least => Solver::Randomized,
        (Solver::Auto, _) if rows < columns => Solver::Rows,
        (Solver::Auto, _) => Solver::Covariance,
        (solver, _) => solver,
    }
}

/// Constant columns take no part: pictures have many, their borders.
fn covariance(data: &Centred, keep: Keep) -> Option<Found> {
    let (rows, columns) = data.size();
    let varying: Vec<usize> = (0..columns).filter(|column| data.variance[*column] > 0.0).collect();
    let count = varying.len();
    let fill = |depth: Range<usize>, items: Range<usize>, out: &mut [f64]| {
        let chosen = &varying[items];
        let runs = chosen.chunk_by(|a, b| a + 1 == *b).map(|run| run[0]..run[0] + run.len()).collect::<Vec<_>>();
        vectorize(
            #[inline(always)]
            move || {
                for (row, mut out) in depth.zip(out.chunks_exact_mut(chosen.len())) {
                    for run in &runs {
                        let (here, after) = out.split_at_mut(run.len());
                        data.put(row, run.clone(), here);
                        out = after;
                    }
                }
            },
        );
    };
    let sums = gram(Factor { items: count, fill: &fill }, rows);
    let found = leading_eigen(&sums, count, &mut |values| {
        let rank = rank(values, rows, columns).min(rows - 1);
        if let Keep::Count(count) = keep { count.min(rank) } else { rank }
    })?;
    let mut vectors = vec![0.0; found.vectors.len() / count * columns];
    for (out, vector) in vectors.chunks_exact_mut(columns).zip(found.vectors.chunks_exact(count)) {
        varying.iter().zip(vector).for_each(|(column, x)| out[*column] = *x);
    }
    Some(Found { values: found.values, vectors })
}

fn by_rows(data: &Centred) -> Option<Found> {
    let (rows, columns) = data.size();
    let fill = |depth: Range<usize>, items: Range<usize>, out: &mut [f64]| data.fill_rows(depth, items, out);
    let sums = gram(Factor { items: rows, fill: &fill }, columns);
    let SymmetricEigen { mut values, vectors } = symmetric_eigen(&sums, rows)?;
    values.truncate(rank(&values, rows, columns));
    let count = values.len();
    // X'u, of length sqrt(value).
    let fill = |depth: Range<usize>, items: Range<usize>, out: &mut [f64]| data.fill_columns(depth, items, out);
    let left = Factor { items: count, fill: &Factor::rows(&vectors[..count * rows], rows) };
    let mut components = product(left, Factor { items: columns, fill: &fill }, rows);
    for component in components.chunks_exact_mut(columns) {
        let length = component.iter().map(|x| x * x).sum::<f64>().sqrt();
        for x in component {
            *x /= length;
        }
    }
    Some(Found { values, vectors: components })
}

/// How many of the falling values are more than rounding.
fn rank(values: &[f64], rows: usize, columns: usize) -> usize {
    let nothing = values.first().copied().unwrap_or(0.0) * f64::EPSILON * rows.max(columns) as f64;
    values.iter().position(|value| *value <= nothing).unwrap_or(values.len())
}

fn without_rounding(mut found: Found, rows: usize, columns: usize) -> Found {
    let rank = rank(&found.values, rows, columns).min(rows - 1);
    found.values.truncate(rank);
    found.vectors.truncate(rank * columns);
    found
}
