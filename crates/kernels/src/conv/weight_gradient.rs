//! The gradient of the weights, directly: for each tap the product of the input that it falls on, transposed, and the output's gradient.
//!
//! ```text
//!  input, by blocks of HIGH channels                          gradient of the output, by panels of WIDE channels
//!     [block][picture][row][column][HIGH]                        [panel][picture][row][column][WIDE]
//!
//!       column ──>                                                 column ──>
//!     ┌────────────────────┐ row   zeros around the picture      ┌────────────────────┐ row
//!     │ . . . . . . . . .  │  │                                  │ . . . . . . . . .  │  │
//!     │ . x─x─x . . . . .  │  v                                  │ . o . . . . . . .  │  v
//!     │ . x─x─x . . . . .  │                                     │ . . . . . . . . .  │
//!     │ . x─x─x . . . . .  │                                     └────────────────────┘
//!     └────────────────────┘
//!        └─┬─┘ the numbers that a row of 3 taps sees, 3 x HIGH, lie side by side
//!
//!     a tile of sums in registers, HIGH x WIDE: for one tap, or HIGH of the numbers of a row of taps, and one panel
//!       += x' o   over the pixels of a band: one step to the right is `stride` columns of the block, one down `stride` rows
//! ```
//! So the input is laid out once for all taps, not as a patch for each pixel; and what a step needs, HIGH numbers of the input and
//! WIDE of the gradient, are neighbours. The sums of all taps between a block and a panel stay in the first cache while the bands of
//! all pictures pass through it, each read by all taps. The threads share the pairs of blocks and panels, so that each sum is made by
//! one task, in one order.
//!
//! Bound by arithmetic: half to two thirds of the peak. Patches for each pixel, laid out by blocks, took 1.2 to 2 times as long.

use super::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::micro::{self, Columns, Form, LeftPanel, Tile};
use crate::gemm::piece;
use crate::isa::vectorize;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel;
use std::ops::Range;

/// Pixels of the output that are laid out at once, in whole pictures: a panel of them stays in the second cache.
const PIXELS: usize = 2048;
/// Pixels of a band.
const BAND: usize = 256;
/// Fewer parts than these are cut by rows of taps, so that no thread waits.
const PARTS: usize = 16;
/// Parts that follow each other on one thread, where there are many: cache lines of the weights belong to several.
const TOGETHER: usize = 4;

/// The numbers that a row of taps sees, and output channels, at least: tiles of fewer are no gain.
const FEW: usize = 8;
/// The pixels of a picture, at least: sums are read and written once for each.
const SMALL: usize = 32;

/// Whether this is the way for a shape.
pub(super) fn applies(shape: &ConvShape) -> bool {
    let rows_of_taps = shape.kernel != [1, 1] && shape.dilation[1] == 1;
    rows_of_taps
        && shape.out_height() * shape.out_width() >= SMALL
        && shape.kernel[1] * shape.group_in() >= FEW
        && shape.out_channels / shape.groups >= FEW
}

/// See the module.
pub(super) fn backward_weights(shape: &ConvShape, input: &[f32], grad_output: &[f32], grad_weight: &mut [f32]) {
    if shape.batch == 0 {
        return grad_weight.fill(0.0);
    }
    let plan = Plan::new(shape);
    let grad_weight = Disjoint::new(grad_weight);
    let (together, length) = (plan.input.together, plan.part_len());
    // Sums that wait for more pictures are kept; others never leave the first cache.
    let kept = if together < shape.batch { plan.parts() * length } else { 0 };
    with_slot(Slot::Left, plan.input.len() + micro::highest(Form::Columns), |inputs| {
        with_slot(Slot::Right, plan.output.len(), |outputs| {
            with_slot(Slot::Output, kept, |sums| {
                let sums = Disjoint::new(sums);
                for first in (0..shape.batch).step_by(together) {
                    let pictures = first..(first + together).min(shape.batch);
                    plan.input.lay(input, pictures.clone(), inputs);
                    plan.output.lay(grad_output, pictures.clone(), outputs);
                    let (inputs, outputs) = (&*inputs, &*outputs);
                    plan.each_part(&|index| {
                        let add_up = |sums: &mut [f32]| {
                            let part = plan.part(index);
                            part.add(inputs, outputs, pictures.clone(), sums);
                            if pictures.end == shape.batch {
                                part.store(sums, &grad_weight);
                            }
                        };
                        if kept == 0 {
                            with_slot(Slot::Panel, length, add_up);
                        } else {
                            // SAFETY: each part has sums of its own.
                            add_up(unsafe { sums.part(index * length, length) });
                        }
                    });
                }
            });
        });
    });
}

