//! Whose turn it is: a record goes to librdkafka where none of its partition is on its way, or where those that are have
//! only just gone there and still wait for company (`linger_ms`). Otherwise it waits for them, and goes in one batch
//! with all that come meanwhile.
//!
//! librdkafka's idempotent producer has no more than one request of a partition in flight once that holds five messages
//! (`rktp_msgs_inflight` in `rd_kafka_toppar_producer_serve` of librdkafka 2.12.1). While others wait behind it for longer
//! than `linger.ms`, its thread polls its socket without a pause, however long the broker's answer takes. What waits here
//! costs nothing.
//!
//! Nothing depends on a partition being guessed rightly: librdkafka places each record by itself, and a wrong guess
//! only has it wait for others.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use rdkafka::error::KafkaError;
use rdkafka::message::OwnedHeaders;
use tokio::sync::oneshot;

use super::partition::place;
use crate::publish::Record;

/// How long a record waits for those before it, until [`Turns::pass`] is called next. Beyond that librdkafka has them all,
/// and its bounds hold.
const HOLD: Duration = Duration::from_millis(250);

/// Where the broker has put a record.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) partition: i32,
    pub(super) offset: i64,
}

/// Why it has not.
pub(super) enum Undelivered {
    /// librdkafka did not take it into its queue.
    Untaken(KafkaError),
    Failed(KafkaError),
}

type Answer = Result<Delivered, Undelivered>;

/// Becomes the word on a record. It ends without one where its producer does.
pub(super) type Delivery = oneshot::Receiver<Answer>;

/// What librdkafka keeps of a record until it reports.
pub(super) struct Ticket {
    answer: oneshot::Sender<Answer>,
    /// `None` for one that waits for no others.
    turn: Option<Arc<Turn>>,
}

impl Ticket {
    pub(super) fn new(turn: Option<Arc<Turn>>) -> (Self, Delivery) {
        let (answer, delivery) = oneshot::channel();
        (Self { answer, turn }, delivery)
    }

    /// Tells whoever asked, and hands over by `send` what has waited for this one.
    pub(super) fn redeem(self, answer: Answer, send: impl Fn(Parting<'_>) -> Result<(), Back>) {
        // Whoever asked may have left.
        let _ = self.answer.send(answer);
        if let Some(turn) = &self.turn {
            let mut state = turn.state();
            state.in_flight = state.in_flight.saturating_sub(1);
            if state.in_flight == 0 {
                state.pass(send);
            }
        }
    }
}

/// A record as librdkafka takes it.
pub(super) struct Parting<'r> {
    pub(super) topic: Cow<'r, str>,
    pub(super) key: Cow<'r, str>,
    pub(super) value: Bytes,
    pub(super) headers: OwnedHeaders,
    pub(super) ticket: Ticket,
}

impl Parting<'_> {
    fn into_owned(self) -> Parting<'static> {
        Parting {
            topic: Cow::Owned(self.topic.into_owned()),
            key: Cow::Owned(self.key.into_owned()),
            value: self.value,
            headers: self.headers,
            ticket: self.ticket,
        }
    }
}

/// What librdkafka has not taken, and why.
pub(super) type Back = (KafkaError, Ticket);

/// What is on its way to one partition, and what waits for it.
#[derive(Default)]
pub(super) struct Turn {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Handed to librdkafka and not reported.
    in_flight: usize,
    /// When the first of these was, where that matters.
    since: Option<Instant>,
    held: Vec<Parting<'static>>,
    /// When the first of those came.
    held_since: Option<Instant>,
    /// Whether [`Turns::waited_for`] has it.
    is_listed: bool,
}

