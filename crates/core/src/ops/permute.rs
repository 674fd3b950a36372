//! Axes in another order. The gradient goes back in the inverse order.

use gradus_kernels::permute;
use smallvec::{SmallVec, smallvec};

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

type Order = SmallVec<[usize; 8]>;

struct Permute(Order);

impl Op for Permute {
    const NAME: &'static str = "permute";
    type Saved = ();

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let rank = inputs[0].rank();
        if self.0.len() != rank || !(0..rank).all(|axis| self.0.contains(&axis)) {
            return Err(format!("order {:?} must name each axis of input {} once", self.0, inputs[0]));
        }
        Ok(self.0.iter().map(|axis| inputs[0][*axis]).collect())
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        let x = inputs[0];
        (Tensor::build(shape, |out| permute::permute(x.as_slice(), &x.shape(), &self.0, out)), ())
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Permute(self.0.clone())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let mut inverse: Order = smallvec![0; self.0.len()];
        for (place, axis) in self.0.iter().enumerate() {
            inverse[*axis] = place;
        }
        smallvec![Some(grad.permute(&inverse))]
    }
}

impl Tensor {
    /// The axes in another order: axis i of the result is axis `order[i]` of this tensor.
    #[track_caller]
    #[must_use]
    pub fn permute(&self, order: &[usize]) -> Tensor {
        apply(Permute(order.into()), &[self])
    }

    /// The last two axes exchanged.
    #[track_caller]
    #[must_use]
    pub fn transposed(&self) -> Tensor {
        let rank = self.rank();
        assert!(rank >= 2, "transposed: input {} has fewer than two axes", self.shape());
        let mut order: Order = (0..rank).collect();
        order.swap(rank - 2, rank - 1);
        self.permute(&order)
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn axes_change_places() {
        let x = Tensor::arange(6).reshape([2, 3]);
        assert_eq!(x.transposed().to_vec(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        let x = Tensor::arange(24).reshape([2, 3, 4]);
        let there = x.permute(&[2, 0, 1]);
        assert_eq!(&*there.shape(), [4, 2, 3]);
        assert_eq!(there.at(&[3, 1, 2]), x.at(&[1, 2, 3]));
    }
}
