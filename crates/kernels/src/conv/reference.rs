//! Convolution as it is defined: what `--cfg real64` runs and what the tests compare with.

use super::ConvShape;
use crate::Real;
use crate::gemm::Epilogue;

/// Calls `visit` with the places in input, weights and output of every product.
pub(super) fn products(shape: &ConvShape, mut visit: impl FnMut(usize, usize, usize)) {
    let (height, width) = (shape.out_height(), shape.out_width());
    let (group_in, group_out) = (shape.group_in(), shape.out_channels / shape.groups);
    for pixel in 0..shape.batch * height * width {
        let (picture, row, column) = (pixel / (height * width), pixel / width % height, pixel % width);
        for out in 0..shape.out_channels {
            for tap in 0..shape.kernel[0] * shape.kernel[1] {
                let (down, right) = (tap / shape.kernel[1], tap % shape.kernel[1]);
                let y = (row * shape.stride[0] + down * shape.dilation[0]).wrapping_sub(shape.padding[0][0]);
                let x = (column * shape.stride[1] + right * shape.dilation[1]).wrapping_sub(shape.padding[1][0]);
                if y >= shape.in_height || x >= shape.in_width {
                    continue;
                }
                for channel in 0..group_in {
                    let input = ((picture * shape.in_height + y) * shape.in_width + x) * shape.in_channels;
                    let weight = (out * shape.kernel[0] * shape.kernel[1] + tap) * group_in + channel;
                    visit(input + out / group_out * group_in + channel, weight, pixel * shape.out_channels + out);
                }
            }
        }
    }
}

pub(super) fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    output.fill(0.0);
    products(shape, |x, w, y| output[y] += input[x] * weight[w]);
    for (pixel, line) in output.chunks_mut(shape.out_channels).enumerate() {
        epilogue.finish(0, pixel * shape.out_channels, line);
    }
}

pub(super) fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    grad_input.fill(0.0);
    products(shape, |x, w, y| grad_input[x] += grad_output[y] * weight[w]);
}

pub(super) fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    grad_weight.fill(0.0);
    products(shape, |x, w, y| grad_weight[w] += input[x] * grad_output[y]);
}
