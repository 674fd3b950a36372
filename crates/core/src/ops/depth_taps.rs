//! The frames that a kernel sees along depth, side by side as channels, so that a convolution of volumes is one of pictures:
//!
//! y\[(b, i), h, w, (g, u, c)] = x\[b, i s - p + u d, h, w, (g, c)], zero beyond the ends,
//!
//! for output frame i, tap u, group g and the group's channel c. The map is linear; its adjoint, [`DepthTapsInput`], adds each
//! element back to the place that it came from. Each is the gradient of the other.

use gradus_kernels::Real;
use smallvec::smallvec;

use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

/// Which frames are seen.
#[derive(Clone, Copy)]
pub(super) struct DepthTaps {
    /// `[batch, depth, height, width, channels]` of the volumes.
    pub volume: [usize; 5],
    /// Frames of the output.
    pub frames: usize,
    /// Taps of the kernel along depth.
    pub taps: usize,
    pub stride: usize,
    /// Zero frames before the first.
    pub before: usize,
    pub dilation: usize,
    pub groups: usize,
}

impl DepthTaps {
    fn input(&self) -> Shape {
        self.volume.into()
    }

    fn output(&self) -> Shape {
        let [batch, _, height, width, channels] = self.volume;
        [batch * self.frames, height, width, self.taps * channels].into()
    }

    /// Calls `each` with the places, in the volumes and in the pictures, of all stretches of a group's channels that both have.
    fn each(&self, mut each: impl FnMut(usize, usize, usize)) {
        let [batch, depth, height, width, channels] = self.volume;
        let (pixels, run) = (height * width, channels / self.groups);
        for picture in 0..batch * self.frames {
            let (volume, frame) = (picture / self.frames, picture % self.frames);
            for tap in 0..self.taps {
                let place = frame * self.stride + tap * self.dilation;
                let Some(source) = place.checked_sub(self.before).filter(|source| *source < depth) else { continue };
                for pixel in 0..pixels {
                    for group in 0..self.groups {
                        let there = ((volume * depth + source) * pixels + pixel) * channels + group * run;
                        let here = (((picture * pixels + pixel) * self.groups + group) * self.taps + tap) * run;
                        each(there, here, run);
                    }
                }
            }
        }
    }

    /// The pictures of volumes.
    pub fn of(self, x: &Tensor) -> Tensor {
        apply(self, &[x])
    }

    /// The adjoint: from pictures back to volumes.
    pub fn back(self, pictures: &Tensor) -> Tensor {
        apply(DepthTapsInput(self), &[pictures])
    }

    /// The pictures' numbers.
    pub fn gather(&self, x: &[Real]) -> Tensor {
        Tensor::build(self.output(), |out| {
            out.fill(0.0);
            self.each(|there, here, run| out[here..here + run].copy_from_slice(&x[there..there + run]));
        })
    }
}

fn expect(given: Shape, needed: Shape) -> Result<(), String> {
    if given == needed { Ok(()) } else { Err(format!("operand {given} was given, {needed} is needed")) }
}

impl Op for DepthTaps {
    const NAME: &'static str = "depth_taps";
    type Saved = ();

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        expect(inputs[0], self.input()).map(|()| self.output())
    }

    fn forward(&self, inputs: &[&Tensor], _: Shape) -> (Tensor, ()) {
        (self.gather(inputs[0].as_slice()), ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(self.back(grad))]
    }
}

struct DepthTapsInput(DepthTaps);

impl Op for DepthTapsInput {
    const NAME: &'static str = "depth_taps_input";
    type Saved = ();

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        expect(inputs[0], self.0.output()).map(|()| self.0.input())
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        let pictures = inputs[0].as_slice();
        let output = Tensor::build(shape, |out| {
            out.fill(0.0);
            self.0.each(|there, here, run| {
                for (sum, value) in out[there..there + run].iter_mut().zip(&pictures[here..here + run]) {
                    *sum += value;
                }
            });
        });
        (output, ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(self.0.of(grad))]
    }
}
