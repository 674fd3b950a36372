//! A border of one value around some axes. The gradient is the inner part of the border's.

use gradus_kernels::Real;
use smallvec::smallvec;

use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Pad {
    axis: usize,
    before: usize,
    after: usize,
    value: Real,
}

impl Op for Pad {
    const NAME: &'static str = "pad";
    type Saved = usize;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let x = inputs[0];
        if self.axis >= x.rank() {
            return Err(format!("there is no axis {}; input {x}; axes count from 0", self.axis));
        }
        Ok(x.with(self.axis, self.before + x[self.axis] + self.after))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, usize) {
        let x = inputs[0];
        let (outer, size, inner) = x.shape().around(self.axis);
        let output = Tensor::build(shape, |out| {
            let (run, from, whole) = (size * inner, self.before * inner, shape[self.axis] * inner);
            for row in 0..outer {
                let out = &mut out[row * whole..(row + 1) * whole];
                out[..from].fill(self.value);
                out[from..from + run].copy_from_slice(&x.as_slice()[row * run..(row + 1) * run]);
                out[from + run..].fill(self.value);
            }
        });
        (output, size)
    }

    fn backward(&self, size: &usize, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(grad.narrow(self.axis, self.before, *size))]
    }
}

impl Tensor {
    /// A border of `value` around this tensor: for each axis, how many places before and after.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let x = Tensor::from([[1.0, 2.0]]).pad(&[[0, 1], [1, 0]], 0.0);
    /// assert_eq!(x.to_vec(), [0.0, 1.0, 2.0, 0.0, 0.0, 0.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn pad(&self, border: &[[usize; 2]], value: Real) -> Tensor {
        assert!(
            border.len() == self.rank(),
            "pad: {} pairs of widths for the {} axes of input {}; give one pair for each axis",
            border.len(),
            self.rank(),
            self.shape()
        );
        let mut padded = self.clone();
        for (axis, widths) in border.iter().enumerate().filter(|(_, widths)| **widths != [0, 0]) {
            padded = padded.pad_axis(axis, *widths, value);
        }
        padded
    }

    /// A border of `value` at both ends of one axis.
    #[track_caller]
    #[must_use]
    pub fn pad_axis(&self, axis: usize, [before, after]: [usize; 2], value: Real) -> Tensor {
        apply(Pad { axis, before, after, value }, &[self])
    }
}
