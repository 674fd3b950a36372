//! The product as it is defined: what `--cfg real64` runs and what the tests compare with.

use super::{Epilogue, Matrix};
use crate::Real;

pub(super) fn gemm(a: Matrix, b: Matrix, c: &mut [Real], accumulate: bool, epilogue: Epilogue) {
    for row in 0..a.rows {
        for column in 0..b.columns {
            let mut sum: Real = (0..a.columns).map(|k| at(&a, row, k) * at(&b, k, column)).sum();
            let place = row * b.columns + column;
            if accumulate {
                sum += c[place];
            }
            c[place] = sum;
            epilogue.finish(column, place, &mut c[place..=place]);
        }
    }
}

pub(super) fn at(x: &Matrix, row: usize, column: usize) -> Real {
    if x.transposed { x.data[column * x.rows + row] } else { x.data[row * x.columns + column] }
}
