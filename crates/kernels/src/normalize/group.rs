//! Group normalization (Wu and He, 2018) over [batch, pixels, channels], and with it instance normalization (a group for
//! each channel).
//!
//! A picture stays in the cache between the passes over it, so the variance is taken about the mean itself. A vector holds
//! neighbouring channels, of several groups where these are narrow.

use crate::Real;
use crate::isa::vectorize;
use crate::map::CHUNK;
use crate::reduce::{LANES, join};
use crate::rows::each_row;
use crate::scratch;
use crate::slices;
use crate::threads::parallel_chunks;

/// The pixels that are added up before `f64` takes over.
const ROWS: usize = 64;
/// The most parts that the batch is cut in for the sums over it.
const PARTS: usize = 32;

/// The sizes: the channels of each group lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupShape {
    /// How many pictures.
    pub batch: usize,
    /// The pixels of a picture.
    pub pixels: usize,
    /// The channels of a pixel.
    pub channels: usize,
    /// How many groups the channels are divided in.
    pub groups: usize,
}

impl GroupShape {
    /// The channels of a group.
    fn width(self) -> usize {
        self.channels / self.groups
    }

    /// The elements of a picture.
    fn picture(self) -> usize {
        self.pixels * self.channels
    }

    #[track_caller]
    fn check(self, arrays: &[usize], parameters: &[usize], statistics: &[usize]) {
        assert!(
            self.groups > 0
                && self.picture() > 0
                && self.channels.is_multiple_of(self.groups)
                && arrays.iter().all(|&length| length == self.batch * self.picture())
                && parameters.iter().all(|&length| length == self.channels)
                && statistics.iter().all(|&length| length == self.batch * self.groups),
            "group norm: {self:?} does not fit arrays of {arrays:?}, parameters {parameters:?}, statistics {statistics:?}"
        );
    }
}

/// Groups that are handled together: as many as the lanes hold, at least one.
#[derive(Clone, Copy)]
struct Span {
    group: usize,
    groups: usize,
}

/// Channels that are handled at a time: a span, or a part of it where one group has more channels than there are lanes.
#[derive(Clone, Copy)]
struct Tile {
    first: usize,
    count: usize,
}

impl Span {
    #[inline(always)]
    fn all(shape: GroupShape) -> impl Iterator<Item = Span> {
        let groups = (LANES / shape.width()).max(1);
        let span = move |group| Span { group, groups: groups.min(shape.groups - group) };
        (0..shape.groups).step_by(groups).map(span)
    }

    #[inline(always)]
    fn tiles(self, width: usize) -> impl Iterator<Item = Tile> {
        let end = (self.group + self.groups) * width;
        (self.group * width..end).step_by(LANES).map(move |first| Tile { first, count: LANES.min(end - first) })
    }

    /// For each group of the span, the mean of f(inputs[p, c], parameters[c]) over the pixels and channels.
    #[inline(always)]
    fn means<const IN: usize, const P: usize>(
        self,
        inputs: [&[Real]; IN],
        shape: GroupShape,
        parameters: impl Fn(Tile) -> [[Real; LANES]; P],
        f: impl Fn([Real; IN], [Real; P]) -> Real,
    ) -> [Real; LANES] {
        let width = shape.width();
        let count = (shape.pixels * width) as f64;
        let mut whole = 0.0; // of the one group, if it has more than one tile
        let mut totals = [0.0_f64; LANES]; // of each channel otherwise
        for tile in self.tiles(width) {
            let parameters = parameters(tile);
            for block in (0..shape.pixels).step_by(ROWS) {
                let mut lanes = [0.0; LANES];
                for pixel in block..shape.pixels.min(block + ROWS) {
                    let x = slices::cut(inputs, pixel * shape.channels + tile.first, tile.count);
                    for place in 0..tile.count {
                        let p = parameters.each_ref().map(
                            #[inline(always)]
                            |p| p[place],
                        );
                        lanes[place] += f(slices::at(x, place), p);
                    }
                }
                if width >= LANES {
                    whole += f64::from(join(lanes));
                } else {
                    for place in 0..LANES {
                        totals[place] += f64::from(lanes[place]);
                    }
                }
            }
        }
        let mut means = [0.0; LANES];
        if width >= LANES {
            means[0] = (whole / count) as Real;
        } else {
            for (mean, totals) in means.iter_mut().zip(totals.chunks(width)) {
                *mean = (totals.iter().sum::<f64>() / count) as Real;
            }
        }
        means
    }
}

