//! Sums and means over axes: y = sum x, or that divided by the count. Each element's derivative is 1, or 1 / count.

use gradus_kernels::{Real, reduce};
use smallvec::smallvec;

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Summed axes stay in the output with size 1; the methods take them out by a reshape.
struct Sum {
    /// One bit for each axis.
    axes: u8,
}

impl Sum {
    fn has(&self, axis: usize) -> bool {
        self.axes >> axis & 1 == 1
    }
}

impl Op for Sum {
    const NAME: &'static str = "sum";
    type Saved = Shape;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0].iter().enumerate().map(|(axis, &size)| if self.has(axis) { 1 } else { size }).collect())
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Shape) {
        let from = inputs[0].shape();
        let mut rest = inputs[0].detached();
        // Runs of neighbouring axes are summed in one pass, the innermost run first.
        let mut end = from.rank();
        while end > 0 {
            let mut begin = end;
            while begin > 0 && self.has(begin - 1) {
                begin -= 1;
            }
            if begin < end {
                let outer = from[..begin].iter().product();
                let summed = from[begin..end].iter().product();
                let inner = rest.len().checked_div(outer * summed).unwrap_or(0);
                let inner = if rest.len() == 0 { shape.elements() / usize::max(outer, 1) } else { inner };
                let source = rest;
                rest = Tensor::build([outer, inner], |out| {
                    if source.len() == 0 {
                        out.fill(0.0);
                    } else {
                        reduce::sum_axis(source.as_slice(), [outer, summed, inner], out);
                    }
                });
            }
            end = begin.saturating_sub(1);
        }
        (rest.viewed(shape), from)
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Sum { axes: self.axes }
    }

    fn backward(&self, from: &Shape, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(grad.broadcast_to(*from))]
    }
}

impl Tensor {
    /// The sum of all elements, of shape `[]`.
    #[must_use]
    pub fn sum(&self) -> Tensor {
        apply(Sum { axes: u8::MAX }, &[self]).reshape(Shape::SCALAR)
    }

    /// The mean of all elements, of shape `[]`.
    #[must_use]
    pub fn mean(&self) -> Tensor {
        self.sum().scale(1.0 / self.len() as Real)
    }

    /// The sums along some axes, which go from the shape.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum_axes(&[0]).to_vec(), [4.0, 6.0]);
    /// assert_eq!(x.sum_axes(&[1]).to_vec(), [3.0, 7.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn sum_axes(&self, axes: &[usize]) -> Tensor {
        let left = (0..self.rank()).filter(|axis| !axes.contains(axis)).map(|axis| self.shape()[axis]);
        self.sum_axes_kept(axes).reshape(left.collect::<Shape>())
    }

    /// The sums along some axes, which stay in the shape with size 1.
    #[track_caller]
    #[must_use]
    pub fn sum_axes_kept(&self, axes: &[usize]) -> Tensor {
        let rank = self.rank();
        assert!(axes.iter().all(|axis| *axis < rank), "sum: axes {axes:?} of a tensor with shape {}", self.shape());
        apply(Sum { axes: axes.iter().fold(0, |bits, axis| bits | 1 << axis) }, &[self])
    }

    /// The means along some axes, which go from the shape.
    #[track_caller]
    #[must_use]
    pub fn mean_axes(&self, axes: &[usize]) -> Tensor {
        let sums = self.sum_axes(axes);
        let count = self.len() / sums.len().max(1);
        sums.scale(1.0 / count as Real)
    }

    /// The means along some axes, which stay in the shape with size 1.
    #[track_caller]
    #[must_use]
    pub fn mean_axes_kept(&self, axes: &[usize]) -> Tensor {
        let sums = self.sum_axes_kept(axes);
        let count = self.len() / sums.len().max(1);
        sums.scale(1.0 / count as Real)
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn any_axes_can_be_summed() {
        let x = Tensor::arange(24).reshape([2, 3, 4]);
        assert_eq!(x.sum().item(), 276.0);
        assert_eq!(x.sum_axes(&[0, 2]).to_vec(), [60.0, 92.0, 124.0]);
        assert_eq!(x.sum_axes(&[1]).to_vec(), [12.0, 15.0, 18.0, 21.0, 48.0, 51.0, 54.0, 57.0]);
        assert_eq!(&*x.sum_axes_kept(&[0, 1]).shape(), [1, 1, 4]);
        assert_eq!(x.mean_axes(&[1, 2]).to_vec(), [5.5, 17.5]);
        assert_eq!(x.sum_axes(&[]).to_vec(), x.to_vec());
    }

    #[test]
    fn the_sum_of_nothing_is_zero() {
        assert_eq!(Tensor::zeros([0, 3]).sum_axes(&[0]).to_vec(), [0.0; 3]);
        assert_eq!(Tensor::zeros([3, 0]).sum_axes(&[1]).to_vec(), [0.0; 3]);
        assert_eq!(Tensor::zeros([3, 0]).sum().item(), 0.0);
    }
}
