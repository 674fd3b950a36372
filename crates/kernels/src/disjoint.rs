//! A mutable slice that several threads write, each its own part.

use std::marker::PhantomData;

/// What [`crate::threads::parallel`] needs to hand parts of one slice, or of several, to its tasks.
pub(crate) struct Disjoint<'a, T> {
    pointer: *mut T,
    length: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: it gives out `&mut [T]` only through `part`, whose caller answers for disjointness; a `&mut [T]` may go to
// another thread when T may.
unsafe impl<T: Send> Sync for Disjoint<'_, T> {}

impl<'a, T> Disjoint<'a, T> {
    pub fn new(slice: &'a mut [T]) -> Self {
        Disjoint { pointer: slice.as_mut_ptr(), length: slice.len(), slice: PhantomData }
    }

    /// The `length` elements from `start` on. Panics when they reach beyond the slice.
    ///
    /// # Safety
    /// No other part that is alive at the same time may overlap this one.
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    pub unsafe fn part(&self, start: usize, length: usize) -> &mut [T] {
        assert!(start <= self.length && length <= self.length - start, "a part reaches beyond its slice");
        // SAFETY: the part lies within the slice, which is borrowed mutably for 'a; the caller keeps parts disjoint.
        unsafe { std::slice::from_raw_parts_mut(self.pointer.add(start), length) }
    }

    /// The address of `start`, from which `length` elements may be reached: for parts that interleave, such as tiles of a
    /// matrix, which no slice can describe. Whoever writes through it answers for the elements being nobody else's.
    #[inline(always)]
    pub fn pointer(&self, start: usize, length: usize) -> *mut T {
        assert!(start <= self.length && length <= self.length - start, "a part reaches beyond its slice");
        // SAFETY: the place lies within the slice.
        unsafe { self.pointer.add(start) }
    }

    /// The same slice once more, for work that follows or writes other elements.
    #[cfg(not(real64))]
    pub fn part_of_all(&self) -> Self {
        Disjoint { pointer: self.pointer, length: self.length, slice: PhantomData }
    }
}