/// Pictures laid out by blocks of channels, `[block][picture][row][column][channels of the block]`, with zeros around them.
struct Blocks {
    channels: usize,
    /// The channels of a group, and of a block, which does not reach into the next group.
    group: usize,
    width: usize,
    /// The room of a group's last block is a multiple of this.
    unit: usize,
    /// Rows and columns of the pictures, and of what is laid out.
    size: [usize; 2],
    padded: [usize; 2],
    /// Rows of zeros above a picture and columns left of it.
    before: [usize; 2],
    /// Pictures that are laid out together.
    together: usize,
}

/// One block.
#[derive(Clone, Copy)]
struct Block {
    /// The first channel, and how many.
    channel: usize,
    count: usize,
    /// The numbers of a pixel.
    room: usize,
    /// Where it begins, in numbers of a pixel over all channels.
    start: usize,
}

impl Blocks {
    fn in_group(&self) -> usize {
        self.group.div_ceil(self.width)
    }

    /// The room of a group's channels.
    fn group_room(&self) -> usize {
        let last = self.in_group() - 1;
        last * self.width + (self.group - last * self.width).next_multiple_of(self.unit)
    }

    fn len(&self) -> usize {
        self.channels / self.group * self.group_room() * self.together * self.padded[0] * self.padded[1]
    }

    fn block(&self, index: usize) -> Block {
        let (group, index) = (index / self.in_group(), index % self.in_group());
        let first = index * self.width;
        let count = self.width.min(self.group - first);
        let room = count.next_multiple_of(self.unit);
        Block { channel: group * self.group + first, count, room, start: group * self.group_room() + first }
    }

    /// Where a row of a block begins, counted from the first picture's.
    fn place(&self, block: &Block, picture: usize, row: usize) -> usize {
        let first = block.start * self.together * self.padded[0];
        (first + (picture * self.padded[0] + row) * block.room) * self.padded[1]
    }

    /// Lays out some pictures. What is beyond a block's channels has no value.
    fn lay(&self, data: &[f32], pictures: Range<usize>, out: &mut [f32]) {
        /// Rows that are one task.
        const ROWS: usize = 8;
        let out = Disjoint::new(out);
        let (height, length) = (self.padded[0], self.size[1] * self.channels);
        let rows = pictures.len() * height;
        let blocks = self.channels / self.group * self.in_group();
        parallel(rows.div_ceil(ROWS), &|index| {
            for index in index * ROWS..((index + 1) * ROWS).min(rows) {
                let (picture, row) = (index / height, index % height);
                let from = row.checked_sub(self.before[0]).filter(|row| *row < self.size[0]);
                let from = from.map(|row| ((pictures.start + picture) * self.size[0] + row) * length);
                for block in (0..blocks).map(|index| self.block(index)) {
                    // SAFETY: each row of a block is one task's.
                    let line = unsafe { out.part(self.place(&block, picture, row), self.padded[1] * block.room) };
                    self.lay_row(from.map(|from| &data[from..][..length]), &block, line);
                }
            }
        });
    }