/// The number of each channel's group, where `numbers` has one for each group of the span.
#[inline(always)]
fn spread(numbers: &[Real], tile: Tile, width: usize) -> [Real; LANES] {
    let mut lanes = [0.0; LANES];
    for (lanes, &number) in lanes[..tile.count].chunks_mut(width).zip(numbers) {
        lanes.fill(number);
    }
    lanes
}

/// The channels of a tile, of a parameter that each channel has.
#[inline(always)]
fn of_tile(parameter: &[Real], tile: Tile) -> [Real; LANES] {
    let mut lanes = [0.0; LANES];
    lanes[..tile.count].copy_from_slice(&parameter[tile.first..][..tile.count]);
    lanes
}

/// `out = gamma (x - mean) / sqrt(variance + epsilon) + beta`, mean and variance (divided by the number of elements) being
/// those of a picture's group; `mean` and `inverse_deviation`, [batch, groups], are written for the backward pass.
#[track_caller]
pub fn group_norm(
    shape: GroupShape,
    x: &[Real],
    gamma: &[Real],
    beta: &[Real],
    epsilon: Real,
    out: &mut [Real],
    mean: &mut [Real],
    inverse_deviation: &mut [Real],
) {
    shape.check(&[x.len(), out.len()], &[gamma.len(), beta.len()], &[mean.len(), inverse_deviation.len()]);
    let (picture, groups, width) = (shape.picture(), shape.groups, shape.width());
    each_row(
        [(out, picture), (mean, groups), (inverse_deviation, groups)],
        shape.batch,
        picture,
        #[inline(always)]
        move |row, [out, means, inverses]| {
            let x = &x[row * picture..][..picture];
            for span in Span::all(shape) {
                let mean = span.means([x], shape, |_| [], |[x], []| x);
                let square = |[x]: [Real; 1], [mean]: [Real; 1]| (x - mean) * (x - mean);
                let variance = span.means([x], shape, |tile| [spread(&mean, tile, width)], square);
                let inverse = variance.map(|variance| 1.0 / (variance + epsilon).sqrt());
                means[span.group..][..span.groups].copy_from_slice(&mean[..span.groups]);
                inverses[span.group..][..span.groups].copy_from_slice(&inverse[..span.groups]);
                for tile in span.tiles(width) {
                    let (mean, inverse) = (spread(&mean, tile, width), spread(&inverse, tile, width));
                    let (gamma, beta) = (&gamma[tile.first..][..tile.count], &beta[tile.first..][..tile.count]);
                    for pixel in 0..shape.pixels {
                        let start = pixel * shape.channels + tile.first;
                        let (x, out) = (&x[start..][..tile.count], &mut out[start..][..tile.count]);
                        for place in 0..tile.count {
                            out[place] = (x[place] - mean[place]) * inverse[place] * gamma[place] + beta[place];
                        }
                    }
                }
            }
        },
    );
}

