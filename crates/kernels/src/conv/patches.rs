//! The patches that a sliding window sees, as a left factor of a product: gathered into panels when a block is packed, never
//! written out whole. Bound by the cache; some 5 to 15 % of a convolution's time with 32 channels and more.

use crate::Real;
use crate::gemm::{Left, ROW_STRIDE};

/// A window that slides over pictures. A patch is `[kernel height, kernel width, channels]`; there is one for each place of
/// the window, in the order picture, row, column.
#[derive(Clone, Copy)]
pub(super) struct Patches<'a> {
    pub data: &'a [Real],
    /// Height and width of the pictures.
    pub size: [usize; 2],
    /// From one pixel to the next in memory.
    pub pixel: usize,
    /// The first channel of each patch, and how many it has.
    pub channels: [usize; 2],
    /// Places of the window down and to the right, and pictures.
    pub places: [usize; 2],
    pub batch: usize,
    pub kernel: [usize; 2],
    pub stride: [usize; 2],
    pub dilation: [usize; 2],
    /// How far the first window begins before the picture; negative where it begins inside.
    pub before: [isize; 2],
    /// The pictures are seen as if so many pixels less one, all zero, lay between two neighbours: 1 for none. This is how
    /// the gradient of a strided convolution sees the output.
    pub spread: [usize; 2],
}

/// A place of the window.
#[derive(Clone, Copy)]
struct Place {
    picture: usize,
    row: usize,
    column: usize,
}

impl Patches<'_> {
    pub fn count(&self) -> usize {
        self.batch * self.places[0] * self.places[1]
    }

    pub fn len(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.channels[1]
    }

    fn place(&self, index: usize) -> Place {
        let [down, right] = self.places;
        Place { picture: index / (down * right), row: index / right % down, column: index % right }
    }

    fn next(&self, place: Place) -> Place {
        let Place { mut picture, mut row, mut column } = place;
        column += 1;
        if column == self.places[1] {
            (column, row) = (0, row + 1);
            if row == self.places[0] {
                (row, picture) = (0, picture + 1);
            }
        }
        Place { picture, row, column }
    }

    /// The pixel of the picture that a tap falls on, along one axis.
    #[inline(always)]
    fn source(&self, axis: usize, place: usize, tap: usize) -> Option<usize> {
        let at = (place * self.stride[axis] + tap * self.dilation[axis]) as isize - self.before[axis];
        if at < 0 {
            return None;
        }
        let (at, spread) = (at as usize, self.spread[axis]);
        let source = if spread == 1 {
            at
        } else if at.is_multiple_of(spread) {
            at / spread
        } else {
            return None;
        };
        (source < self.size[axis]).then_some(source)
    }

    /// Whether the taps of a kernel row lie next to each other in memory.
    fn rows_are_runs(&self) -> bool {
        self.dilation[1] == 1 && self.spread[1] == 1 && self.channels[1] == self.pixel
    }

    /// Elements `from..to` of a patch.
    #[inline(always)]
    fn gather(&self, place: Place, from: usize, to: usize, target: &mut [Real], runs: bool) {
        let [first, channels] = self.channels;
        let (unit, units) = if runs { (self.kernel[1] * channels, 1) } else { (channels, self.kernel[1]) };
        let mut at = from;
        while at < to {
            let (index, offset) = (at / unit, at % unit);
            let length = (unit - offset).min(to - at);
            let out = &mut target[at - from..at - from + length];
            at += length;
            let Some(row) = self.source(0, place.row, index / units) else {
                out.fill(0.0);
                continue;
            };
            let line = (place.picture * self.size[0] + row) * self.size[1];
            if runs {
                self.kernel_row(line, place.column, offset, out);
            } else {
                match self.source(1, place.column, index % units) {
                    Some(column) => copy(out, &self.data[(line + column) * self.pixel + first + offset..][..length]),
                    None => out.fill(0.0),
                }
            }
        }
    }

    /// A stretch of a kernel row, from `offset` on, whose pixels are neighbours in memory; zero beyond the picture's sides.
    #[inline(always)]
    fn kernel_row(&self, line: usize, column: usize, offset: usize, out: &mut [Real]) {
        let channels = self.pixel as isize;
        // In numbers from the picture's left side.
        let start = ((column * self.stride[1]) as isize - self.before[1]) * channels + offset as isize;
        let width = self.size[1] as isize * channels;
        let length = out.len() as isize;
        let line = line * self.pixel;
        if start >= 0 && start + length <= width {
            return copy(out, &self.data[line + start as usize..][..out.len()]);
        }
        let begin = (-start).clamp(0, length);
        let end = (width - start).clamp(begin, length);
        out[..begin as usize].fill(0.0);
        out[end as usize..].fill(0.0);
        if end > begin {
            let source = line + (start + begin) as usize;
            copy(&mut out[begin as usize..end as usize], &self.data[source..source + (end - begin) as usize]);
        }
    }
}

/// Short runs are not worth a call.
#[inline(always)]
fn copy(out: &mut [Real], source: &[Real]) {
    if out.len() < 16 {
        for (out, value) in out.iter_mut().zip(source) {
            *out = *value;
        }
    } else {
        out.copy_from_slice(source);
    }
}

/// Patches as rows: `[places, patch]`.
pub(super) struct PatchRows<'a>(pub Patches<'a>);

impl Left for PatchRows<'_> {
    const BY_COLUMNS: bool = false;

    fn size(&self) -> [usize; 2] {
        [self.0.count(), self.0.len()]
    }

    fn pack(&self, row: usize, rows: usize, _: usize, from: usize, depth: usize, panel: &mut [Real]) {
        let (mut place, runs) = (self.0.place(row), self.0.rows_are_runs());
        for target in panel.chunks_mut(ROW_STRIDE).take(rows) {
            self.0.gather(place, from, from + depth, target, runs);
            place = self.0.next(place);
        }
    }
}

/// Patches as columns: `[patch, places]`.
pub(super) struct PatchColumns<'a>(pub Patches<'a>);

impl Left for PatchColumns<'_> {
    const BY_COLUMNS: bool = true;

    fn size(&self) -> [usize; 2] {
        [self.0.len(), self.0.count()]
    }

    fn pack(&self, row: usize, rows: usize, height: usize, from: usize, depth: usize, panel: &mut [Real]) {
        let (mut place, runs) = (self.0.place(from), self.0.rows_are_runs());
        for target in panel.chunks_exact_mut(height).take(depth) {
            self.0.gather(place, row, row + rows, target, runs);
            place = self.0.next(place);
        }
    }
}
