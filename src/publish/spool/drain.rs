//! Publishes what waits, in order for each key: of one key one record is on its way at a time, and
//! the next follows once the broker has it. Other keys are not kept waiting.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::keeper::Ask;
use super::{Place, Waiting, quarantine};
use crate::metrics::SpoolMetrics;
use crate::publish::circuit::jittered;
use crate::publish::{Kept, PublishError, Sink};

/// Records in memory at most.
const ENTRIES_MAX: usize = 1024;
/// Their bytes at most, but for one.
const BYTES_MAX: usize = 8 << 20;
/// Records on their way to a broker that works.
const ASKING_MAX: usize = 256;
/// How long the broker may take for one.
const ASK_WITHIN: Duration = Duration::from_secs(5);
/// The wait after a failure doubles from the first to the second.
const WAIT_MIN: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(1);
/// The same for one record that the broker answers and does not take.
const RECORD_WAIT_MAX: Duration = Duration::from_secs(10);
/// How often the metrics of what waits are brought up to date.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So often a record is tried that the broker refuses for good: a queue may come back. Some 25 s.
const TRIES_MAX: u32 = 8;

/// Empties a spool, for as long as it runs.
#[derive(Debug)]
pub struct Drain {
    asks: mpsc::Sender<Ask>,
    waiting: Arc<Waiting>,
    late: mpsc::Receiver<Place>,
    metrics: SpoolMetrics,
}

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

/// What became of one attempt.
enum Outcome {
    /// The broker has it.
    Stored,
    /// The broker has it as a dead letter, or the quarantine has it.
    Buried(PublishError),
    Failed(PublishError),
}

impl Drain {
    pub(super) fn new(
        asks: mpsc::Sender<Ask>,
        waiting: Arc<Waiting>,
        late: mpsc::Receiver<Place>,
        metrics: SpoolMetrics,
    ) -> Self {
        Self {
            asks,
            waiting,
            late,
            metrics,
        }
    }

    /// Publishes to `sink` until `stop` says so; what is on its way then is waited for.
    pub async fn run(mut self, sink: Arc<Sink>, mut stop: watch::Receiver<bool>) {
        let mut window = Window::default();
        let mut asking = FuturesUnordered::<BoxFuture<'static, (u32, Outcome)>>::new();
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            if asking.is_empty() || window.is_low() {
                self.fill(&mut window).await;
            }
            let now = Instant::now();
            while let Some((mark, kept, last)) = window.next(asking.len(), now) {
                let (sink, asks) = (Arc::clone(&sink), self.asks.clone());
                let attempt = async move { (mark, attempt(&sink, &asks, &kept, last).await) };
                asking.push(Box::pin(attempt));
            }
            let wake = window.wakes_at();
            tokio::select! {
                Some((mark, outcome)) = asking.next(), if !asking.is_empty() => {
                    self.judge(&mut window, mark, outcome).await;
                    // All that is known, before the next round to the thread.
                    while let Some(Some((mark, outcome))) = asking.next().now_or_never() {
                        self.judge(&mut window, mark, outcome).await;
                    }
                }
                Some(place) = self.late.recv() => {
                    window.remove(place);
                    self.settle(place).await;
                }
                () = self.waiting.more.notified() => window.at_end = false,
                () = sleep_until(wake.unwrap_or(now)), if wake.is_some() => window.wake(Instant::now()),
                _ = look.tick() => {
                    // The disk may have failed to be read.
                    window.at_end = false;
                    // The thread ends with the daemon.
                    let _ = self.asks.try_send(Ask::Look);
                }
                () = asked(&mut stop) => break,
            }
        }
        while let Some((mark, outcome)) = asking.next().await {
            self.judge(&mut window, mark, outcome).await;
        }
    }

    /// Reads on where there is room.
    async fn fill(&self, window: &mut Window) {
        while !window.at_end && window.entries < ENTRIES_MAX && window.bytes < BYTES_MAX {
            let (answer, answered) = oneshot::channel();
            let entries_max = ENTRIES_MAX - window.entries;
            let ask = Ask::Read {
                from: window.next_seq,
                entries_max,
                bytes_max: BYTES_MAX - window.bytes,
                answer,
            };
            let Ok(()) = self.asks.send(ask).await else {
                return;
            };
            let Ok(entries) = answered.await else { return };
            // More may come while these are published; whoever keeps it says so.
            window.at_end = entries.is_empty();
            for stored in entries {
                window.next_seq = stored.seq + 1;
                let place = Place {
                    seq: stored.seq,
                    mark: stored.mark,
                };
                let bytes = stored.payload.len();
                let payload = Bytes::from(stored.payload);
                match Kept::read(payload.clone()) {
                    Some(kept) => window.add(place, Arc::new(kept), bytes),
                    None => self.set_aside(place, payload).await,
                }
            }
        }
    }

    /// An entry whose checksum is right and that is no record: something else wrote it.
    async fn set_aside(&self, place: Place, payload: Bytes) {
        self.metrics.failed("unreadable");
        let (sink, seq) = (self.metrics.sink(), place.seq);
        tracing::error!(sink, seq, "an entry is no record: it is set aside");
        if quarantine(&self.asks, payload.into()).await.is_ok() {
            self.settle(place).await;
        }
    }

    async fn judge(&self, window: &mut Window, mark: u32, outcome: Outcome) {
        let now = Instant::now();
        let stored = match outcome {
            Outcome::Stored => window.stored(mark),
            Outcome::Buried(error) => {
                let item = window.stored(mark);
                if let Some((_, kept)) = &item {
                    self.metrics.dead_letter(kept.source(), error.label());
                    tracing::warn!(
                        sink = self.metrics.sink(),
                        source = kept.source(),
                        event = kept.id(),
                        reason = error.label(),
                        "an event of the spool goes to the dead letters: {error}"
                    );
                }
                item
            }
            Outcome::Failed(error) => {
                self.metrics.failed(error.label());
                window.failed(mark, &error, now);
                None
            }
        };
        if let Some((place, _)) = stored {
            self.metrics.drained();
            self.settle(place).await;
        }
    }

    async fn settle(&self, place: Place) {
        // The thread ends with the daemon.
        let _ = self.asks.send(Ask::Settle(place)).await;
    }
}

