//! Matrix products in f64 of factors that are made on the way.

use gradus_kernels::double::{Left, Panels, Part, Sign, multiply_add};

use super::Factor;

/// The numbers of a factor that are packed at once: 2 MB, which stay near until they have been used.
const PACKED: usize = 1 << 18;
/// The depth that is packed at once, at least and at most.
const DEPTH: (usize, usize) = (128, 1536);

/// The `[left.items, right.items]` matrix of sums over the depth of left times right.
pub fn product(left: Factor<'_>, right: Factor<'_>, depth: usize) -> Vec<f64> {
    let mut sums = vec![0.0; left.items * right.items];
    let step = step(left.items.max(right.items));
    let [mut a, mut b] = [left, right].map(|factor| Panels::pack(factor.items, 0, factor.fill));
    for start in (0..depth).step_by(step) {
        let part = start..(start + step).min(depth);
        a.refill(part.clone(), left.fill);
        b.refill(part, right.fill);
        multiply_add(Left::Panels(&a), &b, &mut sums, right.items, Part::Whole, Sign::Plus);
    }
    sums
}

/// The symmetric matrix `[items, items]` of the products of a factor with itself: X'X where the items are columns of X.
pub fn gram(factor: Factor<'_>, depth: usize) -> Vec<f64> {
    let n = factor.items;
    let mut sums = vec![0.0; n * n];
    let step = step(n);
    let mut panels = Panels::pack(n, 0, factor.fill);
    for start in (0..depth).step_by(step) {
        panels.refill(start..(start + step).min(depth), factor.fill);
        multiply_add(Left::Panels(&panels), &panels, &mut sums, n, Part::Lower, Sign::Plus);
    }
    mirror(&mut sums, n);
    sums
}

fn step(items: usize) -> usize {
    (PACKED / items.max(1)).clamp(DEPTH.0, DEPTH.1) / DEPTH.0 * DEPTH.0
}

/// Copies the lower triangle to the upper one, square by square, so that the lines of both stay in the cache.
fn mirror(matrix: &mut [f64], n: usize) {
    const SQUARE: usize = 32;
    for first in (0..n).step_by(SQUARE) {
        for left in (0..=first).step_by(SQUARE) {
            for row in first..(first + SQUARE).min(n) {
                for column in left..(left + SQUARE).min(row) {
                    matrix[column * n + row] = matrix[row * n + column];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, columns: usize, seed: u64) -> Vec<f64> {
        let mut rng = crate::Rng::new(seed);
        (0..rows * columns).map(|_| f64::from(rng.normal())).collect()
    }

    #[test]
    fn products_are_those_of_the_definition_at_odd_sizes() {
        for (m, n, depth) in [(1, 1, 1), (3, 5, 7), (97, 101, 130), (8, 200, 257), (96, 4, 0)] {
            let (a, b) = (matrix(m, depth, 1), matrix(depth, n, 2));
            let left = Factor { items: m, fill: &Factor::rows(&a, depth) };
            let right = Factor { items: n, fill: &Factor::columns(&b, n) };
            let found = product(left, right, depth);
            for place in 0..m * n {
                let (i, j) = (place / n, place % n);
                let expected: f64 = (0..depth).map(|k| a[i * depth + k] * b[k * n + j]).sum();
                assert!((found[place] - expected).abs() < 1e-11, "{m} {n} {depth} at {i} {j}");
            }
        }
    }

    #[test]
    fn a_gram_matrix_is_symmetric_and_right() {
        let (n, depth) = (101, 150);
        let a = matrix(depth, n, 3);
        let found = gram(Factor { items: n, fill: &Factor::columns(&a, n) }, depth);
        for place in 0..n * n {
            let (i, j) = (place / n, place % n);
            let expected: f64 = (0..depth).map(|k| a[k * n + i] * a[k * n + j]).sum();
            assert!((found[place] - expected).abs() < 1e-11 && found[place] == found[j * n + i]);
        }
    }
}
