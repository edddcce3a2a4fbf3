//! What this process knows of ids: which are being stored, and which were within the window.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::publish::Receipt;

/// Half of a digest of source, type and id under a key that nobody outside knows, so that no sender
/// can make two that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(pub(super) u64, pub(super) u64);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The other half says which shard it is in.
        state.write_u64(self.1);
    }
}

/// What is a digest already is not hashed again.
#[derive(Default)]
struct Digested(u64);

impl Hasher for Digested {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}

/// Proof that an event is stored: made of the receipt that it was stored with, or found where a
/// receipt has put it.
#[derive(Debug)]
pub(super) struct Known(());

impl Known {
    /// Of an event that `_receipt` was given for.
    pub(super) fn by(_receipt: &Receipt) -> Self {
        Self(())
    }

    /// Of an event that another replica had a receipt for, by the word that it left.
    pub(super) fn by_replica(_word: super::shared::Word) -> Self {
        Self(())
    }
}

/// Ids by their keys, in parts so that no request waits long for another.
pub(super) struct Table {
    shards: Box<[Mutex<Shard>]>,
    /// How many stored ids a shard keeps.
    each_max: usize,
    window: Duration,
}

/// What is being stored and what was are kept apart: the first is little and asked for twice by every request, the second is
/// much, and nearly every look at it is at memory that no cache holds.
#[derive(Default)]
struct Shard {
    claimed: HashMap<Key, Claimed, BuildHasherDefault<Digested>>,
    stored: HashSet<Key, BuildHasherDefault<Digested>>,
    /// Those again, the oldest first.
    by_age: VecDeque<(Key, Instant)>,
}

struct Claimed {
    /// The number of the delivery that is storing it.
    delivery: u64,
    /// Whoever waits holds a receiver of it, which learns that it is dropped.
    ends: Option<watch::Sender<()>>,
}

/// What is known of an id.
pub(super) enum Look {
    /// Nothing; it is the asker's to store.
    Free(Claim),
    /// The asker has claimed it already: one delivery has it twice.
    Own,
    Claimed(Ending),
    Stored(Known),
}

/// The end of another's claim, however it comes.
pub(super) struct Ending(watch::Receiver<()>);

impl Ending {
    pub(super) async fn wait(mut self) {
        // Nothing is ever sent: an error is the end.
        let _ = self.0.changed().await;
    }
}

/// The right to store an event. Unless it is [kept](Claim::keep), the id is free again once this is
/// dropped, however that happens: a failure, a client that left, a panic.
pub(super) struct Claim {
    table: Arc<Table>,
    key: Key,
    is_kept: bool,
}

impl Table {
    /// Keeps at most `entries_max` stored ids (rounded up to a multiple of the shards) for `window`.
    pub(super) fn new(window: Duration, entries_max: usize) -> Self {
        // Parts of a thousand and more: fewer would forget by chance what is not the oldest.
        let count = (entries_max / 1024).clamp(1, 64);
        Self {
            shards: (0..count).map(|_| Mutex::default()).collect(),
            each_max: entries_max.div_ceil(count),
            window,
        }
    }

    /// Looks `key` up for a delivery, by its number, and claims it where it is free.
    pub(super) fn look(self: &Arc<Self>, key: Key, delivery: u64, now: Instant) -> Look {
        let Some(mut shard) = self.shard(key) else {
            return Look::Free(self.claim(key));
        };
        shard.forget(now, self.window, self.each_max);
        if let Some(claimed) = shard.claimed.get_mut(&key) {
            if claimed.delivery == delivery {
                return Look::Own;
            }
            let ends = claimed.ends.get_or_insert_with(|| watch::Sender::new(()));
            return Look::Claimed(Ending(ends.subscribe()));
        }
        if shard.stored.contains(&key) {
            return Look::Stored(Known(()));
        }
        let ends = None;
        shard.claimed.insert(key, Claimed { delivery, ends });
        Look::Free(self.claim(key))
    }

    fn claim(self: &Arc<Self>, key: Key) -> Claim {
        Claim {
            table: Arc::clone(self),
            key,
            is_kept: false,
        }
    }

