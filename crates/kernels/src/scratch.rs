//! Working memory that each thread keeps, so that no kernel allocates once it has run.

use crate::{Real, large_pages};
use std::cell::Cell;

/// What the memory is for. Uses of different slots may be nested; a slot nested in itself allocates.
#[derive(Clone, Copy)]
#[cfg_attr(real64, allow(dead_code))] // the plain reference packs nothing
pub(crate) enum Slot {
    /// The packed left factor of a product.
    Left,
    /// The packed right factor of a product.
    Right,
    /// Partial or transposed results.
    Output,
    /// One panel of a right factor.
    Panel,
    /// Zeros that stand for pixels beside a picture.
    Zeros,
    /// Weights of several groups as one.
    Joined,
    /// Anything else.
    General,
}

thread_local!(static KEPT: [Cell<Vec<Real>>; 7] = const { [const { Cell::new(Vec::new()) }; 7] });
#[cfg(not(real64))]
thread_local!(static PLACES: Cell<Vec<*const Real>> = const { Cell::new(Vec::new()) });

/// Calls `f` with a table of `length` places in memory, of unspecified value.
#[cfg(not(real64))]
pub(crate) fn with_places<R>(length: usize, f: impl FnOnce(&mut [*const Real]) -> R) -> R {
    PLACES.with(|kept| {
        let mut memory = kept.take();
        if memory.len() < length {
            memory.resize(length, std::ptr::null());
        }
        let result = f(&mut memory[..length]);
        kept.set(memory);
        result
    })
}

const ALIGNMENT: usize = 64;

/// Calls `f` with `length` numbers of unspecified value, 64-byte aligned.
pub fn with<R>(length: usize, f: impl FnOnce(&mut [Real]) -> R) -> R {
    with_slot(Slot::General, length, f)
}

/// [`with`] for a purpose.
pub(crate) fn with_slot<R>(slot: Slot, length: usize, f: impl FnOnce(&mut [Real]) -> R) -> R {
    KEPT.with(|kept| {
        let cell = &kept[slot as usize];
        let mut memory = cell.take();
        let room = length + ALIGNMENT / size_of::<Real>();
        if memory.len() < room {
            memory = large_pages::zeros(room);
        }
        let start = memory.as_ptr().align_offset(ALIGNMENT).min(room - length);
        let result = f(&mut memory[start..start + length]);
        cell.set(memory);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_nest_and_are_aligned() {
        with_slot(Slot::Left, 100, |left| {
            left.fill(1.0);
            with_slot(Slot::Right, 1000, |right| {
                right.fill(2.0);
                assert_eq!(right.as_ptr() as usize % ALIGNMENT, 0);
            });
            assert!(left.iter().all(|x| *x == 1.0));
            assert_eq!(left.as_ptr() as usize % ALIGNMENT, 0);
        });
    }
}
