//! The patches that a sliding window sees, as a left factor of a product: gathered into panels when a block is packed, never
//! written out whole. Bound by the cache; some 5 to 15 % of a convolution's time with 32 channels and more.

use crate::Real;
use crate::gemm::{Left, ROW_STRIDE};
use std::ops::Range;

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
}

/// A place of the window.
#[derive(Clone, Copy)]
struct Place {
    picture: usize,
    row: usize,
    column: usize,
}

/// An element of a patch: the tap's place in the kernel, and the channel.
#[derive(Clone, Copy)]
struct Element {
    down: usize,
    right: usize,
    channel: usize,
}

impl Patches<'_> {
    pub fn count(&self) -> usize {
        self.batch * self.places[0] * self.places[1]
    }

    pub fn len(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.channels[1]
    }

    /// The same places, of the channels that are so many groups further on.
    pub fn of_group(&self, group: usize) -> Self {
        let [first, channels] = self.channels;
        Patches { channels: [first + group * channels, channels], ..*self }
    }

    /// Some rows of places of one picture.
    pub fn band(&self, picture: usize, rows: Range<usize>) -> Self {
        let length = self.size[0] * self.size[1] * self.pixel;
        let [before, left] = self.before;
        Patches {
            data: &self.data[picture * length..][..length],
            places: [rows.len(), self.places[1]],
            batch: 1,
            before: [before - (rows.start * self.stride[0]) as isize, left],
            ..*self
        }
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
        let source = at as usize;
        (source < self.size[axis]).then_some(source)
    }

    /// Whether the taps of a kernel row lie next to each other in memory.
    pub fn rows_are_runs(&self) -> bool {
        self.dilation[1] == 1 && self.channels[1] == self.pixel
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

    /// Where the pixels begin that the taps of `count` places from `start` on fall on: `[tap][height]`.
    pub fn pixels(&self, start: usize, count: usize, height: usize, zeros: &[Real], table: &mut [*const Real]) {
        let [first, channels] = self.channels;
        let (zeros, width) = (zeros[..channels].as_ptr(), self.size[1]);
        let step = self.stride[1];
        self.for_runs(start, count, |place, index, length| {
            let mut taps = table.chunks_exact_mut(height);
            for down in 0..self.kernel[0] {
                let row = self.source(0, place.row, down);
                let start = row.map_or(0, |row| (place.picture * self.size[0] + row) * width);
                // A row beside the picture has no columns.
                let (line, width) = (&self.data[start * self.pixel..], row.map_or(0, |_| width));
                for (right, entries) in (0..self.kernel[1]).zip(&mut taps) {
                    let from = (place.column * step + right * self.dilation[1]) as isize - self.before[1];
                    for (at, entry) in entries[index..index + length].iter_mut().enumerate() {
                        let column = (from + (at * step) as isize) as usize;
                        *entry = if column < width {
                            line[column * self.pixel + first..][..channels].as_ptr()
                        } else {
                            zeros // before the picture's side `column` is huge
                        };
                    }
                }
            }
        });
    }

    /// Cuts the places from `start` on into runs that lie in one row, and calls `f` with the first place of each, its number
    /// counted from `start`, and the run's length.
    #[inline(always)]
    fn for_runs(&self, start: usize, total: usize, mut f: impl FnMut(Place, usize, usize)) {
        let mut index = 0;
        while index < total {
            let place = self.place(start + index);
            let count = (self.places[1] - place.column).min(total - index);
            f(place, index, count);
            index += count;
        }
    }

    /// Which element of a patch has number `index`.
    #[inline(always)]
    fn element(&self, index: usize) -> Element {
        let (tap, channel) = (index / self.channels[1], index % self.channels[1]);
        Element { down: tap / self.kernel[1], right: tap % self.kernel[1], channel }
    }

    #[inline(always)]
    fn next_element(&self, element: Element) -> Element {
        let Element { mut down, mut right, mut channel } = element;
        channel += 1;
        if channel == self.channels[1] {
            (channel, right) = (0, right + 1);
            if right == self.kernel[1] {
                (right, down) = (0, down + 1);
            }
        }
        Element { down, right, channel }
    }

    /// Copies `LENGTH` elements of the patches at all places of a run, from `element` on and within one tap, to places of
    /// `target` that are `step` apart. As many places as `target` holds.
    #[inline(always)]
    fn copy_run<const LENGTH: usize>(&self, place: Place, element: Element, target: &mut [Real], step: usize) {
        let count = target.len().div_ceil(step);
        // The run's places from `low` up to `high` read the picture, the others zeros.
        let (mut low, mut high, mut source) = (count, count, 0);
        if let Some(row) = self.source(0, place.row, element.down) {
            let stride = self.stride[1] as isize;
            let at = (place.column * self.stride[1] + element.right * self.dilation[1]) as isize - self.before[1];
            let within = |end: isize| {
                let places = if stride == 1 { end - at } else { (end - at + stride - 1).max(0) / stride };
                places.clamp(0, count as isize) as usize
            };
            let (first, last) = (within(0), within(self.size[1] as isize));
            if first < last {
                (low, high) = (first, last);
                let column = (at + first as isize * stride) as usize;
                let line = (place.picture * self.size[0] + row) * self.size[1];
                source = (line + column) * self.pixel + self.channels[0] + element.channel;
            }
        }
        for place in (0..low).chain(high..count) {
            target[place * step..][..LENGTH].fill(0.0);
        }
        if low == high {
            return;
        }
        let (jump, number) = (self.stride[1] * self.pixel, high - low);
        let data = &self.data[source..][..(number - 1) * jump + LENGTH];
        let target = &mut target[low * step..][..(number - 1) * step + LENGTH];
        if LENGTH == 1 && jump == 1 && step == 1 {
            return copy(target, data);
        }
        for index in 0..number {
            // SAFETY: the slices above end with the last of `number` pieces of LENGTH, `jump` and `step` apart.
            unsafe {
                let piece = data.as_ptr().add(index * jump).cast::<[Real; LENGTH]>().read();
                target.as_mut_ptr().add(index * step).cast::<[Real; LENGTH]>().write(piece);
            }
        }
    }

    /// Row `row` of what the windows see of a picture, zeros beside it, counted from where the first window begins.
    pub fn padded_row(&self, picture: usize, row: usize, out: &mut [Real]) {
        let row = row as isize - self.before[0];
        if row >= 0 && (row as usize) < self.size[0] {
            self.kernel_row((picture * self.size[0] + row as usize) * self.size[1], 0, 0, out);
        } else {
            out.fill(0.0);
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

/// Copies a slice. Runs are too short to be worth a call: pieces of constant length, the last of which overlaps the one
/// before, are a few vector moves.
#[inline(always)]
fn copy(out: &mut [Real], source: &[Real]) {
    match out.len() {
        0..4 => {
            for (out, value) in out.iter_mut().zip(source) {
                *out = *value;
            }
        }
        4..8 => copy_ends::<4>(out, source),
        8..16 => copy_ends::<8>(out, source),
        _ => {
            for (out, source) in out.as_chunks_mut::<16>().0.iter_mut().zip(source.as_chunks::<16>().0) {
                *out = *source;
            }
            copy_ends::<16>(out, source);
        }
    }
}

/// Copies the first and the last `LENGTH` numbers.
#[inline(always)]
fn copy_ends<const LENGTH: usize>(out: &mut [Real], source: &[Real]) {
    if let (Some(first), Some(last)) = (source.first_chunk::<LENGTH>(), source.last_chunk::<LENGTH>()) {
        let end = out.len() - LENGTH;
        out[..LENGTH].copy_from_slice(first);
        out[end..].copy_from_slice(last);
    }
}

/// Patches as rows: `[places, patch]`.
pub(super) struct PatchRows<'a>(pub Patches<'a>);

impl Left for PatchRows<'_> {
    const BY_COLUMNS: bool = false;

    fn size(&self) -> [usize; 2] {
        [self.0.count(), self.0.len()]
    }

    #[inline(always)]
    fn pack(&self, row: usize, rows: usize, _: usize, from: usize, depth: usize, panel: &mut [Real]) {
        let (mut place, runs) = (self.0.place(row), self.0.rows_are_runs());
        for target in panel.chunks_mut(ROW_STRIDE).take(rows) {
            self.0.gather(place, from, from + depth, target, runs);
            place = self.0.next(place);
        }
    }
}

/// Patches as rows where a patch's runs are too short to copy one by one, as in a first layer of 1 or 3 channels: each
/// element is taken from all the places of a panel at once.
pub(super) struct ThinPatchRows<'a>(pub Patches<'a>);

