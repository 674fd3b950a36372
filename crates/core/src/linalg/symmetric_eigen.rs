//! Eigenvalues and eigenvectors of symmetric matrices.

use super::tridiagonal;
use super::turns::{self, Turn};

/// The eigenvalues of a symmetric matrix in falling order, and its eigenvectors: row k of `vectors` belongs to value k.
#[derive(Clone, Debug)]
pub struct SymmetricEigen {
    /// The eigenvalues, largest first.
    pub values: Vec<f64>,
    /// The unit eigenvectors as rows, `[n, n]`. Of each, the entry of largest magnitude is positive.
    pub vectors: Vec<f64>,
}

/// The eigenvalues and eigenvectors of a symmetric `[n, n]` matrix, of which the lower triangle is read.
///
/// Householder's reduction to a tridiagonal matrix, then QL with implicit shifts (Bowdler, Martin, Reinsch, Wilkinson:
/// The QR and QL algorithms for symmetric matrices, 1968; EISPACK's tred2 and tql2). The rotations of QL are noted first and
/// carried out afterwards, strip by strip on all threads. Time grows with n^3.
///
/// Gives none where an entry is not finite.
pub fn symmetric_eigen(matrix: &[f64], n: usize) -> Option<SymmetricEigen> {
    assert_eq!(matrix.len(), n * n, "symmetric_eigen: {} entries are no {n} x {n} matrix", matrix.len());
    if n == 0 || matrix.iter().any(|entry| !entry.is_finite()) {
        return None;
    }
    let reduced = tridiagonal::reduce(matrix, n);
    let (mut diagonal, mut beside) = (reduced.diagonal.clone(), reduced.beside.clone());
    let turns = diagonalize(&mut diagonal, &mut beside, n)?;
    let mut v = turns::follow(&turns, n); // rows become the vectors
    reduced.carry_back(&mut v, n);

    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| diagonal[b].total_cmp(&diagonal[a]));
    let values = order.iter().map(|&k| diagonal[k]).collect();
    let mut vectors = Vec::with_capacity(n * n);
    for k in order {
        let vector = &v[k * n..(k + 1) * n];
        let largest = vector.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
        vectors.extend(vector.iter().map(|entry| entry * largest.signum()));
    }
    Some(SymmetricEigen { values, vectors })
}

/// Turns the tridiagonal matrix diagonal by plane rotations, and gives them in their order. Gives none if it does not
/// converge, which is not known to happen for finite numbers.
fn diagonalize(diagonal: &mut [f64], beside: &mut [f64], n: usize) -> Option<Vec<Turn>> {
    const MOST_SWEEPS: usize = 80;
    let mut turns = Vec::with_capacity(n * n);
    let (d, e) = (diagonal, beside);
    e.rotate_left(1); // e[i] stands between d[i] and d[i + 1]
    let norm = d.iter().chain(e.iter()).fold(0.0f64, |most, x| most.max(x.abs()));
    let nothing = norm * f64::EPSILON * f64::EPSILON;
    for first in 0..n {
        for sweep in 0.. {
            let is_small = |i: &usize| e[*i].abs() <= f64::EPSILON * (d[*i].abs() + d[*i + 1].abs()) + nothing;
            let last = (first..n - 1).find(is_small).unwrap_or(n - 1);
            if last == first {
                break;
            }
            if sweep == MOST_SWEEPS {
                return None;
            }
            // Wilkinson's shift.
            let slope = (d[first + 1] - d[first]) / (2.0 * e[first]);
            let mut g = d[last] - d[first] + e[first] / (slope + slope.hypot(1.0).copysign(slope));
            let (mut sine, mut cosine, mut shift) = (1.0, 1.0, 0.0);
            let mut cut = false;
            for i in (first..last).rev() {
                let (f, b) = (sine * e[i], cosine * e[i]);
                let r = f.hypot(g);
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= shift;
                    cut = true;
                    break;
                }
                (sine, cosine) = (f / r, g / r);
                g = d[i + 1] - shift;
                let turned = (d[i] - g) * sine + 2.0 * cosine * b;
                shift = sine * turned;
                d[i + 1] = g + shift;
                g = cosine * turned - b;
                turns.push(Turn { row: i, cosine, sine });
            }
            if !cut {
                d[first] -= shift;
                e[first] = g;
            }
            e[last] = 0.0;
        }
    }
    Some(turns)
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
