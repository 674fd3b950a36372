//! Memory that begins a cache line.

use crate::{Real, large_pages};

/// A value that begins a cache line: a vector that crosses into the next line is read twice, which costs a third of the time
/// of a loop over accumulators or parameters on the stack.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Aligned<T>(pub T);

/// The numbers of a cache line.
const LINE: usize = 64 / size_of::<Real>();

/// Owned numbers, the first of which begins a cache line: for weights that are packed once and used many times.
#[derive(Clone, Debug)]
pub(crate) struct AlignedBuffer {
    lines: Vec<Aligned<[Real; LINE]>>,
    length: usize,
}

impl AlignedBuffer {
    /// So many zeros.
    pub fn new(length: usize) -> Self {
        AlignedBuffer { lines: large_pages::filled(Aligned([0.0; LINE]), length.div_ceil(LINE)), length }
    }

    pub fn as_slice(&self) -> &[Real] {
        // SAFETY: the lines are arrays that lie side by side without gaps, of at least `length` numbers together.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [Real] {
        // SAFETY: as above, and the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}
