//! Whether a record goes at once, or a little later together with others.
//!
//! Most of what a lone record costs is that threads are woken for it: the one that sends it, the broker's, the one that takes in the
//! confirmation, and the one that answers. Records that go together share that. So the first goes at once, and those that come soon
//! after it wait for each other, like small segments of TCP behind one that is not acknowledged
//! ([RFC 896](https://www.rfc-editor.org/rfc/rfc896)). Where many come there is company without waiting.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// For how many milliseconds after others a record waits for company, unless told otherwise.
pub const COALESCE_MS_DEFAULT: u64 = 3;
/// Where so many have come in that time, nothing waits.
const COMPANY: usize = 96;
/// Nor where so many are in flight: whoever sends them may wait for their answers, and would only be slower.
const IN_FLIGHT: usize = 48;

/// When records go to a broker.
#[derive(Debug)]
pub(super) struct Pace {
    /// For how long after others a record waits.
    coalesce: Duration,
    begun: Instant,
    /// When the last ones went that had waited, or for which there was nobody to wait, in nanoseconds since `begun`.
    last: AtomicU64,
    /// Records that have come since.
    since: AtomicUsize,
    /// Those that came between that and the time before.
    before: AtomicUsize,
}

impl Pace {
    pub(super) fn new(coalesce: Duration) -> Self {
        Self {
            coalesce,
            begun: Instant::now(),
            last: AtomicU64::new(0),
            since: AtomicUsize::new(0),
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
        self.since.fetch_add(1, Ordering::Relaxed);
        let last = self.last.load(Ordering::Relaxed);
        let due = self.begun + Duration::from_nanos(last) + self.coalesce;
        if due <= now {
            self.went(last, now);
            return None;
        }
        let is_alone = self.before.load(Ordering::Relaxed) < COMPANY && in_flight < IN_FLIGHT;
        is_alone.then_some(due)
    }

    /// Waits until `due`, as all do who wait for that, so that the runtime wakes them together; the time then.
    pub(super) async fn wait(&self, due: Instant) -> Instant {
        sleep_until(due).await;
        let now = Instant::now();
        let last = self.last.load(Ordering::Relaxed);
        if self.begun + Duration::from_nanos(last) < due {
            self.went(last, now);
        }
        now
    }

    /// Those that came after `last` go `now`, unless others have just said so.
    fn went(&self, last: u64, now: Instant) {
        let since = u64::try_from((now - self.begun).as_nanos()).unwrap_or(u64::MAX);
        let (order, otherwise) = (Ordering::Relaxed, Ordering::Relaxed);
        let is_first = self.last.compare_exchange(last, since, order, otherwise);
        if is_first.is_ok() {
            let came = self.since.swap(0, Ordering::Relaxed);
            self.before.store(came, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{COMPANY, IN_FLIGHT, Pace};

    const COALESCE: Duration = Duration::from_secs(3600);

    #[test]
    fn the_first_goes_at_once_and_those_behind_it_together() {
        let pace = Pace::new(COALESCE);
        let first = pace.begun + 2 * COALESCE;
        assert_eq!(pace.due(first, 1), None);
        let due = Some(first + COALESCE);
        for since in [1, 1800, 3599] {
            assert_eq!(pace.due(first + Duration::from_secs(since), 1), due);
        }
        // Nobody has woken them yet.
        let late = first + 3 * COALESCE / 2;
        assert_eq!(pace.due(late, 1), None);
        assert_eq!(pace.due(first + 2 * COALESCE, 1), Some(late + COALESCE));
    }

    #[test]
    fn nothing_waits_where_many_come() {
        let pace = Pace::new(COALESCE);
        let at = |times: u32, secs: u64| pace.begun + times * COALESCE + Duration::from_secs(secs);
        for _ in 0..COMPANY {
            assert!(pace.due(at(0, 1), 1).is_some());
        }
        for _ in 0..COMPANY {
            assert_eq!(pace.due(at(1, 1), 1), None);
        }
        assert_eq!(pace.due(at(2, 2), 1), None);
        assert_eq!(pace.due(at(2, 3), 1), None);
        // They have become few again.
        assert_eq!(pace.due(at(3, 3), 1), None);
        assert_eq!(pace.due(at(3, 4), IN_FLIGHT - 1), Some(at(4, 3)));
        assert_eq!(pace.due(at(3, 5), IN_FLIGHT), None);
    }

    #[test]
    fn nothing_waits_where_it_is_not_to() {
        let pace = Pace::new(Duration::ZERO);
        assert_eq!(pace.due(Instant::now(), 1), None);
    }
}
