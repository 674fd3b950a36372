//! Local response normalization (Krizhevsky, Sutskever and Hinton, 2012): y = x s^-beta with s = k + alpha mean of x^2 over a
//! window, of neighbouring maps or of neighbouring pixels of a map; beyond the edge x is 0 and counts.
//!
//! dx = dy s^-beta - 2 alpha beta x (sum of dy y / s over the windows that the place is in) / elements of a window.

use gradus_kernels::Real;
use gradus_kernels::normalize::{Response, response, response_backward, response_in_map, response_in_map_backward};
use smallvec::smallvec;

use super::avg_pool2d::spread;
use super::pool2d::{Pool2d, Windows};
use super::power::power;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// The constants of [`Tensor::local_response_norm`] and [`Tensor::local_response_norm_in_map`].
///
/// PyTorch's convention: alpha multiplies the mean of squares. In the paper it multiplies their sum, so the paper's
/// n = 5, alpha = 1e-4 is `size` 5, `alpha` 5e-4 here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalResponse {
    /// The maps of a window, or its height and width: `size / 2` before the place itself, `(size - 1) / 2` after.
    pub size: usize,
    /// The factor of the mean of squares.
    pub alpha: Real,
    /// The exponent.
    pub beta: Real,
    /// What is added; must be positive.
    pub k: Real,
}

impl Default for LocalResponse {
    /// PyTorch's defaults, with the five maps of `AlexNet`.
    fn default() -> Self {
        LocalResponse { size: 5, alpha: 1e-4, beta: 0.75, k: 1.0 }
    }
}

struct LocalResponseNorm {
    constants: LocalResponse,
    in_map: bool,
}

impl LocalResponseNorm {
    fn kernel(&self) -> Response {
        let LocalResponse { size, alpha, beta, k } = self.constants;
        Response { size, alpha, beta, k }
    }

    /// The pictures over which the windows slide: [b, h, w, c], or between maps [pixels, 1, c, 1].
    fn pictures(&self, x: Shape) -> [usize; 4] {
        if self.in_map { [x[0], x[1], x[2], x[3]] } else { [x.elements() / x.last().max(1), 1, x.last(), 1] }
    }

    fn windows(&self) -> Pool2d {
        let size = self.constants.size;
        let around = [size / 2, size.saturating_sub(1) / 2];
        if self.in_map {
            Pool2d::new(size).stride(1).padding([around; 2])
        } else {
            Pool2d::new([1, size]).stride(1).padding([[0; 2], around])
        }
    }

    /// The gradient as tensor operations.
    fn composed(&self, x: &Tensor, grad: &Tensor) -> Tensor {
        let LocalResponse { alpha, beta, k, .. } = self.constants;
        let pictures = self.pictures(x.shape());
        let (x, grad, from) = (&x.reshape(pictures), grad.reshape(pictures), x.shape());
        let windows = Windows::Sliding(self.windows());
        let s = x.mul(x).avg_pool2d(self.windows()).scale(alpha).shift(k);
        let pool = windows.fit(x.shape()).expect("infer has passed this shape");
        let shared = spread(&grad.mul(x).mul(&power(&s, -beta - 1.0)), pool, windows, true);
        grad.mul(&power(&s, -beta)).sub(&x.mul(&shared).scale(2.0 * alpha * beta)).reshape(from)
    }
}

struct Saved {
    x: Tensor,
    y: Tensor,
    s: Tensor,
}

impl Op for LocalResponseNorm {
    const NAME: &'static str = "local_response_norm";
    type Saved = Saved;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let (x, LocalResponse { size, k, .. }) = (inputs[0], self.constants);
        if x.rank() < 2 || self.in_map && x.rank() != 4 {
            return Err(format!("needs input [batch, height, width, channels]; input {x}; reshape it"));
        }
        if size == 0 || k <= 0.0 || k.is_nan() || x[1..].contains(&0) {
            return Err(format!("size {size} and every axis of input {x} must be at least 1, k = {k} positive"));
        }
        Ok(x)
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Saved) {
        let x = inputs[0];
        let mut s = None;
        let y = Tensor::build(shape, |out| {
            s = Some(Tensor::build(shape, |s| {
                if self.in_map {
                    response_in_map(x.as_slice(), self.pictures(shape), self.kernel(), out, s);
                } else {
                    response(x.as_slice(), shape.last(), self.kernel(), out, s);
                }
            }));
        });
        (y.clone(), Saved { x: x.clone(), y, s: s.expect("built above") })
    }

    fn backward(&self, saved: &Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        if pull.recorded {
            return smallvec![Some(self.composed(&saved.x, grad))];
        }
        let shape = grad.shape();
        let [x, y, s, dy] = [&saved.x, &saved.y, &saved.s, grad].map(Tensor::as_slice);
        smallvec![Some(Tensor::build(shape, |dx| if self.in_map {
            response_in_map_backward(x, y, s, dy, self.pictures(shape), self.kernel(), dx);
        } else {
            response_backward(x, y, s, dy, shape.last(), self.kernel(), dx);
        }))]
    }

    fn multiplies(&self, _: &[Shape], output: Shape) -> u64 {
        3 * output.elements() as u64
    }
}

impl Tensor {
    /// Local response normalization of `[b, .., c]` between neighbouring maps (channels) of each pixel.
    #[track_caller]
    #[must_use]
    pub fn local_response_norm(&self, constants: LocalResponse) -> Tensor {
        apply(LocalResponseNorm { constants, in_map: false }, &[self])
    }

    /// Local response normalization of pictures `[b, h, w, c]` between neighbouring pixels of each map.
    #[track_caller]
    #[must_use]
    pub fn local_response_norm_in_map(&self, constants: LocalResponse) -> Tensor {
        apply(LocalResponseNorm { constants, in_map: true }, &[self])
    }
}
