//! Each column moved to mean 0 and scaled to standard deviation 1, so that its unit does not matter.

use serde::{Deserialize, Serialize};

/// x -> (x - mean) / deviation, by the mean and the standard deviation (divided by n) that a column has in some rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    means: Vec<f64>,
    /// 1 where the column does not vary, which is then only moved.
    deviations: Vec<f64>,
}

impl Scaling {
    /// That of rows of `dimension` numbers, one after the other.
    pub fn of(values: &[f64], dimension: usize) -> Self {
        let rows = || values.chunks_exact(dimension);
        let count = rows().len() as f64;
        let mut means = vec![0.0; dimension];
        rows().for_each(|row| means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / count));
        let mut squares = vec![0.0; dimension];
        for row in rows() {
            squares.iter_mut().zip(row).zip(&means).for_each(|((s, x), mean)| *s += (x - mean) * (x - mean) / count);
        }
        let deviations = squares.iter().map(|square: &f64| if *square > 0.0 { square.sqrt() } else { 1.0 }).collect();
        Scaling { means, deviations }
    }

    /// Rows of as many numbers scaled.
    pub fn scale(&self, values: &[f64]) -> Vec<f64> {
        let columns = self.means.iter().zip(&self.deviations).cycle();
        values.iter().zip(columns).map(|(x, (mean, deviation))| (x - mean) / deviation).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_get_mean_0_and_deviation_1_and_constant_ones_zeros() {
        let scaling = Scaling::of(&[1.0, 5.0, 3.0, 5.0], 2);
        assert_eq!(scaling.scale(&[1.0, 5.0, 3.0, 5.0]), [-1.0, 0.0, 1.0, 0.0]);
        assert_eq!(scaling.scale(&[5.0, 7.0]), [3.0, 2.0]);
    }
}
