//! A stretch of an axis: y\[.., i, ..] = x\[.., start + i, ..]. The gradient is padded with zeros back to the whole axis.

use smallvec::smallvec;

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Narrow {
    axis: usize,
    start: usize,
    length: usize,
}

impl Op for Narrow {
    const NAME: &'static str = "narrow";
    type Saved = usize;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let (x, Narrow { axis, start, length }) = (inputs[0], self);
        if *axis >= x.rank() {
            return Err(format!("there is no axis {axis}; input {x}; axes count from 0"));
        }
        if start.checked_add(*length).is_none_or(|end| end > x[*axis]) {
            return Err(format!("{length} from {start} on is beyond the {} of axis {axis}; input {x}", x[*axis]));
        }
        Ok(x.with(*axis, *length))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, usize) {
        let x = inputs[0];
        let (_, size, inner) = x.shape().around(self.axis);
        let output = Tensor::build(shape, |out| {
            let (run, from) = (self.length * inner, self.start * inner);
            if run > 0 {
                for (out, x) in out.chunks_exact_mut(run).zip(x.as_slice().chunks_exact(size * inner)) {
                    out.copy_from_slice(&x[from..from + run]);
                }
            }
        });
        (output, size)
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Narrow { axis: self.axis, start: self.start }
    }

    fn backward(&self, size: &usize, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(grad.pad_axis(self.axis, [self.start, size - self.start - self.length], 0.0))]
    }
}

impl Tensor {
    /// The `length` places of `axis` from `start` on.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.narrow(1, 1, 2).to_vec(), [2.0, 3.0, 5.0, 6.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn narrow(&self, axis: usize, start: usize, length: usize) -> Tensor {
        apply(Narrow { axis, start, length }, &[self])
    }

    /// An axis cut into stretches of the given lengths, which must make up all of it.
    #[track_caller]
    #[must_use]
    pub fn split(&self, axis: usize, lengths: &[usize]) -> Vec<Tensor> {
        let whole = self.shape().get(axis).copied();
        assert!(
            whole == Some(lengths.iter().sum()),
            "split: lengths {lengths:?} do not make up axis {axis} of input {}",
            self.shape()
        );
        let mut start = 0;
        let stretch = |length: &usize| {
            start += length;
            self.narrow(axis, start - length, *length)
        };
        lengths.iter().map(stretch).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn stretches_make_up_the_axis_again() {
        let x = Tensor::arange(24).reshape([2, 4, 3]);
        let parts = x.split(1, &[1, 0, 3]);
        assert_eq!(&*parts[1].shape(), [2, 0, 3]);
        assert_eq!(Tensor::concat(&[&parts[0], &parts[1], &parts[2]], 1).to_vec(), x.to_vec());
    }

    #[test]
    #[should_panic(expected = "narrow: 3 from 2 on is beyond the 4 of axis 1; input [2, 4]")]
    fn a_stretch_beyond_the_axis_is_named() {
        let _ = Tensor::ones([2, 4]).narrow(1, 2, 3);
    }

    #[test]
    #[should_panic(expected = "split: lengths [1, 2] do not make up axis 1 of input [2, 4]")]
    fn lengths_that_do_not_fit_are_named() {
        let _ = Tensor::ones([2, 4]).split(1, &[1, 2]);
    }
}
