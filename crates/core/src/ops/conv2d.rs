//! Two-dimensional convolution, without the flip of the kernel that mathematics asks for (a cross-correlation):
//!
//! y\[b, i, j, o] = bias\[o] + sum over (u, v, c) of x\[b, i s - p + u d, j s - p + v d, c] w\[o, u, v, c],
//!
//! stride s, padding p, dilation d; with groups, c runs over the input channels of o's group.
//!
//! The map is linear in x and in w. With g the output's gradient, `conv2d_input` gives dx, `conv2d_weight` gives dw, and db
//! is the sum of g over all pixels. Those two are again linear in each operand, and their gradients are one of the three:
//! so derivatives of any order exist.

use gradus_kernels::conv::{self, ConvShape};
use gradus_kernels::gemm::Epilogue;
use smallvec::smallvec;

use super::convolution::Slide;
use super::sliding::Padding;
use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, Window, apply};
use crate::tensor::{Shape, Tensor};

/// How the kernels slide over a picture, for [`Tensor::conv2d`].
///
/// ```
/// use gradus_core::{ConvOptions, Tensor};
/// let (x, weight) = (Tensor::ones([1, 8, 8, 3]), Tensor::ones([16, 3, 3, 3]));
/// let y = x.conv2d(&weight, None, ConvOptions { stride: [2, 2], padding: 1.into(), ..ConvOptions::default() });
/// assert_eq!(&*y.shape(), [1, 4, 4, 16]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvOptions {
    /// The step along height and width.
    pub stride: [usize; 2],
    /// The zeros around the picture.
    pub padding: Padding,
    /// The distance of the kernel's taps along height and width.
    pub dilation: [usize; 2],
    /// How many groups the channels are divided in.
    pub groups: usize,
}

impl Default for ConvOptions {
    /// Step 1, no padding, no holes, one group.
    fn default() -> Self {
        ConvOptions { stride: [1; 2], padding: Padding::NONE, dilation: [1; 2], groups: 1 }
    }
}

impl ConvOptions {
    /// All sizes of the convolution of `x` with `weight`, or what does not fit.
    fn fit(&self, x: Shape, weight: Shape, bias: Option<&Shape>) -> Result<ConvShape, String> {
        let ConvOptions { stride, padding, dilation, groups } = *self;
        let padding = Slide { stride, padding, dilation, groups }.fit(x, weight, bias)?;
        Ok(ConvShape {
            batch: x[0],
            in_height: x[1],
            in_width: x[2],
            in_channels: x[3],
            out_channels: weight[0],
            kernel: [weight[1], weight[2]],
            stride,
            padding,
            dilation,
            groups,
        })
    }
}

/// The options under which the sizes of `shape` come out again.
fn options(shape: &ConvShape) -> ConvOptions {
    let ConvShape { stride, padding, dilation, groups, .. } = *shape;
    ConvOptions { stride, padding: Padding::Explicit(padding), dilation, groups }
}

pub(super) fn input_shape(shape: &ConvShape) -> Shape {
    [shape.batch, shape.in_height, shape.in_width, shape.in_channels].into()
}

pub(super) fn weight_shape(shape: &ConvShape) -> Shape {
    [shape.out_channels, shape.kernel[0], shape.kernel[1], shape.in_channels / shape.groups].into()
}

pub(super) fn output_shape(shape: &ConvShape) -> Shape {
    [shape.batch, shape.out_height(), shape.out_width(), shape.out_channels].into()
}

struct Conv2d(ConvOptions);

impl Conv2d {
    fn fitted(&self, inputs: &[&Tensor]) -> ConvShape {
        self.0.fit(inputs[0].shape(), inputs[1].shape(), None).expect("infer has passed these shapes")
    }
}

