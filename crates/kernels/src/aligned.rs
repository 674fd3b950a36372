//! Arrays on the stack that begin a cache line.

/// A value that begins a cache line: a vector that crosses into the next line is read twice, which costs a third of the time
/// of a loop over accumulators or parameters on the stack.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Aligned<T>(pub T);