impl Left for ThinPatchRows<'_> {
    const BY_COLUMNS: bool = true;

    fn size(&self) -> [usize; 2] {
        [self.0.count(), self.0.len()]
    }

    #[inline(always)]
    fn pack(&self, row: usize, rows: usize, height: usize, from: usize, depth: usize, panel: &mut [Real]) {
        self.0.for_runs(
            row,
            rows,
            #[inline(always)]
            |place, index, count| {
                let mut element = self.0.element(from);
                for line in panel.chunks_exact_mut(height).take(depth) {
                    self.0.copy_run::<1>(place, element, &mut line[index..index + count], 1);
                    element = self.0.next_element(element);
                }
            },
        );
    }
}

/// Patches as columns: `[patch, places]`.
pub(super) struct PatchColumns<'a>(pub Patches<'a>);

impl Left for PatchColumns<'_> {
    const BY_COLUMNS: bool = true;

    fn size(&self) -> [usize; 2] {
        [self.0.len(), self.0.count()]
    }

    /// Panels that do not cross from one tap to the next are copied in pieces of constant length.
    fn height(&self, heights: &[usize]) -> Option<usize> {
        let channels = self.0.channels[1];
        heights.iter().rev().copied().find(|height| *height >= 4 && channels.is_multiple_of(*height))
    }

    #[inline(always)]
    fn pack(&self, row: usize, rows: usize, height: usize, from: usize, depth: usize, panel: &mut [Real]) {
        let patches = &self.0;
        let whole = rows == height && patches.channels[1].is_multiple_of(height);
        let start = patches.element(row);
        patches.for_runs(
            from,
            depth,
            #[inline(always)]
            |place, index, count| {
                let target = &mut panel[index * height..][..count * height];
                match height {
                    4 if whole => patches.copy_run::<4>(place, start, target, 4),
                    6 if whole => patches.copy_run::<6>(place, start, target, 6),
                    8 if whole => patches.copy_run::<8>(place, start, target, 8),
                    10 if whole => patches.copy_run::<10>(place, start, target, 10),
                    12 if whole => patches.copy_run::<12>(place, start, target, 12),
                    14 if whole => patches.copy_run::<14>(place, start, target, 14),
                    _ => {
                        let mut element = start;
                        for offset in 0..rows {
                            patches.copy_run::<1>(place, element, &mut target[offset..], height);
                            element = patches.next_element(element);
                        }
                    }
                }
            },
        );
    }
}
