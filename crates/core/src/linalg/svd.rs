//! The singular value decomposition.

/// A = sum over k of values\[k] left\[k] right\[k]', with orthonormal vectors on both sides: for an `[m, n]` matrix there are
/// min(m, n) terms. The first r of them are the best approximation of rank r (Eckart and Young, 1936).
#[derive(Clone, Debug)]
pub struct Svd {
    /// The singular values, largest first, none negative.
    pub values: Vec<f64>,
    /// The left vectors as rows, `[min(m, n), m]`.
    pub left: Vec<f64>,
    /// The right vectors as rows, `[min(m, n), n]`. Of each, the entry of largest magnitude is positive.
    pub right: Vec<f64>,
}

impl Svd {
    /// The first `rank` terms as one `[m, n]` matrix; all of them where there are no more.
    pub fn approximation(&self, rank: usize) -> Vec<f64> {
        let count = self.values.len();
        let (m, n) = (self.left.len() / count, self.right.len() / count);
        let mut matrix = vec![0.0; m * n];
        for k in 0..rank.min(count) {
            let (left, right) = (&self.left[k * m..(k + 1) * m], &self.right[k * n..(k + 1) * n]);
            for (row, u) in matrix.chunks_exact_mut(n).zip(left) {
                row.iter_mut().zip(right).for_each(|(entry, v)| *entry += self.values[k] * u * v);
            }
        }
        matrix
    }
}

/// The singular value decomposition of an `[m, n]` matrix.
///
/// One-sided Jacobi (Hestenes, 1958): plane rotations make the columns orthogonal pair by pair; their lengths are then the
/// singular values, small ones to high relative accuracy (Demmel and Veselic, 1992). A sweep over all pairs takes time in
/// m n^2 with n the shorter side; six to ten sweeps do.
///
/// Gives none where an entry is not finite, or a side is 0.
pub fn svd(matrix: &[f64], m: usize, n: usize) -> Option<Svd> {
    assert_eq!(matrix.len(), m * n, "svd: {} entries are no {m} x {n} matrix", matrix.len());
    if matrix.is_empty() || matrix.iter().any(|entry| !entry.is_finite()) {
        return None;
    }
    if m < n {
        // A' = V S U'.
        let transposed: Vec<f64> = (0..m * n).map(|place| matrix[place % m * n + place / m]).collect();
        let Svd { values, left, right } = tall(&transposed, n, m)?;
        return Some(signed(Svd { values, left: right, right: left }, n));
    }
    tall(matrix, m, n).map(|found| signed(found, n))
}

/// [`svd`] for m >= n.
fn tall(matrix: &[f64], m: usize, n: usize) -> Option<Svd> {
    // Scaled, so that no square overflows or vanishes.
    let scale = matrix.iter().fold(0.0f64, |most, entry| most.max(entry.abs()));
    let scale = if scale == 0.0 { 1.0 } else { scale };
    // Columns and the rotations that they have seen, as rows.
    let mut columns: Vec<f64> = (0..m * n).map(|place| matrix[place % m * n + place / m] / scale).collect();
    let mut rotated: Vec<f64> = (0..n * n).map(|place| f64::from(u8::from(place / n == place % n))).collect();
    // Below this length a column is the rounding of others.
    let nothing = dot(&columns, &columns).sqrt() * f64::EPSILON * m as f64;
    orthogonalize(&mut columns, &mut rotated, m, n, nothing)?;

    let lengths: Vec<f64> = columns.chunks_exact(m).map(|column| dot(column, column).sqrt()).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| lengths[b].total_cmp(&lengths[a]));
    let (mut left, mut right) = (Vec::with_capacity(n * m), Vec::with_capacity(n * n));
    for &k in &order {
        let column = &columns[k * m..(k + 1) * m];
        if lengths[k] > nothing {
            left.extend(column.iter().map(|entry| entry / lengths[k]));
        } else {
            // What is left of such a column is rounding: its direction says nothing, any that is free will do.
            let free = orthogonal_to(&left, m);
            left.extend(free);
        }
        right.extend_from_slice(&rotated[k * n..(k + 1) * n]);
    }
    Some(Svd { values: order.iter().map(|&k| lengths[k] * scale).collect(), left, right })
}

/// Rotates pairs of columns, and `rotated` with them, until all longer than `nothing` are orthogonal. Gives none if that does not come about, which is
/// not known to happen for finite numbers.
fn orthogonalize(columns: &mut [f64], rotated: &mut [f64], m: usize, n: usize, nothing: f64) -> Option<()> {
    const MOST_SWEEPS: usize = 60;
    for _ in 0..MOST_SWEEPS {
        let mut done = true;
        for p in 0..n {
            for q in p + 1..n {
                let (a, b) = pair(columns, m, p, q);
                let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
                let both = aa.sqrt().min(bb.sqrt());
                if both <= nothing || ab.abs() <= f64::EPSILON * m as f64 * (aa * bb).sqrt() {
                    continue;
                }
                done = false;
                let zeta = (bb - aa) / (2.0 * ab);
                let tangent = 1.0 / (zeta + zeta.hypot(1.0).copysign(zeta));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = cosine * tangent;
                rotate(a, b, cosine, sine);
                let (a, b) = pair(rotated, n, p, q);
                rotate(a, b, cosine, sine);
            }
        }
        if done {
            return Some(());
        }
    }
    None
}

fn pair(rows: &mut [f64], length: usize, p: usize, q: usize) -> (&mut [f64], &mut [f64]) {
    let (upper, lower) = rows.split_at_mut(q * length);
    (&mut upper[p * length..(p + 1) * length], &mut lower[..length])
}