    /// A row of a block, from all channels of the picture's row, or of zeros.
    fn lay_row(&self, row: Option<&[f32]>, block: &Block, line: &mut [f32]) {
        let Some(row) = row else { return line.fill(0.0) };
        let left = (self.before[1] * block.room).min(line.len());
        let length = (self.size[1] * block.room).min(line.len() - left);
        line[..left].fill(0.0);
        line[left + length..].fill(0.0);
        let line = &mut line[left..left + length];
        match block.count {
            32 => copy_blocks::<32>(row, self.channels, block, line),
            16 => copy_blocks::<16>(row, self.channels, block, line),
            12 => copy_blocks::<12>(row, self.channels, block, line),
            8 => copy_blocks::<8>(row, self.channels, block, line),
            6 => copy_blocks::<6>(row, self.channels, block, line),
            4 => copy_blocks::<4>(row, self.channels, block, line),
            _ => {
                for (out, pixel) in line.chunks_exact_mut(block.room).zip(row.chunks_exact(self.channels)) {
                    out[..block.count].copy_from_slice(&pixel[block.channel..][..block.count]);
                }
            }
        }
    }
}

/// Copies a block's channels of each pixel, as many as N. To choose the length pixel by pixel, as patches do, took 15 % longer in all with
/// 32 groups.
fn copy_blocks<const N: usize>(row: &[f32], channels: usize, block: &Block, line: &mut [f32]) {
    vectorize(
        #[inline(always)]
        || {
            for (out, pixel) in line.chunks_exact_mut(block.room).zip(row.chunks_exact(channels)) {
                if let (Some(out), Some(pixel)) =
                    (out.first_chunk_mut::<N>(), pixel[block.channel..].first_chunk::<N>())
                {
                    *out = *pixel;
                }
            }
        },
    );
}

/// How a weight gradient is computed: a function of the shape and the instruction set alone.
struct Plan<'a> {
    shape: &'a ConvShape,
    input: Blocks,
    output: Blocks,
    /// How many parts the rows of taps of a block and a panel are cut into.
    cuts: usize,
}

impl<'a> Plan<'a> {
    fn new(shape: &'a ConvShape) -> Self {
        let (sizes, high) = (micro::sizes(), micro::highest(Form::Places));
        let out = [shape.out_height(), shape.out_width()];
        let together = (PIXELS / (out[0] * out[1])).clamp(1, shape.batch);
        let seen =
            |axis: usize| (out[axis] - 1) * shape.stride[axis] + (shape.kernel[axis] - 1) * shape.dilation[axis] + 1;
        let input = Blocks {
            channels: shape.in_channels,
            group: shape.group_in(),
            width: high,
            unit: 1,
            size: [shape.in_height, shape.in_width],
            padded: [seen(0), seen(1)],
            before: shape.padding.map(|[before, _]| before),
            together,
        };
        let output = Blocks {
            channels: shape.out_channels,
            group: shape.out_channels / shape.groups,
            width: sizes.width,
            unit: sizes.narrow,
            size: out,
            padded: out,
            before: [0; 2],
            together,
        };
        let pairs = shape.groups * input.in_group() * output.in_group();
        let cuts = PARTS.div_ceil(pairs).min(shape.kernel[0]);
        Plan { shape, input, output, cuts }
    }

    fn parts(&self) -> usize {
        self.shape.groups * self.input.in_group() * self.output.in_group() * self.cuts
    }

    /// The most sums of a part.
    fn part_len(&self) -> usize {
        let rows = self.shape.kernel[0].div_ceil(self.cuts);
        rows * self.shape.kernel[1] * self.input.width * self.output.width
    }

    fn part(&self, index: usize) -> Part<'_> {
        let (pair, cut) = (index / self.cuts, index % self.cuts);
        // Blocks that follow each other lie side by side in the weights.
        let (panel, block) = (pair / self.input.in_group(), pair % self.input.in_group());
        let group = panel / self.output.in_group();
        Part {
            plan: self,
            block: self.input.block(group * self.input.in_group() + block),
            panel: self.output.block(panel),
            taps: piece(self.shape.kernel[0], self.cuts, cut),
        }
    }

    /// Calls `work` with the number of each part, some that follow each other on the same thread.
    fn each_part(&self, work: &(dyn Fn(usize) + Sync)) {
        let parts = self.parts();
        let together = if parts < PARTS * TOGETHER { 1 } else { TOGETHER };
        parallel(parts.div_ceil(together), &|index| {
            (index * together..((index + 1) * together).min(parts)).for_each(work);
        });
    }
}

