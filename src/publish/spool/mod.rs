//! What is kept on disk while a broker does not take it: answered 2xx once it is synced, and
//! published, in order for each key, when the broker is back.
//!
//! A spool belongs to one sink. [`log`] is what is kept: appended, made durable, read, settled and
//! removed, by one owner, without a thread or a clock of its own. [`disk`] is all that it asks of a
//! file system, so that tests can cut its power. [`walk`] looks at a folder without changing
//! anything in it.
//!
//! | file | what it holds |
//! |---|---|
//! | `keeper` | the thread that owns a sink's log: what has gathered is written at once |
//! | `drain` | publishes what waits |
//! | `attempt` | what of it the broker may yet confirm, so that it is not tried again meanwhile |
//! | `window` | what of it is in memory, and when each may be tried |
//! | `empty` | the same once, for `hookferry spool drain` |
//! | `log` | the order in which things become durable: what is acknowledged, what a failure leaves |
//! | `newest` | the file that is written to, and what is done when it fails |
//! | `remove` | which segments may go, and in which order |
//! | `recover` | opening: what was torn is cut, what is damaged is set aside and stepped over |
//! | `read` | reading what waits |
//! | `segment` | what memory knows of a file: three bits or so for each record |
//! | `scan` | from entry to entry of a file, and on over damage |
//! | `format` | the bytes |
//! | `damage` | what cannot be read is copied before it is given up |

mod attempt;
mod damage;
pub mod disk;
mod drain;
mod empty;
mod format;
mod keeper;
pub mod log;
mod newest;
mod read;
mod recover;
mod remove;
mod scan;
mod segment;
pub mod walk;
mod window;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, oneshot};

use super::{PublishError, Record};
use crate::metrics::SpoolMetrics;
pub(in crate::publish) use attempt::Attempt;
use attempt::Attempts;
pub use drain::Drain;
use keeper::{Ask, Keeper};
pub use keeper::{QUARANTINE, WAITING};

/// A segment of the log is as long; whole ones are removed once nothing in them waits.
pub const SEGMENT_BYTES: u64 = 16 << 20;
/// Asks that may wait for the thread: more than requests may be in flight by default.
const ASKS_MAX: usize = 8192;
/// Keys are told apart by so many marks. Two keys of one mark wait for each other, which costs a
/// little time and nothing else; a counter a mark keeps the memory for any backlog flat.
const MARKS: u32 = 1 << 16;

/// What the spool is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder of all sinks' spools.
    pub path: PathBuf,
    /// What one sink's log may take of the disk, in bytes.
    pub bytes_max: u64,
    /// Nothing more is kept while the oldest waits for longer.
    pub age_max: Duration,
    /// How long a broker may take to confirm before the spool takes over.
    pub takeover: Duration,
}

impl Options {
    /// How large a log of one sink may grow.
    pub(super) fn limits(&self) -> log::Limits {
        log::Limits {
            segment_bytes: SEGMENT_BYTES.min(self.bytes_max / 4),
            bytes_max: self.bytes_max,
        }
    }
}

/// The right to use a spool's folder, held until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held, not used")] File);

impl Lock {
    /// Takes the folder, and makes it where it is missing.
    ///
    /// # Errors
    /// Another process has it, or it cannot be made.
    pub fn take(path: &Path) -> Result<Self, String> {
        let place = path.display();
        let fault = |error: std::io::Error| format!("spool.path: {place}: {error}");
        disk::make(path).map_err(fault)?;
        let file = File::create(path.join("lock")).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(format!(
                "spool.path: another hookferry uses {place}; give each a folder of its own"
            )),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }
}

/// The way into one sink's spool.
#[derive(Debug)]
pub struct Spool {
    asks: mpsc::Sender<Ask>,
    waiting: Arc<Waiting>,
    /// Entries that an attempt given up on has stored after all.
    late: mpsc::Sender<Place>,
}

/// An entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    seq: u64,
    mark: u32,
}

/// What waits, counted.
#[derive(Debug)]
struct Waiting {
    entries: AtomicU64,
    marks: Box<[AtomicU32]>,
    attempts: Attempts,
    /// Something is kept, or may be tried from now on.
    more: Notify,
}

impl Waiting {
    fn new() -> Self {
        let marks = std::iter::repeat_with(AtomicU32::default);
        Self {
            entries: AtomicU64::new(0),
            marks: marks.take(MARKS as usize).collect(),
            attempts: Attempts::default(),
            more: Notify::new(),
        }
    }

    fn add(&self, mark: u32) {
        if let Some(count) = self.marks.get(mark as usize % self.marks.len()) {
            count.fetch_add(1, Ordering::AcqRel);
        }
        self.entries.fetch_add(1, Ordering::AcqRel);
    }

