//! Columns that hold nothing new.

use std::ops::Range;

use gradus_core::linalg::{Factor, gram};

use crate::Cloud;

/// Which columns of a table count, and which do not.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The number of columns that are needed: the rank of the data about its mean.
    pub rank: usize,
    /// Columns that hold one value throughout, counted from 0.
    pub constant: Vec<usize>,
    /// Columns that earlier ones determine.
    pub dependent: Vec<Dependence>,
}

/// A column that is a sum of earlier ones and a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependence {
    /// The column, counted from 0.
    pub column: usize,
    /// Earlier columns and by what each is multiplied.
    pub of: Vec<(usize, f64)>,
    /// What is added.
    pub constant: f64,
}

/// A column whose variance is determined by others to all but this share is taken for determined: numbers of single precision
/// have rounding of this size.
const ROUNDING: f64 = 1e-9;
/// A factor that moves a column by less than this many of its deviations is left out of the words.
const SLIGHT: f64 = 1e-4;

impl Columns {
    /// Looks at each column in turn: what is left of it when its projection on the earlier independent ones is taken away
    /// (Cholesky's decomposition of the correlations, which leaves a column out when its pivot is nothing).
    pub fn of(points: &Cloud) -> Self {
        let columns = points.columns();
        let mean = points.mean();
        let deviation: Vec<f64> = points.variance(&mean).into_iter().map(f64::sqrt).collect();
        // Rounding of a mean can make a constant column look as if it moved.
        let moves = |column: usize| deviation[column] > 1e-7 * mean[column].abs();
        let constant: Vec<usize> = (0..columns).filter(|column| !moves(*column)).collect();
        let varying: Vec<usize> = (0..columns).filter(|column| moves(*column)).collect();
        let fill = |depth: Range<usize>, items: Range<usize>, out: &mut [f64]| {
            for (row, out) in depth.zip(out.chunks_exact_mut(items.len())) {
                let row = points.row(row);
                for (out, column) in out.iter_mut().zip(&varying[items.clone()]) {
                    *out = (row[*column] as f64 - mean[*column]) / deviation[*column];
                }
            }
        };
        let count = varying.len();
        let rows = points.rows();
        let mut correlation = gram(Factor { items: count, fill: &fill }, rows);
        for x in &mut correlation {
            *x /= rows as f64;
        }

        // Row by row of the triangle L with L L' = C, of the independent columns only.
        let mut kept: Vec<usize> = Vec::new();
        let mut triangle: Vec<Vec<f64>> = Vec::new();
        let mut dependent = Vec::new();
        for column in 0..count {
            let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
            for (other, above) in kept.iter().zip(&triangle) {
                let known: f64 = row.iter().zip(above).map(|(a, b)| a * b).sum();
                row.push((correlation[column * count + other] - known) / above[row.len()]);
            }
            let left = correlation[column * count + column] - row.iter().map(|x| x * x).sum::<f64>();
            if left > ROUNDING {
                row.push(left.sqrt());
                triangle.push(row);
                kept.push(column);
            } else {
                dependent.push(dependence(&varying, &mean, &deviation, column, &kept, &triangle, row));
            }
        }
        Columns { rank: kept.len(), constant, dependent }
    }
}

/// The factors w of L' w = row, in the units of the columns.
fn dependence(
    varying: &[usize],
    mean: &[f64],
    deviation: &[f64],
    column: usize,
    kept: &[usize],
    triangle: &[Vec<f64>],
    mut weights: Vec<f64>,
) -> Dependence {
    for place in (0..kept.len()).rev() {
        let known: f64 = (place + 1..kept.len()).map(|below| triangle[below][place] * weights[below]).sum();
        weights[place] = (weights[place] - known) / triangle[place][place];
    }
    let column = varying[column];
    let of: Vec<(usize, f64)> = kept
        .iter()
        .zip(weights)
        .filter(|(_, weight)| weight.abs() > SLIGHT)
        .map(|(other, weight)| (varying[*other], weight * deviation[column] / deviation[varying[*other]]))
        .collect();
    let constant = mean[column] - of.iter().map(|(other, factor)| factor * mean[*other]).sum::<f64>();
    Dependence { column, of, constant }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn constant_and_dependent_columns_are_named_with_their_factors() {
        let mut rng = Rng::new(6);
        let mut values = Vec::new();
        for _ in 0..300 {
            let (a, b, c) = (rng.normal(), rng.normal() * 100.0, rng.uniform());
            values.extend([a, 7.5, b, 2.0 * a - b + 3.0, c, c]);
        }
        let found = Columns::of(&Cloud::new(values, 6).unwrap());
        assert_eq!((found.rank, found.constant.as_slice()), (3, &[1][..]));
        let [sum, twin] = &found.dependent[..] else { panic!("{:?}", found.dependent) };
        assert_eq!((sum.column, twin.column), (3, 5));
        let factor = |place: usize| sum.of[place];
        assert_eq!((factor(0).0, factor(1).0, sum.of.len()), (0, 2, 2));
        assert!((factor(0).1 - 2.0).abs() < 1e-3 && (factor(1).1 + 1.0).abs() < 1e-5);
        assert!((sum.constant - 3.0).abs() < 1e-3, "{}", sum.constant);
        assert_eq!((twin.of.len(), twin.of[0].0), (1, 4));
    }

    #[test]
    fn there_are_never_more_than_rows_less_one() {
        let mut rng = Rng::new(6);
        let points = Cloud::new((0..5 * 9).map(|_| rng.normal()).collect(), 9).unwrap();
        let found = Columns::of(&points);
        assert_eq!((found.rank, found.dependent.len()), (4, 5));
    }
}