/// The gradient of the weights between the channels of a block and of a panel, for some rows of taps.
struct Part<'a> {
    plan: &'a Plan<'a>,
    block: Block,
    panel: Block,
    taps: Range<usize>,
}

impl Part<'_> {
    /// Adds up over some pictures, whose first is the first laid out.
    fn add(&self, input: &[f32], grad_output: &[f32], pictures: Range<usize>, sums: &mut [f32]) {
        let [height, across] = self.plan.output.size;
        let band = (BAND / across).max(1);
        for picture in 0..pictures.len() {
            for row in (0..height).step_by(band) {
                let place = self.plan.output.place(&self.panel, picture, row);
                let rows = row..height.min(row + band);
                let accumulate = pictures.start + picture + row > 0;
                self.add_band(input, &grad_output[place..], picture, rows, accumulate, sums);
            }
        }
    }

    /// Adds up over some rows of a picture's output, whose gradient begins with them.
    fn add_band(
        &self,
        input: &[f32],
        grad_output: &[f32],
        picture: usize,
        band: Range<usize>,
        accumulate: bool,
        sums: &mut [f32],
    ) {
        let (plan, shape, block, width) = (self.plan, self.plan.shape, &self.block, self.panel.room);
        let (rows, across) = (band.len(), plan.output.size[1]);
        let (step, line) = (shape.stride[1] * block.room, plan.input.padded[1] * block.room);
        let (jump, depth) = (shape.stride[0] * line, rows * across);
        let b = &grad_output[..depth * width];
        // What a row of taps sees, in tiles of about as many rows.
        let seen = shape.kernel[1] * block.room;
        let tiles = seen.div_ceil(plan.input.width);
        for (index, tap) in self.taps.clone().enumerate() {
            let row = band.start * shape.stride[0] + tap * shape.dilation[0];
            let line = &input[plan.input.place(block, picture, row)..];
            for tile in (0..tiles).map(|tile| piece(seen, tiles, tile)) {
                let high = micro::height_for(tile.len(), Form::Columns);
                let a = &line[tile.start..][..(rows - 1) * jump + (across - 1) * step + high];
                let c = &mut sums[(index * seen + tile.start) * width..][..tile.len() * width];
                let tile = Tile {
                    depth,
                    a: LeftPanel { columns: Columns { start: a.as_ptr(), step, run: across, jump } },
                    b: b.as_ptr(),
                    b_step: width,
                    packed: std::ptr::null_mut(),
                    c: c.as_mut_ptr(),
                    stride: width,
                    rows: tile.len(),
                    columns: width,
                    accumulate,
                    bias: std::ptr::null(),
                    residual: std::ptr::null(),
                    bounds: [f32::NEG_INFINITY, f32::INFINITY],
                };
                // SAFETY: the slices hold `high` numbers for each pixel of the band, `width` for each, and the tile's sums; the
                // kernel was chosen for the instruction set at hand.
                unsafe { micro::kernel(high, width, Form::Columns)(&tile) };
            }
        }
    }

    /// Turns the sums, `[row of taps][what it sees][output channel]`, into weights, `[output channel][tap][input channel]`.
    fn store(&self, sums: &[f32], grad_weight: &Disjoint<f32>) {
        let (shape, block, width) = (self.plan.shape, &self.block, self.panel.room);
        let (taps, channels) = (shape.kernel[0] * shape.kernel[1], shape.group_in());
        for out in 0..self.panel.count {
            for (index, row) in self.taps.clone().enumerate() {
                for right in 0..shape.kernel[1] {
                    let tap = (self.panel.channel + out) * taps + row * shape.kernel[1] + right;
                    // SAFETY: these weights are this part's alone.
                    let weights = unsafe { grad_weight.part(tap * channels + block.channel % channels, block.count) };
                    let from = (index * shape.kernel[1] + right) * block.room * width + out;
                    weights.iter_mut().zip(sums[from..].iter().step_by(width)).for_each(|(w, sum)| *w = *sum);
                }
            }
        }
    }
}