    fn remove(&self, mark: u32) {
        if let Some(count) = self.marks.get(mark as usize % self.marks.len()) {
            count.fetch_sub(1, Ordering::AcqRel);
        }
        self.entries.fetch_sub(1, Ordering::AcqRel);
    }

    fn has(&self, mark: u32) -> bool {
        let count = self.marks.get(mark as usize % self.marks.len());
        count.is_some_and(|count| count.load(Ordering::Acquire) > 0)
    }
}

/// What a spool is opened as: the way in, and the one who empties it.
#[derive(Debug)]
pub struct Opened {
    pub spool: Spool,
    pub drain: Drain,
}

impl Spool {
    /// Opens the spool of `sink` below a locked folder and starts its thread.
    ///
    /// # Errors
    /// Its files cannot be read, or were written by a version that this one does not know.
    pub fn open(options: &Options, sink: &str, metrics: SpoolMetrics) -> Result<Opened, String> {
        let waiting = Arc::new(Waiting::new());
        let (asks, asked) = mpsc::channel(ASKS_MAX);
        let (late, settled_late) = mpsc::channel(ASKS_MAX);
        let keeper = Keeper::open(options, sink, metrics.clone(), &waiting)?;
        std::thread::Builder::new()
            .name("spool".to_owned())
            .spawn(move || keeper.run(asked))
            .map_err(|error| format!("cannot start the spool's thread: {error}"))?;
        let drain = Drain::new(asks.clone(), Arc::clone(&waiting), settled_late, metrics);
        Ok(Opened {
            spool: Self {
                asks,
                waiting,
                late,
            },
            drain,
        })
    }

    /// Whether something waits that `record` must stay behind.
    pub(super) fn is_before(&self, record: &Record<'_>) -> bool {
        self.waiting.has(mark(record))
    }

    /// For whoever has a record kept and goes on with asking the broker.
    pub(super) fn attempt(&self) -> Arc<Attempt> {
        Arc::new(Attempt::new(&self.waiting))
    }

    /// Keeps `record`; its place once it is on disk. It is not published before `attempt` is over.
    pub(super) async fn keep(
        &self,
        record: &Record<'_>,
        request_headers: String,
        attempt: Option<Arc<Attempt>>,
    ) -> Result<Place, PublishError> {
        let (mark, payload) = (mark(record), record.keep(request_headers));
        // From now on what has the same key waits behind it.
        self.waiting.add(mark);
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Keep {
            mark,
            payload,
            attempt,
            answer,
        };
        if let Err(error) = self.asks.try_send(ask) {
            self.waiting.remove(mark);
            return Err(match error {
                TrySendError::Full(_) => PublishError::Overloaded,
                TrySendError::Closed(_) => ended(),
            });
        }
        // The thread answers even if nobody waits any more, and takes a failed one back itself.
        let seq = answered.await.unwrap_or_else(|_| Err(ended()))?;
        Ok(Place { seq, mark })
    }

    /// Keeps `record` where it stays until somebody looks at it.
    pub(super) async fn quarantine(
        &self,
        record: &Record<'_>,
        request_headers: String,
    ) -> Result<(), PublishError> {
        quarantine(&self.asks, record.keep(request_headers)).await
    }

    /// Says that the broker has the entry after all.
    pub(super) fn settle_late(&self, place: Place) {
        // Otherwise it is published once more.
        let _ = self.late.try_send(place);
    }

    /// Whether nothing waits for the broker.
    pub fn is_empty(&self) -> bool {
        self.waiting.entries.load(Ordering::Acquire) == 0
    }

    /// Writes what is settled, and ends the thread.
    pub async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.asks.send(Ask::Close(answer)).await.is_ok() {
            let _ = answered.await;
        }
    }
}

async fn quarantine(asks: &mpsc::Sender<Ask>, payload: Vec<u8>) -> Result<(), PublishError> {
    let (answer, answered) = oneshot::channel();
    let ask = Ask::Quarantine { payload, answer };
    asks.send(ask).await.map_err(|_| ended())?;
    answered.await.unwrap_or_else(|_| Err(ended()))
}

fn ended() -> PublishError {
    PublishError::SpoolFailed("its thread has ended".to_owned())
}

/// A record without a key has no order to keep, so it is spread by its id.
fn mark(record: &Record<'_>) -> u32 {
    let key = Some(record.key.as_str()).filter(|key| !key.is_empty());
    // The same in every run and version: it is kept on disk.
    crc32fast::hash(key.unwrap_or(&record.id).as_bytes()) % MARKS
}
