//! Eigenvalues and eigenvectors of symmetric matrices.

use gradus_kernels::threads::parallel_chunks;

use super::{divide, tridiagonal};

/// The eigenvalues of a symmetric matrix in falling order, and its eigenvectors: row k of `vectors` belongs to value k.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// The eigenvalues, largest first.
    pub values: Vec<f64>,
    /// The unit eigenvectors as rows, `[n, n]`, or the first of them. Of each, the entry of largest magnitude is positive.
    pub vectors: Vec<f64>,
}

/// The eigenvalues and eigenvectors of a symmetric `[n, n]` matrix, of which the lower triangle is read.
///
/// Householder's reduction to a tridiagonal matrix, then divide and conquer (Cuppen, 1981; Gu and Eisenstat, 1994), and the reflections
/// carried back by blocks. Values are exact to some roundings of the largest one. Time grows with n^3.
///
/// Gives none where an entry is not finite.
pub fn symmetric_eigen(matrix: &[f64], n: usize) -> Option<SymmetricEigen> {
    leading_eigen(matrix, n, &mut |values| values.len())
}

/// [`symmetric_eigen`] with only the first vectors: `count` sees all values, in falling order, and says how many.
pub fn leading_eigen(matrix: &[f64], n: usize, count: &mut dyn FnMut(&[f64]) -> usize) -> Option<SymmetricEigen> {
    /// Vectors whose signs one task chooses.
    const ROWS: usize = 32;
    assert_eq!(matrix.len(), n * n, "symmetric_eigen: {} entries are no {n} x {n} matrix", matrix.len());
    if n == 0 || matrix.iter().any(|entry| !entry.is_finite()) {
        return None;
    }
    let reduced = tridiagonal::reduce(matrix, n);
    let mut found = divide::solve(&reduced.diagonal, &reduced.beside, count)?;
    reduced.reflectors.carry_back(&mut found.vectors, n);
    parallel_chunks(&mut found.vectors, ROWS * n, &|_, vectors| {
        for vector in vectors.chunks_exact_mut(n) {
            let largest = vector.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
            if largest < 0.0 {
                for entry in vector {
                    *entry = -*entry;
                }
            }
        }
    });
    Some(SymmetricEigen { values: found.values, vectors: found.vectors })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_and_vectors_are_numpys() {
        // numpy.linalg.eigh
        let matrix = [4.0, 1.0, -2.0, 2.0, 1.0, 2.0, 0.0, 1.0, -2.0, 0.0, 3.0, -2.0, 2.0, 1.0, -2.0, -1.0];
        let eigen = symmetric_eigen(&matrix, 4).unwrap();
        let values = [6.844621107235, 2.268531406431, 1.084364463773, -2.197516977439];
        let first = [0.718045959451, 0.221152988155, -0.557351377138, 0.353356474894];
        assert!(eigen.values.iter().zip(values).all(|(a, b)| (a - b).abs() < 1e-11), "{:?}", eigen.values);
        assert!(eigen.vectors.iter().zip(first).all(|(a, b)| (a - b).abs() < 1e-11), "{:?}", eigen.vectors);
    }

    #[test]
    fn what_is_degenerate_is_solved_and_what_is_not_finite_is_refused() {
        let zero = symmetric_eigen(&[0.0; 9], 3).unwrap();
        assert_eq!(zero.values, [0.0; 3]);
        assert_eq!(symmetric_eigen(&[5.0], 1).unwrap().vectors, [1.0]);
        // Rank one: x x' with |x|^2 = 30.
        let x = [1.0, 2.0, 3.0, 4.0];
        let matrix: Vec<f64> = x.iter().flat_map(|a| x.iter().map(move |b| a * b)).collect();
        let eigen = symmetric_eigen(&matrix, 4).unwrap();
        assert!((eigen.values[0] - 30.0).abs() < 1e-12 && eigen.values[1..].iter().all(|value| value.abs() < 1e-13));
        assert!(symmetric_eigen(&[f64::NAN], 1).is_none());
    }

    #[test]
    fn a_larger_matrix_is_taken_apart() {
        let n = 150;
        let mut rng = crate::Rng::new(5);
        let mut matrix = vec![0.0; n * n];
        for row in 0..n {
            for column in 0..=row {
                matrix[row * n + column] = f64::from(rng.normal());
                matrix[column * n + row] = matrix[row * n + column];
            }
        }
        let SymmetricEigen { values, vectors } = symmetric_eigen(&matrix, n).unwrap();
        for (value, vector) in values.iter().zip(vectors.chunks_exact(n)) {
            for row in 0..n {
                let image: f64 = matrix[row * n..(row + 1) * n].iter().zip(vector).map(|(a, x)| a * x).sum();
                assert!((image - value * vector[row]).abs() < 1e-11);
            }
            assert!((vector.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    /// Residuals, lengths and angles, to so many roundings of the largest value; values against those by rotations alone.
    #[track_caller]
    fn assert_taken_apart(matrix: &[f64], n: usize, what: &str) -> SymmetricEigen {
        let found = symmetric_eigen(matrix, n).unwrap();
        let size = found.values.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        let allowed = 10.0 * (n as f64 + 10.0) * f64::EPSILON;
        for (value, vector) in found.values.iter().zip(found.vectors.chunks_exact(n)) {
            for row in 0..n {
                let image: f64 = matrix[row * n..(row + 1) * n].iter().zip(vector).map(|(a, x)| a * x).sum();
                assert!((image - value * vector[row]).abs() <= allowed * size, "{what}: residual of {value}");
            }
        }
        for a in 0..n {
            for b in 0..=a {
                let pair = found.vectors[a * n..(a + 1) * n].iter().zip(&found.vectors[b * n..(b + 1) * n]);
                let dot: f64 = pair.map(|(x, y)| x * y).sum();
                assert!((dot - f64::from(u8::from(a == b))).abs() <= allowed, "{what}: {a} and {b} give {dot}");
            }
        }
        let reduced = tridiagonal::reduce(matrix, n);
        let mut plain = super::super::ql::by_rotations(&reduced.diagonal, &reduced.beside).unwrap().values;
        plain.sort_by(|a, b| b.total_cmp(a));
        assert!(found.values.iter().zip(&plain).all(|(a, b)| (a - b).abs() <= allowed * size), "{what}: values");
        found
    }

    /// A symmetric matrix with these eigenvalues, by random reflections.
    fn with_spectrum(values: &[f64], seed: u64) -> Vec<f64> {
        let n = values.len();
        let mut rng = crate::Rng::new(seed);
        let mut matrix: Vec<f64> =
            (0..n * n).map(|place| if place / n == place % n { values[place / n] } else { 0.0 }).collect();
        for _ in 0..3 {
            let u: Vec<f64> = (0..n).map(|_| f64::from(rng.normal())).collect();
            let square: f64 = u.iter().map(|x| x * x).sum();
            for turn in 0..2 {
                for line in 0..n {
                    let at = |k: usize| if turn == 0 { line * n + k } else { k * n + line };
                    let along = 2.0 * (0..n).map(|k| matrix[at(k)] * u[k]).sum::<f64>() / square;
                    (0..n).for_each(|k| matrix[at(k)] -= along * u[k]);
                }
            }
        }
        for row in 0..n {
            for column in 0..row {
                matrix[column * n + row] = matrix[row * n + column];
            }
        }
        matrix
    }

    #[test]
    fn spectra_of_all_kinds_and_sizes_are_found() {
        for n in [1, 2, 3, 5, 31, 32, 33, 47, 64, 65, 97, 129, 130] {
            let kinds: [(&str, &dyn Fn(usize) -> f64); 6] = [
                ("even", &|k| k as f64 + 1.0),
                ("graded", &|k| 10f64.powf(-(k as f64) / 8.0)),
                ("two values", &|k| if k % 3 == 0 { 2.0 } else { -1.0 }),
                ("clustered", &|k| 1.0 + 1e-13 * k as f64 + if k % 5 == 0 { 1.0 } else { 0.0 }),
                ("low rank", &|k| if k < 3 { 5.0 + k as f64 } else { 0.0 }),
                ("zero", &|_| 0.0),
            ];
            for (name, value) in kinds {
                let mut values: Vec<f64> = (0..n).map(value).collect();
                let matrix = with_spectrum(&values, n as u64);
                let found = assert_taken_apart(&matrix, n, &format!("{name}, {n}"));
                values.sort_by(|a, b| b.total_cmp(a));
                let size = values.iter().fold(0.0f64, |most, x| most.max(x.abs()));
                for (found, value) in found.values.iter().zip(&values) {
                    assert!((found - value).abs() <= 1e-12 * size, "{name}, {n}: {found}, not {value}");
                }
            }
        }
    }

    #[test]
    fn values_that_fall_over_many_orders_of_magnitude_are_found() {
        for (n, seed) in [(130, 1), (130, 2), (200, 3), (200, 4), (400, 5)] {
            for rows_a_digit in [0.5, 3.0, 8.0] {
                let values: Vec<f64> = (0..n).map(|k| 10f64.powf(-f64::from(k) / rows_a_digit)).collect();
                assert_taken_apart(&with_spectrum(&values, seed), n as usize, &format!("{n}, {seed}, {rows_a_digit}"));
            }
        }
    }

    #[test]
    fn a_second_difference_has_the_closed_form_and_any_number_of_threads_gives_the_same_bits() {
        let n = 200;
        let entry = |i: usize, j: usize| [2.0, -1.0].get(i.abs_diff(j)).copied().unwrap_or(0.0);
        for scale in [1.0, 1e-160, 1e150] {
            let matrix: Vec<f64> = (0..n * n).map(|place| scale * entry(place / n, place % n)).collect();
            let found = assert_taken_apart(&matrix, n, "second difference");
            for (k, value) in found.values.iter().enumerate() {
                let angle = std::f64::consts::PI * (n - k) as f64 / (n + 1) as f64;
                assert!((value / scale - (2.0 - 2.0 * angle.cos())).abs() < 1e-13, "{k}: {value}");
            }
            let before = gradus_kernels::threads::threads();
            gradus_kernels::threads::set_threads(3 - before.min(2));
            let again = symmetric_eigen(&matrix, n).unwrap();
            gradus_kernels::threads::set_threads(before);
            assert!(again.values == found.values && again.vectors == found.vectors);
            let some = leading_eigen(&matrix, n, &mut |values| values.len() / 20).unwrap();
            assert_eq!(some.vectors.len(), 10 * n);
            assert!(some.vectors.iter().zip(&found.vectors).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }

    proptest! {
        #[test]
        fn the_parts_make_the_matrix_again(n in 1usize..12, seed in proptest::collection::vec(-10.0f64..10.0, 144)) {
            let mut matrix = vec![0.0; n * n];
            for row in 0..n {
                for column in 0..=row {
                    matrix[row * n + column] = seed[row * 12 + column];
                    matrix[column * n + row] = seed[row * 12 + column];
                }
            }
            let SymmetricEigen { values, vectors } = symmetric_eigen(&matrix, n).unwrap();
            prop_assert!(values.is_sorted_by(|a, b| a >= b));
            for row in 0..n {
                for column in 0..n {
                    let again: f64 = (0..n).map(|k| values[k] * vectors[k * n + row] * vectors[k * n + column]).sum();
                    prop_assert!((again - matrix[row * n + column]).abs() < 1e-10);
                    let dot: f64 = (0..n).map(|k| vectors[row * n + k] * vectors[column * n + k]).sum();
                    prop_assert!((dot - f64::from(u8::from(row == column))).abs() < 1e-12);
                }
            }
        }
    }
}
