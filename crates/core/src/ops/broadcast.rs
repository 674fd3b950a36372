//! Broadcasting: NumPy's rule for two operands of different shapes, and its transpose, the sum back to a shape.

use gradus_kernels::{Real, map};
use smallvec::{SmallVec, smallvec};

use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// The shape that both operands broadcast to, or the error text.
pub(crate) fn infer(inputs: &[Shape]) -> Result<Shape, String> {
    inputs[0].broadcast(&inputs[1]).ok_or_else(|| {
        format!(
            "shapes {} and {} do not broadcast: aligned at the last axis, sizes must be equal or one of them 1",
            inputs[0], inputs[1]
        )
    })
}

/// f(a, b) for each pair of elements, broadcast to `shape`.
pub(crate) fn zip(a: &Tensor, b: &Tensor, shape: Shape, f: impl Fn(Real, Real) -> Real + map::Body) -> Tensor {
    Tensor::build(shape, |out| {
        if a.shape() == shape && b.shape() == shape {
            map::zip(a.as_slice(), b.as_slice(), out, f);
        } else {
            let (a_strides, b_strides) = (strides(a.shape(), shape), strides(b.shape(), shape));
            map::broadcast(a.as_slice(), &a_strides, b.as_slice(), &b_strides, out, &shape, f);
        }
    })
}

/// The step of each axis of `to` in a tensor of shape `from`: 0 where it is repeated.
fn strides(from: Shape, to: Shape) -> SmallVec<[usize; 8]> {
    let mut strides: SmallVec<[usize; 8]> = smallvec![0; to.rank()];
    let mut step = 1;
    for back in 1..=from.rank() {
        let size = from[from.rank() - back];
        if size != 1 {
            strides[to.rank() - back] = step;
        }
        step *= size;
    }
    strides
}

/// The sum of `grad` over all that was repeated when `shape` was broadcast to its shape.
pub(crate) fn sum_to(grad: &Tensor, shape: Shape) -> Tensor {
    if grad.shape() == shape {
        return grad.clone();
    }
    let missing = grad.rank() - shape.rank();
    let repeated = |axis: &usize| *axis < missing || (shape[axis - missing] == 1 && grad.shape()[*axis] != 1);
    let axes: SmallVec<[usize; 8]> = (0..grad.rank()).filter(repeated).collect();
    grad.sum_axes(&axes).reshape(shape)
}

/// `BroadcastTo`: y\[.., i, j] = x\[.., 0 or i, 0 or j]. Its gradient is the sum over the repeated places.
struct BroadcastTo(Shape);

impl Op for BroadcastTo {
    const NAME: &'static str = "broadcast_to";
    type Saved = Shape;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        match inputs[0].broadcast(&self.0) {
            Some(shape) if shape == self.0 => Ok(shape),
            _ => Err(format!(
                "input {} cannot be repeated to {}: aligned at the last axis, each size must be equal or 1",
                inputs[0], self.0
            )),
        }
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Shape) {
        let nothing = Tensor::zeros(Shape::SCALAR);
        let output = zip(
            inputs[0],
            &nothing,
            shape,
            #[inline(always)]
            |a, _| a,
        );
        (output, inputs[0].shape())
    }

    fn backward(&self, from: &Shape, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(sum_to(grad, *from))]
    }
}

impl Tensor {
    /// This tensor repeated to `shape` by NumPy's rule.
    #[track_caller]
    #[must_use]
    pub fn broadcast_to(&self, shape: impl Into<Shape>) -> Tensor {
        let shape = shape.into();
        if shape == self.shape() { self.clone() } else { apply(BroadcastTo(shape), &[self]) }
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn a_row_and_a_column_make_a_table() {
        let table = Tensor::from([[1.0], [2.0]]).add(&Tensor::from([10.0, 20.0, 30.0]));
        assert_eq!(table.to_vec(), [11.0, 21.0, 31.0, 12.0, 22.0, 32.0]);
    }

    #[test]
    fn a_single_number_fills_a_shape() {
        assert_eq!(Tensor::scalar(2.0).broadcast_to([2, 2]).to_vec(), [2.0; 4]);
    }

    #[test]
    fn the_gradient_sums_over_what_was_repeated() {
        let x = Tensor::from([[1.0], [2.0]]).requires_grad();
        let grads = x.broadcast_to([3, 2, 4]).sum().backward();
        assert_eq!(grads.get(&x).unwrap().to_vec(), [12.0, 12.0]);
    }

    #[test]
    #[should_panic(expected = "add: shapes [2, 3] and [2] do not broadcast")]
    fn shapes_that_do_not_fit_are_named() {
        let _ = Tensor::ones([2, 3]).add(&Tensor::ones([2]));
    }
}
