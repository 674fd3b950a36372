//! Reflections carried out many at a time.

use std::ops::Range;

use gradus_kernels::double::{Left, Panels, Part, Sign, multiply_add};

/// Reflections that are joined: more make longer products, and more work to join them.
const BLOCK: usize = 64;

/// Reflections I - v v' with |v|^2 = 2 (or v = 0), each of the first `v.len()` coordinates; from one to the next they grow shorter.
#[derive(Default)]
pub(super) struct Reflectors {
    vectors: Vec<Vec<f64>>,
}

impl Reflectors {
    pub fn push(&mut self, vector: Vec<f64>) {
        self.vectors.push(vector);
    }

    /// Replaces each row x of `[count, n]` by Q x, Q = the first reflection times the second times ..
    ///
    /// A block of them is I - Y T Y' with their vectors as columns of Y and an upper triangle T (compact WY: Schreiber, Van Loan: A
    /// storage-efficient WY representation for products of Householder transformations, 1989), so that nearly all work is in products.
    pub fn carry_back(&self, rows: &mut [f64], n: usize) {
        let count = rows.len().checked_div(n).unwrap_or(0);
        // Q x as a row is x' times the last reflection, then the one before it ..
        let order: Vec<&[f64]> = self.vectors.iter().rev().map(Vec::as_slice).collect();
        for block in order.chunks(BLOCK) {
            let (size, length) = (block.len(), block[block.len() - 1].len());
            let mut flat = vec![0.0; size * length];
            for (line, vector) in flat.chunks_exact_mut(length).zip(block) {
                line[..vector.len()].copy_from_slice(vector);
            }
            let y = transposed(&flat, size, length);
            let t = whole(&triangle(&product(&flat, size, length, &y), size), size, size);
            let along = product(rows, count, n, &y);
            let turned = product(&along, count, size, &t);
            let left = Left::Rows { data: &turned, items: count, stride: size, depth: size };
            multiply_add(left, &whole(&flat, length, size), rows, n, Part::Whole, Sign::Minus);
        }
    }
}

/// `items` rows, `stride` apart, times what is packed.
fn product(rows: &[f64], items: usize, stride: usize, right: &Panels) -> Vec<f64> {
    let mut out = vec![0.0; items * right.items()];
    let left = Left::Rows { data: rows, items, stride, depth: right.depth() };
    multiply_add(left, right, &mut out, right.items(), Part::Whole, Sign::Plus);
    out
}

/// The T of joined reflections from the products of their vectors: column j is -T g above the diagonal, with g the products of vector j
/// with those before it, and 1 on it.
fn triangle(products: &[f64], size: usize) -> Vec<f64> {
    let mut t = vec![0.0; size * size];
    for j in 0..size {
        for i in 0..j {
            t[i * size + j] = -(i..j).map(|k| t[i * size + k] * products[k * size + j]).sum::<f64>();
        }
        t[j * size + j] = 1.0;
    }
    t
}

/// A row-major `[depth, items]` matrix, packed.
fn whole(matrix: &[f64], items: usize, depth: usize) -> Panels {
    Panels::pack(items, depth, &|depth: Range<usize>, range: Range<usize>, out: &mut [f64]| {
        for (k, out) in depth.zip(out.chunks_exact_mut(range.len())) {
            out.copy_from_slice(&matrix[k * items..][range.clone()]);
        }
    })
}

/// A row-major `[items, depth]` matrix, packed.
fn transposed(matrix: &[f64], items: usize, depth: usize) -> Panels {
    Panels::pack(items, depth, &|part: Range<usize>, range: Range<usize>, out: &mut [f64]| {
        let width = range.len();
        for (item, row) in range.enumerate() {
            let row = &matrix[row * depth..][part.clone()];
            out.iter_mut().skip(item).step_by(width).zip(row).for_each(|(out, x)| *out = *x);
        }
    })
}
