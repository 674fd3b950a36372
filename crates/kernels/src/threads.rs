//! Work shared among threads.

use crate::disjoint::Disjoint;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static THREADS: AtomicUsize = AtomicUsize::new(1);

/// Sets how many threads share the work.
pub fn set_threads(count: usize) {
    THREADS.store(count.max(1), Relaxed);
}

/// How many threads share the work.
pub fn threads() -> usize {
    THREADS.load(Relaxed)
}

/// Calls `task` with each number below `count`, on any thread, in any order.
pub fn parallel(count: usize, task: &(dyn Fn(usize) + Sync)) {
    if threads() == 1 || count < 2 {
        return (0..count).for_each(task);
    }
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let index = next.fetch_add(1, Relaxed);
            if index >= count {
                break;
            }
            task(index);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads().min(count) {
            scope.spawn(work);
        }
        work();
    });
}

/// Calls `task` with each stretch of `chunk` elements, the last one shorter, and its index.
pub fn parallel_chunks<T: Send>(data: &mut [T], chunk: usize, task: &(dyn Fn(usize, &mut [T]) + Sync)) {
    let length = data.len();
    let data = Disjoint::new(data);
    parallel(length.div_ceil(chunk), &|index| {
        // SAFETY: the chunks begin at different multiples of their length.
        task(index, unsafe { data.part(index * chunk, chunk.min(length - index * chunk)) });
    });
}
