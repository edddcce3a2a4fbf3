//! What is known of each subject, so that the registry is asked once and not for every event. Whoever
//! comes while it is being asked waits for the same answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, timeout_at};

use crate::publish::PublishError;

/// How old an answer may become that can change; after that it is renewed beside the requests.
const RENEW_AFTER: Duration = Duration::from_secs(60);
/// How long a failure is told without asking again.
const PAUSE: Duration = Duration::from_secs(1);

/// The answers, by subject.
#[derive(Debug)]
pub(super) struct Subjects<T> {
    sink: String,
    max: usize,
    renew_after: Option<Duration>,
    slots: RwLock<HashMap<String, Arc<Slot<T>>>>,
    waiting: AtomicUsize,
}

#[derive(Debug)]
struct Slot<T> {
    state: RwLock<State<T>>,
    /// Held by whoever asks.
    asking: Arc<Mutex<()>>,
}

#[derive(Debug)]
struct State<T> {
    known: Option<(T, Instant)>,
    failed: Option<(String, Instant)>,
}

#[derive(Debug, PartialEq, Eq)]
enum Look<T> {
    Known(T),
    /// It can be used, and is to be renewed.
    Old(T),
    Failed(String),
    Unknown,
}

/// Counts one that waits, for as long as it lives.
struct Waiting<'w>(&'w AtomicUsize);

