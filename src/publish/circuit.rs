//! Not asking a broker that was down a moment ago: its requesters hear so at once, instead of
//! each waiting for the deadline.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::PublishError;

/// So many failures in a row open the circuit: one may be an accident.
const FAILURES_MAX: u32 = 5;
/// How long nobody is let through; it doubles with each trial that fails. The client of the broker
/// has a wait of its own before it connects again, and both come on top of an outage.
const WAIT_MIN: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_millis(300);
/// How long nothing succeeds before the broker's client is doubted; it doubles each time.
const DOUBT_MIN: Duration = Duration::from_secs(10);
const DOUBT_MAX: Duration = Duration::from_secs(160);

/// A broker's circuit: closed while it works. When it is open, one request at a time is let through
/// to try, and the first success closes it.
#[derive(Debug, Default)]
pub(super) struct Circuit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    trial: Instant,
    /// What was waited before it.
    wait: Duration,
    doubt: Instant,
    patience: Duration,
}

impl Circuit {
    /// Whether the broker may be asked now.
    ///
    /// # Errors
    /// [`PublishError::CircuitOpen`]
    pub(super) fn admit(&self, now: Instant) -> Result<(), PublishError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut state.open {
            None => Ok(()),
            Some(open) if now < open.trial => Err(PublishError::CircuitOpen),
            Some(open) => {
                // This one is the trial.
                open.wait = (open.wait * 2).min(WAIT_MAX);
                open.trial = now + jittered(open.wait);
                Ok(())
            }
        }
    }

    /// Takes note of how the broker answered one that was let through; what became of the circuit by it.
    pub(super) fn note(&self, outcome: Result<(), &PublishError>, now: Instant) -> Option<Change> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(PublishError::Timeout | PublishError::Unreachable | PublishError::Blocked) => {
                let State { failures, open } = &mut *state;
                *failures = failures.saturating_add(1);
                match open {
                    Some(open) if now < open.doubt => None,
                    Some(open) => {
                        open.patience = (open.patience * 2).min(DOUBT_MAX);
                        open.doubt = now + open.patience;
                        Some(Change::Lasted)
                    }
                    None if *failures < FAILURES_MAX => None,
                    None => {
                        *open = Some(Open {
                            trial: now + jittered(WAIT_MIN),
                            wait: WAIT_MIN,
                            doubt: now + DOUBT_MIN,
                            patience: DOUBT_MIN,
                        });
                        Some(Change::Opened)
                    }
                }
            }
            // Our own bounds and the schema registry say nothing of the broker.
            Err(
                PublishError::Overloaded
                | PublishError::Registry(_)
                | PublishError::SchemaMismatch { .. }
                | PublishError::CircuitOpen
                | PublishError::SpoolFull
                | PublishError::SpoolFailed(_),
            ) => None,
            // It answered, whatever it said.
            Ok(())
            | Err(
                PublishError::Declined(_)
                | PublishError::Unroutable(_)
                | PublishError::TooLarge
                | PublishError::Refused(_),
            ) => {
                state.failures = 0;
                state.open.take().map(|_| Change::Closed)
            }
        }
    }
}

/// What became of the circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Opened,
    /// It is open for so long that the broker's client may be why.
    Lasted,
    Closed,
}

/// Between half of `wait` and all of it, so that replicas do not come back in step.
pub(super) fn jittered(wait: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 1000;
    wait / 2 + wait * u32::try_from(random).unwrap_or(0) / 2000
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{Change, Circuit, DOUBT_MIN, FAILURES_MAX, WAIT_MAX, WAIT_MIN};
    use crate::publish::PublishError;

    #[test]
    fn it_opens_after_some_failures_and_closes_with_the_first_success() {
        let (circuit, now) = (Circuit::default(), Instant::now());
        for _ in 1..FAILURES_MAX {
            assert_eq!(circuit.admit(now), Ok(()));
            assert_eq!(circuit.note(Err(&PublishError::Timeout), now), None);
        }
        let opened = circuit.note(Err(&PublishError::Unreachable), now);
        assert_eq!(opened, Some(Change::Opened));
        assert_eq!(circuit.admit(now), Err(PublishError::CircuitOpen));
        let later = now + WAIT_MIN;
        assert_eq!(circuit.admit(later), Ok(()), "a trial");
        assert_eq!(circuit.admit(later), Err(PublishError::CircuitOpen));
        assert_eq!(circuit.note(Err(&PublishError::Timeout), later), None);
        assert_eq!(circuit.admit(later + WAIT_MAX), Ok(()), "another trial");
        assert_eq!(circuit.note(Ok(()), later), Some(Change::Closed));
        assert_eq!(circuit.admit(later), Ok(()));
    }

    #[test]
    fn what_lasts_is_said_less_and_less_often() {
        let (circuit, now) = (Circuit::default(), Instant::now());
        let fail = |seconds: u32| {
            let later = now + seconds * DOUBT_MIN / 10;
            circuit.note(Err(&PublishError::Timeout), later)
        };
        for _ in 0..FAILURES_MAX {
            let _ = fail(0);
        }
        let lasted = (1..=80).filter(|second| fail(*second) == Some(Change::Lasted));
        assert_eq!(lasted.collect::<Vec<_>>(), [10, 30, 70]);
    }

    #[test]
    fn a_broker_that_answers_is_not_down() {
        let (circuit, now) = (Circuit::default(), Instant::now());
        for _ in 0..100 {
            for error in [PublishError::TooLarge, PublishError::Overloaded] {
                assert_eq!(circuit.note(Err(&error), now), None);
                assert_eq!(circuit.admit(now), Ok(()));
            }
        }
    }
}
