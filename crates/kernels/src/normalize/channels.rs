//! Loops over [pixels, channels] with parameters for each channel.
//!
//! With few channels a pixel is too short for the vectors: several pixels are taken as one, and the parameters repeated.

use crate::Real;
use crate::aligned::Aligned;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::map::{Body, CHUNK, PARALLEL};
use crate::scratch;
use crate::slices;
use crate::threads::{parallel, parallel_chunks};

/// The channels that are summed at a time, and the elements that pixels of fewer channels are joined to.
const TILE: usize = 512;
/// The joined pixels that are added up before `f64` takes over.
const ROWS: usize = 64;
/// The most parts that the pixels are cut in.
const PARTS: usize = 32;
/// The pieces that long arrays are cut in.
const TASKS: usize = 64;

/// A number for each place of a tile.
type Tile = Aligned<[Real; TILE]>;

/// Parameters of the channels from `start` on, repeated so as to fill a tile.
#[inline(always)]
fn repeated<const P: usize>(parameters: [&[Real]; P], start: usize) -> [Tile; P] {
    parameters.map(
        #[inline(always)]
        |parameter| {
            let channels = &parameter[start..];
            let mut tile = Aligned([0.0; TILE]);
            for part in tile.0.chunks_mut(channels.len()) {
                part.copy_from_slice(&channels[..part.len()]);
            }
            tile
        },
    )
}

/// The parameters of one place of the tile.
#[inline(always)]
fn of_place<const P: usize>(tiles: &[Tile; P], place: usize) -> [Real; P] {
    tiles.each_ref().map(
        #[inline(always)]
        |tile| tile.0[place],
    )
}

/// How many pixels are taken as one.
#[inline(always)]
fn joined(channels: usize) -> usize {
    (TILE / channels).max(1)
}

/// `out[p, c] = f(inputs[p, c], parameters[c])`.
pub(super) fn map_channels<const IN: usize, const P: usize>(
    inputs: [&[Real]; IN],
    parameters: [&[Real]; P],
    out: &mut [Real],
    f: impl Fn([Real; IN], [Real; P]) -> Real + Body,
) {
    let channels = parameters[0].len();
    let long = channels * joined(channels);
    let span = |start: usize, out: &mut [Real]| {
        let inputs = slices::cut(inputs, start, out.len());
        vectorize(
            #[inline(always)]
            move || {
                for first in (0..long).step_by(TILE) {
                    let tile = repeated(parameters, if long == channels { first } else { 0 });
                    let width = TILE.min(long - first);
                    for at in (first..out.len()).step_by(long) {
                        // Only the last stretch may be shorter, where joined pixels run out.
                        let width = width.min(out.len() - at);
                        let x = slices::cut(inputs, at, width);
                        let out = &mut out[at..at + width];
                        for place in 0..width {
                            out[place] = f(slices::at(x, place), of_place(&tile, place));
                        }
                    }
                }
            },
        );
    };
    if out.len() < PARALLEL {
        span(0, out);
    } else {
        let task = CHUNK.max(out.len() / TASKS).div_ceil(long) * long;
        parallel_chunks(out, task, &|index, out| span(index * task, out));
    }
}

/// Writes the first of what `f(inputs[p, c], parameters[c])` gives and sums up the second over the pixels: `sums[s][c]`.
///
/// The last pixels come first: the pass before this one has just left them in the cache, and the pass behind begins with those
/// that this one leaves there.
pub(super) fn sum_channels<const IN: usize, const P: usize, const OUT: usize, const S: usize>(
    inputs: [&[Real]; IN],
    parameters: [&[Real]; P],
    outputs: [&mut [Real]; OUT],
    sums: [&mut [Real]; S],
    f: impl Fn([Real; IN], [Real; P]) -> ([Real; OUT], [Real; S]) + Body,
) {
    let channels = parameters[0].len();
    let length = inputs[0].len();
    let pixels = length / channels;
    let size =
        if length < PARALLEL { pixels.max(1) } else { CHUNK.div_ceil(channels).max(pixels.div_ceil(PARTS)).max(ROWS) };
    let (width, count) = (S * channels, pixels.div_ceil(size));
    let outputs = slices::disjoint(outputs);
    scratch::with(count * width, |parts: &mut [Real]| {
        let shared = Disjoint::new(parts);
        parallel(count, &|index| {
            let index = count - 1 - index;
            let range = index * size * channels..((index + 1) * size * channels).min(length);
            let inputs = slices::cut(inputs, range.start, range.len());
            // SAFETY: each task has its own pixels and its own part of the sums.
            let (outputs, part) =
                unsafe { (slices::parts(&outputs, range.start, range.len()), shared.part(index * width, width)) };
            vectorize(
                #[inline(always)]
                move || sum_part(inputs, parameters, outputs, part, f),
            );
        });
        for (s, sums) in sums.into_iter().enumerate() {
            for (channel, sum) in sums.iter_mut().enumerate() {
                let parts = parts.chunks(width).map(|part| f64::from(part[s * channels + channel]));
                *sum = parts.sum::<f64>() as Real;
            }
        }
    });
}

/// The outputs of some pixels, and their sums: S rows of channels.
#[inline(always)]
fn sum_part<const IN: usize, const P: usize, const OUT: usize, const S: usize>(
    inputs: [&[Real]; IN],
    parameters: [&[Real]; P],
    mut outputs: [&mut [Real]; OUT],
    sums: &mut [Real],
    f: impl Fn([Real; IN], [Real; P]) -> ([Real; OUT], [Real; S]) + Body,
) {
    let channels = parameters[0].len();
    let length = inputs[0].len();
    let long = channels * joined(channels);
    let rows = length.div_ceil(long);
    for first in (0..long).step_by(TILE) {
        let tile = repeated(parameters, if long == channels { first } else { 0 });
        let mut totals = [Aligned([0.0_f64; TILE]); S];
        for block in (0..rows).step_by(ROWS) {
            let mut lanes = [Aligned([0.0; TILE]); S];
            for row in block..rows.min(block + ROWS) {
                let at = row * long + first;
                // Only the last row may be shorter, where joined pixels run out.
                let width = TILE.min(long - first).min(length - at);
                let x = slices::cut(inputs, at, width);
                let outputs = slices::cut_mut(&mut outputs, at, width);
                for place in 0..width {
                    let (written, values) = f(slices::at(x, place), of_place(&tile, place));
                    for out in 0..OUT {
                        outputs[out][place] = written[out];
                    }
                    for s in 0..S {
                        lanes[s].0[place] += values[s];
                    }
                }
            }
            for s in 0..S {
                for place in 0..TILE {
                    totals[s].0[place] += f64::from(lanes[s].0[place]);
                }
            }
        }
        for s in 0..S {
            for channel in 0..TILE.min(channels - first) {
                let total: f64 = totals[s].0[channel..].iter().step_by(channels).sum();
                sums[s * channels + first + channel] = total as Real;
            }
        }
    }
}
