//! Convolution of pictures [batch, height, width, channels] with kernels [out, height, width, in / groups], and its two
//! gradients.

mod reference;

use crate::Real;
use crate::gemm::Epilogue;

/// The sizes of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvShape {
    /// How many pictures.
    pub batch: usize,
    /// Their height.
    pub in_height: usize,
    /// Their width.
    pub in_width: usize,
    /// Their channels.
    pub in_channels: usize,
    /// The channels of the output.
    pub out_channels: usize,
    /// The kernel's height and width.
    pub kernel: [usize; 2],
    /// The step along height and width.
    pub stride: [usize; 2],
    /// Zeros around the picture: [[top, bottom], [left, right]].
    pub padding: [[usize; 2]; 2],
    /// The distance of the kernel's taps along height and width.
    pub dilation: [usize; 2],
    /// How many groups the channels are divided in; each output channel sees the input channels of its group only.
    pub groups: usize,
}

impl ConvShape {
    fn out(&self, axis: usize, length: usize) -> usize {
        let extent = self.dilation[axis] * (self.kernel[axis] - 1) + 1;
        (length + self.padding[axis][0] + self.padding[axis][1] - extent) / self.stride[axis] + 1
    }

    /// The height of the output.
    pub fn out_height(&self) -> usize {
        self.out(0, self.in_height)
    }

    /// The width of the output.
    pub fn out_width(&self) -> usize {
        self.out(1, self.in_width)
    }

    /// The elements of the input.
    pub fn in_len(&self) -> usize {
        self.batch * self.in_height * self.in_width * self.in_channels
    }

    /// The elements of the output.
    pub fn out_len(&self) -> usize {
        self.batch * self.out_height() * self.out_width() * self.out_channels
    }

    /// The elements of the kernels.
    pub fn weight_len(&self) -> usize {
        self.out_channels * self.kernel[0] * self.kernel[1] * (self.in_channels / self.groups)
    }

    /// The multiplications of the forward pass.
    pub fn multiplies(&self) -> u64 {
        self.out_len() as u64 * (self.kernel[0] * self.kernel[1] * (self.in_channels / self.groups)) as u64
    }

    #[track_caller]
    fn check(&self, input: usize, weight: usize, output: usize) {
        assert!(
            input == self.in_len() && weight == self.weight_len() && output == self.out_len(),
            "conv: {self:?} does not fit {input} elements of input, {weight} of weight and {output} of output"
        );
    }
}

/// The output.
#[track_caller]
pub fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    shape.check(input.len(), weight.len(), output.len());
    reference::forward(shape, input, weight, epilogue, output);
}

/// The gradient with regard to the input.
#[track_caller]
pub fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    shape.check(grad_input.len(), weight.len(), grad_output.len());
    reference::backward_data(shape, grad_output, weight, grad_input);
}

/// The gradient with regard to the weight.
#[track_caller]
pub fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    shape.check(input.len(), grad_weight.len(), grad_output.len());
    reference::backward_weights(shape, input, grad_output, grad_weight);
}