impl Op for Conv2d {
    const NAME: &'static str = "conv2d";
    type Saved = (Tensor, Tensor, ConvShape);

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(output_shape(&self.0.fit(inputs[0], inputs[1], inputs.get(2))?))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let fitted = self.fitted(inputs);
        let output = Tensor::build(shape, |out| {
            let bias = inputs.get(2).map(|bias| bias.as_slice());
            let epilogue = Epilogue { bias, ..Epilogue::default() };
            conv::forward(&fitted, inputs[0].as_slice(), inputs[1].as_slice(), epilogue, out);
        });
        (output, (inputs[0].clone(), inputs[1].clone(), fitted))
    }

    fn part(&self, inputs: &[Shape]) -> Part {
        self.0.fit(inputs[0], inputs[1], None).map_or(Part::Unknown, Part::Convolution)
    }

    fn backward(&self, (x, weight, shape): &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let mut gradients: InputGradients = smallvec![
            pull.needs(0).then(|| apply(Conv2dInput(*shape), &[grad, weight])),
            pull.needs(1).then(|| apply(Conv2dWeight(*shape), &[x, grad])),
        ];
        if pull.inputs() == 3 {
            gradients.push(pull.needs(2).then(|| grad.sum_axes(&[0, 1, 2])));
        }
        gradients
    }

    fn multiplies(&self, inputs: &[Shape], _: Shape) -> u64 {
        self.0.fit(inputs[0], inputs[1], None).map_or(0, |shape| shape.multiplies())
    }

    fn window(&self, inputs: &[Shape]) -> Option<Window> {
        let ConvOptions { stride, dilation, .. } = self.0;
        Some(Window { kernel: [inputs[1][1], inputs[1][2]], dilation, stride })
    }
}

/// The gradient with regard to the input, of (the output's gradient, weight): the transposed convolution.
pub(super) struct Conv2dInput(pub ConvShape);

impl Op for Conv2dInput {
    const NAME: &'static str = "conv2d_input";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        expect(inputs, [output_shape(&self.0), weight_shape(&self.0)], input_shape(&self.0))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = Tensor::build(shape, |out| {
            conv::backward_data(&self.0, inputs[0].as_slice(), inputs[1].as_slice(), out);
        });
        (output, [inputs[0].clone(), inputs[1].clone()])
    }

    fn backward(&self, [grad_output, weight]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![
            pull.needs(0).then(|| apply(Conv2d(options(&self.0)), &[grad, weight])),
            pull.needs(1).then(|| apply(Conv2dWeight(self.0), &[grad, grad_output])),
        ]
    }

    fn multiplies(&self, _: &[Shape], _: Shape) -> u64 {
        self.0.multiplies()
    }
}

/// The gradient with regard to the weight, of (input, the output's gradient).
pub(super) struct Conv2dWeight(pub ConvShape);

impl Op for Conv2dWeight {
    const NAME: &'static str = "conv2d_weight";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        expect(inputs, [input_shape(&self.0), output_shape(&self.0)], weight_shape(&self.0))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let output = Tensor::build(shape, |out| {
            conv::backward_weights(&self.0, inputs[0].as_slice(), inputs[1].as_slice(), out);
        });
        (output, [inputs[0].clone(), inputs[1].clone()])
    }

    fn backward(&self, [x, grad_output]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![
            pull.needs(0).then(|| apply(Conv2dInput(self.0), &[grad_output, grad])),
            pull.needs(1).then(|| apply(Conv2d(options(&self.0)), &[x, grad])),
        ]
    }

    fn multiplies(&self, _: &[Shape], _: Shape) -> u64 {
        self.0.multiplies()
    }
}

fn expect(inputs: &[Shape], expected: [Shape; 2], output: Shape) -> Result<Shape, String> {
    if *inputs == expected {
        return Ok(output);
    }
    Err(format!("operands {} and {} were given, {} and {} are needed", inputs[0], inputs[1], expected[0], expected[1]))
}

impl Tensor {
    /// The convolution of pictures `[b, h, w, in]` with kernels `[out, kh, kw, in / groups]` and a bias `[out]`; the output is
    /// `[b, h', w', out]` with h' = floor((h + padding - (kh - 1) dilation - 1) / stride) + 1.
    #[track_caller]
    #[must_use]
    pub fn conv2d(&self, weight: &Tensor, bias: Option<&Tensor>, options: ConvOptions) -> Tensor {
        match bias {
            Some(bias) => apply(Conv2d(options), &[self, weight, bias]),
            None => apply(Conv2d(options), &[self, weight]),
        }
    }
}

#[cfg(test)]
#[path = "conv2d_tests.rs"]
mod tests;
