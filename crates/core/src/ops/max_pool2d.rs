//! Max pooling: y = max of x over a window. The gradient goes to the place where the maximum was, the first among equals.
//!
//! A ReLU before it is the same as one behind, max(max of x, 0), which costs no pass of its own: the gradient then goes nowhere where
//! the maximum is not positive.

use gradus_kernels::pool::{self, PoolShape};
use smallvec::smallvec;

use super::pool2d::{self, Pool2d, Windows};
use super::sliding::Pair;
use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, Window, apply, is_recording};
use crate::tensor::{Indices, Shape, Tensor};

struct MaxPool2d<const RELU: bool>(Windows);

impl<const RELU: bool> Op for MaxPool2d<RELU> {
    const NAME: &'static str = if RELU { "relu_max_pool2d" } else { "max_pool2d" };
    type Saved = Option<(PoolShape, Indices)>;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(pool2d::output(&self.0.fit(inputs[0])?))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let pool = self.0.fit(inputs[0].shape()).expect("infer has passed this shape");
        let x = inputs[0].as_slice();
        if inputs[0].is_constant() || !is_recording() {
            return (Tensor::build(shape, |out| pool::max(&pool, RELU, x, out)), None);
        }
        let mut places = None;
        let output = Tensor::build(shape, |out| {
            places = Some(Indices::build(shape, |places| pool::max_with_places(&pool, RELU, x, out, places)));
        });
        (output, places.map(|places| (pool, places)))
    }

    fn part(&self, inputs: &[Shape]) -> Part {
        self.0.fit(inputs[0]).map_or(Part::Unknown, |pool| Part::MaxPool(pool, RELU))
    }

    fn backward(&self, saved: &Self::Saved, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let (pool, places) = saved.as_ref().expect("places are kept whenever the op is recorded");
        smallvec![Some(apply(Scatter(*pool, places.clone()), &[grad]))]
    }

    fn window(&self, inputs: &[Shape]) -> Option<Window> {
        self.0.reach(inputs[0])
    }
}

/// Each output's gradient added to the place of its maximum. The transpose is [`Gather`].
struct Scatter(PoolShape, Indices);

impl Op for Scatter {
    const NAME: &'static str = "max_pool2d_scatter";
    type Saved = ();

    fn infer(&self, _: &[Shape]) -> Result<Shape, String> {
        Ok(pool2d::input(&self.0))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        (Tensor::build(shape, |out| pool::scatter_places(&self.0, inputs[0].as_slice(), self.1.as_slice(), out)), ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(Gather(self.0, self.1.clone()), &[grad]))]
    }
}

/// What lies at the place of each maximum. The transpose is [`Scatter`].
struct Gather(PoolShape, Indices);

impl Op for Gather {
    const NAME: &'static str = "max_pool2d_gather";
    type Saved = ();

    fn infer(&self, _: &[Shape]) -> Result<Shape, String> {
        Ok(pool2d::output(&self.0))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        (Tensor::build(shape, |out| pool::gather_places(&self.0, inputs[0].as_slice(), self.1.as_slice(), out)), ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(Scatter(self.0, self.1.clone()), &[grad]))]
    }
}

impl Tensor {
    /// The largest element of each window of pictures `[b, h, w, c]`, channel by channel.
    #[track_caller]
    #[must_use]
    pub fn max_pool2d(&self, windows: impl Into<Pool2d>) -> Tensor {
        apply(MaxPool2d::<false>(Windows::Sliding(windows.into())), &[self])
    }

    /// The largest element of each window of max(x, 0): [`relu`](Tensor::relu), then [`max_pool2d`](Tensor::max_pool2d), in one
    /// pass, and in one back. A dry run lists the two by themselves.
    #[track_caller]
    #[must_use]
    pub fn relu_max_pool2d(&self, windows: impl Into<Pool2d>) -> Tensor {
        if self.is_dry() {
            return self.relu().max_pool2d(windows);
        }
        apply(MaxPool2d::<true>(Windows::Sliding(windows.into())), &[self])
    }

    /// The largest element of each of `[rows, columns]` windows, which cover the picture as evenly as can be.
    #[track_caller]
    #[must_use]
    pub fn adaptive_max_pool2d(&self, counts: impl Into<Pair>) -> Tensor {
        apply(MaxPool2d::<false>(Windows::Adaptive(counts.into().0)), &[self])
    }