impl State {
    /// Hands over all that wait. It is done under the lock, so that none overtakes another.
    fn pass(&mut self, send: impl Fn(Parting<'_>) -> Result<(), Back>) {
        if self.held.is_empty() {
            return;
        }
        self.since = Some(Instant::now());
        for parting in std::mem::take(&mut self.held) {
            // It must not be stored long after its sender was told that it is not.
            if parting.ticket.answer.is_closed() {
                continue;
            }
            match send(parting) {
                Ok(()) => self.in_flight += 1,
                Err((error, ticket)) => {
                    let _ = ticket.answer.send(Err(Undelivered::Untaken(error)));
                }
            }
        }
    }
}

impl Turn {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turns of all partitions.
pub(super) struct Turns {
    /// How long a batch waits for company.
    linger: Duration,
    /// A topic is here only once it is known to be there.
    of: RwLock<HashMap<String, Arc<[Arc<Turn>]>>>,
    /// Those that something waits for.
    waited_for: Mutex<Vec<Arc<Turn>>>,
}

impl Turns {
    pub(super) fn new(linger: Duration) -> Self {
        Self {
            linger,
            of: RwLock::default(),
            waited_for: Mutex::default(),
        }
    }

    /// The turn of `record` in a topic of so many partitions.
    pub(super) fn of(&self, record: &Record<'_>, partitions: usize) -> Arc<Turn> {
        let at = place(record.key.as_bytes(), partitions);
        {
            let of = self.of.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(turn) = of.get(&record.topic).and_then(|turns| turns.get(at)) {
                return Arc::clone(turn);
            }
        }
        let mut of = self.of.write().unwrap_or_else(PoisonError::into_inner);
        // Those that there were stay, with what waits in them.
        let mut turns = of
            .get(&record.topic)
            .map_or_else(Vec::new, |it| it.to_vec());
        turns.resize_with(turns.len().max(partitions).max(at + 1), Arc::default);
        let turn = turns.get(at).cloned().unwrap_or_default();
        of.insert(record.topic.clone(), turns.into());
        turn
    }

