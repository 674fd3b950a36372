//! Matrix products, and the driver under everything that is one: dense layers and all three passes of a convolution.
//!
//! ```text
//!             B, packed whole: panels of NR columns, each [k][NR]
//!             ┌────┬────┬────┬──┐
//!             │    │    │    │  │ k
//!             └────┴────┴────┴──┘
//!   A, packed by blocks of rows and of k: panels of MR rows
//!  ┌──────┐   ┌────┬────┬────┬──┐
//!  │ MR   │   │tile│    │    │  │   one tile of C: MR x NR sums in registers,
//!  ├──────┤   ├────┼────┼────┼──┤   all of a k-block added up before it is stored
//!  │ MR   │   │    │    │    │  │
//!  └──────┘   └────┴────┴────┴──┘
//!    k-block         C
//! ```
//! How a factor is packed is its own business (`Left`, `Right` in `pack.rs`): a matrix, its transpose, or the patches that a
//! convolution's windows see. The threads share blocks of C. The order in which products are summed depends on the shape
//! alone.

#[cfg(not(real64))]
mod driver;
mod epilogue;
#[cfg(not(real64))]
mod left;
#[cfg(not(real64))]
mod long;
#[cfg(not(real64))]
pub(crate) mod micro;
#[cfg(not(real64))]
mod pack;
mod packed;
#[cfg(any(real64, test))]
mod reference;
#[cfg(not(real64))]
mod skinny;
#[cfg(test)]
mod tests;
#[cfg(not(real64))]
mod tiles;
#[cfg(not(real64))]
pub(crate) use tiles::piece;

use crate::Real;
#[cfg(not(real64))]
use crate::disjoint::Disjoint;
use crate::threads::parallel_chunks;
#[cfg(not(real64))]
pub(crate) use driver::{Output, activate, pack_all, product, product_packed};
pub use epilogue::{Activation, Epilogue};
#[cfg(not(real64))]
pub(crate) use pack::{Columns, DEPTH_BLOCK, Left, ROW_STRIDE, Right, Rows, Strided};
#[cfg(not(real64))]
pub(crate) use packed::Layout;
pub use packed::{PackedRight, gemm_packed};

/// A factor of a product: `rows` x `columns` in row-major order; `transposed` says that its transpose is what is stored.
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

/// c = a b, or c += a b; then the epilogue.
///
/// # Panics
/// When the sizes do not fit.
#[track_caller]
pub fn gemm(a: Matrix, b: Matrix, c: &mut [Real], accumulate: bool, epilogue: Epilogue) {
    check(&a, &b, c.len(), 1);
    epilogue.check(b.columns, c.len());
    #[cfg(real64)]
    reference::gemm(a, b, c, accumulate, epilogue);
    #[cfg(not(real64))]
    fast(a, b, c, accumulate, epilogue);
}

#[cfg(not(real64))]
fn fast(a: Matrix, b: Matrix, c: &mut [Real], accumulate: bool, epilogue: Epilogue) {
    if skinny::fits(&a, &b) {
        return skinny::gemm(a, b, c, accumulate, epilogue);
    }
    let output = Output { c: Disjoint::new(c), stride: b.columns, column: 0, accumulate, epilogue };
    match (a.transposed, b.transposed) {
        (false, false) => product(&Rows::of(a), &Strided::of(b), &output),
        (false, true) => product(&Rows::of(a), &Columns::of(b), &output),
        (true, false) => product(&Strided::of(a), &Strided::of(b), &output),
        (true, true) => product(&Strided::of(a), &Columns::of(b), &output),
    }
}

/// The products of `batch` pairs of matrices. An operand whose data is one matrix serves all.
///
/// # Panics
/// When the sizes do not fit.
#[track_caller]
pub fn gemm_batched(batch: usize, a: Matrix, b: Matrix, c: &mut [Real]) {
    check(&a, &b, c.len(), batch);
    if batch == 0 {
        return;
    }
    let [one_a, one_b] = [&a, &b].map(|x| x.data.len() == x.rows * x.columns);
    if one_b && !one_a && !a.transposed {
        // The rows of all left factors, one below the other, are one matrix.
        return gemm(Matrix { rows: batch * a.rows, ..a }, b, c, false, Epilogue::default());
    }
    let size = a.rows * b.columns;
    if size == 0 {
        return;
    }
    let product = |index: usize, c: &mut [Real]| {
        let [a, b] = [(a, one_a), (b, one_b)].map(|(x, one)| {
            let length = x.rows * x.columns;
            Matrix { data: &x.data[if one { 0 } else { index * length }..][..length], ..x }
        });
        gemm(a, b, c, false, Epilogue::default());
    };
    // The threads share the batch, many small products to a task; a few large ones are shared each by itself.
    let multiplies = (size * a.columns).max(1);
    if batch >= BATCH && multiplies * batch >= TASK {
        let products = (TASK / multiplies).max(1);
        parallel_chunks(c, products * size, &|task, c| {
            c.chunks_mut(size).enumerate().for_each(|(place, c)| product(task * products + place, c));
        });
    } else {
        c.chunks_mut(size).enumerate().for_each(|(index, c)| product(index, c));
    }
}

/// From so many products on, the threads share a batch rather than each product.
const BATCH: usize = 8;
/// The multiplications that are worth handing to another thread.
const TASK: usize = 1 << 17;

#[track_caller]
fn check(a: &Matrix, b: &Matrix, c: usize, batch: usize) {
    let fits = |x: &Matrix| x.data.len() == x.rows * x.columns || x.data.len() == batch * x.rows * x.columns;
    assert!(
        a.columns == b.rows && fits(a) && fits(b) && c == batch * a.rows * b.columns,
        "gemm: {batch} times {}x{} ({} numbers) by {}x{} ({} numbers) into {c} numbers",
        a.rows,
        a.columns,
        a.data.len(),
        b.rows,
        b.columns,
        b.data.len(),
    );
}
