//! Somebody looks over the path's shoulder: what has come, what became of it, and why.
//!
//! It stands beside the path and never in its way. A request leaves a [`Note`], which is handed to a
//! thread of its own; there it is explained, stripped of what must not stay, and kept in a ring that is
//! bounded in number and bytes. Where nobody looks, there is no inspector, and a request pays a branch.
//!
//! [`Inspector::answer`] is what the admin listener asks; docs/inspector.md says who may.

mod again;
mod answer;
mod api;
mod bins;
mod bodies;
mod causes;
mod exchange;
mod explain;
mod export;
mod facts;
mod guard;
mod guess;
mod journal;
mod keep;
mod live;
mod note;
mod onlooker;
mod page;
mod ring;
mod scrub;
mod show;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, broadcast, mpsc};

pub use again::{Begin, Judge};
pub use answer::{Answer, AnswerBody};
pub use api::{ASKED_BYTES_MAX, Asked};
pub use causes::{AskedBy, Attempt};
pub use facts::Facts;
pub use live::Live;
pub use note::Note;
pub use onlooker::Onlooker;

use crate::accept::Received;
use crate::settings::InspectorSettings;
use crate::time::UnixTime;
use bins::Bins;
use exchange::Exchange;
use guard::Guard;
use journal::Journal;
use live::News;
use note::Draft;
use ring::Ring;

/// Requests that may wait to be looked at; more are not kept.
const DRAFTS_MAX: usize = 1024;
/// News that a reader may be behind.
const NEWS_MAX: usize = 256;
/// Pages that may read along.
const READERS_MAX: usize = 16;

/// What is kept of what has come.
#[derive(Debug)]
pub struct Inspector {
    settings: InspectorSettings,
    since: UnixTime,
    facts: RwLock<Arc<Facts>>,
    guard: Guard,
    ring: Mutex<Ring>,
    drafts: mpsc::Sender<Draft>,
    /// Bytes of those that wait.
    waiting: AtomicUsize,
    missed: AtomicU64,
    news: broadcast::Sender<Arc<News>>,
    readers: Arc<Semaphore>,
    bins: Mutex<Bins>,
    marks: OnceLock<guess::Marks>,
    ingress: SocketAddr,
    judge: OnceLock<Box<dyn Judge>>,
    /// Under which what is not kept is told again. It never leaves the process.
    key: [u8; 32],
}

impl Inspector {
    /// Begins to keep; `admin` is where it is asked, and `ingress` where requests come.
    ///
    /// # Errors
    /// The journal cannot be written, or the system gives no thread or randomness.
    pub fn start(
        settings: InspectorSettings,
        admin: SocketAddr,
        ingress: SocketAddr,
    ) -> Result<Arc<Self>, String> {
        let journal = settings.journal.as_deref();
        let journal = journal.map(|path| Journal::open(path, settings.journal_bytes_max));
        let journal = journal.transpose()?;
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| "the system has no randomness")?;
        let (drafts, waiting) = mpsc::channel(DRAFTS_MAX);
        let inspector = Arc::new(Self {
            since: UnixTime::now(),
            facts: RwLock::default(),
            guard: Guard::new(admin, settings.access.clone()),
            ring: Mutex::new(Ring::new(settings.entries_max, settings.bytes_max)),
            drafts,
            waiting: AtomicUsize::new(0),
            missed: AtomicU64::new(0),
            news: broadcast::Sender::new(NEWS_MAX),
            readers: Arc::new(Semaphore::new(READERS_MAX)),
            bins: Mutex::new(Bins::new(
                settings.bins_max,
                settings.bin_age_max,
                settings.bin_entries_max,
            )),
            marks: OnceLock::new(),
            ingress,
            judge: OnceLock::new(),
            key,
            settings,
        });
        let own = Arc::clone(&inspector);
        std::thread::Builder::new()
            .name("inspector".to_owned())
            .spawn(move || keep::work(&own, waiting, journal))
            .map_err(|error| format!("the inspector has no thread: {error}"))?;
        Ok(inspector)
    }

    /// Who judges requests again.
    pub fn connect(&self, judge: Box<dyn Judge>) {
        // A second daemon in one process has an inspector of its own.
        let _ = self.judge.set(judge);
    }

    /// Leaves the rest to the inspector's thread. Where it has too much to do, this one is not kept.
    fn hand_on(&self, draft: Draft) {
        let bytes = draft.bytes();
        let waiting = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let has_room = waiting < self.settings.bytes_max.max(bytes);
        if !has_room || self.drafts.try_send(draft).is_err() {
            self.taken(bytes);
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// As much waits no longer.
    fn taken(&self, bytes: usize) {
        self.waiting.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Keeps an exchange, and tells those who read along.
    fn keep(&self, exchange: Exchange) -> Arc<Exchange> {
        let exchange = self.ring().push(exchange);
        if self.news.receiver_count() > 0 {
            let json = serde_json::Value::Object(show::summary(&exchange)).to_string();
            // Nobody may be there any more.
            let _ = self.news.send(Arc::new(News {
                seq: exchange.seq,
                text: live::event(exchange.seq, &json),
            }));
        }
        exchange
    }

    /// Reads the presets ahead: whoever looks at bins will want them.
    fn know_marks(self: &Arc<Self>) {
        if self.marks.get().is_none() {
            let own = Arc::clone(self);
            drop(tokio::task::spawn_blocking(move || {
                own.marks.get_or_init(guess::Marks::new);
            }));
        }
    }

    fn guess(&self, received: &Received) -> Option<String> {
        let marks = self.marks.get_or_init(guess::Marks::new);
        marks.guess(received).map(str::to_owned)
    }

    fn digest(&self, value: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.key);
        hash.update(value);
        hash.finalize().into()
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bins(&self) -> MutexGuard<'_, Bins> {
        self.bins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn facts(&self) -> Arc<Facts> {
        Arc::clone(&self.facts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn ingress(&self) -> SocketAddr {
        self.ingress
    }

    fn judge(&self) -> Option<&dyn Judge> {
        self.judge.get().map(|judge| &**judge)
    }

    fn get(&self, seq: u64) -> Option<Arc<Exchange>> {
        self.ring().get(seq)
    }

    fn page(
        &self,
        before: u64,
        limit: usize,
        wanted: impl Fn(&Exchange) -> bool,
    ) -> (Vec<Arc<Exchange>>, bool) {
        self.ring().before(before, limit, wanted)
    }

    fn after(&self, after: u64) -> (Vec<Arc<Exchange>>, bool) {
        self.ring().after(after)
    }

    fn last(&self) -> u64 {
        self.ring().last()
    }

    /// The numbers of the oldest and the latest.
    fn range(&self) -> (u64, u64) {
        let ring = self.ring();
        let entries = u64::try_from(ring.entries()).unwrap_or_default();
        (ring.last() + 1 - entries, ring.last())
    }

    fn kept(&self) -> (usize, usize) {
        let ring = self.ring();
        (ring.entries(), ring.bytes())
    }

    fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}
