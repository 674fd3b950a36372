//! An orthonormal basis of what given rows span.

use gradus_kernels::isa::vectorize;

/// Replaces the rows of `[count, n]` by orthonormal ones that span the same space, and leaves out those that depend on earlier
/// ones: modified Gram-Schmidt, each row twice ("twice is enough", Giraud, Langou, Rozloznik, van den Eshof, 2005).
pub fn orthonormal_rows(rows: &[f64], n: usize) -> Vec<f64> {
    let mut basis: Vec<f64> = Vec::with_capacity(rows.len());
    for row in rows.chunks_exact(n.max(1)) {
        let mut row = row.to_vec();
        let before = length(&row);
        for _ in 0..2 {
            for other in basis.chunks_exact(n) {
                let along = dot(&row, other);
                row.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
            }
        }
        let after = length(&row);
        if after > before * 1e-13 {
            basis.extend(row.iter().map(|x| x / after));
        }
    }
    basis
}

fn length(row: &[f64]) -> f64 {
    dot(row, row).sqrt()
}

/// In eight sums, so that it vectorizes.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    vectorize(
        #[inline(always)]
        move || dot_here(a, b),
    )
}

/// [`dot`] for callers that are vectorized themselves.
#[inline(always)]
pub(super) fn dot_here(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    for (a, b) in a.iter().zip(b) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_orthonormal_and_dependent_ones_go() {
        let rows = [3.0, 4.0, 0.0, 6.0, 8.0, 0.0, 3.0, 4.0, 2.0];
        let basis = orthonormal_rows(&rows, 3);
        assert_eq!(basis.len(), 6);
        let expected = [0.6, 0.8, 0.0, 0.0, 0.0, 1.0];
        assert!(basis.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{basis:?}");
    }
}
