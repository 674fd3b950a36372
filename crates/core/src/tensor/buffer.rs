//! The memory under tensors: shared, copied only when written while shared, and recycled.
//!
//! A freed buffer goes to a pool by size class and serves the next request of that class, so a training step that has
//! run once needs nothing from the system any more: no allocation, no page fault.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use gradus_kernels::{Real, large_pages};

/// What a buffer can hold: [`Real`] for tensors, `u32` for [`Indices`](crate::Indices).
pub trait Element: Copy + Default + Send + Sync + 'static + sealed::Pooled {}
impl Element for Real {}
impl Element for u32 {}

/// How much memory tensors hold, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    /// In use by tensors now.
    pub live: usize,
    /// The most that was in use at once since the last [`reset_peak`].
    pub peak: usize,
    /// Kept by the pool for reuse.
    pub cached: usize,
}

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static CACHED: AtomicUsize = AtomicUsize::new(0);

/// What tensors hold now, held at most, and what the pool keeps for reuse.
pub fn memory_use() -> MemoryUse {
    MemoryUse { live: LIVE.load(Relaxed), peak: PEAK.load(Relaxed), cached: CACHED.load(Relaxed) }
}

/// Begins a new measurement of [`MemoryUse::peak`].
pub fn reset_peak() {
    PEAK.store(LIVE.load(Relaxed), Relaxed);
}

/// Gives the memory that the pool keeps for reuse back to the system.
pub fn release_cached() {
    <Real as sealed::Pooled>::pool().clear();
    <u32 as sealed::Pooled>::pool().clear();
}

/// The start of a buffer's elements is a multiple of this many bytes: a cache line, and the widest vector.
const ALIGNMENT: usize = 64;

struct Cells<T> {
    memory: Vec<T>,
    start: usize,
    len: usize,
}

/// A run of elements that tensors share. Cloning shares; [`Buffer::make_mut`] copies if anyone else still looks.
pub struct Buffer<T: Element>(Option<Arc<Cells<T>>>);

impl<T: Element> Buffer<T> {
    /// A buffer of `len` elements whose values are unspecified (left from an earlier use). The caller writes them all.
    pub fn unspecified(len: usize) -> Self {
        let class = SizeClass::of(len + ALIGNMENT / size_of::<T>());
        let mut cells = T::pool().take(class).unwrap_or_else(|| {
            let memory: Vec<T> = large_pages::zeros(class.elements());
            let start = memory.as_ptr().align_offset(ALIGNMENT);
            // align_offset may give up (usize::MAX) in theory; unaligned is slower, not wrong.
            let start = if start <= ALIGNMENT { start } else { 0 };
            Arc::new(Cells { memory, start, len: 0 })
        });
        Arc::get_mut(&mut cells).expect("the pool keeps buffers that nobody else holds").len = len;
        let live = LIVE.fetch_add(class.elements() * size_of::<T>(), Relaxed) + class.elements() * size_of::<T>();
        PEAK.fetch_max(live, Relaxed);
        Buffer(Some(cells))
    }

    /// A buffer of `len` times `value`.
    pub fn full(len: usize, value: T) -> Self {
        let mut buffer = Self::unspecified(len);
        buffer.make_mut().fill(value);
        buffer
    }

    /// A buffer with a copy of `values`.
    pub fn copied(values: &[T]) -> Self {
        let mut buffer = Self::unspecified(values.len());
        buffer.make_mut().copy_from_slice(values);
        buffer
    }

    /// No memory at all: the buffer of a tensor that has a shape only.
    pub(crate) fn absent() -> Self {
        Buffer(None)
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.0.is_none()
    }

    /// The elements.
    #[track_caller]
    pub fn as_slice(&self) -> &[T] {
        let cells =
            self.0.as_ref().expect("this tensor has a shape only (a dry run made it): it has no values to read");
        &cells.memory[cells.start..cells.start + cells.len]
    }

    /// The elements for writing. If another tensor shares them, they are copied first and the other keeps its own.
    #[track_caller]
    pub fn make_mut(&mut self) -> &mut [T] {
        if !self.is_unique() {
            *self = Self::copied(self.as_slice());
        }
        let cells = self.0.as_mut().and_then(Arc::get_mut).expect("a unique buffer");
        &mut cells.memory[cells.start..cells.start + cells.len]
    }

    /// Whether nobody else shares these elements.
    pub fn is_unique(&self) -> bool {
        self.0.as_ref().is_some_and(|cells| Arc::strong_count(cells) == 1)
    }
}

