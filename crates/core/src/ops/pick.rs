//! Elements of rows by their places: y\[r, k] = x\[r, places\[r, k]]. The gradient goes back to these places; where one was taken
//! twice, both are added.

use gradus_kernels::gather;
use smallvec::smallvec;

use super::axis::at_the_end;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Indices, Shape, Tensor};

/// `[.., width]` to `[.., picks]`.
#[derive(Clone)]
struct Pick {
    places: Indices,
}

/// The transpose: `[.., picks]` to `[.., width]`.
#[derive(Clone)]
struct Unpick {
    places: Indices,
    width: usize,
}

impl Op for Pick {
    const NAME: &'static str = "pick";
    type Saved = Shape;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let (x, places) = (inputs[0], self.places.shape());
        let last = x.rank().wrapping_sub(1);
        if x.rank() == 0 || x.rank() != places.rank() || x[..last] != places[..last] {
            return Err(format!(
                "needs input [.., width] and places [.., picks] with the same rows; input {x}, places {places}"
            ));
        }
        match self.places.as_slice().iter().position(|place| *place as usize >= x[last]) {
            Some(at) => Err(format!(
                "place {} is beyond the {} elements of a row; input {x}, places {places}; places count from 0",
                self.places.as_slice()[at],
                x[last]
            )),
            None => Ok(places),
        }
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Shape) {
        let x = inputs[0];
        let output = Tensor::build(shape, |out| {
            if !out.is_empty() {
                gather::pick(x.as_slice(), x.shape().last(), self.places.as_slice(), out);
            }
        });
        (output, x.shape())
    }

    fn backward(&self, from: &Shape, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(Unpick { places: self.places.clone(), width: from.last() }, &[grad]))]
    }
}

impl Op for Unpick {
    const NAME: &'static str = "unpick";
    type Saved = ();

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(inputs[0].with(inputs[0].rank() - 1, self.width))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        let output = Tensor::build(shape, |out| {
            out.fill(0.0);
            if inputs[0].len() > 0 {
                gather::unpick(inputs[0].as_slice(), self.width, self.places.as_slice(), out);
            }
        });
        (output, ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(Pick { places: self.places.clone() }, &[grad]))]
    }
}

impl Tensor {
    /// Elements of each row by their places: `[.., width]` and places `[.., picks]` give `[.., picks]`.
    #[track_caller]
    #[must_use]
    pub fn pick(&self, places: &Indices) -> Tensor {
        apply(Pick { places: places.clone() }, &[self])
    }

    /// One element of each row: `[.., width]` and places `[..]` give `[..]`.
    ///
    /// ```
    /// use gradus_core::{Indices, Tensor};
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.pick_one(&Indices::from([2, 0])).to_vec(), [3.0, 4.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn pick_one(&self, places: &Indices) -> Tensor {
        let shape = places.shape();
        self.pick(&places.reshaped(shape.inserted(shape.rank(), 1))).reshape(shape)
    }

    /// The largest elements along `axis`, which goes from the shape. The gradient goes to the first of equals.
    #[track_caller]
    #[must_use]
    pub fn max_axis(&self, axis: usize) -> Tensor {
        self.pick_along("max_axis", axis, Tensor::argmax)
    }

    /// The least elements along `axis`, which goes from the shape. The gradient goes to the first of equals.
    #[track_caller]
    #[must_use]
    pub fn min_axis(&self, axis: usize) -> Tensor {
        self.pick_along("min_axis", axis, Tensor::argmin)
    }

    #[track_caller]
    fn pick_along(&self, name: &'static str, axis: usize, places: fn(&Tensor, usize) -> Indices) -> Tensor {
        let kept = at_the_end(name, self, axis, |rows| {
            let last = rows.rank() - 1;
            let one = rows.shape().with(last, 1);
            let dry = || Indices::build(one, |places| places.fill(0));
            rows.pick(&if rows.is_dry() { dry() } else { places(rows, last).reshaped(one) })
        });
        kept.reshape(self.shape().removed(axis))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Indices, Tensor};

    #[test]
    fn the_gradient_goes_to_the_first_of_equals() {
        let x = Tensor::from([[3.0, 1.0], [3.0, 2.0]]).requires_grad();
        let largest = x.max_axis(0);
        assert_eq!(largest.to_vec(), [3.0, 2.0]);
        assert_eq!(largest.sum().backward().get(&x).unwrap().to_vec(), [1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "pick: place 3 is beyond the 3 elements of a row; input [2, 3], places [2, 1]")]
    fn a_place_beyond_the_row_is_named() {
        let _ = Tensor::ones([2, 3]).pick_one(&Indices::from([0, 3]));
    }

    #[test]
    #[should_panic(expected = "max_axis: axis 1 is empty; input [2, 0]")]
    fn an_empty_axis_has_no_largest() {
        let _ = Tensor::ones([2, 0]).max_axis(1);
    }
}
