//! Whether a record goes at once, or a little later together with others.
//!
//! Most of what a lone record costs is that threads are woken for it: the one that sends it, the broker's, the one that takes in the
//! confirmation, and the one that answers. Records that go together share that, so where others are to be expected, the first goes at
//! once, and those that come soon after it wait for each other, like small segments of TCP behind one that is not acknowledged
//! ([RFC 896](https://www.rfc-editor.org/rfc/rfc896)). Where few come it would be waiting for nothing, and where many come there is
//! company without.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// For how many milliseconds after others a record waits for company, unless told otherwise.
pub const COALESCE_MS_DEFAULT: u64 = 5;
/// Over how many times that what comes is counted.
const SPELL: u32 = 4;
/// How many have come in a spell where records wait: more than three for each time that one waits, or it would wait for little; and
/// not so many that there is company anyway.
const WORTHWHILE: std::ops::Range<usize> = 15..480;
/// Nothing waits where so many are in flight: whoever sends them may wait for their answers, and would only be slower.
const IN_FLIGHT: usize = 48;

/// When records go to a broker.
#[derive(Debug)]
pub(super) struct Pace {
    /// For how long after others a record waits.
    coalesce: Duration,
    begun: Instant,
    /// When the last ones went that had waited, or for which there was nobody to wait, in nanoseconds since `begun`.
    last: AtomicU64,
    /// When the spell began in which records are counted, in the same.
    spell: AtomicU64,
    /// Records that have come in it.
    came: AtomicUsize,
    /// Those of the one before.
    before: AtomicUsize,
}

impl Pace {
    pub(super) fn new(coalesce: Duration) -> Self {
        Self {
            coalesce,
            begun: Instant::now(),
            last: AtomicU64::new(0),
            spell: AtomicU64::new(0),
            came: AtomicUsize::new(0),
            before: AtomicUsize::new(0),
        }
    }

    pub(super) fn coalesce(&self) -> Duration {
        self.coalesce
    }

    /// Until when a record waits that has come at `now`, one of so many in flight; `None` when it goes at once.
    pub(super) fn due(&self, now: Instant, in_flight: usize) -> Option<Instant> {
        if self.coalesce.is_zero() {
            return None;
        }
        let is_worthwhile = WORTHWHILE.contains(&self.count(now)) && in_flight < IN_FLIGHT;
        let last = self.last.load(Ordering::Relaxed);
        let due = self.at(last) + self.coalesce;
        if due <= now {
            self.went(last, now);
            return None;
        }
        is_worthwhile.then_some(due)
    }

    /// Waits until `due`, as all do who wait for that, so that the runtime wakes them together; the time then.
    pub(super) async fn wait(&self, due: Instant) -> Instant {
        sleep_until(due).await;
        let now = Instant::now();
        let last = self.last.load(Ordering::Relaxed);
        if self.at(last) < due {
            self.went(last, now);
        }
        now
    }

    /// Those that came after `last` go `now`, unless others have just said so.
    fn went(&self, last: u64, now: Instant) {
        self.renew(&self.last, last, now);
    }

    /// Has `time`, which was `before`, be `now`; `false` where others have just done so.
    fn renew(&self, time: &AtomicU64, before: u64, now: Instant) -> bool {
        let nanos = u64::try_from((now - self.begun).as_nanos()).unwrap_or(u64::MAX);
        let (order, otherwise) = (Ordering::Relaxed, Ordering::Relaxed);
        let renewed = time.compare_exchange(before, nanos, order, otherwise);
        renewed.is_ok()
    }

    /// Counts one that has come `now`; how many came in the last whole spell, and none if that is long over.
    fn count(&self, now: Instant) -> usize {
        let spell = self.spell.load(Ordering::Relaxed);
        let lasted = now.saturating_duration_since(self.at(spell));
        if lasted >= SPELL * self.coalesce && self.renew(&self.spell, spell, now) {
            let came = self.came.swap(0, Ordering::Relaxed);
            let is_recent = lasted < 2 * SPELL * self.coalesce;
            self.before
                .store(if is_recent { came } else { 0 }, Ordering::Relaxed);
        }
        self.came.fetch_add(1, Ordering::Relaxed);
        self.before.load(Ordering::Relaxed)
    }

    fn at(&self, nanos: u64) -> Instant {
        self.begun + Duration::from_nanos(nanos)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{IN_FLIGHT, Pace, SPELL, WORTHWHILE};

    const COALESCE: Duration = Duration::from_secs(3600);

    /// With so many in its first spell, and the time when the next one begins.
    fn paced(came: usize) -> (Pace, Instant) {
        let pace = Pace::new(COALESCE);
        for _ in 0..came {
            assert_eq!(pace.due(pace.begun + COALESCE, 1), None);
        }
        let next = pace.begun + SPELL * COALESCE;
        (pace, next)
    }

    #[test]
    fn the_first_goes_at_once_and_those_behind_it_together() {
        let (pace, first) = paced(WORTHWHILE.start);
        assert_eq!(pace.due(first, 1), None);
        let due = Some(first + COALESCE);
        for since in [1, 1800, 3599] {
            assert_eq!(pace.due(first + Duration::from_secs(since), 1), due);
        }
        // Nobody has woken them yet.
        let late = first + 3 * COALESCE / 2;
        assert_eq!(pace.due(late, 1), None);
        assert_eq!(pace.due(first + 2 * COALESCE, 1), Some(late + COALESCE));
        assert_eq!(pace.due(first + 2 * COALESCE, IN_FLIGHT), None);
    }

    #[test]
    fn nothing_waits_where_few_or_many_come_or_some_came_long_ago() {
        let a_moment = Duration::from_secs(1);
        for came in [0, WORTHWHILE.start - 1, WORTHWHILE.end] {
            let (pace, next) = paced(came);
            assert_eq!(pace.due(next, 1), None);
            assert_eq!(pace.due(next + a_moment, 1), None, "{came}");
        }
        let (pace, next) = paced(WORTHWHILE.start);
        let later = next + SPELL * COALESCE;
        assert_eq!(pace.due(later, 1), None);
        assert_eq!(pace.due(later + a_moment, 1), None);
    }

    #[test]
    fn nothing_waits_where_it_is_not_to() {
        let pace = Pace::new(Duration::ZERO);
        assert_eq!(pace.due(Instant::now(), 1), None);
    }
}
