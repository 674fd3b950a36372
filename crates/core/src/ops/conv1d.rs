//! One-dimensional convolution of sequences: a two-dimensional one of height 1, whose kernels it runs.

use gradus_kernels::conv::{self, ConvShape};
use gradus_kernels::gemm::Epilogue;
use smallvec::smallvec;

use super::conv2d::{Conv2dInput, Conv2dWeight, input_shape, output_shape, weight_shape};
use super::convolution::Slide;
use super::sliding::Padding;
use crate::graph::{InputGradients, Op, Pull, Window, apply};
use crate::tensor::{Shape, Tensor};

/// How the kernels slide along a sequence, for [`Tensor::conv1d`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv1dOptions {
    /// The step.
    pub stride: usize,
    /// The zeros before and after the sequence.
    pub padding: Padding<1>,
    /// The distance of the kernel's taps.
    pub dilation: usize,
    /// How many groups the channels are divided in.
    pub groups: usize,
}

impl Default for Conv1dOptions {
    /// Step 1, no padding, no holes, one group.
    fn default() -> Self {
        Conv1dOptions { stride: 1, padding: Padding::NONE, dilation: 1, groups: 1 }
    }
}

struct Conv1d(Conv1dOptions);

impl Conv1d {
    /// The sizes as those of pictures of height 1, or what does not fit.
    fn fit(&self, x: Shape, weight: Shape, bias: Option<&Shape>) -> Result<ConvShape, String> {
        let Conv1dOptions { stride, padding, dilation, groups } = self.0;
        let slide = Slide { stride: [stride], padding, dilation: [dilation], groups };
        let [width] = slide.fit(x, weight, bias)?;
        Ok(ConvShape {
            batch: x[0],
            in_height: 1,
            in_width: x[1],
            in_channels: x[2],
            out_channels: weight[0],
            kernel: [1, weight[1]],
            stride: [1, stride],
            padding: [[0; 2], width],
            dilation: [1, dilation],
            groups,
        })
    }
}

impl Op for Conv1d {
    const NAME: &'static str = "conv1d";
    type Saved = (Tensor, Tensor, ConvShape);

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok(output_shape(&self.fit(inputs[0], inputs[1], inputs.get(2))?).removed(1))
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let (x, weight) = (inputs[0], inputs[1]);
        let fitted = self.fit(x.shape(), weight.shape(), None).expect("infer has passed these shapes");
        let output = Tensor::build(shape, |out| {
            let bias = inputs.get(2).map(|bias| bias.as_slice());
            conv::forward(&fitted, x.as_slice(), weight.as_slice(), Epilogue { bias, ..Epilogue::default() }, out);
        });
        (output, (x.clone(), weight.clone(), fitted))
    }

    fn backward(&self, (x, weight, shape): &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let picture = grad.reshape(output_shape(shape)); // [b, 1, length', out]
        let dx = || apply(Conv2dInput(*shape), &[&picture, &weight.reshape(weight_shape(shape))]).reshape(x.shape());
        let dw = || apply(Conv2dWeight(*shape), &[&x.reshape(input_shape(shape)), &picture]).reshape(weight.shape());
        let mut gradients: InputGradients = smallvec![pull.needs(0).then(dx), pull.needs(1).then(dw)];
        if pull.inputs() == 3 {
            gradients.push(pull.needs(2).then(|| grad.sum_axes(&[0, 1])));
        }
        gradients
    }

    fn multiplies(&self, inputs: &[Shape], _: Shape) -> u64 {
        self.fit(inputs[0], inputs[1], None).map_or(0, |shape| shape.multiplies())
    }

    fn window(&self, inputs: &[Shape]) -> Option<Window> {
        Some(Window { kernel: [1, inputs[1][1]], dilation: [1, self.0.dilation], stride: [1, self.0.stride] })
    }
}

