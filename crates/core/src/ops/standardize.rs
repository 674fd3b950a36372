//! What the normalizations share where a derivative is itself to be differentiated: their gradients as tensor operations.

use gradus_kernels::Real;

use super::power::power;
use crate::tensor::Tensor;

/// z = (x - mean) / sqrt(variance + epsilon) and 1 / sqrt(variance + epsilon), mean and variance over `axes`, which stay in
/// the latter's shape with size 1.
pub(crate) fn standardize(x: &Tensor, axes: &[usize], epsilon: Real) -> (Tensor, Tensor) {
    let centered = x.sub(&x.mean_axes_kept(axes));
    let inverse = power(&centered.mul(&centered).mean_axes_kept(axes).shift(epsilon), -0.5);
    (centered.mul(&inverse), inverse)
}

/// The gradient of x from that of z: (g - mean of g - z mean of (g z)) / deviation, the means over `axes`.
pub(crate) fn standardize_gradient(z: &Tensor, inverse: &Tensor, grad: &Tensor, axes: &[usize]) -> Tensor {
    let shared = z.mul(&grad.mul(z).mean_axes_kept(axes));
    grad.sub(&grad.mean_axes_kept(axes)).sub(&shared).mul(inverse)
}
