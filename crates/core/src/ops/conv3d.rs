//! Three-dimensional convolution of volumes, films and stacks of slices, without the flip of the kernel:
//!
//! y\[b, i, j, k, o] = bias\[o] + sum over (t, u, v, c) of x\[b, i s - p + t d, j s - p + u d, k s - p + v d, c] w\[o, t, u, v, c].
//!
//! Each output frame is a two-dimensional convolution of the frames that the kernel sees, laid side by side as channels
//! (`depth_taps.rs`), with the kernel laid out alike: one call of the two-dimensional kernels for all frames of all volumes, for
//! the memory of the input times the kernel's depth. Those frames are gathered again for the backward pass, not kept.
//!
//! The gradients are the two-dimensional convolution's, taken back to volumes; all are tensor operations, so derivatives of
//! any order exist.

use gradus_kernels::conv::{self, ConvShape};
use gradus_kernels::gemm::Epilogue;
use smallvec::smallvec;

use super::conv2d::{Conv2dInput, Conv2dWeight, output_shape, weight_shape};
use super::convolution::Slide;
use super::depth_taps::DepthTaps;
use super::sliding::{Padding, effective_kernel};
use crate::graph::{InputGradients, Op, Pull, Window, apply, no_grad};
use crate::tensor::{Shape, Tensor};

/// How the kernels slide through a volume, for [`Tensor::conv3d`]; sizes are along depth, height and width.
///
/// ```
/// use gradus_core::{Conv3dOptions, Tensor};
/// let (x, weight) = (Tensor::ones([1, 4, 8, 8, 3]), Tensor::ones([16, 3, 3, 3, 3]));
/// let y = x.conv3d(&weight, None, Conv3dOptions { stride: [1, 2, 2], padding: 1.into(), ..Conv3dOptions::default() });
/// assert_eq!(&*y.shape(), [1, 4, 4, 4, 16]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv3dOptions {
    /// The step.
    pub stride: [usize; 3],
    /// The zeros around the volume.
    pub padding: Padding<3>,
    /// The distance of the kernel's taps.
    pub dilation: [usize; 3],
    /// How many groups the channels are divided in.
    pub groups: usize,
}

impl Default for Conv3dOptions {
    /// Step 1, no padding, no holes, one group.
    fn default() -> Self {
        Conv3dOptions { stride: [1; 3], padding: Padding::NONE, dilation: [1; 3], groups: 1 }
    }
}

struct Conv3d(Conv3dOptions);

/// A convolution of volumes as one of pictures.
#[derive(Clone, Copy)]
struct Fitted {
    taps: DepthTaps,
    /// The sizes of the convolution of the gathered frames.
    pictures: ConvShape,
}

impl Fitted {
    fn output(&self) -> Shape {
        let [_, height, width, channels] = *output_shape(&self.pictures) else {
            unreachable!("pictures have four axes")
        };
        [self.taps.volume[0], self.taps.frames, height, width, channels].into()
    }

    /// `[out, kd, kh, kw, in / groups]` as the weight of the gathered frames, `[out, kh, kw, kd in / groups]`.
    fn flat(&self, weight: &Tensor) -> Tensor {
        weight.permute(&[0, 2, 3, 1, 4]).reshape(weight_shape(&self.pictures))
    }

    /// The inverse of [`flat`](Self::flat).
    fn deep(&self, flat: &Tensor) -> Tensor {
        let ConvShape { out_channels, kernel: [height, width], in_channels, groups, .. } = self.pictures;
        let inputs = in_channels / groups / self.taps.taps;
        flat.reshape([out_channels, height, width, self.taps.taps, inputs]).permute(&[0, 3, 1, 2, 4])
    }
}