fn rotate(a: &mut [f64], b: &mut [f64], cosine: f64, sine: f64) {
    for (x, y) in a.iter_mut().zip(b) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// A unit vector orthogonal to `rows`, fewer than `m` orthonormal ones: of the axes the one that they leave the most of.
fn orthogonal_to(rows: &[f64], m: usize) -> Vec<f64> {
    let covered = |axis: &usize| rows.iter().skip(*axis).step_by(m).map(|entry| entry * entry).sum::<f64>();
    let axis = (0..m).min_by(|a, b| covered(a).total_cmp(&covered(b))).unwrap_or(0);
    let mut vector = vec![0.0; m];
    vector[axis] = 1.0;
    for _ in 0..2 {
        for row in rows.chunks_exact(m) {
            let along = dot(&vector, row);
            vector.iter_mut().zip(row).for_each(|(x, y)| *x -= along * y);
        }
    }
    let length = dot(&vector, &vector).sqrt();
    vector.iter().map(|x| x / length).collect()
}

/// The same decomposition with the largest entry of each right vector positive.
fn signed(mut found: Svd, n: usize) -> Svd {
    let m = found.left.len() / found.values.len();
    for (left, right) in found.left.chunks_exact_mut(m).zip(found.right.chunks_exact_mut(n)) {
        let largest = right.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
        for entry in left.iter_mut().chain(right) {
            *entry *= largest.signum();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: &[f64], expected: &[f64], tolerance: f64) -> bool {
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < tolerance)
    }

    #[test]
    fn values_and_vectors_are_numpys() {
        // numpy.linalg.svd
        let matrix = [4.0, 1.0, -2.0, 2.0, 1.0, 2.0, 0.0, 1.0, -2.0, 0.0, 3.0, -2.0];
        let values = [5.306319642891, 3.81063543253, 2.306952415594];
        let left = [
            [0.798035167421, 0.134133289857, 0.306448167451, 0.501236124773],
            [0.374739514729, 0.65056082724, -0.396582245617, -0.528264544167],
            [-0.439657142503, 0.664177545382, -0.116266613783, 0.593339582175],
        ];
        let right = [
            [0.652129438534, 0.516803582069, -0.554654174201],
            [0.734806507463, -0.250896616346, 0.630166870357],
            [-0.186511640352, 0.818513863943, 0.543367704732],
        ];
        let found = svd(&matrix, 4, 3).unwrap();
        assert!(close(&found.values, &values, 1e-11), "{:?}", found.values);
        assert!(close(&found.left, left.as_flattened(), 1e-11), "{:?}", found.left);
        assert!(close(&found.right, right.as_flattened(), 1e-11), "{:?}", found.right);
    }

    #[test]
    fn what_is_degenerate_is_solved_and_what_is_not_finite_is_refused() {
        let zero = svd(&[0.0; 6], 2, 3).unwrap();
        assert_eq!((zero.values.as_slice(), zero.left.as_slice()), (&[0.0; 2][..], &[1.0, 0.0, 0.0, 1.0][..]));
        assert_eq!(svd(&[-5.0], 1, 1).unwrap().left, [-1.0]);
        // Of rank one, and far from 1 in size.
        let matrix: Vec<f64> = [1.0, 2.0, 3.0].iter().flat_map(|a| [4e200, 3e200].map(|b| a * b)).collect();
        let found = svd(&matrix, 3, 2).unwrap();
        assert!((found.values[0] / (14f64.sqrt() * 5e200) - 1.0).abs() < 1e-14 && found.values[1] < 1e186);
        assert!(svd(&[f64::INFINITY], 1, 1).is_none());
        assert!(svd(&[], 0, 3).is_none());
    }

    #[test]
    fn small_values_keep_their_digits() {
        // Columns twelve powers of ten apart; the value by mpmath with 60 digits.
        let matrix = [1.0, 1e-6, 1e-12, 1.0, -1e-6, 1e-12, 1.0, 1e-6, -2e-12];
        let found = svd(&matrix, 3, 3).unwrap();
        assert!((found.values[2] / 2.121320343559046e-12 - 1.0).abs() < 1e-12, "{:?}", found.values);
    }

    proptest! {
        #[test]
        fn the_terms_make_the_matrix_again(
            m in 1usize..10,
            n in 1usize..10,
            rank in 1usize..10,
            seed in proptest::collection::vec(-10.0f64..10.0, 180),
        ) {
            // A product of [m, rank] and [rank, n]: of full rank or not.
            let matrix: Vec<f64> = (0..m * n)
                .map(|place| (0..rank).map(|k| seed[place / n * 9 + k] * seed[90 + place % n * 9 + k]).sum())
                .collect();
            let found = svd(&matrix, m, n).unwrap();
            let count = m.min(n);
            prop_assert_eq!(found.values.len(), count);
            prop_assert!(found.values.is_sorted_by(|a, b| a >= b) && found.values[count - 1] >= 0.0);
            prop_assert!(close(&found.approximation(count), &matrix, 1e-10));
            for (vectors, length) in [(&found.left, m), (&found.right, n)] {
                for (a, first) in vectors.chunks(length).enumerate() {
                    for (b, second) in vectors.chunks(length).enumerate() {
                        prop_assert!((dot(first, second) - f64::from(u8::from(a == b))).abs() < 1e-11);
                    }
                }
            }
            // Eckart and Young: what rank r leaves over has the length of the values left out.
            let kept = found.approximation(rank.min(count));
            let left_over: f64 = matrix.iter().zip(&kept).map(|(a, b)| (a - b).powi(2)).sum();
            let expected: f64 = found.values[rank.min(count)..].iter().map(|value| value * value).sum();
            prop_assert!((left_over.sqrt() - expected.sqrt()).abs() < 1e-9);
        }
    }
}