/// The gradient with regard to the input: with g = gamma dy and z = (x - mean) / deviation,
/// `dx = (g - mean of g - z * mean of (g z)) / deviation`, the means being over a picture's group.
#[track_caller]
pub fn group_norm_backward(
    shape: GroupShape,
    x: &[Real],
    dy: &[Real],
    gamma: &[Real],
    mean: &[Real],
    inverse_deviation: &[Real],
    dx: &mut [Real],
) {
    shape.check(&[x.len(), dy.len(), dx.len()], &[gamma.len()], &[mean.len(), inverse_deviation.len()]);
    let (picture, groups, width) = (shape.picture(), shape.groups, shape.width());
    each_row(
        [(dx, picture)],
        shape.batch,
        picture,
        #[inline(always)]
        move |row, [dx]| {
            let (x, dy) = (&x[row * picture..][..picture], &dy[row * picture..][..picture]);
            for span in Span::all(shape) {
                let statistics = row * groups + span.group;
                let (mean, inverse) =
                    (&mean[statistics..][..span.groups], &inverse_deviation[statistics..][..span.groups]);
                let parameters = |tile| [of_tile(gamma, tile), spread(mean, tile, width), spread(inverse, tile, width)];
                let mean_g = span.means([dy], shape, |tile| [of_tile(gamma, tile)], |[dy], [gamma]| dy * gamma);
                let product =
                    |[x, dy]: [Real; 2], [gamma, mean, inverse]: [Real; 3]| dy * gamma * ((x - mean) * inverse);
                let mean_gz = span.means([x, dy], shape, parameters, product);
                for tile in span.tiles(width) {
                    let [gamma, mean, inverse] = parameters(tile);
                    let (mean_g, mean_gz) = (spread(&mean_g, tile, width), spread(&mean_gz, tile, width));
                    for pixel in 0..shape.pixels {
                        let start = pixel * shape.channels + tile.first;
                        let (x, dy) = (&x[start..][..tile.count], &dy[start..][..tile.count]);
                        let dx = &mut dx[start..][..tile.count];
                        for c in 0..tile.count {
                            let z = (x[c] - mean[c]) * inverse[c];
                            dx[c] = inverse[c] * (dy[c] * gamma[c] - mean_g[c] - z * mean_gz[c]);
                        }
                    }
                }
            }
        },
    );
}

/// The gradients with regard to gamma and beta: `dgamma = sum of dy z`, `dbeta = sum of dy`, over batch and pixels.
#[track_caller]
pub fn group_norm_parameters_backward(
    shape: GroupShape,
    x: &[Real],
    dy: &[Real],
    mean: &[Real],
    inverse_deviation: &[Real],
    dgamma: &mut [Real],
    dbeta: &mut [Real],
) {
    shape.check(&[x.len(), dy.len()], &[dgamma.len(), dbeta.len()], &[mean.len(), inverse_deviation.len()]);
    let (channels, picture, width) = (shape.channels, shape.picture(), shape.width());
    let size = CHUNK.div_ceil(picture).max(shape.batch.div_ceil(PARTS));
    scratch::with(shape.batch.div_ceil(size) * 2 * channels, |parts: &mut [Real]| {
        parallel_chunks(parts, 2 * channels, &|index, part| {
            part.fill(0.0);
            let (dgamma, dbeta) = part.split_at_mut(channels);
            vectorize(
                #[inline(always)]
                move || {
                    for pixel in index * size * shape.pixels..shape.batch.min((index + 1) * size) * shape.pixels {
                        let statistics = pixel / shape.pixels * shape.groups;
                        for group in 0..shape.groups {
                            let (mean, inverse) = (mean[statistics + group], inverse_deviation[statistics + group]);
                            let start = pixel * channels + group * width;
                            let (x, dy) = (&x[start..][..width], &dy[start..][..width]);
                            let dgamma = &mut dgamma[group * width..][..width];
                            let dbeta = &mut dbeta[group * width..][..width];
                            for channel in 0..width {
                                dgamma[channel] += dy[channel] * ((x[channel] - mean) * inverse);
                                dbeta[channel] += dy[channel];
                            }
                        }
                    }
                },
            );
        });
        for (channel, (dgamma, dbeta)) in dgamma.iter_mut().zip(dbeta).enumerate() {
            let sum = |at: usize| parts.chunks(2 * channels).map(|part| f64::from(part[at])).sum::<f64>() as Real;
            (*dgamma, *dbeta) = (sum(channel), sum(channels + channel));
        }
    });
}