    /// `None` never: there is at least one shard.
    fn shard(&self, key: Key) -> Option<MutexGuard<'_, Shard>> {
        let count = u64::try_from(self.shards.len()).unwrap_or(1);
        let at = usize::try_from(key.0 % count).unwrap_or_default();
        let shard = self.shards.get(at)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
impl Table {
    /// How many ids are known, stored or being stored.
    fn len(&self) -> usize {
        let shards = self.shards.iter();
        let lens = shards.map(|shard| {
            let shard = shard.lock().unwrap();
            assert_eq!(shard.stored.len(), shard.by_age.len());
            shard.claimed.len() + shard.stored.len()
        });
        lens.sum()
    }
}

impl Shard {
    /// Forgets what is older than the window, and the oldest of what is too much.
    fn forget(&mut self, now: Instant, window: Duration, max: usize) {
        while let Some((key, at)) = self.by_age.front() {
            let is_old = now.saturating_duration_since(*at) >= window;
            if !is_old && self.by_age.len() <= max {
                return;
            }
            self.stored.remove(key);
            self.by_age.pop_front();
        }
    }
}

impl Claim {
    /// The event is stored: whoever has the same one is told so from now on.
    pub(super) fn keep(self, receipt: &Receipt, now: Instant) -> Known {
        self.store(now);
        Known::by(receipt)
    }

    fn store(mut self, now: Instant) {
        let Some(mut shard) = self.table.shard(self.key) else {
            return;
        };
        let claimed = shard.claimed.remove(&self.key);
        if shard.stored.insert(self.key) {
            shard.by_age.push_back((self.key, now));
        }
        shard.forget(now, self.table.window, self.table.each_max);
        drop(shard);
        // Those who wait are woken when nothing is locked any more.
        drop(claimed);
        self.is_kept = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        let freed = self.table.shard(self.key);
        let freed = freed.and_then(|mut shard| shard.claimed.remove(&self.key));
        drop(freed);
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            each_max, window, ..
        } = self;
        write!(f, "Table({each_max} each, {window:?})")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Claim, Key, Look, Table};

    const WINDOW: Duration = Duration::from_secs(600);

    fn key(number: u64) -> Key {
        Key(
            number,
            number.wrapping_mul(0x9e37_79b9_7f4a_7c15).swap_bytes(),
        )
    }

    fn free(table: &Arc<Table>, number: u64, now: Instant) -> Claim {
        match table.look(key(number), 1, now) {
            Look::Free(claim) => claim,
            Look::Own | Look::Claimed(_) | Look::Stored(_) => panic!("{number} is not free"),
        }
    }

    /// Keeps it without a receipt, which only a broker's word makes.
    fn keep(claim: Claim, now: Instant) {
        claim.store(now);
    }

    #[test]
    fn a_claim_that_is_dropped_leaves_nothing() {
        let (table, now) = (Arc::new(Table::new(WINDOW, 10)), Instant::now());
        for _ in 0..1000 {
            drop(free(&table, 1, now));
        }
        assert_eq!(table.len(), 0);
        let claim = free(&table, 1, now);
        let look = |delivery| table.look(key(1), delivery, now);
        assert!(matches!(look(1), Look::Own));
        let Look::Claimed(ending) = look(2) else {
            panic!("another's claim is not seen");
        };
        drop(claim);
        // It ends at once.
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(ending.wait());
        assert!(matches!(look(2), Look::Free(_)));
    }

    #[test]
    fn the_number_of_ids_is_bounded_and_the_oldest_go_first() {
        for max in [1, 10, 10_000, 200_000] {
            let (table, now) = (Arc::new(Table::new(WINDOW, max)), Instant::now());
            let all = 500_000;
            for number in 0..all {
                keep(free(&table, number, now), now);
            }
            let len = table.len();
            assert!(len <= max + table.shards.len(), "{len} of {max}");
            assert!(len + table.shards.len() >= max, "{len} of {max}");
            let newest = table.look(key(all - 1), 2, now);
            assert!(matches!(newest, Look::Stored(_)));
            drop(free(&table, 0, now));
        }
    }

    #[test]
    fn behind_the_window_nothing_is_known() {
        let (table, now) = (Arc::new(Table::new(WINDOW, 100_000)), Instant::now());
        for number in 0..1000 {
            keep(free(&table, number, now), now);
        }
        let within = now + WINDOW - Duration::from_millis(1);
        for number in 0..1000 {
            let look = table.look(key(number), 2, within);
            assert!(matches!(look, Look::Stored(_)));
        }
        for number in 0..1000 {
            drop(free(&table, number, now + WINDOW));
        }
        assert_eq!(table.len(), 0);
    }
}
