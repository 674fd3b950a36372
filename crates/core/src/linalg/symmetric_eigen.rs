//! Eigenvalues and eigenvectors of symmetric matrices.

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
/// The QR and QL algorithms for symmetric matrices, 1968; EISPACK's tred2 and tql2). Time grows with n^3.
///
/// Gives none where an entry is not finite.
pub fn symmetric_eigen(matrix: &[f64], n: usize) -> Option<SymmetricEigen> {
    assert_eq!(matrix.len(), n * n, "symmetric_eigen: {} entries are no {n} x {n} matrix", matrix.len());
    if n == 0 || matrix.iter().any(|entry| !entry.is_finite()) {
        return None;
    }
    let mut v = matrix.to_vec(); // rows become the vectors
    let (mut diagonal, mut beside) = tridiagonalize(&mut v, n);
    diagonalize(&mut v, &mut diagonal, &mut beside, n)?;

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

/// Turns the matrix A in `v` into T = Q'AQ with T tridiagonal: gives T's diagonal and, from place 1 on, what stands beside
/// it. `v` then holds Q', so that all loops run along rows.
fn tridiagonalize(v: &mut [f64], n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = v.to_vec();
    let (mut diagonal, mut beside) = (vec![0.0; n], vec![0.0; n]);
    let mut reflectors: Vec<(usize, Vec<f64>)> = Vec::new();
    for i in (1..n).rev() {
        let scale = a[i * n..i * n + i].iter().fold(0.0f64, |most, x| most.max(x.abs()));
        if i == 1 || scale == 0.0 {
            beside[i] = a[i * n + i - 1];
            continue;
        }
        // The reflection I - u u' turns row i, left of the diagonal, into (0, ..., 0, +-norm).
        let mut u: Vec<f64> = a[i * n..i * n + i].iter().map(|x| x / scale).collect();
        let norm = u.iter().map(|x| x * x).sum::<f64>().sqrt();
        let pivot = u[i - 1];
        let signed = if pivot > 0.0 { -norm } else { norm };
        beside[i] = scale * signed;
        u[i - 1] = pivot - signed;
        let length = (norm * norm - signed * pivot).sqrt(); // |u| / sqrt 2
        for x in &mut u {
            *x /= length;
        }
        // A <- A - u q' - q u' with p = A u, q = p - (u'p / 2) u, in the lower triangle.
        let mut p = vec![0.0; i];
        for row in 0..i {
            let mut sum = a[row * n + row] * u[row];
            for column in 0..row {
                sum += a[row * n + column] * u[column];
                p[column] += a[row * n + column] * u[row];
            }
            p[row] += sum;
        }
        let half = u.iter().zip(&p).map(|(x, y)| x * y).sum::<f64>() / 2.0;
        p.iter_mut().zip(&u).for_each(|(q, x)| *q -= half * x);
        for row in 0..i {
            for column in 0..=row {
                a[row * n + column] -= u[row] * p[column] + p[row] * u[column];
            }
        }
        reflectors.push((i, u));
    }
    for i in 0..n {
        diagonal[i] = a[i * n + i];
    }
    // Q' is the product of the reflections, the last one first.
    v.fill(0.0);
    for i in 0..n {
        v[i * n + i] = 1.0;
    }
    for (i, u) in reflectors.iter().rev() {
        // Q' <- Q' (I - u u'). Rows from i on are still those of the identity, with zeros where u acts.
        for row in v.chunks_exact_mut(n).take(*i) {
            let dot: f64 = row.iter().zip(u).map(|(x, y)| x * y).sum();
            row.iter_mut().zip(u).for_each(|(x, y)| *x -= dot * y);
        }
    }
    (diagonal, beside)
}

/// Turns the tridiagonal matrix diagonal by plane rotations, which the rows of `v` follow. Gives none if it does not
/// converge, which is not known to happen for finite numbers.
fn diagonalize(v: &mut [f64], diagonal: &mut [f64], beside: &mut [f64], n: usize) -> Option<()> {
    const MOST_SWEEPS: usize = 80;
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
                let (upper, lower) = v[i * n..(i + 2) * n].split_at_mut(n);
                for (x, y) in upper.iter_mut().zip(lower) {
                    (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
                }
            }
            if !cut {
                d[first] -= shift;
                e[first] = g;
            }
            e[last] = 0.0;
        }
    }
    Some(())
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