impl Conv3d {
    fn fit(&self, x: Shape, weight: Shape, bias: Option<&Shape>) -> Result<Fitted, String> {
        let Conv3dOptions { stride, padding, dilation, groups } = self.0;
        let [depth, height, width] = Slide { stride, padding, dilation, groups }.fit(x, weight, bias)?;
        let frames = (x[1] + depth[0] + depth[1] - effective_kernel(weight[1], dilation[0])) / stride[0] + 1;
        let taps = DepthTaps {
            volume: [x[0], x[1], x[2], x[3], x[4]],
            frames,
            taps: weight[1],
            stride: stride[0],
            before: depth[0],
            dilation: dilation[0],
            groups,
        };
        let pictures = ConvShape {
            batch: x[0] * frames,
            in_height: x[2],
            in_width: x[3],
            in_channels: weight[1] * x[4],
            out_channels: weight[0],
            kernel: [weight[2], weight[3]],
            stride: [stride[1], stride[2]],
            padding: [height, width],
            dilation: [dilation[1], dilation[2]],
            groups,
        };
        Ok(Fitted { taps, pictures })
    }
}

impl Op for Conv3d {
    const NAME: &'static str = "conv3d";
    type Saved = (Tensor, Tensor, Fitted);

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(self.fit(inputs[0], inputs[1], inputs.get(2))?.output())
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let (x, weight) = (inputs[0], inputs[1]);
        let fitted = self.fit(x.shape(), weight.shape(), None).expect("infer has passed these shapes");
        let (pictures, flat) = (fitted.taps.gather(x.as_slice()), no_grad(|| fitted.flat(weight)));
        let output = Tensor::build(shape, |out| {
            let epilogue = Epilogue { bias: inputs.get(2).map(|bias| bias.as_slice()), ..Epilogue::default() };
            conv::forward(&fitted.pictures, pictures.as_slice(), flat.as_slice(), epilogue, out);
        });
        (output, (x.clone(), weight.clone(), fitted))
    }

    fn backward(&self, (x, weight, fitted): &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let Fitted { taps, pictures } = *fitted;
        let flat_grad = grad.reshape(output_shape(&pictures)); // [b d', h', w', out]
        let dx = || taps.back(&apply(Conv2dInput(pictures), &[&flat_grad, &fitted.flat(weight)]));
        let dw = || fitted.deep(&apply(Conv2dWeight(pictures), &[&taps.of(x), &flat_grad]));
        let mut gradients: InputGradients = smallvec![pull.needs(0).then(dx), pull.needs(1).then(dw)];
        if pull.inputs() == 3 {
            gradients.push(pull.needs(2).then(|| grad.sum_axes(&[0, 1, 2, 3])));
        }
        gradients
    }

    fn multiplies(&self, inputs: &[Shape], _: Shape) -> u64 {
        self.fit(inputs[0], inputs[1], None).map_or(0, |fitted| fitted.pictures.multiplies())
    }

    fn window(&self, inputs: &[Shape]) -> Option<Window> {
        let Conv3dOptions { stride: [_, rows, columns], dilation: [_, down, across], .. } = self.0;
        Some(Window { kernel: [inputs[1][2], inputs[1][3]], dilation: [down, across], stride: [rows, columns] })
    }
}

