//! Reading and writing by the places that max pooling stored: its gradient and second derivative, and max-unpooling.
//!
//! Where windows overlap, one channel at a time is added to its place. Where they lie apart, each input is written once, whole vectors at a
//! time: the number of its window if its place is the stored one, and 0 if not. That spares 3 % of a small CNN's step.

use super::{PoolShape, check};
use crate::Real;
use crate::isa::vectorize;
use crate::threads::parallel_chunks;

/// The place of an output that none of its window's inputs made: a ReLU has cut it off.
pub const NOWHERE: u32 = u32::MAX;

/// `out[b, o, c] = x[b, places[b, o, c], c]`, and 0 where the place is [`NOWHERE`].
#[track_caller]
pub fn gather_places(shape: &PoolShape, x: &[Real], places: &[u32], out: &mut [Real]) {
    let sizes = check("gather places", shape, x.len(), out.len());
    assert_eq!(places.len(), out.len(), "gather places: the places' length is not the output's");
    let task = sizes.rows_in_task();
    let out_height = sizes.out / sizes.row.max(1);
    parallel_chunks(out, (task * sizes.row).max(1), &|index, out| {
        for (offset, out) in out.chunks_mut(sizes.row).enumerate() {
            let row = index * task + offset;
            let picture = &x[row / out_height * sizes.picture..][..sizes.picture];
            let places = &places[row * sizes.row..][..sizes.row];
            for (out, places) in out.chunks_mut(shape.channels).zip(places.chunks(shape.channels)) {
                for (channel, (out, &place)) in out.iter_mut().zip(places).enumerate() {
                    let at = if place == NOWHERE { 0 } else { place as usize };
                    let value = picture[at * shape.channels + channel];
                    *out = if place == NOWHERE { 0.0 } else { value };
                }
            }
        }
    });
}

/// `out[b, p, c] = sum of x[b, o, c] over the outputs o whose stored place is p`, [`NOWHERE`] being none, where `out` has the shape of the pooled
/// input: the gradient of max pooling, and max-unpooling. The places must lie in their outputs' windows, as those do that
/// [`max_with_places`](super::max_with_places) stores. Pictures are shared among the threads; within one, outputs are taken in order.
#[track_caller]
pub fn scatter_places(shape: &PoolShape, x: &[Real], places: &[u32], out: &mut [Real]) {
    let sizes = check("scatter places", shape, out.len(), x.len());
    assert_eq!(places.len(), x.len(), "scatter places: the places' length is not the input's");
    let task = sizes.pictures_in_task();
    let is_apart = shape.channels >= WIDE && shape.windows_are_apart();
    let is_written = is_apart && shape.windows_cover();
    parallel_chunks(out, (task * sizes.picture).max(1), &|index, out| {
        for (offset, out) in out.chunks_mut(sizes.picture).enumerate() {
            let from = (index * task + offset) * sizes.out;
            let (x, places) = (&x[from..from + sizes.out], &places[from..from + sizes.out]);
            if !is_written {
                out.fill(0.0);
            }
            if is_apart {
                vectorize(
                    #[inline(always)]
                    move || spread_picture(shape, sizes.row, x, places, out),
                );
            } else {
                for (x, places) in x.chunks(shape.channels).zip(places.chunks(shape.channels)) {
                    scatter_picture(x, places, out);
                }
            }
        }
    });
}

/// From so many channels on, vectors are worth setting up a window.
const WIDE: usize = 8;

/// Writes every input that lies in a window.
#[inline(always)]
fn spread_picture(shape: &PoolShape, row: usize, x: &[Real], places: &[u32], picture: &mut [Real]) {
    let channels = shape.channels;
    for (output, (x, places)) in x.chunks_exact(row).zip(places.chunks_exact(row)).enumerate() {
        shape.pixels(
            output,
            row,
            #[inline(always)]
            |rows, columns, start| {
                let (x, places) = (&x[start..][..channels], &places[start..][..channels]);
                shape.each_tap(
                    rows,
                    columns,
                    #[inline(always)]
                    |place| {
                        let out = &mut picture[place * channels..][..channels];
                        for channel in 0..channels {
                            out[channel] = if places[channel] == place as u32 { x[channel] } else { 0.0 };
                        }
                    },
                );
            },
        );
    }
}

/// Adds the channels of one output to their places in a picture.
#[inline(always)]
fn scatter_picture(x: &[Real], places: &[u32], picture: &mut [Real]) {
    let channels = x.len();
    for (channel, (&x, &place)) in x.iter().zip(places).enumerate() {
        // No branch: whether an output was cut off is as hard to foresee as a coin's fall.
        let (at, x) = if place == NOWHERE { (0, 0.0) } else { (place as usize, x) };
        picture[at * channels + channel] += x;
    }
}
