//! The batches of one epoch, made on the caller's thread or ahead of it on others.

use super::batch::{Batch, BatchMaker};
use super::workers::Workers;
use crate::error::Error;
use std::ops::Range;

/// The batches of an epoch, one after the other. After an error there are no more.
pub struct Epoch {
    next: usize,
    batches: usize,
    feed: Feed,
}

/// Where an epoch's batches are made.
enum Feed {
    Here(BatchMaker),
    Elsewhere(Workers),
}

impl Epoch {
    /// The given batches, made when they are asked for.
    pub(super) fn here(maker: BatchMaker, batches: Range<usize>) -> Self {
        Epoch { next: batches.start, batches: batches.end, feed: Feed::Here(maker) }
    }

    /// The given batches, prepared ahead by other threads.
    pub(super) fn elsewhere(maker: BatchMaker, batches: Range<usize>, ahead: Option<usize>, threads: usize) -> Self {
        let feed = match Workers::start(&maker, batches.clone(), ahead, threads) {
            Some(workers) => Feed::Elsewhere(workers),
            // The system has no thread left: it goes without.
            None => Feed::Here(maker),
        };
        Epoch { next: batches.start, batches: batches.end, feed }
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
            Feed::Elsewhere(workers) => workers.take(),
        };
        self.next = if batch.is_ok() { self.next + 1 } else { self.batches };
        Some(batch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batches - self.next;
        (usize::from(left > 0), Some(left)) // an error may end it early
    }
}
