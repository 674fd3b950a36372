//! L2 pooling: y = sqrt(sum of x^2 over a window). dy/dx = x / y, and 0 where y is 0.

use gradus_kernels::pool::{self, PoolShape};
use gradus_kernels::{Real, map, scratch};
use smallvec::smallvec;

use super::avg_pool2d::spread;
use super::pool2d::{self, Pool2d, Windows};
use crate::graph::{InputGradients, Op, Pull, Window, apply};
use crate::tensor::{Shape, Tensor};

struct L2Pool2d(Pool2d);

impl L2Pool2d {
    fn elements(&self) -> Real {
        (self.0.kernel[0] * self.0.kernel[1]) as Real
    }
}

impl Op for L2Pool2d {
    const NAME: &'static str = "l2_pool2d";
    type Saved = (Tensor, Tensor, PoolShape);

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(pool2d::output(&Windows::Sliding(self.0).fit(inputs[0])?))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let pool = Windows::Sliding(self.0).fit(inputs[0].shape()).expect("infer has passed this shape");
        let elements = self.elements();
        let output = Tensor::build(shape, |out| {
            let x = inputs[0].as_slice();
            scratch::with(x.len(), |squares| {
                map::map(
                    x,
                    squares,
                    #[inline(always)]
                    |x| x * x,
                );
                pool::average(&pool, true, squares, out);
            });
            map::map_in_place(
                out,
                #[inline(always)]
                move |mean| (mean * elements).sqrt(),
            );
        });
        (output.clone(), (inputs[0].clone(), output, pool))
    }

    fn backward(&self, (x, y, pool): &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let y = pull.output(y);
        // Where y is 0 so is every x of the window: any divisor but 0 gives the gradient 0.
        let divisor = y.add(&Tensor::build(y.shape(), |out| {
            map::map(
                y.as_slice(),
                out,
                #[inline(always)]
                |y| if y == 0.0 { 1.0 } else { 0.0 },
            );
        }));
        let shared = spread(&grad.div(&divisor), *pool, Windows::Sliding(self.0), true);
        smallvec![Some(shared.scale(self.elements()).mul(x))]
    }

    fn window(&self, inputs: &[Shape]) -> Option<Window> {
        Windows::Sliding(self.0).reach(inputs[0])
    }
}

impl Tensor {
    /// The root of the sum of squares of each window of pictures `[b, h, w, c]`, channel by channel.
    #[track_caller]
    #[must_use]
    pub fn l2_pool2d(&self, windows: impl Into<Pool2d>) -> Tensor {
        apply(L2Pool2d(windows.into()), &[self])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_length_of_the_window() {
        let x = Tensor::new([3.0, 4.0, 0.0, 0.0, 5.0], [1, 1, 5, 1]).requires_grad();
        let y = x.l2_pool2d(Pool2d::new([1, 2]).ceil());
        assert_eq!(y.to_vec(), [5.0, 0.0, 5.0]);
        let slope = y.sum().backward().get(&x).unwrap().to_vec();
        for (a, b) in slope.iter().zip([0.6, 0.8, 0.0, 0.0, 1.0]) {
            assert!((a - b).abs() < 1e-6, "{slope:?}");
        }
    }
}
