//! Another shape for the same elements in the same order. The gradient is reshaped back.

use smallvec::smallvec;

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Reshape(Shape);

impl Op for Reshape {
    const NAME: &'static str = "reshape";
    type Saved = Shape;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        if inputs[0].elements() == self.0.elements() {
            return Ok(self.0);
        }
        Err(format!(
            "input {} has {} elements, shape {} has {}; the counts must be equal",
            inputs[0],
            inputs[0].elements(),
            self.0,
            self.0.elements()
        ))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Shape) {
        (inputs[0].viewed(shape), inputs[0].shape())
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Reshape
    }

    fn backward(&self, from: &Shape, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(grad.reshape(*from))]
    }
}

impl Tensor {
    /// The same elements in another shape. Nothing is copied.
    #[track_caller]
    #[must_use]
    pub fn reshape(&self, shape: impl Into<Shape>) -> Tensor {
        apply(Reshape(shape.into()), &[self])
    }

    /// All axes but the last joined into one.
    pub(crate) fn as_rows(&self) -> Tensor {
        let shape = self.shape();
        self.reshape([shape[..shape.rank() - 1].iter().product(), shape.last()])
    }

    /// All axes from `axis` on joined into one: `x.flatten(1)` makes a row of each picture of a batch.
    #[track_caller]
    #[must_use]
    pub fn flatten(&self, axis: usize) -> Tensor {
        assert!(axis < self.rank().max(1), "flatten: axis {axis} of a tensor with shape {}", self.shape());
        let joined = self.shape()[axis.min(self.rank())..].iter().product();
        let kept: Shape = self.shape()[..axis].iter().copied().chain([joined]).collect();
        self.reshape(kept)
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn flatten_joins_the_inner_axes() {
        assert_eq!(&*Tensor::ones([2, 3, 4]).flatten(1).shape(), [2, 12]);
        assert_eq!(&*Tensor::scalar(1.0).flatten(0).shape(), [1]);
    }

    #[test]
    #[should_panic(expected = "reshape: input [2, 3] has 6 elements, shape [4] has 4")]
    fn a_wrong_count_is_named() {
        let _ = Tensor::ones([2, 3]).reshape([4]);
    }
}