/// Returns once the drain is to stop.
async fn asked(stop: &mut watch::Receiver<bool>) {
    // The sender is gone when the daemon is, which asks for the same.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Publishes one record; with `last`, what the broker refuses is buried.
async fn attempt(sink: &Sink, asks: &mpsc::Sender<Ask>, kept: &Kept, last: bool) -> Outcome {
    let deadline = Instant::now() + ASK_WITHIN;
    let error = match sink.confirm(&kept.record(), deadline).await {
        Ok(()) => return Outcome::Stored,
        Err(error) => error,
    };
    if !error.lasts() || !(last || error == PublishError::TooLarge) {
        return Outcome::Failed(error);
    }
    let letter = sink.letters().of_kept(kept, &error);
    if let Some(letter) = &letter {
        match sink.confirm(letter, deadline).await {
            Ok(()) => return Outcome::Buried(error),
            Err(other) if !other.lasts() => return Outcome::Failed(other),
            Err(_) => {}
        }
    }
    let record = kept.record();
    let held = letter.as_ref().unwrap_or(&record);
    let headers = kept.request_headers().to_owned();
    match quarantine(asks, held.keep(headers)).await {
        Ok(()) => Outcome::Buried(error),
        Err(error) => Outcome::Failed(error),
    }
}

/// The wait after `failures` ones before, up to `longest`.
fn wait(failures: u32, longest: Duration) -> Duration {
    let doubled = WAIT_MIN.saturating_mul(1 << failures.min(16));
    jittered(doubled.min(longest))
}

/// What is in memory, in a chain for each mark.
#[derive(Default)]
struct Window {
    chains: HashMap<u32, VecDeque<Item>>,
    /// Marks whose first record may go.
    ready: VecDeque<u32>,
    /// Marks whose first record waits for its next try.
    delayed: BTreeSet<(Instant, u32)>,
    entries: usize,
    bytes: usize,
    next_seq: u64,
    /// Whether all that was kept has been read.
    at_end: bool,
    /// How many may be on their way: after a failure one, and with each success twice as many.
    asking_max: usize,
    failures: u32,
    paused_until: Option<Instant>,
}

impl Window {
    fn add(&mut self, place: Place, kept: Arc<Kept>, bytes: usize) {
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

    /// Whether it is worth while to read on. Each time costs a round to the thread, which may be
    /// syncing.
    fn is_low(&self) -> bool {
        self.entries < ENTRIES_MAX / 2 && self.bytes < BYTES_MAX / 2
    }

    /// The next record to try, and whether it is the last try.
    fn next(&mut self, asking: usize, now: Instant) -> Option<(u32, Arc<Kept>, bool)> {
        let may = asking < self.asking_max.clamp(1, ASKING_MAX);
        if !may || self.paused_until.is_some_and(|until| now < until) {
            return None;
        }
        while let Some(mark) = self.ready.pop_front() {
            let chain = self.chains.get_mut(&mark);
            let item = chain.and_then(VecDeque::front_mut);
            let may = |item: &&mut Item| {
                !item.asking && item.not_before.is_none_or(|moment| moment <= now)
            };
            if let Some(item) = item.filter(may) {
                item.asking = true;
                return Some((mark, Arc::clone(&item.kept), item.tries >= TRIES_MAX));
            }
        }
        None
    }

    /// The first record of `mark` is stored; the next may go.
    fn stored(&mut self, mark: u32) -> Option<(Place, Arc<Kept>)> {
        self.failures = 0;
        self.paused_until = None;
        self.asking_max = (self.asking_max.max(1) * 2).min(ASKING_MAX);
        let item = self.pop(mark)?;
        Some((item.place, item.kept))
    }

    /// The first record of `mark` is not stored; it is tried again later.
    fn failed(&mut self, mark: u32, error: &PublishError, now: Instant) {
        let Some(item) = self.chains.get_mut(&mark).and_then(VecDeque::front_mut) else {
            return;
        };
        item.asking = false;
        if item.is_stored {
            drop(self.pop(mark));
            return;
        }
        match error {
            // The broker has answered: only this record is in trouble.
            PublishError::Declined(_)
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
    fn remove(&mut self, place: Place) {
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
    fn wakes_at(&self) -> Option<Instant> {
        let delayed = self.delayed.first().map(|(moment, _)| *moment);
        self.paused_until.into_iter().chain(delayed).min()
    }

    /// Lets go what may by now.
    fn wake(&mut self, now: Instant) {
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