    /// Hands `parting` over by `send`, or has it wait for its turn.
    ///
    /// # Errors
    /// What `send` has said.
    pub(super) fn take(
        &self,
        turn: &Arc<Turn>,
        parting: Parting<'_>,
        send: impl FnOnce(Parting<'_>) -> Result<(), Back>,
    ) -> Result<(), KafkaError> {
        let mut state = turn.state();
        let is_free = state.in_flight == 0;
        if state.held.is_empty() && (is_free || self.lingers(&state)) {
            send(parting).map_err(|(error, _)| error)?;
            state.in_flight += 1;
            // A look at the clock is not free.
            if is_free && !self.linger.is_zero() {
                state.since = Some(Instant::now());
            }
            return Ok(());
        }
        state.held.push(parting.into_owned());
        if state.held.len() == 1 {
            state.held_since = Some(Instant::now());
        }
        if !state.is_listed {
            state.is_listed = true;
            self.waited_for().push(Arc::clone(turn));
        }
        Ok(())
    }

    /// Whether what is on its way still waits for company.
    fn lingers(&self, state: &State) -> bool {
        let since = state.since.filter(|_| !self.linger.is_zero());
        since.is_some_and(|since| since.elapsed() < self.linger)
    }

    fn waited_for(&self) -> MutexGuard<'_, Vec<Arc<Turn>>> {
        let waited_for = self.waited_for.lock();
        waited_for.unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over by `send` what has waited for [`HOLD`]; all that wait if `all`.
    pub(super) fn pass(&self, all: bool, send: impl Fn(Parting<'_>) -> Result<(), Back>) {
        // A turn's lock is taken before this one, never behind it.
        let turns = std::mem::take(&mut *self.waited_for());
        for turn in turns {
            let mut state = turn.state();
            let is_over = state.held_since.is_none_or(|since| since.elapsed() >= HOLD);
            if all || is_over {
                state.pass(&send);
            }
            state.is_listed = !state.held.is_empty();
            if state.is_listed {
                self.waited_for().push(Arc::clone(&turn));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use rdkafka::error::KafkaError;
    use rdkafka::message::OwnedHeaders;

    use super::{Back, Delivered, Delivery, HOLD, Parting, Ticket, Turn, Turns, Undelivered};

    /// What librdkafka was handed.
    #[derive(Default)]
    struct Gone(RefCell<Vec<(String, Ticket)>>);

    impl Gone {
        fn send(&self, parting: Parting<'_>) -> Result<(), Back> {
            if parting.key == "refused" {
                return Err((KafkaError::Canceled, parting.ticket));
            }
            let key = parting.key.into_owned();
            self.0.borrow_mut().push((key, parting.ticket));
            Ok(())
        }

        fn keys(&self) -> Vec<String> {
            self.0.borrow().iter().map(|(key, _)| key.clone()).collect()
        }

        /// The broker answers for the first.
        fn answer(&self) {
            let (_, ticket) = self.0.borrow_mut().remove(0);
            let stored = Delivered {
                partition: 0,
                offset: 1,
            };
            ticket.redeem(Ok(stored), |parting| self.send(parting));
        }
    }

    fn take(turns: &Turns, turn: &Arc<Turn>, key: &str, gone: &Gone) -> Delivery {
        let (ticket, delivery) = Ticket::new(Some(Arc::clone(turn)));
        let parting = Parting {
            topic: "t".into(),
            key: key.into(),
            value: bytes::Bytes::new(),
            headers: OwnedHeaders::new(),
            ticket,
        };
        let taken = turns.take(turn, parting, |parting| gone.send(parting));
        assert_eq!(taken.is_err(), key == "refused" && gone.keys().is_empty());
        delivery
    }

    #[test]
    fn what_comes_meanwhile_goes_together_and_in_order() {
        let (turns, turn, gone) = (Turns::new(Duration::ZERO), Arc::default(), Gone::default());
        let mut deliveries =
            ["a", "b", "c", "left", "refused", "d"].map(|key| take(&turns, &turn, key, &gone));
        assert_eq!(gone.keys(), ["a"]);
        deliveries[3].close();
        gone.answer();
        assert_eq!(gone.keys(), ["b", "c", "d"]);
        assert!(matches!(deliveries[0].try_recv(), Ok(Ok(_))));
        let refused = deliveries[4].try_recv();
        assert!(matches!(refused, Ok(Err(Undelivered::Untaken(_)))));
        drop(take(&turns, &turn, "e", &gone));
        let f = take(&turns, &turn, "f", &gone);
        for _ in 0..3 {
            assert!(!gone.keys().contains(&"f".to_owned()));
            gone.answer();
        }
        assert_eq!(gone.keys(), ["f"]);
        gone.answer();
        drop(f);
        // Nothing is on its way: it goes at once, or is refused at once.
        drop(take(&turns, &turn, "refused", &gone));
        drop(take(&turns, &turn, "g", &gone));
        assert_eq!(gone.keys(), ["g"]);
    }

    #[test]
    fn a_batch_that_still_lingers_takes_company() {
        let (turns, turn, gone) = (
            Turns::new(Duration::MAX / 4),
            Arc::default(),
            Gone::default(),
        );
        let _all = ["a", "b", "c"].map(|key| take(&turns, &turn, key, &gone));
        assert_eq!(gone.keys(), ["a", "b", "c"]);
    }

    #[test]
    fn nobody_waits_for_ever_for_those_before() {
        let (turns, turn, gone) = (Turns::new(Duration::ZERO), Arc::default(), Gone::default());
        let _all = ["a", "b"].map(|key| take(&turns, &turn, key, &gone));
        turns.pass(false, |parting| gone.send(parting));
        assert_eq!(gone.keys(), ["a"]);
        turn.state().held_since = Instant::now().checked_sub(HOLD);
        turns.pass(false, |parting| gone.send(parting));
        assert_eq!(gone.keys(), ["a", "b"]);
        let _c = take(&turns, &turn, "c", &gone);
        turns.pass(true, |parting| gone.send(parting));
        assert_eq!(gone.keys(), ["a", "b", "c"]);
        assert!(turns.waited_for().is_empty());
    }
}