impl<T: Element> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Buffer(self.0.clone())
    }
}

impl<T: Element> Drop for Buffer<T> {
    fn drop(&mut self) {
        // When two threads drop the last two shares at once, both may see two: the memory is then freed, not recycled.
        if let Some(mut cells) = self.0.take()
            && Arc::get_mut(&mut cells).is_some()
        {
            T::pool().put(cells);
        }
    }
}

impl<T> Drop for Cells<T> {
    fn drop(&mut self) {
        // Reached by what the pool cleared (counted there) and by the rare lost race above; an emptied vector counts nothing.
        LIVE.fetch_sub(self.memory.len() * size_of::<T>(), Relaxed);
    }
}

/// Four sizes to each doubling: at most a fifth of a buffer is unused.
#[derive(Clone, Copy)]
struct SizeClass(usize);

const SMALLEST: usize = 64;

impl SizeClass {
    fn of(len: usize) -> Self {
        let len = len.max(SMALLEST);
        let doubling = len.ilog2();
        let quarter = 1 << (doubling - 2);
        let steps = (len - (1 << doubling)).div_ceil(quarter);
        SizeClass(((doubling - SMALLEST.ilog2()) * 4) as usize + steps)
    }

    fn elements(self) -> usize {
        let doubling = self.0 / 4 + SMALLEST.ilog2() as usize;
        (1 << doubling) + (self.0 % 4) * (1 << (doubling - 2))
    }
}

/// The spare buffers of one kind of element, by size class.
pub struct Pool<T> {
    spare: Mutex<Vec<Vec<Arc<Cells<T>>>>>,
}

impl<T> Pool<T> {
    const fn new() -> Self {
        Pool { spare: Mutex::new(Vec::new()) }
    }

    fn take(&self, class: SizeClass) -> Option<Arc<Cells<T>>> {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let cells = spare.get_mut(class.0)?.pop()?;
        CACHED.fetch_sub(cells.memory.len() * size_of::<T>(), Relaxed);
        Some(cells)
    }

    fn put(&self, cells: Arc<Cells<T>>) {
        let bytes = cells.memory.len() * size_of::<T>();
        let class = SizeClass::of(cells.memory.len());
        LIVE.fetch_sub(bytes, Relaxed);
        CACHED.fetch_add(bytes, Relaxed);
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() <= class.0 {
            spare.resize_with(class.0 + 1, Vec::new);
        }
        spare[class.0].push(cells);
    }

    fn clear(&self) {
        let spare = std::mem::take(&mut *self.spare.lock().unwrap_or_else(PoisonError::into_inner));
        for cells in spare.into_iter().flatten() {
            let bytes = cells.memory.len() * size_of::<T>();
            CACHED.fetch_sub(bytes, Relaxed);
            LIVE.fetch_add(bytes, Relaxed); // its drop takes the same away again
        }
    }
}

mod sealed {
    use super::{Pool, Real};

    pub trait Pooled: Sized {
        fn pool() -> &'static Pool<Self>;
    }

    impl Pooled for Real {
        fn pool() -> &'static Pool<Self> {
            static POOL: Pool<Real> = Pool::new();
            &POOL
        }
    }

    impl Pooled for u32 {
        fn pool() -> &'static Pool<Self> {
            static POOL: Pool<u32> = Pool::new();
            &POOL
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_its_length_and_wastes_at_most_a_fifth() {
        for len in 1..5000 {
            let elements = SizeClass::of(len).elements();
            assert!(elements >= len);
            assert!(len <= SMALLEST || elements * 4 <= len * 5 + 4, "{len} takes {elements}");
            assert_eq!(SizeClass::of(elements).elements(), elements);
        }
    }

    #[test]
    fn writing_to_a_shared_buffer_leaves_the_other_alone() {
        let first = Buffer::<u32>::copied(&[1, 2, 3]);
        let mut second = first.clone();
        second.make_mut()[0] = 9;
        assert_eq!(first.as_slice(), &[1, 2, 3]);
        assert_eq!(second.as_slice(), &[9, 2, 3]);
    }

    #[test]
    fn buffers_start_at_a_cache_line() {
        for len in [1, 63, 64, 1000, 100_000] {
            assert_eq!(Buffer::<Real>::unspecified(len).as_slice().as_ptr() as usize % ALIGNMENT, 0);
        }
    }
}
