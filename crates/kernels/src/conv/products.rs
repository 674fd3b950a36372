//! The forward pass and the gradient of the weights as products, group by group.

use super::ConvShape;
use super::patches::{PatchColumns, PatchRows, Patches, ThinPatchRows};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::gemm::{Columns, Epilogue, Matrix, Output, Right, Strided, product};
use crate::scratch::{Slot, with_slot};

/// The patches of a group's input channels.
fn input_patches<'a>(shape: &ConvShape, input: &'a [Real], group: usize) -> Patches<'a> {
    Patches {
        data: input,
        size: [shape.in_height, shape.in_width],
        pixel: shape.in_channels,
        channels: [group * shape.group_in(), shape.group_in()],
        places: [shape.out_height(), shape.out_width()],
        batch: shape.batch,
        kernel: shape.kernel,
        stride: shape.stride,
        dilation: shape.dilation,
        before: shape.padding.map(|[before, _]| before as isize),
    }
}

pub(super) fn forward(shape: &ConvShape, input: &[Real], weight: &[Real], epilogue: Epilogue, output: &mut [Real]) {
    let output = Disjoint::new(output);
    let out = shape.out_channels / shape.groups;
    for group in 0..shape.groups {
        let patches = input_patches(shape, input, group);
        let depth = patches.len();
        let weight = &weight[group * out * depth..(group + 1) * out * depth];
        let right = Columns::of(Matrix { data: weight, rows: depth, columns: out, transposed: true });
        let output = Output {
            c: output.part_of_all(),
            stride: shape.out_channels,
            column: group * out,
            accumulate: false,
            epilogue: Epilogue { bias: epilogue.bias.map(|bias| &bias[group * out..(group + 1) * out]), ..epilogue },
        };
        rows_product(patches, &right, &output);
    }
}

/// Below so many channels, runs of a patch are too short to be copied one by one.
const THIN: usize = 4;

/// The product of patches as rows.
pub(super) fn rows_product(patches: Patches<'_>, right: &impl Right, output: &Output<'_>) {
    if patches.channels[1] < THIN {
        product(&ThinPatchRows(patches), right, output);
    } else {
        product(&PatchRows(patches), right, output);
    }
}

pub(super) fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    let out = shape.out_channels / shape.groups;
    for (group, grad_weight) in grad_weight.chunks_mut(shape.weight_len() / shape.groups).enumerate() {
        let patches = input_patches(shape, input, group);
        let (rows, pixels) = (patches.len(), patches.count());
        let right =
            Strided { data: grad_output, start: group * out, stride: shape.out_channels, width: out, depth: pixels };
        // The product comes out as [patch, out], the weights are [out, patch].
        with_slot(Slot::General, rows * out, |turned| {
            let output = Output {
                c: Disjoint::new(turned),
                stride: out,
                column: 0,
                accumulate: false,
                epilogue: Epilogue::default(),
            };
            product(&PatchColumns(patches), &right, &output);
            crate::permute::permute(turned, &[rows, out], &[1, 0], grad_weight);
        });
    }
}
