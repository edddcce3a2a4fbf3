//! Publishes what waits, in order for each key: of one key one record is on its way at a time, and
//! the next follows once the broker has it. Other keys are not kept waiting.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::keeper::Ask;
use super::window::{BYTES_MAX, ENTRIES_MAX, Window};
use super::{Place, Waiting, quarantine};
use crate::metrics::SpoolMetrics;
use crate::publish::{Kept, PublishError, Sink};

/// How long the broker may take for one.
const ASK_WITHIN: Duration = Duration::from_secs(5);
/// How often the metrics of what waits are brought up to date.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Empties a spool, for as long as it runs.
#[derive(Debug)]
pub struct Drain {
    asks: mpsc::Sender<Ask>,
    waiting: Arc<Waiting>,
    late: mpsc::Receiver<Place>,
    metrics: SpoolMetrics,
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

    /// Publishes to `sink` until `stop` says so; what is on its way then is waited for. Another sink
    /// may be put in its place: what is tried from then on goes there.
    pub async fn run(mut self, sink: watch::Receiver<Arc<Sink>>, mut stop: watch::Receiver<bool>) {
        let mut window = Window::default();
        let mut asking = FuturesUnordered::<BoxFuture<'static, (u32, Outcome)>>::new();
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            if asking.is_empty() || window.is_low() {
                self.fill(&mut window).await;
            }
            self.free(&mut window).await;
            let now = Instant::now();
            while let Some((mark, kept, last)) = window.next(asking.len(), now) {
                let (sink, asks) = (Arc::clone(&sink.borrow()), self.asks.clone());
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
        while self.waiting.attempts.are_under_way() {
            self.waiting.more.notified().await;
        }
        self.free(&mut window).await;
    }

    /// Lets go what waited for an attempt that is over now, but for what that has stored: whoever it
    /// was has said so before.
    async fn free(&mut self, window: &mut Window) {
        for seq in self.waiting.attempts.over() {
            window.over(seq);
        }
        while let Ok(place) = self.late.try_recv() {
            window.remove(place);
            self.settle(place).await;
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
                    Some(kept) => {
                        let under_way = self.waiting.attempts.is_under_way(place.seq);
                        window.add(place, Arc::new(kept), bytes, under_way);
                    }
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
        Ok(_) => return Outcome::Stored,
        Err(error) => error,
    };
    if !error.lasts() || !(last || error == PublishError::TooLarge) {
        return Outcome::Failed(error);
    }
    let letter = sink.letters().of_kept(kept, &error);
    if let Some(letter) = &letter {
        match sink.confirm(letter, deadline).await {
            Ok(_) => return Outcome::Buried(error),
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
