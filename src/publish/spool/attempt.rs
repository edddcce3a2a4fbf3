//! Attempts at the broker that go on while their records are kept: until one is over its record is not
//! tried again, or a broker that was slow would have it twice.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::Waiting;

/// One of them. It is over when nobody holds it any more, however that came.
#[derive(Debug)]
pub(in crate::publish) struct Attempt {
    waiting: Arc<Waiting>,
    /// Where its record is kept, once it is.
    seq: OnceLock<u64>,
}

/// Those of one spool.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// No more than records may be in flight.
    under_way: HashSet<u64>,
    /// What the drain has not asked for.
    over: Vec<u64>,
}

impl Attempt {
    pub(super) fn new(waiting: &Arc<Waiting>) -> Self {
        Self {
            waiting: Arc::clone(waiting),
            seq: OnceLock::new(),
        }
    }

    /// Its record is kept under this number, which nobody has read yet.
    pub(super) fn is_kept(&self, seq: u64) {
        if self.seq.set(seq).is_ok() {
            self.waiting.attempts.known().under_way.insert(seq);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(seq) = self.seq.get() {
            let mut known = self.waiting.attempts.known();
            known.under_way.remove(seq);
            known.over.push(*seq);
            drop(known);
            self.waiting.more.notify_one();
        }
    }
}

impl Attempts {
    pub(super) fn is_under_way(&self, seq: u64) -> bool {
        self.known().under_way.contains(&seq)
    }

    pub(super) fn are_under_way(&self) -> bool {
        !self.known().under_way.is_empty()
    }

    /// Those that are over since it was asked last.
    pub(super) fn over(&self) -> Vec<u64> {
        std::mem::take(&mut self.known().over)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
