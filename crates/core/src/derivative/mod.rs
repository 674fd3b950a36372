//! Derivatives as numbers: gradient, directional derivative, Jacobian, exact Hessian and Hessian-vector products, of
//! functions of tensors and of networks in all their parameters.
//!
//! All come from the recorded graph: first derivatives by one backward sweep, second ones by differentiating the sweep, a row
//! of the Hessian at a time (Pearlmutter: Fast exact multiplication by the Hessian, 1994). They are exact up to rounding; no
//! difference quotients. An op with a corner (ReLU, step) has the second derivative of its pieces, zero.
//!
//! ```
//! use gradus_core::{Tensor, derivative};
//! let f = |x: &Tensor| x.square().sum().square(); // (x1^2 + x2^2)^2
//! let x = Tensor::from([1.0, 2.0]);
//! assert_eq!(derivative::gradient(f, &x).to_vec(), [20.0, 40.0]);
//! assert_eq!(derivative::hessian(f, &x).to_vec(), [28.0, 16.0, 16.0, 52.0]);
//! ```

mod function;
mod parameters;

pub use function::{directional_derivative, gradient, hessian, hessian_vector, jacobian};
pub use parameters::ParameterVector;
