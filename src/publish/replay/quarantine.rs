//! What no broker took, on the spool's disk.

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use super::Shelf;
use crate::publish::Kept;
use crate::publish::read::Seen;
use crate::publish::spool::disk::Folder;
use crate::publish::spool::log::{Log, Stored};
use crate::publish::spool::walk::{Walked, walk};
use crate::publish::spool::{Options, QUARANTINE};

/// Entries that are read at once, and their bytes but for one.
const ENTRIES_MAX: usize = 64;
const BYTES_MAX: usize = 8 << 20;

/// The quarantine of a sink whose folder belongs to this process.
pub(super) struct Held {
    log: Log<Folder>,
    read: VecDeque<Stored>,
    next_seq: u64,
}

impl Held {
    /// # Errors
    /// The files cannot be read.
    pub(super) fn open(options: &Options, sink: &str) -> Result<Self, String> {
        let path = options.path.join(sink).join(QUARANTINE);
        let fault = |error: String| format!("spool: {}: {error}", path.display());
        let disk = Folder::new(&path).map_err(|error| fault(error.to_string()))?;
        let opened = Log::open(disk, options.limits(), |_, _, _| {});
        let (log, _) = opened.map_err(|error| fault(error.to_string()))?;
        Ok(Self {
            log,
            read: VecDeque::new(),
            next_seq: 0,
        })
    }
}

impl Shelf for Held {
    /// The entry's number.
    type Ticket = u64;

    async fn next(&mut self) -> Result<Option<(Seen, u64)>, String> {
        if self.read.is_empty() {
            let read = self.log.read(self.next_seq, ENTRIES_MAX, BYTES_MAX);
            self.read = read.map_err(|error| fault(&error))?.into();
        }
        let Some(stored) = self.read.pop_front() else {
            return Ok(None);
        };
        let seq = stored.seq;
        self.next_seq = seq.saturating_add(1);
        Ok(Some((seen(stored), seq)))
    }

    /// Noted on the disk at once: a replay may end at any moment.
    async fn settle(&mut self, seq: u64) -> Result<(), String> {
        self.log.settle(seq);
        self.log.flush().map_err(|error| fault(&error))
    }

    async fn close(mut self) -> Result<Vec<String>, String> {
        self.log.flush().map_err(|error| fault(&error))?;
        Ok(Vec::new())
    }
}

/// Calls `each` with what waits in a log, until it says false.
///
/// # Errors
/// The files cannot be read.
pub(super) fn look(folder: &Path, mut each: impl FnMut(Seen) -> bool) -> Result<(), String> {
    let mut wanted = true;
    let walked = walk(folder, |walked| {
        if let Walked::Waiting(stored) = walked
            && wanted
        {
            wanted = each(seen(stored));
        }
        Ok(())
    });
    walked.map_err(|error| format!("spool: {}: {error}", folder.display()))
}

/// A quarantine that is only looked at.
pub(super) struct Looked {
    found: mpsc::Receiver<Seen>,
    looking: JoinHandle<Result<(), String>>,
}

impl Looked {
    pub(super) fn open(folder: &Path) -> Self {
        let (sender, found) = mpsc::channel(1);
        let folder = folder.to_owned();
        // Reading files blocks.
        let looking =
            spawn_blocking(move || look(&folder, |seen| sender.blocking_send(seen).is_ok()));
        Self { found, looking }
    }
}

impl Shelf for Looked {
    type Ticket = ();

    async fn next(&mut self) -> Result<Option<(Seen, ())>, String> {
        Ok(self.found.recv().await.map(|seen| (seen, ())))
    }

    async fn settle(&mut self, (): ()) -> Result<(), String> {
        Ok(())
    }

    async fn close(self) -> Result<Vec<String>, String> {
        drop(self.found);
        let looked = self.looking.await.map_err(|error| error.to_string())?;
        looked.map(|()| Vec::new())
    }
}

/// The message that the broker would have been given.
fn seen(stored: Stored) -> Seen {
    let place = format!("quarantine@{}", stored.seq);
    match Kept::read(stored.payload.into()) {
        Some(kept) => Seen {
            place,
            key: Some(kept.key().to_owned()).filter(|key| !key.is_empty()),
            headers: kept.headers().to_vec(),
            content_type: kept.content_type().to_owned(),
            value: kept.value().to_vec(),
        },
        // No dead letter either.
        None => Seen {
            place,
            key: None,
            headers: Vec::new(),
            content_type: String::new(),
            value: Vec::new(),
        },
    }
}

fn fault(error: &io::Error) -> String {
    format!("spool: {error}")
}
