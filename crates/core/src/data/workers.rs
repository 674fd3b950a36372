//! Threads that prepare batches ahead of the one who trains, and hand them over in order.
//!
//! How many of them work follows the need: one where the samples are in memory, all where each must be read from a file. One more
//! joins whenever the trainer has to wait for a batch, and one rests whenever the trainer finds as many ready as may be. So
//! training that is slower than its data loses no more than a part of one processor to it, and data that is slower than training
//! gets them all. What a batch holds depends on its number alone, not on who makes it.

use super::batch::{Batch, BatchMaker};
use crate::error::Error;
use std::collections::VecDeque;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};

/// A batch, an error, or the panic of the thread that made it.
type Made = thread::Result<Result<Batch, Error>>;

/// The trainer's end. Dropping it ends the threads, each after the batch in its hands.
pub(super) struct Workers(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// A batch was made.
    made: Condvar,
    /// There is room for another batch, or for another worker.
    room: Condvar,
}

struct State {
    /// The batch that the trainer takes next.
    next: usize,
    /// The first batch that nobody has begun.
    begin: usize,
    /// The batch behind the last.
    end: usize,
    /// Batches from `next` on, as far as they are made.
    made: VecDeque<Option<Made>>,
    /// How many batches may be begun from `next` on; not told, one more than workers are active.
    ahead: Option<usize>,
    /// How many workers may work, and how many there are.
    active: usize,
    threads: usize,
}

impl State {
    fn ahead(&self) -> usize {
        self.ahead.unwrap_or(self.active + 1)
    }

    /// Whether the worker of a number may begin a batch.
    fn has_room(&self, worker: usize) -> bool {
        worker < self.active && self.begin < self.next + self.ahead()
    }
}

impl Workers {
    /// Starts threads; `None` when the system has none left.
    pub(super) fn start(
        maker: &BatchMaker,
        batches: Range<usize>,
        ahead: Option<usize>,
        threads: usize,
    ) -> Option<Self> {
        let threads = threads.min(batches.len()).max(1);
        let active = if maker.dataset.in_memory() { 1 } else { threads };
        let state = State {
            next: batches.start,
            begin: batches.start,
            end: batches.end,
            made: VecDeque::with_capacity(ahead.unwrap_or(threads + 1).min(batches.len()) + 1),
            ahead,
            active,
            threads,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), made: Condvar::new(), room: Condvar::new() });
        for worker in 0..threads {
            let (maker, of_worker) = (maker.clone(), shared.clone());
            let started = Builder::new().name("gradus-loader".into()).spawn(move || work(worker, &maker, &of_worker));
            if started.is_err() {
                shared.lock().threads = worker;
                break;
            }
        }
        let started = shared.lock().threads;
        (started > 0).then_some(Workers(shared))
    }

    /// The next batch; waits until it is made. A panic of the thread that made it goes on here.
    pub(super) fn take(&mut self) -> Result<Batch, Error> {
        let shared = &*self.0;
        let mut state = shared.lock();
        let waits = !matches!(state.made.front(), Some(Some(_)));
        if waits && state.active < state.threads {
            state.active += 1;
            shared.room.notify_all();
        } else if !waits && state.active > 1 && state.made.iter().flatten().count() >= state.ahead() {
            state.active -= 1;
        }
        while !matches!(state.made.front(), Some(Some(_))) {
            state = shared.made.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let made = state.made.pop_front().flatten().expect("it was just seen");
        state.next += 1;
        shared.room.notify_all();
        drop(state);
        made.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.end = state.begin;
        self.0.room.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes batches until none is left to begin.
fn work(worker: usize, maker: &BatchMaker, shared: &Shared) {
    let mut state = shared.lock();
    while state.begin < state.end {
        if !state.has_room(worker) {
            state = shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let number = state.begin;
        state.begin += 1;
        drop(state);
        let made = catch_unwind(AssertUnwindSafe(|| maker.make(number)));
        state = shared.lock();
        if !matches!(made, Ok(Ok(_))) {
            // Batches behind it are not wanted; those before it have been begun.
            state.end = state.begin;
        }
        let place = number - state.next;
        while state.made.len() <= place {
            state.made.push_back(None);
        }
        state.made[place] = Some(made);
        shared.made.notify_all();
        // Others may wait for what this worker saw to be the end.
        if state.begin >= state.end {
            shared.room.notify_all();
        }
    }
}
