//! Convolution over `[batch, height, width, channels]`: forward, and the gradients of the input and of the weights.
//!
//! All three are matrix products whose left factor is never built, only packed block by block:
//! ```text
//! forward            y  [pixels out, out]    = patches of x [pixels out, taps x in]   * weights [taps x in, out]
//! gradient of x      dx [pixels in, in]      = patches of dy [pixels in, taps x out]  * weights turned [taps x out, in]
//! gradient of w      dw [taps x in, out]     = patches of x, transposed               * dy [pixels out, out]
//! ```
//! so that stride, padding, dilation and groups are a matter of which pixel a patch reads, in one place; groups of few channels are
//! joined first (`joined.rs`). The gradient of the weights of several taps lays the input out once for all of them instead
//! (`weight_gradient.rs`). Kernels of 3x3 with stride 1 mostly go by Winograd's algorithm instead, and depthwise convolution has kernels of its own: `choice.rs`
//! decides. A convolution in one dimension is one of height 1.

mod choice;
#[cfg(not(real64))]
mod depthwise;
#[cfg(not(real64))]
mod input_gradient;
#[cfg(not(real64))]
mod joined;
#[cfg(not(real64))]
mod patches;
#[cfg(not(real64))]
mod phase;
#[cfg(not(real64))]
mod pixels;
mod prepared;
#[cfg(not(real64))]
mod products;
#[cfg(any(real64, test))]
mod reference;
#[cfg(test)]
mod tests;
#[cfg(not(real64))]
mod weight_gradient;
#[cfg(not(real64))]
mod wide;
#[cfg(not(real64))]
mod winograd;

use crate::Real;
use crate::gemm::Epilogue;
pub use choice::{Algorithm, Direction, choose};
#[cfg(not(real64))]
use joined::Joined;
pub use prepared::Prepared;
#[cfg(not(real64))]
use winograd::Side;

/// The sizes of a convolution. Weights are `[out_channels, kernel height, kernel width, in_channels / groups]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Pictures.
    pub batch: usize,
    /// Rows of each.
    pub in_height: usize,
    /// Columns of each.
    pub in_width: usize,
    /// Channels of each.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Steps of the window down and to the right.
    pub stride: [usize; 2],
    /// Zeros added: `[[top, bottom], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Distance between neighbouring taps of the kernel; 1 leaves no holes.
    pub dilation: [usize; 2],
    /// Parts that the channels fall into, each convolved by itself.
    pub groups: usize,
}

impl ConvShape {
    /// The places of the window along an axis.
    fn out_side(&self, axis: usize, length: usize) -> usize {
        let reach = (self.kernel[axis] - 1) * self.dilation[axis] + 1;
        (length + self.padding[axis][0] + self.padding[axis][1] + self.stride[axis] - reach) / self.stride[axis]
    }

    /// Rows of the output.
    pub fn out_height(&self) -> usize {
        self.out_side(0, self.in_height)
    }

    /// Columns of the output.
    pub fn out_width(&self) -> usize {
        self.out_side(1, self.in_width)
    }

    /// Numbers of the input.
    pub fn in_len(&self) -> usize {
        self.batch * self.in_height * self.in_width * self.in_channels
    }

    /// Numbers of the output.
    pub fn out_len(&self) -> usize {
        self.batch * self.out_height() * self.out_width() * self.out_channels
    }

    /// Numbers of the weights.
    pub fn weight_len(&self) -> usize {
        self.out_channels * self.kernel[0] * self.kernel[1] * self.group_in()
    }

    /// Multiplications of the forward pass, those with padding included.
    pub fn multiplies(&self) -> u64 {
        self.out_len() as u64 * (self.kernel[0] * self.kernel[1] * self.group_in()) as u64
    }

    fn group_in(&self) -> usize {
        self.in_channels / self.groups
    }

    fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.in_channels && self.groups == self.out_channels
    }

    #[track_caller]
    fn check(&self, input: usize, weight: usize, output: usize) {
        assert!(
            self.groups > 0
                && self.in_channels.is_multiple_of(self.groups)
                && self.out_channels.is_multiple_of(self.groups),
            "conv: {self:?}: the groups do not divide the channels"
        );
        let reaches = |axis: usize, length: usize| {
            self.kernel[axis] > 0
                && (self.kernel[axis] - 1) * self.dilation[axis]
                    < length + self.padding[axis][0] + self.padding[axis][1]
        };
        assert!(
            self.stride.iter().chain(&self.dilation).all(|step| *step > 0)
                && reaches(0, self.in_height)
                && reaches(1, self.in_width),
            "conv: {self:?}: the kernel does not fit into the padded picture, or a step is 0"
        );
        assert!(
            input == self.in_len() && weight == self.weight_len() && output == self.out_len(),
            "conv: {self:?} needs {}, {} and {} numbers of input, weights and output, not {input}, {weight} and {output}",
            self.in_len(),
            self.weight_len(),
            self.out_len()
        );
    }
}

/// The output of a convolution (cross-correlation: the kernel is not flipped), then the epilogue.
#[track_caller]
pub fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    shape.check(input.len(), weight.len(), output.len());
    epilogue.check(shape.out_channels, output.len());
    #[cfg(real64)]
    reference::forward(shape, input, weight, epilogue, output);
    #[cfg(not(real64))]
    if let Some(joined) = Joined::of(shape) {
        return joined.with_weights(weight, |weight| forward(&joined.shape, input, weight, epilogue, output));
    }
    #[cfg(not(real64))]
    match choose(shape, Direction::Forward) {
        Algorithm::Depthwise => depthwise::forward(shape, input, weight, epilogue, output),
        Algorithm::Winograd2 => winograd::forward(Side::Two, shape, input, weight, epilogue, output),
        Algorithm::Winograd4 => winograd::forward(Side::Four, shape, input, weight, epilogue, output),
        Algorithm::Direct | Algorithm::Pointwise => products::forward(shape, input, weight, epilogue, output),
    }
}

/// The gradient of the input from that of the output.
#[track_caller]
pub fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    shape.check(grad_input.len(), weight.len(), grad_output.len());
    #[cfg(real64)]
    reference::backward_data(shape, grad_output, weight, grad_input);
    #[cfg(not(real64))]
    if let Some(joined) = Joined::of(shape) {
        return joined.with_weights(weight, |weight| backward_data(&joined.shape, grad_output, weight, grad_input));
    }
    #[cfg(not(real64))]
    match choose(shape, Direction::InputGradient) {
        Algorithm::Depthwise => depthwise::backward_data(shape, grad_output, weight, grad_input),
        Algorithm::Winograd2 => winograd::backward_data(Side::Two, shape, grad_output, weight, grad_input),
        Algorithm::Winograd4 => winograd::backward_data(Side::Four, shape, grad_output, weight, grad_input),
        Algorithm::Direct | Algorithm::Pointwise => {
            input_gradient::backward_data(shape, grad_output, weight, grad_input);
        }
    }
}

/// The gradient of the weights from the input and the gradient of the output.
#[track_caller]
pub fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    shape.check(input.len(), grad_weight.len(), grad_output.len());
    #[cfg(real64)]
    reference::backward_weights(shape, input, grad_output, grad_weight);
    #[cfg(not(real64))]
    if let Some(joined) = Joined::of(shape) {
        let run = |joined_weight: &mut [Real]| backward_weights(&joined.shape, input, grad_output, joined_weight);
        return joined.take_gradient(grad_weight, run);
    }
    #[cfg(not(real64))]
    match choose(shape, Direction::WeightGradient) {
        Algorithm::Depthwise => depthwise::backward_weights(shape, input, grad_output, grad_weight),
        Algorithm::Winograd2 => winograd::backward_weights(Side::Two, shape, input, grad_output, grad_weight),
        Algorithm::Winograd4 => winograd::backward_weights(Side::Four, shape, input, grad_output, grad_weight),
        Algorithm::Direct if weight_gradient::applies(shape) => {
            weight_gradient::backward_weights(shape, input, grad_output, grad_weight);
        }
        Algorithm::Direct | Algorithm::Pointwise => products::backward_weights(shape, input, grad_output, grad_weight),
    }
}
