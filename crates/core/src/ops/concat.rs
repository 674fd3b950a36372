//! Tensors one behind the other along an axis. Each gets the stretch of the gradient that lies at its place.

use smallvec::SmallVec;

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Concat {
    axis: usize,
}

impl Op for Concat {
    const NAME: &'static str = "concat";
    type Saved = SmallVec<[usize; 4]>;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let (first, axis) = (*inputs.first().ok_or("there is nothing to put together")?, self.axis);
        if axis >= first.rank() {
            return Err(format!("there is no axis {axis}; input {first}; axes count from 0"));
        }
        let fits = |x: &Shape| x.rank() == first.rank() && x.with(axis, 0) == first.with(axis, 0);
        match inputs.iter().position(|x| !fits(x)) {
            Some(place) => Err(format!(
                "inputs 0 and {place} differ in more than axis {axis}: {first} and {}; all other sizes must be equal",
                inputs[place]
            )),
            None => Ok(first.with(axis, inputs.iter().map(|x| x[axis]).sum())),
        }
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let (outer, whole, inner) = shape.around(self.axis);
        let sizes: Self::Saved = inputs.iter().map(|x| x.shape()[self.axis]).collect();
        let output = Tensor::build(shape, |out| {
            let mut place = 0;
            for (x, size) in inputs.iter().zip(&sizes) {
                let run = size * inner;
                for row in 0..outer {
                    let from = row * whole * inner + place;
                    out[from..from + run].copy_from_slice(&x.as_slice()[row * run..(row + 1) * run]);
                }
                place += run;
            }
        });
        (output, sizes)
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Concat { axis: self.axis }
    }

    fn backward(&self, sizes: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let mut start = 0;
        let stretch = |(place, size): (usize, &usize)| {
            start += size;
            pull.needs(place).then(|| grad.narrow(self.axis, start - size, *size))
        };
        sizes.iter().enumerate().map(stretch).collect()
    }
}

impl Tensor {
    /// Tensors one behind the other along `axis`; all other axes must have equal sizes.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let (a, b) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
    /// assert_eq!(Tensor::concat(&[&a, &b], 1).to_vec(), [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn concat(tensors: &[&Tensor], axis: usize) -> Tensor {
        apply(Concat { axis }, tensors)
    }

    /// Tensors of one shape side by side along a new `axis`.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let (a, b) = (Tensor::from([1.0, 2.0]), Tensor::from([3.0, 4.0]));
    /// assert_eq!(Tensor::stack(&[&a, &b], 1).to_vec(), [1.0, 3.0, 2.0, 4.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn stack(tensors: &[&Tensor], axis: usize) -> Tensor {
        let thin = |x: &&Tensor| {
            assert!(axis <= x.rank(), "stack: there is no place for axis {axis} in input {}", x.shape());
            x.reshape(x.shape().inserted(axis, 1))
        };
        let thin: Vec<Tensor> = tensors.iter().map(thin).collect();
        Tensor::concat(&thin.iter().collect::<Vec<_>>(), axis)
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    #[should_panic(expected = "concat: inputs 0 and 1 differ in more than axis 1: [2, 3] and [3, 3]")]
    fn shapes_that_do_not_fit_are_named() {
        let _ = Tensor::concat(&[&Tensor::ones([2, 3]), &Tensor::ones([3, 3])], 1);
    }

    #[test]
    #[should_panic(expected = "concat: there is nothing to put together")]
    fn nothing_is_refused() {
        let _ = Tensor::concat(&[], 0);
    }
}
