//! What of a spool is in memory: chains of records, one for each mark, and when each may be tried.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Place;
use crate::publish::circuit::jittered;
use crate::publish::{Kept, PublishError};

/// Records in memory at most.
pub(super) const ENTRIES_MAX: usize = 1024;
/// Their bytes at most, but for one.
pub(super) const BYTES_MAX: usize = 8 << 20;
/// Records on their way to a broker that works.
const ASKING_MAX: usize = 256;
/// The wait after a failure doubles from the first to the second.
const WAIT_MIN: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(1);
/// The same for one record that the broker answers and does not take.
const RECORD_WAIT_MAX: Duration = Duration::from_secs(10);
/// So often a record is tried that the broker refuses for good: a queue may come back. Some 25 s.
const TRIES_MAX: u32 = 8;

struct Item {
    place: Place,
    kept: Arc<Kept>,
    bytes: usize,
    tries: u32,
    asking: bool,
    not_before: Option<Instant>,
    /// An attempt that was given up on has stored it.
    is_stored: bool,
}

/// The wait after `failures` ones before, up to `longest`.
fn wait(failures: u32, longest: Duration) -> Duration {
    let doubled = WAIT_MIN.saturating_mul(1 << failures.min(16));
    jittered(doubled.min(longest))
}

/// What is in memory, in a chain for each mark.
#[derive(Default)]
pub(super) struct Window {
    chains: HashMap<u32, VecDeque<Item>>,
    /// Marks whose first record may go.
    ready: VecDeque<u32>,
    /// Marks whose first record waits for its next try.
    delayed: BTreeSet<(Instant, u32)>,
    /// Records that a request's own attempt may still bring to the broker, and their marks.
    under_way: HashMap<u64, u32>,
    pub(super) entries: usize,
    pub(super) bytes: usize,
    pub(super) next_seq: u64,
    /// Whether all that was kept has been read.
    pub(super) at_end: bool,
    /// How many may be on their way: after a failure one, and with each success twice as many.
    asking_max: usize,
    failures: u32,
    paused_until: Option<Instant>,
}

impl Window {
    /// Takes a record in; `under_way` is one that waits until [`Self::over`] is called for it.
    pub(super) fn add(&mut self, place: Place, kept: Arc<Kept>, bytes: usize, under_way: bool) {
        if under_way {
            self.under_way.insert(place.seq, place.mark);
        }
        self.entries += 1;
        self.bytes += bytes;
        let chain = self.chains.entry(place.mark).or_default();
        if chain.is_empty() {
            self.ready.push_back(place.mark);
        }
        chain.push_back(Item {
            place,
            kept,
            bytes,
            tries: 0,
            asking: false,
            not_before: None,
            is_stored: false,
        });
    }

    /// The attempt that had this one wait is over.
    pub(super) fn over(&mut self, seq: u64) {
        self.ready.extend(self.under_way.remove(&seq));
    }

    /// Whether it is worth while to read on. Each time costs a round to the thread, which may be
    /// syncing.
    pub(super) fn is_low(&self) -> bool {
        self.entries < ENTRIES_MAX / 2 && self.bytes < BYTES_MAX / 2
    }

    /// The next record to try, and whether it is the last try.
    pub(super) fn next(&mut self, asking: usize, now: Instant) -> Option<(u32, Arc<Kept>, bool)> {
        let may = asking < self.asking_max.clamp(1, ASKING_MAX);
        if !may || self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        while let Some(mark) = self.ready.pop_front() {
            let chain = self.chains.get_mut(&mark);
            let item = chain.and_then(VecDeque::front_mut);
            let may = |item: &&mut Item| {
                !item.asking
                    && item.not_before.is_none_or(|moment| moment <= now)
                    && !self.under_way.contains_key(&item.place.seq)
            };
            if let Some(item) = item.filter(may) {
                item.asking = true;
                return Some((mark, Arc::clone(&item.kept), item.tries >= TRIES_MAX));
            }
        }
        None
    }

    /// The first record of `mark` is stored; the next may go.
    pub(super) fn stored(&mut self, mark: u32) -> Option<(Place, Arc<Kept>)> {
        self.failures = 0;
        self.paused_until = None;
        self.asking_max = (self.asking_max.max(1) * 2).min(ASKING_MAX);
        let item = self.pop(mark)?;
        Some((item.place, item.kept))
    }

    /// The first record of `mark` is not stored; it is tried again later.
    pub(super) fn failed(&mut self, mark: u32, error: &PublishError, now: Instant) {
        let Some(item) = self.chains.get_mut(&mark).and_then(VecDeque::front_mut) else {
            return;
        };
        item.asking = false;
        if item.is_stored {
            drop(self.pop(mark));
            return;
        }
        match error {
            // The broker has answered, or was not asked yet: only this record is in trouble, or those of
            // its topic.
            PublishError::Declined(_)
            | PublishError::Registry(_)
            | PublishError::SchemaMismatch { .. }
            | PublishError::Unroutable(_)
            | PublishError::TooLarge
            | PublishError::Refused(_) => {
                let moment = now + wait(item.tries, RECORD_WAIT_MAX);
                item.tries = item.tries.saturating_add(1);
                item.not_before = Some(moment);
                self.delayed.insert((moment, mark));
            }
            PublishError::Timeout
            | PublishError::Unreachable
            | PublishError::CircuitOpen
            | PublishError::Blocked
            | PublishError::Overloaded
            | PublishError::SpoolFull
            | PublishError::SpoolFailed(_) => {
                self.paused_until = Some(now + wait(self.failures, WAIT_MAX));
                self.failures = self.failures.saturating_add(1);
                self.asking_max = 1;
                self.ready.push_front(mark);
            }
        }
    }

    /// An attempt that was given up on has stored the record at `place` after all.
    pub(super) fn remove(&mut self, place: Place) {
        let Some(chain) = self.chains.get_mut(&place.mark) else {
            return;
        };
        let at = chain.iter().position(|item| item.place == place);
        match at.and_then(|at| Some((at, chain.get_mut(at)?))) {
            None => {}
            Some((_, item)) if item.asking => item.is_stored = true,
            Some((0, _)) => drop(self.pop(place.mark)),
            Some((at, item)) => {
                self.bytes -= item.bytes;
                self.entries -= 1;
                chain.remove(at);
            }
        }
    }

    /// When something may go that may not now.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        let delayed = self.delayed.first().map(|(moment, _)| *moment);
        self.paused_until.into_iter().chain(delayed).min()
    }

    /// Lets go what may by now.
    pub(super) fn wake(&mut self, now: Instant) {
        self.paused_until = self.paused_until.filter(|until| *until > now);
        while let Some((moment, mark)) = self.delayed.first().copied()
            && moment <= now
        {
            self.delayed.remove(&(moment, mark));
            self.ready.push_back(mark);
        }
    }

    fn pop(&mut self, mark: u32) -> Option<Item> {
        let chain = self.chains.get_mut(&mark)?;
        let item = chain.pop_front()?;
        self.entries -= 1;
        self.bytes -= item.bytes;
        if chain.is_empty() {
            self.chains.remove(&mark);
        } else {
            self.ready.push_back(mark);
        }
        Some(item)
    }
}
