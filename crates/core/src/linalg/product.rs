//! Matrix products in f64, shared by the threads block by block.

use gradus_kernels::isa::vectorize;
use gradus_kernels::threads::parallel;
use std::ops::Range;
use std::sync::Mutex;

use super::Factor;

/// A tile of the product that is summed up in registers: rows and columns.
const TILE: (usize, usize) = (4, 8);
/// A block of the product, one task's work: so many items of either factor.
const BLOCK: usize = 96;
/// Products that are summed before the sum is added to the block: two packed pieces of this depth stay in the cache.
const DEPTH: usize = 128;

/// The `[left.items, right.items]` matrix of sums over the depth of left times right.
pub fn product(left: Factor<'_>, right: Factor<'_>, depth: usize) -> Vec<f64> {
    blocks(left, right, depth, false)
}

/// The symmetric matrix `[items, items]` of the products of a factor with itself: X'X where the items are columns of X.
pub fn gram(factor: Factor<'_>, depth: usize) -> Vec<f64> {
    let n = factor.items;
    let mut sums = blocks(factor, factor, depth, true);
    for row in 0..n {
        for column in 0..row {
            sums[column * n + row] = sums[row * n + column];
        }
    }
    sums
}

fn blocks(left: Factor<'_>, right: Factor<'_>, depth: usize, lower_only: bool) -> Vec<f64> {
    let (m, n) = (left.items, right.items);
    let down = 0..m.div_ceil(BLOCK);
    let tasks: Vec<(Range<usize>, Range<usize>)> = down
        .flat_map(|i| (0..n.div_ceil(BLOCK)).map(move |j| (i, j)))
        .filter(|(i, j)| !lower_only || j <= i)
        .map(|(i, j)| (i * BLOCK..((i + 1) * BLOCK).min(m), j * BLOCK..((j + 1) * BLOCK).min(n)))
        .collect();
    let sums = Mutex::new(vec![0.0; m * n]);
    parallel(tasks.len(), &|task| {
        let (rows, columns) = &tasks[task];
        let block = block(left, right, rows.clone(), columns.clone(), depth);
        let mut sums = sums.lock().expect("no task panics while it holds the sums");
        for (row, block) in rows.clone().zip(block.chunks_exact(BLOCK)) {
            sums[row * n..][columns.clone()].copy_from_slice(&block[..columns.len()]);
        }
    });
    sums.into_inner().expect("no task panics while it holds the sums")
}

/// A block of the product, `[BLOCK, BLOCK]`, zeros beyond its ranges.
fn block(left: Factor<'_>, right: Factor<'_>, rows: Range<usize>, columns: Range<usize>, depth: usize) -> Vec<f64> {
    let mut sums = vec![0.0; BLOCK * BLOCK];
    let mut filled = vec![0.0; DEPTH * BLOCK];
    let (mut a, mut b) = (vec![0.0; DEPTH * BLOCK], vec![0.0; DEPTH * BLOCK]);
    for start in (0..depth).step_by(DEPTH) {
        let part = start..(start + DEPTH).min(depth);
        let length = part.len();
        for (factor, items, packed, width) in [(left, &rows, &mut a, TILE.0), (right, &columns, &mut b, TILE.1)] {
            let filled = &mut filled[..length * items.len()];
            (factor.fill)(part.clone(), items.clone(), filled);
            pack(filled, items.len(), length, packed, width);
        }
        let (a, b, sums) = (&a, &b, &mut sums);
        vectorize(
            #[inline(always)]
            move || {
                for i in 0..BLOCK / TILE.0 {
                    for j in 0..BLOCK / TILE.1 {
                        let (a, b) = (&a[i * TILE.0 * length..], &b[j * TILE.1 * length..]);
                        tile(
                            &a[..TILE.0 * length],
                            &b[..TILE.1 * length],
                            &mut sums[i * TILE.0 * BLOCK + j * TILE.1..],
                        );
                    }
                }
            },
        );
    }
    sums
}

/// `[depth, items]` into panels of `width` items, `[panel][depth][width]`; zeros where there is no item.
fn pack(filled: &[f64], items: usize, depth: usize, packed: &mut [f64], width: usize) {
    for (panel, packed) in packed[..BLOCK * depth].chunks_exact_mut(width * depth).enumerate() {
        let first = (panel * width).min(items);
        let count = (items - first).min(width);
        for (out, row) in packed.chunks_exact_mut(width).zip(filled.chunks_exact(items.max(1))) {
            out[..count].copy_from_slice(&row[first..first + count]);
            out[count..].fill(0.0);
        }
    }
}

#[inline(always)]
fn tile(a: &[f64], b: &[f64], sums: &mut [f64]) {
    let mut tile = [[0.0f64; TILE.1]; TILE.0];
    for (a, b) in a.as_chunks::<{ TILE.0 }>().0.iter().zip(b.as_chunks::<{ TILE.1 }>().0) {
        for i in 0..TILE.0 {
            for j in 0..TILE.1 {
                tile[i][j] += a[i] * b[j];
            }
        }
    }
    for (i, row) in tile.iter().enumerate() {
        sums[i * BLOCK..][..TILE.1].iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
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