impl Tensor {
    /// The convolution of sequences `[b, length, in]` with kernels `[out, k, in / groups]` and a bias `[out]`: see
    /// [`conv2d`](Tensor::conv2d), of which this is the case of height 1.
    #[track_caller]
    #[must_use]
    pub fn conv1d(&self, weight: &Tensor, bias: Option<&Tensor>, options: Conv1dOptions) -> Tensor {
        match bias {
            Some(bias) => apply(Conv1d(options), &[self, weight, bias]),
            None => apply(Conv1d(options), &[self, weight]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dry_run;

    #[test]
    fn it_slides_without_a_flip() {
        let x = Tensor::from([1.0, 2.0, 4.0, 8.0, 16.0]).reshape([1, 5, 1]);
        let weight = Tensor::from([1.0, 10.0]).reshape([1, 2, 1]);
        let plain = Conv1dOptions::default();
        assert_eq!(x.conv1d(&weight, None, plain).to_vec(), [21.0, 42.0, 84.0, 168.0]);
        let strided = Conv1dOptions { stride: 2, padding: 1.into(), ..plain };
        assert_eq!(x.conv1d(&weight, Some(&Tensor::from([0.5])), strided).to_vec(), [10.5, 42.5, 168.5]);
        let dilated = Conv1dOptions { dilation: 3, ..plain };
        assert_eq!(x.conv1d(&weight, None, dilated).to_vec(), [81.0, 162.0]);
        let same = Conv1dOptions { padding: Padding::Same, ..plain };
        assert_eq!(x.conv1d(&weight, None, same).to_vec(), [21.0, 42.0, 84.0, 168.0, 16.0]);
    }

    #[test]
    fn work_and_parameters_are_told() {
        let weight = Tensor::ones([6, 3, 2]).requires_grad();
        let options = Conv1dOptions { groups: 2, dilation: 2, ..Conv1dOptions::default() };
        let ops = dry_run([5, 10, 4], |x| x.conv1d(&weight, None, options)).unwrap();
        assert_eq!((ops.len(), ops[0].name, ops[0].parameters), (1, "conv1d", 36));
        assert_eq!(ops[0].multiplies, 5 * 6 * 6 * 3 * 2);
        assert_eq!(ops[0].window, Some(Window { kernel: [1, 3], dilation: [1, 2], stride: [1, 1] }));
    }

    #[test]
    fn what_does_not_fit_is_said_of_sequences() {
        let plain = Conv1dOptions::default();
        let refused = |x: &[usize], weight: &[usize], options| {
            dry_run(x, |x| x.conv1d(&Tensor::zeros(weight), None, options)).unwrap_err().to_string()
        };
        assert_eq!(
            refused(&[1, 5, 3], &[4, 2, 1], plain),
            "conv1d: input has 3 channels, weight expects 1; input [1, 5, 3], weight [4, 2, 1]; \
             give the layer 3 input channels"
        );
        assert_eq!(
            refused(&[1, 5, 3], &[4, 3, 3], Conv1dOptions { dilation: 4, ..plain }),
            "conv1d: a kernel that spans 9 is larger than the padded sequence of 5; input [1, 5, 3], weight [4, 3, 3]; \
             add padding, or give larger sequences"
        );
        assert!(
            refused(&[1, 5, 3], &[4, 2, 3], Conv1dOptions { stride: 0, ..plain }).contains("must all be at least 1")
        );
        assert!(
            refused(&[1, 5, 4], &[4, 2, 2], Conv1dOptions { groups: 3, ..plain }).contains("groups must divide both")
        );
    }

    #[test]
    #[should_panic(expected = "conv1d: needs input [batch, length, channels] and weight [out, length, in / groups]; \
                               input [1, 5, 1], weight [2, 2]; one sequence is a batch of 1")]
    fn another_rank_is_named() {
        let _ = Tensor::ones([1, 5, 1]).conv1d(&Tensor::ones([2, 2]), None, Conv1dOptions::default());
    }
}
