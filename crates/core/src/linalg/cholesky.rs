//! Symmetric positive definite systems.

/// The factor L of A = L L', lower triangular (Cholesky, about 1910).
#[derive(Clone, Debug)]
pub struct Cholesky {
    factor: Vec<f64>,
    size: usize,
}

impl Cholesky {
    /// The factor of a symmetric `[n, n]` matrix, of which the lower triangle is read. Time in n^3 / 3.
    ///
    /// Gives none where the matrix is not positive definite: the n-th pivot is below `1e-14` of its diagonal entry, or not finite.
    pub fn of(matrix: &[f64], n: usize) -> Option<Self> {
        assert_eq!(matrix.len(), n * n, "cholesky: {} entries are no {n} x {n} matrix", matrix.len());
        let mut factor = matrix.to_vec();
        for row in 0..n {
            for column in 0..=row {
                let (above, here) = factor.split_at(row * n);
                let left = &here[..column];
                let other = if column == row { left } else { &above[column * n..column * n + column] };
                let sum: f64 = left.iter().zip(other).map(|(a, b)| a * b).sum();
                let entry = factor[row * n + column] - sum;
                if column < row {
                    factor[row * n + column] = entry / factor[column * n + column];
                } else if entry > 1e-14 * matrix[row * n + row].abs() && entry.is_finite() {
                    factor[row * n + row] = entry.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Cholesky { factor, size: n })
    }

    /// The x of A x = b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = self.size;
        assert_eq!(b.len(), n, "cholesky: a right side of {} for a matrix of {n} rows", b.len());
        let mut x = b.to_vec();
        for row in 0..n {
            let line = &self.factor[row * n..row * n + row];
            let sum: f64 = line.iter().zip(&x).map(|(l, x)| l * x).sum();
            x[row] = (x[row] - sum) / self.factor[row * n + row];
        }
        for row in (0..n).rev() {
            x[row] /= self.factor[row * n + row];
            let known = x[row];
            let line = &self.factor[row * n..row * n + row];
            x.iter_mut().zip(line).for_each(|(x, l)| *x -= l * known);
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    #[test]
    fn a_random_system_is_solved() {
        let (n, mut rng) = (9, Rng::new(2));
        let root: Vec<f64> = (0..n * n).map(|_| rng.normal() as f64).collect();
        let entry = |i: usize, j: usize| (0..n).map(|k| root[i * n + k] * root[j * n + k]).sum::<f64>();
        let matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        let truth: Vec<f64> = (0..n).map(|_| rng.normal() as f64).collect();
        let b: Vec<f64> = matrix.chunks(n).map(|row| row.iter().zip(&truth).map(|(a, x)| a * x).sum()).collect();
        let x = Cholesky::of(&matrix, n).unwrap().solve(&b);
        assert!(x.iter().zip(&truth).all(|(a, b)| (a - b).abs() < 1e-8), "{x:?} {truth:?}");
    }

    #[test]
    fn what_is_not_positive_definite_has_none() {
        assert!(Cholesky::of(&[1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::of(&[1.0, 1.0, 1.0, 1.0], 2).is_none());
        assert!(Cholesky::of(&[f64::NAN], 1).is_none());
        assert!(Cholesky::of(&[0.0], 1).is_none());
    }
}