impl<'w> Waiting<'w> {
    fn of(count: &'w AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T: Clone + Send + Sync + 'static> Subjects<T> {
    /// For answers that never change.
    pub(super) fn for_ever(sink: &str, max: usize) -> Self {
        Self {
            sink: sink.to_owned(),
            max,
            renew_after: None,
            slots: RwLock::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// For answers that are renewed now and then; what is known is used until the new one is here.
    pub(super) fn renewed(sink: &str, max: usize) -> Self {
        Self {
            renew_after: Some(RENEW_AFTER),
            ..Self::for_ever(sink, max)
        }
    }

    pub(super) fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// What is known of `subject`; `ask` finds it out.
    ///
    /// # Errors
    /// [`PublishError::Registry`], by `deadline` at the latest.
    pub(super) async fn get<F>(
        &self,
        subject: &str,
        deadline: Instant,
        ask: impl FnOnce(String) -> F,
    ) -> Result<T, PublishError>
    where
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let slot = self.slot(subject);
        match slot.look(self.renew_after, Instant::now()) {
            Look::Known(known) => return Ok(known),
            Look::Failed(said) => return Err(PublishError::Registry(said)),
            Look::Old(known) => {
                if let Ok(guard) = Arc::clone(&slot.asking).try_lock_owned() {
                    let renewed = self.fill(subject, &slot, guard, ask(subject.to_owned()));
                    drop(tokio::spawn(renewed));
                }
                return Ok(known);
            }
            Look::Unknown => {}
        }
        let _waiting = Waiting::of(&self.waiting);
        let asked = async {
            let guard = Arc::clone(&slot.asking).lock_owned().await;
            match slot.look(self.renew_after, Instant::now()) {
                Look::Known(known) | Look::Old(known) => return Ok(known),
                Look::Failed(said) => return Err(PublishError::Registry(said)),
                Look::Unknown => {}
            }
            // In a task of its own: the answer is of use even when this request is over by then.
            let filled = self.fill(subject, &slot, guard, ask(subject.to_owned()));
            let answer = tokio::spawn(filled).await;
            answer
                .unwrap_or_else(|error| Err(error.to_string()))
                .map_err(PublishError::Registry)
        };
        timeout_at(deadline, asked).await.unwrap_or_else(|_| {
            let said = "does not answer in time".to_owned();
            Err(PublishError::Registry(said))
        })
    }

    /// Asks, and keeps the answer.
    fn fill<F>(
        &self,
        subject: &str,
        slot: &Arc<Slot<T>>,
        guard: OwnedMutexGuard<()>,
        asked: F,
    ) -> impl Future<Output = Result<T, String>> + Send + 'static
    where
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let (sink, subject, slot) = (self.sink.clone(), subject.to_owned(), Arc::clone(slot));
        async move {
            let answer = asked.await;
            let mut state = slot.state.write().unwrap_or_else(PoisonError::into_inner);
            match &answer {
                Ok(known) => {
                    state.known = Some((known.clone(), Instant::now()));
                    state.failed = None;
                }
                Err(said) => {
                    state.failed = Some((said.clone(), Instant::now()));
                    let stale = state.known.is_some();
                    tracing::warn!(sink, subject, stale, "the schema registry {said}");
                }
            }
            drop(state);
            drop(guard);
            answer
        }
    }

    fn slot(&self, subject: &str) -> Arc<Slot<T>> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(subject) {
            return Arc::clone(slot);
        }
        drop(slots);
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= self.max && !slots.contains_key(subject) {
            // Topics are bounded in number; more are asked for only by replayed letters of old ones.
            let one = slots.keys().next().cloned();
            one.and_then(|one| slots.remove(&one));
        }
        let slot = slots.entry(subject.to_owned()).or_insert_with(|| {
            Arc::new(Slot {
                state: RwLock::new(State {
                    known: None,
                    failed: None,
                }),
                asking: Arc::default(),
            })
        });
        Arc::clone(slot)
    }
}

impl<T: Clone> Slot<T> {
    fn look(&self, renew_after: Option<Duration>, now: Instant) -> Look<T> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let failure = state.failed.as_ref();
        let failure = failure.filter(|(_, at)| now.saturating_duration_since(*at) < PAUSE);
        match (&state.known, failure) {
            (Some((known, at)), None)
                if renew_after.is_some_and(|age| now.saturating_duration_since(*at) >= age) =>
            {
                Look::Old(known.clone())
            }
            (Some((known, _)), _) => Look::Known(known.clone()),
            (None, Some((said, _))) => Look::Failed(said.clone()),
            (None, None) => Look::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::sync::Notify;
    use tokio::task::yield_now;
    use tokio::time::Instant;

    use super::{Look, PAUSE, RENEW_AFTER, Subjects};
    use crate::publish::PublishError;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    /// An answer that counts how often it was asked for, and is not there at once.
    async fn answer(count: Arc<AtomicUsize>, of: Result<u32, String>) -> Result<u32, String> {
        count.fetch_add(1, Ordering::Relaxed);
        yield_now().await;
        of
    }

    #[tokio::test]
    async fn a_hundred_at_once_ask_once_and_later_ones_never() {
        let subjects = Subjects::for_ever("s", 2);
        let count = Arc::new(AtomicUsize::new(0));
        let ask = |_| answer(Arc::clone(&count), Ok(7));
        let all = (0..100).map(|_| subjects.get("a", soon(), ask));
        let all = futures_util::future::join_all(all).await;
        assert!(all.iter().all(|id| *id == Ok(7)), "{all:?}");
        assert_eq!(subjects.get("a", soon(), ask).await, Ok(7));
        assert_eq!(count.load(Ordering::Relaxed), 1);
        assert!(!subjects.is_waited_for());
        for subject in ["b", "c", "d"] {
            assert_eq!(subjects.get(subject, soon(), ask).await, Ok(7));
        }
        let slots = subjects.slots.read().expect("no test panics in it");
        assert_eq!(slots.len(), 2, "they are bounded in number");
    }

    #[tokio::test]
    async fn a_failure_is_told_for_a_while_and_what_is_known_outlives_it() {
        let subjects = Subjects::renewed("s", 9);
        let count = Arc::new(AtomicUsize::new(0));
        let down = || Err("is down".to_owned());
        let ask = |_| answer(Arc::clone(&count), down());
        for _ in 0..2 {
            let failed = subjects.get("a", soon(), ask).await;
            assert_eq!(failed, Err(PublishError::Registry("is down".into())));
        }
        assert_eq!(count.load(Ordering::Relaxed), 1);
        let slot = subjects.slot("a");
        let (renew, now) = (Some(RENEW_AFTER), Instant::now());
        assert_eq!(slot.look(renew, now), Look::Failed("is down".into()));
        assert_eq!(slot.look(renew, now + PAUSE), Look::Unknown);

        let known = |_| answer(Arc::clone(&count), Ok(1));
        slot.state.write().expect("no test panics in it").failed = None;
        assert_eq!(subjects.get("a", soon(), known).await, Ok(1));
        let now = Instant::now();
        assert_eq!(slot.look(renew, now), Look::Known(1));
        assert_eq!(slot.look(renew, now + RENEW_AFTER), Look::Old(1));
        assert_eq!(slot.look(None, now + RENEW_AFTER), Look::Known(1));
        slot.state.write().expect("no test panics in it").failed =
            Some(("is down".into(), now + RENEW_AFTER));
        assert_eq!(slot.look(renew, now + RENEW_AFTER), Look::Known(1));
        assert_eq!(slot.look(renew, now + RENEW_AFTER + PAUSE), Look::Old(1));
    }

    #[tokio::test]
    async fn what_is_old_is_used_and_renewed_beside_it() {
        let mut subjects = Subjects::renewed("s", 9);
        let count = Arc::new(AtomicUsize::new(0));
        let ask = |of| {
            let count = Arc::clone(&count);
            move |_| answer(count, of)
        };
        assert_eq!(subjects.get("a", soon(), ask(Ok(1))).await, Ok(1));
        subjects.renew_after = Some(Duration::ZERO);
        assert_eq!(subjects.get("a", soon(), ask(Ok(2))).await, Ok(1));
        assert_eq!(
            subjects.get("a", soon(), ask(Ok(3))).await,
            Ok(1),
            "one asks"
        );
        while count.load(Ordering::Relaxed) < 2 {
            yield_now().await;
        }
        let slot = subjects.slot("a");
        drop(slot.asking.lock().await);
        assert_eq!(slot.look(None, Instant::now()), Look::Known(2));
    }

    #[tokio::test]
    async fn an_answer_that_is_late_is_kept_for_the_next() {
        let subjects = Subjects::for_ever("s", 9);
        let come = Arc::new(Notify::new());
        let late = Arc::clone(&come);
        let hasty = Instant::now() + Duration::from_millis(10);
        let ask = |_| async move {
            late.notified().await;
            Ok(4)
        };
        let failed = subjects.get("a", hasty, ask).await;
        assert!(matches!(failed, Err(PublishError::Registry(said)) if said.contains("in time")));
        come.notify_one();
        let other = |_| async { Ok(5) };
        assert_eq!(subjects.get("a", soon(), other).await, Ok(4));
    }
}
