//! Derivatives of a function of one tensor.

use gradus_kernels::Real;

use crate::{Tensor, grad};

/// The gradient of a function of one number, in the shape of `x`.
///
/// # Panics
/// When the function gives more than one number.
#[track_caller]
pub fn gradient(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Tensor {
    let x = x.requires_grad();
    grad(&f(&x), &[&x], false).remove(0)
}

/// The derivative of a function of one number along `direction`: the gradient's scalar product with it. Its length counts;
/// give a unit vector for the slope.
///
/// # Panics
/// When the function gives more than one number, or `direction` has another shape than `x`.
#[track_caller]
pub fn directional_derivative(f: impl Fn(&Tensor) -> Tensor, x: &Tensor, direction: &Tensor) -> Real {
    same_shape("directional_derivative", x, direction);
    gradient(f, x).mul(direction).sum().item()
}

/// The Jacobian `[outputs, inputs]` of a function of any shape: entry (i, j) is the derivative of the i-th number of the
/// output for the j-th of `x`, both in row-major order.
pub fn jacobian(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Tensor {
    let x = x.requires_grad();
    let output = f(&x);
    rows(&output, &[&x])
}

/// The Hessian `[n, n]` of a function of one number, n being the numbers of `x`.
///
/// # Panics
/// When the function gives more than one number.
#[track_caller]
pub fn hessian(f: impl Fn(&Tensor) -> Tensor, x: &Tensor) -> Tensor {
    let x = x.requires_grad();
    let slope = grad(&f(&x), &[&x], true).remove(0);
    rows(&slope, &[&x])
}

/// The Hessian of a function of one number times `vector`, without the Hessian: the gradient of (gradient times vector). In
/// the shape of `x`.
///
/// # Panics
/// When the function gives more than one number, or `vector` has another shape than `x`.
#[track_caller]
pub fn hessian_vector(f: impl Fn(&Tensor) -> Tensor, x: &Tensor, vector: &Tensor) -> Tensor {
    same_shape("hessian_vector", x, vector);
    let x = x.requires_grad();
    let slope = grad(&f(&x), &[&x], true).remove(0);
    grad(&slope.mul(vector).sum(), &[&x], false).remove(0)
}

/// The gradient of each number of `output`, row by row, `[outputs, inputs]`; of several inputs one after the other. The graph
/// of `output` stays.
pub(super) fn rows(output: &Tensor, inputs: &[&Tensor]) -> Tensor {
    let (height, width) = (output.len(), inputs.iter().map(|input| input.len()).sum::<usize>());
    let flat = output.reshape([height]);
    Tensor::build([height, width], |values| {
        for (row, values) in values.chunks_exact_mut(width.max(1)).enumerate() {
            let mut start = 0;
            for slope in grad(&flat.narrow(0, row, 1).sum(), inputs, true) {
                values[start..start + slope.len()].copy_from_slice(slope.as_slice());
                start += slope.len();
            }
        }
    })
}

#[track_caller]
fn same_shape(what: &str, x: &Tensor, vector: &Tensor) {
    assert!(
        x.shape() == vector.shape(),
        "{what}: the point has shape {}, the vector {}; give one of the same shape",
        x.shape(),
        vector.shape()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_has_its_matrix_as_hessian() {
        let matrix = Tensor::from([[4.0, 1.0], [1.0, 3.0]]);
        let f = |x: &Tensor| x.reshape([1, 2]).matmul(&matrix).mul(&x.reshape([1, 2])).sum() * 0.5;
        let x = Tensor::from([1.0, -2.0]);
        assert_eq!(gradient(f, &x).to_vec(), [2.0, -5.0]);
        assert_eq!(hessian(f, &x).to_vec(), matrix.to_vec());
        assert_eq!(hessian_vector(f, &x, &Tensor::from([1.0, 1.0])).to_vec(), [5.0, 4.0]);
        assert_eq!(directional_derivative(f, &x, &Tensor::from([0.0, 1.0])), -5.0);
        assert_eq!(jacobian(Tensor::square, &x).to_vec(), [2.0, 0.0, 0.0, -4.0]);
    }

    #[test]
    fn what_does_not_depend_on_the_point_is_zero() {
        let x = Tensor::from([1.0, 2.0]);
        assert_eq!(hessian(Tensor::sum, &x).to_vec(), [0.0; 4]);
        assert_eq!(gradient(|_| Tensor::scalar(3.0), &x).to_vec(), [0.0; 2]);
        assert_eq!(hessian_vector(|_| Tensor::scalar(3.0), &x, &x).to_vec(), [0.0; 2]);
    }

    #[test]
    #[should_panic(expected = "hessian_vector: the point has shape [2], the vector [3]")]
    fn a_wrong_vector_is_named() {
        hessian_vector(Tensor::sum, &Tensor::zeros([2]), &Tensor::zeros([3]));
    }
}
