//! How often requests may have a place of keys asked. Whoever makes ids up would have it asked without
//! end; one that was asked just now for a stranger's sake must not have a new key refused.

use crate::time::UnixTime;

/// So many times at once after a quiet time, and once more after each while.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) burst: i64,
    pub(super) every_ms: i64,
}

/// What was taken of a [`Pace`]: the moment from which all of it may be taken again, Unix milliseconds.
#[derive(Debug, Default)]
pub(super) struct Taken(i64);

impl Taken {
    /// Takes one, if there is one.
    pub(super) fn take(&mut self, pace: Pace, now: UnixTime) -> bool {
        let now = now.millis();
        let most = pace.burst.saturating_mul(pace.every_ms);
        // A clock that was set back is no reason to wait until it is where it was.
        let whole_at = if self.0 > now.saturating_add(most) {
            now
        } else {
            self.0.max(now)
        };
        let next = whole_at.saturating_add(pace.every_ms);
        let is_there = next <= now.saturating_add(most);
        if is_there {
            self.0 = next;
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, Taken};
    use crate::time::UnixTime;

    const PACE: Pace = Pace {
        burst: 3,
        every_ms: 10_000,
    };

    #[test]
    fn after_a_quiet_time_there_are_some_at_once_and_then_one_after_each_while() {
        let start = UnixTime::now().millis();
        let mut taken = Taken::default();
        let mut at = |ms: i64| taken.take(PACE, UnixTime::from_millis(start + ms));
        assert_eq!(
            [0, 0, 0, 0, 1].map(&mut at),
            [true, true, true, false, false]
        );
        assert_eq!([9_999, 10_000, 10_000].map(&mut at), [false, true, false]);
        // Without end: the first three, and one in ten seconds.
        let granted = (10_001..610_001).filter(|ms| at(*ms)).count();
        assert_eq!(granted, 60);
        assert_eq!([800_000; 4].map(&mut at), [true, true, true, false]);
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nobody() {
        let mut taken = Taken::default();
        let mut at = |s: i64| taken.take(PACE, UnixTime::from_seconds(s));
        assert_eq!([7200; 4].map(&mut at), [true, true, true, false]);
        assert_eq!([0; 4].map(&mut at), [true, true, true, false]);
    }
}
