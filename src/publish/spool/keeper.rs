//! The thread that owns a sink's log: what has gathered while it wrote is written next, at once.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot};

use super::disk::Folder;
use super::log::{AppendError, Entry, Log, Stored};
use super::{Attempt, Options, Place, Waiting};
use crate::metrics::SpoolMetrics;
use crate::publish::PublishError;

/// The folder of what waits for the broker, below the sink's.
pub const WAITING: &str = "waiting";
/// The folder of what no broker takes, below the sink's.
pub const QUARANTINE: &str = "quarantine";
/// Asks that are answered together at most.
const ASKS_MAX: usize = 4096;
/// Bytes that are written together at most.
const WRITE_BYTES_MAX: usize = 16 << 20;

/// What the thread is asked.
pub(super) enum Ask {
    /// Answered once it is on disk.
    Keep {
        mark: u32,
        payload: Vec<u8>,
        /// What may still bring it to the broker.
        attempt: Option<Arc<Attempt>>,
        answer: oneshot::Sender<Result<u64, PublishError>>,
    },
    Quarantine {
        payload: Vec<u8>,
        answer: oneshot::Sender<Result<(), PublishError>>,
    },
    /// The broker has it.
    Settle(Place),
    /// What waits from a number on, in order.
    Read {
        from: u64,
        entries_max: usize,
        bytes_max: usize,
        answer: oneshot::Sender<Vec<Stored>>,
    },
    /// How much waits, and for how long, is to be shown.
    Look,
    Close(oneshot::Sender<()>),
}

struct Keeping {
    mark: u32,
    payload: Vec<u8>,
    attempt: Option<Arc<Attempt>>,
    answer: oneshot::Sender<Result<u64, PublishError>>,
}

pub(super) struct Keeper {
    log: Log<Folder>,
    quarantine: Log<Folder>,
    age_max: Duration,
    waiting: Arc<Waiting>,
    metrics: SpoolMetrics,
    /// Damaged places that were counted. What is damaged leaves its mark counted as waiting until
    /// the next start: its key goes by the disk meanwhile, which costs time alone.
    damaged: u64,
}

impl Keeper {
    pub(super) fn open(
        options: &Options,
        sink: &str,
        metrics: SpoolMetrics,
        waiting: &Arc<Waiting>,
    ) -> Result<Self, String> {
        let folder = options.path.join(sink);
        let open = |name: &str, each: &mut dyn FnMut(u32)| {
            let path = folder.join(name);
            let fault = |error: String| format!("spool: {}: {error}", path.display());
            let disk = Folder::new(&path).map_err(|error| fault(error.to_string()))?;
            let opened = Log::open(disk, options.limits(), |_, mark, _| each(mark));
            let (log, recovery) = opened.map_err(|error| fault(error.to_string()))?;
            if recovery.torn_bytes > 0 {
                let bytes = recovery.torn_bytes;
                tracing::warn!(
                    sink,
                    bytes,
                    "the spool ended in a torn write, which was cut"
                );
            }
            Ok::<_, String>(log)
        };
        let log = open(WAITING, &mut |mark| waiting.add(mark))?;
        let mut held = 0_u64;
        let quarantine = open(QUARANTINE, &mut |_| held += 1)?;
        if log.entries() > 0 {
            tracing::info!(
                sink,
                entries = log.entries(),
                "the spool has events to publish"
            );
        }
        if held > 0 {
            tracing::warn!(
                sink,
                entries = held,
                "the spool holds events that no broker took: see hookferry spool inspect"
            );
        }
        let mut keeper = Self {
            log,
            quarantine,
            age_max: options.age_max,
            waiting: Arc::clone(waiting),
            metrics,
            damaged: 0,
        };
        keeper.show();
        Ok(keeper)
    }

