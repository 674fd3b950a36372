//! Matrix product: C = A B over the last two axes. dA = G B', dB = A' G.

use gradus_kernels::gemm::{self, Epilogue, Matrix};
use smallvec::smallvec;

use super::broadcast::sum_to;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Either operand may be read as its transpose, so that no gradient needs a copy.
struct MatMul {
    transpose_a: bool,
    transpose_b: bool,
}

/// The last two axes as (rows, columns), after transposition.
fn sides(shape: Shape, transposed: bool) -> (usize, usize) {
    let (rows, columns) = (shape[shape.rank() - 2], shape[shape.rank() - 1]);
    if transposed { (columns, rows) } else { (rows, columns) }
}

impl Op for MatMul {
    const NAME: &'static str = "matmul";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let [a, b] = [inputs[0], inputs[1]];
        if a.rank() < 2 || b.rank() < 2 {
            return Err(format!("needs matrices, got {a} and {b}; reshape a vector to [1, n] or [n, 1]"));
        }
        let ((m, k), (k_b, n)) = (sides(a, self.transpose_a), sides(b, self.transpose_b));
        if k != k_b {
            return Err(format!(
                "the left matrix has {k} columns, the right one {k_b} rows; input {a}{}, other {b}{}; they must be equal",
                if self.transpose_a { " transposed" } else { "" },
                if self.transpose_b { " transposed" } else { "" },
            ));
        }
        let (batch_a, batch_b) = (Shape::new(&a[..a.rank() - 2]), Shape::new(&b[..b.rank() - 2]));
        let batch = if batch_a == batch_b || batch_b.elements() == 1 && batch_b.rank() <= batch_a.rank() {
            batch_a
        } else if batch_a.elements() == 1 && batch_a.rank() <= batch_b.rank() {
            batch_b
        } else {
            return Err(format!("batches of {a} and {b} differ; they must be equal, or one operand a single matrix"));
        };
        Ok(batch.iter().copied().chain([m, n]).collect())
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let (a, b) = (inputs[0], inputs[1]);
        let ((m, k), (_, n)) = (sides(a.shape(), self.transpose_a), sides(b.shape(), self.transpose_b));
        let batch_of = |shape: Shape| shape[..shape.rank() - 2].iter().product::<usize>();
        let (batch, batch_b) = (batch_of(shape), batch_of(b.shape()));
        let output = Tensor::build(shape, |out| {
            // Many left matrices against one right one are one tall product.
            let tall = batch_b == 1 && !self.transpose_a;
            let rows = if tall { batch * m } else { m };
            let left = Matrix { data: a.as_slice(), rows, columns: k, transposed: self.transpose_a };
            let right = Matrix { data: b.as_slice(), rows: k, columns: n, transposed: self.transpose_b };
            if tall || batch == 1 {
                gemm::gemm(left, right, out, false, Epilogue::default());
            } else {
                gemm::gemm_batched(batch, left, right, out);
            }
        });
        (output, [a.clone(), b.clone()])
    }

    fn backward(&self, [a, b]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let product =
            |a: &Tensor, b: &Tensor, transpose_a, transpose_b| apply(MatMul { transpose_a, transpose_b }, &[a, b]);
        let grad_a = || {
            if self.transpose_a {
                product(b, grad, self.transpose_b, true)
            } else {
                product(grad, b, false, !self.transpose_b)
            }
        };
        let grad_b = || {
            if self.transpose_b {
                product(grad, a, true, self.transpose_a)
            } else {
                product(a, grad, !self.transpose_a, false)
            }
        };
        // One right matrix under many left ones: its gradient is one tall product, not a sum of many small ones.
        let tall = b.rank() == 2 && a.rank() > 2 && !self.transpose_a && !self.transpose_b;
        let grad_b = || {
            if tall { product(&a.as_rows(), &grad.as_rows(), true, false) } else { sum_to(&grad_b(), b.shape()) }
        };
        smallvec![pull.needs(0).then(|| sum_to(&grad_a(), a.shape())), pull.needs(1).then(grad_b)]
    }

    fn multiplies(&self, inputs: &[Shape], output: Shape) -> u64 {
        output.elements() as u64 * sides(inputs[0], self.transpose_a).1 as u64
    }
}

impl Tensor {
    /// The matrix product over the last two axes: `[.., m, k]` times `[.., k, n]` is `[.., m, n]`. Batches must be equal, or
    /// one operand a single matrix.
    #[track_caller]
    #[must_use]
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        apply(MatMul { transpose_a: false, transpose_b: false }, &[self, other])
    }

    /// This matrix, or its transpose, times the other, or its transpose; nothing is copied for it.
    #[track_caller]
    #[must_use]
    pub fn matmul_with(&self, transpose_self: bool, other: &Tensor, transpose_other: bool) -> Tensor {
        apply(MatMul { transpose_a: transpose_self, transpose_b: transpose_other }, &[self, other])
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn products_and_transposes_agree() {
        let a = Tensor::arange(6).reshape([2, 3]);
        let b = Tensor::arange(12).reshape([3, 4]);
        let expected = [20.0, 23.0, 26.0, 29.0, 56.0, 68.0, 80.0, 92.0];
        assert_eq!(a.matmul(&b).to_vec(), expected);
        assert_eq!(a.transposed().matmul_with(true, &b, false).to_vec(), expected);
        assert_eq!(a.matmul_with(false, &b.transposed(), true).to_vec(), expected);
    }

    #[test]
    fn one_matrix_serves_a_whole_batch() {
        let a = Tensor::arange(12).reshape([2, 2, 3]);
        let b = Tensor::arange(6).reshape([3, 2]).requires_grad();
        let y = a.matmul(&b);
        assert_eq!(&*y.shape(), [2, 2, 2]);
        assert_eq!(y.at(&[1, 1, 0]), 9.0 * 0.0 + 10.0 * 2.0 + 11.0 * 4.0);
        assert_eq!(y.sum().backward().get(&b).unwrap().to_vec(), [18.0, 18.0, 22.0, 22.0, 26.0, 26.0]);
    }

    #[test]
    #[should_panic(
        expected = "matmul: the left matrix has 3 columns, the right one 2 rows; input [2, 3], other [2, 3]"
    )]
    fn inner_sizes_must_agree() {
        let a = Tensor::ones([2, 3]);
        let _ = a.matmul(&a);
    }
}