    /// The largest element of each channel: `[b, h, w, c]` gives `[b, c]`.
    #[track_caller]
    #[must_use]
    pub fn global_max_pool2d(&self) -> Tensor {
        self.adaptive_max_pool2d(1).flatten(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, dry_run};

    #[test]
    fn the_gradient_goes_to_the_maximum() {
        let x = Tensor::new([1.0, 5.0, 2.0, 0.0, 7.0, 3.0, 7.0, 1.0], [1, 2, 4, 1]).requires_grad();
        let y = x.max_pool2d(2);
        assert_eq!(y.to_vec(), [7.0, 7.0]);
        let grads = y.backward_from(&Tensor::new([10.0, 20.0], [1, 1, 2, 1]));
        assert_eq!(grads.get(&x).unwrap().to_vec(), [0.0, 0.0, 0.0, 0.0, 10.0, 0.0, 20.0, 0.0]);
    }

    #[test]
    fn a_relu_in_the_same_pass_is_one_before_it() {
        let x = Tensor::randn([2, 9, 7, 5], &mut Rng::new(1)).shift(-0.8).requires_grad();
        let pool = Pool2d::new(2).padding(1);
        let (fused, plain) = (x.relu_max_pool2d(pool), x.relu().max_pool2d(pool));
        assert_eq!(fused.to_vec(), plain.to_vec());
        let g = Tensor::randn(fused.shape(), &mut Rng::new(2));
        let (fused, plain) = (fused.backward_from(&g), plain.backward_from(&g));
        assert_eq!(fused.get(&x).unwrap().to_vec(), plain.get(&x).unwrap().to_vec());
    }

    #[test]
    fn overlapping_windows_share_their_maximum() {
        let x = Tensor::new([0.0, 1.0, 9.0, 2.0, 3.0], [1, 1, 5, 1]).requires_grad();
        let y = x.max_pool2d(Pool2d::new([1, 3]).stride(1));
        assert_eq!(y.to_vec(), [9.0, 9.0, 9.0]);
        assert_eq!(y.sum().backward().get(&x).unwrap().to_vec(), [0.0, 0.0, 3.0, 0.0, 0.0]);
    }

    #[test]
    fn sizes_are_pytorchs() {
        // (length, kernel, stride, padding, dilation, ceil) and torch.nn.functional.max_pool2d's number of windows.
        let cases = [
            (7, 2, 2, 0, 1, false, 3),
            (7, 2, 2, 0, 1, true, 4),
            (5, 2, 3, 1, 1, true, 2),
            (6, 3, 2, 1, 1, false, 3),
            (6, 3, 2, 1, 1, true, 4),
            (9, 2, 2, 1, 3, false, 4),
            (9, 2, 2, 1, 3, true, 5),
        ];
        for (length, kernel, stride, padding, dilation, ceil, expected) in cases {
            let pool = Pool2d::new(kernel).stride(stride).padding(padding).dilation(dilation);
            let pool = if ceil { pool.ceil() } else { pool };
            let y = Tensor::ones([1, length, length, 1]).max_pool2d(pool);
            assert_eq!(&*y.shape(), [1, expected, expected, 1], "{length} {pool:?}");
        }
    }

    #[test]
    fn adaptive_and_global_windows_cover_the_picture() {
        let x = Tensor::arange(35).reshape([1, 5, 7, 1]);
        assert_eq!(x.adaptive_max_pool2d([2, 3]).to_vec(), [16.0, 18.0, 20.0, 30.0, 32.0, 34.0]);
        assert_eq!(&*x.global_max_pool2d().shape(), [1, 1]);
        assert_eq!(x.global_max_pool2d().item(), 34.0);
    }

    #[test]
    fn windows_that_do_not_fit_are_named() {
        let refused = |pool: Pool2d| dry_run([1, 4, 4, 1], |x| x.max_pool2d(pool)).unwrap_err().to_string();
        assert!(refused(Pool2d::new(5)).contains("a window of 5 over 4 inputs"), "{}", refused(Pool2d::new(5)));
        assert!(refused(Pool2d::new(2).padding(3)).contains("covers none"));
        assert!(refused(Pool2d::new(2).stride(0)).contains("at least 1"));
        let error = dry_run([4, 4], |x| x.max_pool2d(2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "max_pool2d: needs input [batch, height, width, channels]; input [4, 4]; reshape it"
        );
    }
}
