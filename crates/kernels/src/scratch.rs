//! Working memory that each thread keeps.

use crate::Real;
use std::cell::Cell;

thread_local!(static KEPT: Cell<Vec<Real>> = const { Cell::new(Vec::new()) });

/// Calls `f` with `length` numbers of any value. The memory is the thread's own and is kept for the next call.
pub fn with<R>(length: usize, f: impl FnOnce(&mut [Real]) -> R) -> R {
    let mut memory = KEPT.take();
    if memory.len() < length {
        memory.resize(length, 0.0);
    }
    let result = f(&mut memory[..length]);
    KEPT.set(memory);
    result
}
