//! The forward pass and the gradient of the weights as products, group by group.

use super::ConvShape;
use super::patches::{PatchColumns, PatchRows, Patches, ThinPatchRows};
use super::pixels::PixelRows;
use super::wide::{self, Runs};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::gemm::{
    Columns, Epilogue, Layout, Left, Matrix, Output, PackedRight, Right, Strided, pack_all, product, product_packed,
};
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;

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
    each_band(shape, input, &|patches, start| {
        for group in 0..shape.groups {
            let output = part_of_output(shape, shape.out_channels, &output, epilogue, group, start);
            rows_product(patches.of_group(group), &weights_of(shape, weight, group), &output);
        }
    });
}

/// From so many groups on, a thread computes whole products rather than parts of each one.
const SHARED: usize = 4;
/// The places of a band, about: what all groups read of them stays in the second cache.
const BAND: usize = 192;

/// Calls `task` with patches of the first group at all places, and where these begin: band by band of rows where there are many groups.
fn each_band<'a>(shape: &ConvShape, input: &'a [Real], task: &(dyn Fn(Patches<'a>, usize) + Sync)) {
    let patches = input_patches(shape, input, 0);
    if shape.groups < SHARED {
        return task(patches, 0);
    }
    let [height, width] = patches.places;
    let rows = BAND.div_ceil(width.max(1));
    let bands = height.div_ceil(rows);
    parallel(shape.batch * bands, &|index| {
        let (picture, row) = (index / bands, index % bands * rows);
        task(patches.band(picture, row..height.min(row + rows)), (picture * height + row) * width);
    });
}

/// Calls `task` with each group.
pub(super) fn each_group(shape: &ConvShape, task: &(dyn Fn(usize) + Sync)) {
    if shape.groups < SHARED { (0..shape.groups).for_each(task) } else { parallel(shape.groups, task) }
}

/// The weights of a convolution packed once, for many forward passes.
pub(super) struct PackedWeights {
    /// One for each group of channels.
    groups: Vec<PackedRight>,
}

impl PackedWeights {
    pub fn new(shape: &ConvShape, weight: &[Real]) -> Self {
        let right = |group| weights_of(shape, weight, group);
        let depth = shape.weight_len() / shape.out_channels.max(1);
        PackedWeights { groups: (0..shape.groups).map(|group| PackedRight::pack(&right(group), depth)).collect() }
    }

    /// The bytes it holds.
    pub fn bytes(&self) -> usize {
        self.groups.iter().map(PackedRight::bytes).sum()
    }

    /// [`forward`] with these weights, into pixels that are `pixel` numbers apart. Batch, height and width may be others than
    /// those they were packed for.
    pub fn forward(&self, shape: &ConvShape, input: &[Real], epilogue: Epilogue, pixel: usize, output: &mut [Real]) {
        let output = Disjoint::new(output);
        each_band(shape, input, &|patches, start| {
            for (group, right) in self.groups.iter().enumerate() {
                let output = part_of_output(shape, pixel, &output, epilogue, group, start);
                of_rows(patches.of_group(group), Packed(right, &output));
            }
        });
    }
}

/// The weights of a group, as the right factor of its product.
fn weights_of<'a>(shape: &ConvShape, weight: &'a [Real], group: usize) -> Columns<'a> {
    let (out, size) = (shape.out_channels / shape.groups, weight.len() / shape.groups);
    let data = &weight[group * size..(group + 1) * size];
    Columns::of(Matrix { data, rows: size / out.max(1), columns: out, transposed: true })
}

/// Where the product of a group goes, from a place on, in pixels that are `pixel` numbers apart.
fn part_of_output<'a>(
    shape: &ConvShape,
    pixel: usize,
    output: &Disjoint<'a, Real>,
    epilogue: Epilogue<'a>,
    group: usize,
    start: usize,
) -> Output<'a> {
    let out = shape.out_channels / shape.groups;
    let bias = epilogue.bias.map(|bias| &bias[group * out..(group + 1) * out]);
    Output {
        c: output.part_of_all(),
        stride: pixel,
        column: start * pixel + group * out,
        accumulate: false,
        epilogue: Epilogue { bias, ..epilogue },
    }
}

/// Below so many channels, runs of a patch are too short to be copied one by one.
const THIN: usize = 4;
/// Below so many, they are copied: a kernel that reads pixels in place would change pointers too often.
const SHORT: usize = 8;

/// A product that lacks its left factor still, of whatever form that is.
trait Product {
    fn of<L: Left>(self, left: &L);
    /// With runs, so many numbers in each patch.
    fn of_runs(self, runs: &Runs<'_>, depth: usize);
}

/// With a right factor that is packed on the way.
struct Fresh<'a, R>(&'a R, &'a Output<'a>);

impl<R: Right> Product for Fresh<'_, R> {
    fn of<L: Left>(self, left: &L) {
        product(left, self.0, self.1);
    }

    fn of_runs(self, runs: &Runs<'_>, depth: usize) {
        let layout = Layout::new(self.0.columns(), depth);
        with_slot(Slot::Right, layout.len(), |packed| {
            pack_all(&layout, self.0, packed);
            runs.product(&layout, packed, self.1);
        });
    }
}

/// With a right factor that was packed before.
struct Packed<'a>(&'a PackedRight, &'a Output<'a>);

impl Product for Packed<'_> {
    fn of<L: Left>(self, left: &L) {
        product_packed(left, self.0, self.1);
    }

    fn of_runs(self, runs: &Runs<'_>, depth: usize) {
        runs.product(&Layout::new(self.0.columns(), depth), self.0.as_slice(), self.1);
    }
}

/// The product of patches as rows, in the form that is fastest to read.
fn of_rows(patches: Patches<'_>, product: impl Product) {
    let channels = patches.channels[1];
    if channels < SHORT && wide::applies(&patches) {
        wide::with_runs(&patches, |runs| product.of_runs(runs, patches.len()));
    } else if channels < THIN {
        product.of(&ThinPatchRows(patches));
    } else if channels < SHORT {
        product.of(&PatchRows(patches));
    } else {
        with_slot(Slot::Zeros, channels, |zeros| {
            zeros.fill(0.0);
            product.of(&PixelRows { patches, zeros });
        });
    }
}

/// The product of patches as rows.
pub(super) fn rows_product(patches: Patches<'_>, right: &impl Right, output: &Output<'_>) {
    of_rows(patches, Fresh(right, output));
}

pub(super) fn backward_weights(shape: &ConvShape, input: &[Real], grad_output: &[Real], grad_weight: &mut [Real]) {
    let (out, size) = (shape.out_channels / shape.groups, shape.weight_len() / shape.groups);
    let grad_weight = Disjoint::new(grad_weight);
    each_group(shape, &|group| {
        // SAFETY: each group has weights of its own.
        let grad_weight = unsafe { grad_weight.part(group * size, size) };
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
    });
}
