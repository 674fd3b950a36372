//! The definition, in plain loops.

use super::ConvShape;
use crate::Real;
use crate::gemm::Epilogue;

/// Calls `tap(input, weight, output)` for each output element and tap of its kernel that lies in the picture, with the
/// places where the channels of the input pixel's group and of the kernel's tap begin, and the place of the output.
fn each_tap(shape: &ConvShape, mut tap: impl FnMut(usize, usize, usize)) {
    let (width_in, width_out) = (shape.in_channels / shape.groups, shape.out_channels / shape.groups);
    let inside = |axis: usize, out: usize, k: usize, length: usize| {
        let place = out * shape.stride[axis] + k * shape.dilation[axis];
        place.checked_sub(shape.padding[axis][0]).filter(|place| *place < length)
    };
    let mut output = 0;
    for picture in 0..shape.batch {
        for row in 0..shape.out_height() {
            for column in 0..shape.out_width() {
                for channel in 0..shape.out_channels {
                    for ky in 0..shape.kernel[0] {
                        let Some(y) = inside(0, row, ky, shape.in_height) else { continue };
                        for kx in 0..shape.kernel[1] {
                            let Some(x) = inside(1, column, kx, shape.in_width) else { continue };
                            let pixel = (picture * shape.in_height + y) * shape.in_width + x;
                            let weight = ((channel * shape.kernel[0] + ky) * shape.kernel[1] + kx) * width_in;
                            tap(pixel * shape.in_channels + channel / width_out * width_in, weight, output);
                        }
                    }
                    output += 1;
                }
            }
        }
    }
}

pub fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    let width = shape.in_channels / shape.groups;
    output.fill(0.0);
    each_tap(shape, |x, w, y| {
        output[y] += input[x..x + width].iter().zip(&weight[w..w + width]).map(|(x, w)| x * w).sum::<Real>();
    });
    for (place, output) in output.iter_mut().enumerate() {
        *output += epilogue.bias.map_or(0.0, |bias| bias[place % shape.out_channels]);
        if epilogue.relu && *output <= 0.0 {
            *output = 0.0;
        }
    }
}

pub fn backward_data(shape: &ConvShape, grad_output: &[Real], weight: &[Real], grad_input: &mut [Real]) {
    let width = shape.in_channels / shape.groups;
    grad_input.fill(0.0);
    each_tap(shape, |x, w, y| {
        for (dx, w) in grad_input[x..x + width].iter_mut().zip(&weight[w..w + width]) {
            *dx += grad_output[y] * w;
        }
    });
}

pub fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    let width = shape.in_channels / shape.groups;
    grad_weight.fill(0.0);
    each_tap(shape, |x, w, y| {
        for (dw, x) in grad_weight[w..w + width].iter_mut().zip(&input[x..x + width]) {
            *dw += grad_output[y] * x;
        }
    });
}