    /// Ends when it is asked to, or when nobody is left who could ask.
    pub(super) fn run(mut self, mut asked: mpsc::Receiver<Ask>) {
        let mut asks = Vec::new();
        while asked.blocking_recv_many(&mut asks, ASKS_MAX) > 0 {
            let (mut keeping, mut reads, mut closing) = (Vec::new(), Vec::new(), None);
            let mut settled = false;
            for ask in asks.drain(..) {
                match ask {
                    Ask::Keep {
                        mark,
                        payload,
                        attempt,
                        answer,
                    } => keeping.push(Keeping {
                        mark,
                        payload,
                        attempt,
                        answer,
                    }),
                    Ask::Quarantine { payload, answer } => {
                        let kept = self.quarantine(&payload);
                        self.show();
                        let _ = answer.send(kept);
                    }
                    Ask::Settle(place) => settled |= self.settle(place),
                    Ask::Read {
                        from,
                        entries_max,
                        bytes_max,
                        answer,
                    } => reads.push((from, entries_max, bytes_max, answer)),
                    Ask::Look => {}
                    Ask::Close(answer) => closing = Some(answer),
                }
            }
            self.keep(keeping);
            if settled || closing.is_some() {
                self.flush();
            }
            for (from, entries_max, bytes_max, answer) in reads {
                let read = self.log.read(from, entries_max, bytes_max);
                let entries = read.unwrap_or_else(|error| {
                    self.metrics.failed("read");
                    tracing::error!(sink = self.metrics.sink(), %error, "the spool cannot be read");
                    Vec::new()
                });
                // The drain ends with the daemon.
                let _ = answer.send(entries);
            }
            self.show();
            if let Some(answer) = closing {
                let _ = answer.send(());
                return;
            }
        }
    }

    /// Writes all of it in as few syncs as its size allows, and tells each requester.
    fn keep(&mut self, mut keeping: Vec<Keeping>) {
        while !keeping.is_empty() {
            let mut bytes = 0_usize;
            let fitting = keeping.iter().take_while(|one| {
                bytes = bytes.saturating_add(one.payload.len());
                bytes <= WRITE_BYTES_MAX
            });
            let count = fitting.count().max(1);
            let rest = keeping.split_off(count);
            self.keep_at_once(keeping);
            keeping = rest;
        }
    }

    fn keep_at_once(&mut self, keeping: Vec<Keeping>) {
        let at_ms = now_ms();
        let stale = self.log.oldest_ms().is_some_and(|oldest| {
            Duration::from_millis(at_ms.saturating_sub(oldest)) > self.age_max
        });
        let written = if stale {
            Err(AppendError::Full)
        } else {
            let entries = keeping.iter().map(|one| Entry {
                mark: one.mark,
                at_ms,
                payload: &one.payload,
            });
            self.log.append(&entries.collect::<Vec<_>>())
        };
        match written {
            Ok(first) => {
                self.metrics.kept(keeping.len());
                // Whoever has its answer finds itself counted.
                self.show();
                for (seq, one) in (first..).zip(keeping) {
                    // Before the drain can read it.
                    if let Some(attempt) = one.attempt {
                        attempt.is_kept(seq);
                    }
                    // A requester that has given up leaves an entry that is published all the same.
                    let _ = one.answer.send(Ok(seq));
                }
                self.waiting.more.notify_one();
            }
            Err(error) => {
                let error = translate(&error);
                self.metrics.failed(error.label());
                tracing::error!(sink = self.metrics.sink(), %error, "the spool takes nothing");
                for one in keeping {
                    self.waiting.remove(one.mark);
                    let _ = one.answer.send(Err(error.clone()));
                }
            }
        }
    }

    fn quarantine(&mut self, payload: &[u8]) -> Result<(), PublishError> {
        let entry = Entry {
            mark: 0,
            at_ms: now_ms(),
            payload,
        };
        match self.quarantine.append(&[entry]) {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = translate(&error);
                self.metrics.failed(error.label());
                Err(error)
            }
        }
    }

    fn settle(&mut self, place: Place) -> bool {
        let settled = self.log.settle(place.seq);
        if settled {
            self.waiting.remove(place.mark);
        }
        settled
    }

    fn flush(&mut self) {
        if let Err(error) = self.log.flush() {
            // Nothing is lost by it: what is not noted as settled is published again.
            self.metrics.failed("flush");
            tracing::warn!(sink = self.metrics.sink(), %error, "the spool cannot note what is settled");
        }
    }

    /// Brings the metrics up to date.
    fn show(&mut self) {
        let damaged = self.log.damaged().places + self.quarantine.damaged().places;
        self.metrics.damaged(damaged.saturating_sub(self.damaged));
        self.damaged = damaged;
        let age_ms = self
            .log
            .oldest_ms()
            .map(|oldest| now_ms().saturating_sub(oldest));
        let quarantined = self.quarantine.entries();
        self.metrics
            .holds(self.log.entries(), self.log.bytes(), age_ms, quarantined);
    }
}

fn translate(error: &AppendError) -> PublishError {
    match error {
        AppendError::Full => PublishError::SpoolFull,
        AppendError::TooLarge => PublishError::TooLarge,
        AppendError::Io(error) => PublishError::SpoolFailed(error.to_string()),
    }
}

/// Unix time in milliseconds.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
