//! Matrix products.

use crate::Real;

/// A matrix of `rows` x `columns` in row-major order; `transposed` says that its transpose is what is stored.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// The elements.
    pub data: &'a [Real],
    /// Rows of the matrix as it takes part in the product.
    pub rows: usize,
    /// Columns of the matrix as it takes part in the product.
    pub columns: usize,
    /// Whether it is stored as [columns, rows].
    pub transposed: bool,
}

/// What happens to each element of the product before it is stored.
#[derive(Clone, Copy, Debug, Default)]
pub struct Epilogue<'a> {
    /// Added to each column.
    pub bias: Option<&'a [Real]>,
    /// Whether negative results become zero.
    pub relu: bool,
}

/// c = a b, or c += a b.
pub fn gemm(a: Matrix, b: Matrix, c: &mut [Real], accumulate: bool, epilogue: Epilogue) {
    let at =
        |x: &Matrix, i: usize, j: usize| if x.transposed { x.data[j * x.rows + i] } else { x.data[i * x.columns + j] };
    for i in 0..a.rows {
        for j in 0..b.columns {
            let sum: Real = (0..a.columns).map(|k| at(&a, i, k) * at(&b, k, j)).sum();
            let sum =
                sum + epilogue.bias.map_or(0.0, |bias| bias[j]) + if accumulate { c[i * b.columns + j] } else { 0.0 };
            c[i * b.columns + j] = if epilogue.relu { sum.max(0.0) } else { sum };
        }
    }
}

/// The products of `batch` pairs of matrices; an operand with one matrix only serves all.
pub fn gemm_batched(batch: usize, a: Matrix, b: Matrix, c: &mut [Real]) {
    let part =
        |x: &Matrix, index: usize| if x.data.len() == x.rows * x.columns { 0 } else { index * x.rows * x.columns };
    let size = a.rows * b.columns;
    for index in 0..batch {
        let a = Matrix { data: &a.data[part(&a, index)..], ..a };
        let b = Matrix { data: &b.data[part(&b, index)..], ..b };
        gemm(a, b, &mut c[index * size..(index + 1) * size], false, Epilogue::default());
    }
}