impl Tensor {
    /// The convolution of volumes `[b, d, h, w, in]` with kernels `[out, kd, kh, kw, in / groups]` and a bias `[out]`; the output
    /// is `[b, d', h', w', out]`, each size as [`conv2d`](Tensor::conv2d) has it.
    #[track_caller]
    #[must_use]
    pub fn conv3d(&self, weight: &Tensor, bias: Option<&Tensor>, options: Conv3dOptions) -> Tensor {
        match bias {
            Some(bias) => apply(Conv3d(options), &[self, weight, bias]),
            None => apply(Conv3d(options), &[self, weight]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rng, dry_run};

    #[test]
    fn a_kernel_of_depth_one_is_a_convolution_of_each_frame() {
        let x = Tensor::randn([2, 3, 5, 6, 4], &mut Rng::new(1));
        let weight = Tensor::randn([6, 3, 3, 2], &mut Rng::new(2));
        let volume = x.conv3d(
            &weight.reshape([6, 1, 3, 3, 2]),
            None,
            Conv3dOptions { groups: 2, padding: Padding::Same, ..Conv3dOptions::default() },
        );
        let options = crate::ConvOptions { groups: 2, padding: Padding::Same, ..crate::ConvOptions::default() };
        assert_eq!(volume.to_vec(), x.reshape([6, 5, 6, 4]).conv2d(&weight, None, options).to_vec());
    }

    #[test]
    fn depth_slides_with_step_holes_and_zeros() {
        let x = Tensor::from([1.0, 2.0, 4.0, 8.0, 16.0]).reshape([1, 5, 1, 1, 1]);
        let weight = Tensor::from([1.0, 10.0]).reshape([1, 2, 1, 1, 1]);
        let plain = Conv3dOptions::default();
        assert_eq!(x.conv3d(&weight, None, plain).to_vec(), [21.0, 42.0, 84.0, 168.0]);
        let padding = Padding::Explicit([[1, 0], [0; 2], [0; 2]]);
        let strided = Conv3dOptions { stride: [2, 1, 1], padding, ..plain };
        assert_eq!(x.conv3d(&weight, Some(&Tensor::from([0.5])), strided).to_vec(), [10.5, 42.5, 168.5]);
        let dilated = Conv3dOptions { dilation: [3, 1, 1], ..plain };
        assert_eq!(x.conv3d(&weight, None, dilated).to_vec(), [81.0, 162.0]);
    }

    #[test]
    fn work_and_parameters_are_told() {
        let weight = Tensor::ones([6, 3, 3, 5, 2]).requires_grad();
        let options = Conv3dOptions { groups: 2, stride: [1, 2, 1], ..Conv3dOptions::default() };
        let ops = dry_run([2, 6, 9, 10, 4], |x| x.conv3d(&weight, None, options)).unwrap();
        assert_eq!((ops.len(), ops[0].parameters, &*ops[0].output), (1, 540, &[2, 4, 4, 6, 6][..]));
        assert_eq!(ops[0].multiplies, 2 * 4 * 4 * 6 * 6 * 3 * 3 * 5 * 2);
        assert_eq!(ops[0].window, Some(Window { kernel: [3, 5], dilation: [1, 1], stride: [2, 1] }));
    }

    #[test]
    fn what_does_not_fit_is_said_of_volumes() {
        let plain = Conv3dOptions::default();
        let refused = |x: &[usize], weight: &[usize], options| {
            dry_run(x, |x| x.conv3d(&Tensor::zeros(weight), None, options)).unwrap_err().to_string()
        };
        assert_eq!(
            refused(&[1, 4, 8, 8, 3], &[2, 3, 3, 3, 1], plain),
            "conv3d: input has 3 channels, weight expects 1; input [1, 4, 8, 8, 3], weight [2, 3, 3, 3, 1]; \
             give the layer 3 input channels"
        );
        assert_eq!(
            refused(&[1, 2, 8, 8, 1], &[2, 3, 3, 3, 1], plain),
            "conv3d: a kernel that spans 3x3x3 is larger than the padded volume of 2x8x8; input [1, 2, 8, 8, 1], \
             weight [2, 3, 3, 3, 1]; add padding, or give larger volumes"
        );
        let error = refused(&[4, 8, 8, 1], &[2, 3, 3, 3, 1], plain);
        assert!(error.contains("conv3d: needs input [batch, depth, height, width, channels]"), "{error}");
        assert!(error.contains("input [4, 8, 8, 1], weight [2, 3, 3, 3, 1]; one volume is a batch of 1"), "{error}");
    }

    #[test]
    #[should_panic(expected = "conv3d: bias [3] does not fit weight [4, 1, 1, 1, 1]; it must be [4]")]
    fn a_wrong_bias_is_named() {
        let (x, weight) = (Tensor::ones([1, 2, 2, 2, 1]), Tensor::ones([4, 1, 1, 1, 1]));
        let _ = x.conv3d(&weight, Some(&Tensor::ones([3])), Conv3dOptions::default());
    }
}
