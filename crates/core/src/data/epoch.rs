//! The batches of one epoch, made on the caller's thread or ahead of it on another.

use super::batch::{Batch, BatchMaker};
use crate::error::Error;
use std::ops::Range;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, JoinHandle};

/// The batches of an epoch, one after the other. After an error there are no more.
pub struct Epoch {
    next: usize,
    batches: usize,
    feed: Feed,
}

/// Where an epoch's batches are made.
enum Feed {
    Here(BatchMaker),
    /// Dropping the receiver ends the worker, whatever it waits for.
    Worker {
        batches: Receiver<Result<Batch, Error>>,
        worker: Option<JoinHandle<()>>,
    },
}

fn feed(maker: BatchMaker, batches: Range<usize>, ahead: usize) -> Feed {
    if ahead == 0 {
        return Feed::Here(maker);
    }
    // Besides those in the channel, the worker holds one more in its hands.
    let (sender, receiver) = sync_channel(ahead - 1);
    let work = {
        let maker = maker.clone();
        move || {
            for batch in batches {
                let made = maker.make(batch);
                let failed = made.is_err();
                if sender.send(made).is_err() || failed {
                    return;
                }
            }
        }
    };
    match Builder::new().name("gradus-loader".into()).spawn(work) {
        Ok(worker) => Feed::Worker { batches: receiver, worker: Some(worker) },
        // The system has no thread left: it goes without.
        Err(_) => Feed::Here(maker),
    }
}

impl Epoch {
    /// The given batches, of which so many are prepared ahead by another thread.
    pub(super) fn new(maker: BatchMaker, batches: Range<usize>, ahead: usize) -> Self {
        Epoch { next: batches.start, batches: batches.end, feed: feed(maker, batches, ahead) }
    }

    /// The number of the batch that comes next.
    pub fn position(&self) -> usize {
        self.next
    }
}

impl Iterator for Epoch {
    type Item = Result<Batch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.batches {
            return None;
        }
        let batch = match &mut self.feed {
            Feed::Here(maker) => maker.make(self.next),
            Feed::Worker { batches, worker } => match batches.recv() {
                Ok(batch) => batch,
                // The worker ended before its last batch: it panicked, and the panic goes on here.
                Err(_) => match worker.take().map(JoinHandle::join) {
                    Some(Err(panic)) => std::panic::resume_unwind(panic),
                    _ => unreachable!("the loader's thread ended without a batch or an error"),
                },
            },
        };
        self.next = if batch.is_ok() { self.next + 1 } else { self.batches };
        Some(batch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batches - self.next;
        (usize::from(left > 0), Some(left)) // an error may end it early
    }
}
