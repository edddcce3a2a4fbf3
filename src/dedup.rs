//! Deduplication: what a provider sends again is answered as the first time, and not stored again.
//!
//! An event is the same when source, type, id and data are, and its id can only be its own
//! ([`Event::has_unique_id`]). Whoever comes first claims it and publishes; whoever comes
//! meanwhile waits for the outcome; whoever comes later, within the window, is told at once. A
//! claim that is not kept is free again the moment it is dropped, so that nothing but a broker's
//! receipt ever keeps an event from being published.

mod shared;
mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::metrics::Metrics;
use crate::normalize::Event;
use crate::publish::{self, Parcel, Receipt, Unpublished};
use shared::{Said, Shared};
use table::{Claim, Ending, Key, Known, Look, Table};

pub use shared::Options as SharedOptions;

/// How often a replica that publishes the same event is asked about.
const POLL: Duration = Duration::from_millis(20);

/// How duplicates are told, and how many.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a stored event is remembered. None: nothing is deduplicated.
    pub window: Duration,
    /// How many stored events are remembered; the oldest go first. About 100 bytes each.
    pub entries_max: usize,
    /// What is shared with other replicas.
    pub shared: Option<SharedOptions>,
}

/// Proof that every event of a delivery is stored: by this delivery, or earlier, by one that had
/// the receipt. Only this module makes one, and only one buys a 2xx.
///
/// ```compile_fail
/// let forged = hookferry::dedup::Stored { known: Vec::new(), published: 0 };
/// ```
#[derive(Debug)]
#[must_use = "it is what a 2xx is made of"]
pub struct Stored {
    /// One for each event.
    known: Vec<Known>,
    published: usize,
}

impl Stored {
    /// How many had been stored before.
    pub fn duplicates(&self) -> usize {
        self.known.len() - self.published
    }

    /// Whether nothing of the delivery was new.
    pub fn is_duplicate(&self) -> bool {
        self.published == 0
    }
}

/// Why not every event of a delivery is known to be stored.
#[derive(Debug)]
pub enum Unstored {
    Unpublished(Unpublished),
    /// Another request is storing it, and was not done before the deadline.
    InProgress,
}

/// What was stored lately, and what is being stored.
#[derive(Debug)]
pub struct Dedup {
    /// `None` where nothing is deduplicated.
    table: Option<Arc<Table>>,
    /// A key for names within this process. It never leaves it.
    secret: [u8; 32],
    deliveries: AtomicU64,
    shared: Option<Arc<Shared>>,
}

/// An event that is not known to be stored, and the claim on it, if there is one.
type Open = (Parcel, Option<Claim>);

/// What a delivery is to publish, and its claims: an event without one is its own in any case.
#[derive(Default)]
struct Mine {
    parcels: Vec<Parcel>,
    /// As many.
    claims: Vec<Option<Claim>>,
    /// Where replicas may see the claims.
    shared: Option<Arc<Shared>>,
}

/// What one look at the open events of a delivery has found.
#[derive(Default)]
struct Round {
    mine: Mine,
    /// Being stored by other requests.
    theirs: Vec<Open>,
    /// The end of the first of these that this process knows of.
    ending: Option<Ending>,
}

impl Dedup {
    /// To be made within the runtime.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(options: Options, metrics: &Arc<Metrics>) -> Result<Self, String> {
        let Options {
            window,
            entries_max,
            shared,
        } = options;
        let is_on = !window.is_zero();
        let [mut secret, mut token] = [[0; 32], [0; 32]];
        for random in [&mut secret, &mut token] {
            getrandom::fill(random).map_err(|_| "the system has no randomness")?;
        }
        let shared = shared.filter(|_| is_on).map(|options| {
            let token = base16ct::lower::encode_string(&token);
            Arc::new(Shared::new(options, window, token, Arc::clone(metrics)))
        });
        Ok(Self {
            table: is_on.then(|| Arc::new(Table::new(window, entries_max))),
            secret,
            deliveries: AtomicU64::new(0),
            shared,
        })
    }

    /// Looks after what is shared, for as long as the daemon runs; `None` where nothing is.
    pub fn watch(&self) -> Option<impl Future<Output = ()> + Send + use<>> {
        let shared = Arc::clone(self.shared.as_ref()?);
        Some(async move { shared.watch().await })
    }

    /// Publishes those of `parcels` whose events are not stored yet, `now`.
    ///
    /// # Errors
    /// The first failure, or that another request was not done, by `deadline` at the latest.
    pub async fn store(
        &self,
        parcels: Vec<Parcel>,
        mut now: Instant,
        deadline: Instant,
    ) -> Result<Stored, Unstored> {
        let delivery = self.deliveries.fetch_add(1, Ordering::Relaxed);
        let mut known = Vec::with_capacity(parcels.len());
        let mut published = 0;
        let mut open: Vec<Open> = parcels.into_iter().map(|parcel| (parcel, None)).collect();
        loop {
            let mut round = self.look(open, delivery, now, &mut known);
            if let Some(shared) = &self.shared {
                let elsewhere = round.mine.share(shared, deadline, &mut known).await;
                // Their end is not told but has to be asked for.
                round.ending = round.ending.filter(|_| elsewhere.is_empty());
                round.theirs.extend(elsewhere);
            }
            // What is free is published before anything is waited for: two deliveries that have
            // claimed what the other one needs too do not wait for each other.
            let mine = round.mine;
            if !mine.parcels.is_empty() {
                match publish::publish(&mine.parcels, deadline).await {
                    Ok(receipt) => {
                        published += mine.parcels.len();
                        mine.keep(&receipt, &mut known);
                    }
                    Err(unpublished) => {
                        return Err(Unstored::Unpublished(unpublished));
                    }
                }
            }
            if round.theirs.is_empty() {
                return Ok(Stored { known, published });
            }
            if !has_ended(round.ending, deadline).await {
                return Err(Unstored::InProgress);
            }
            open = round.theirs;
            now = Instant::now();
        }
    }

    /// Claims what is free, and sorts the rest by who has it.
    fn look(&self, open: Vec<Open>, delivery: u64, now: Instant, known: &mut Vec<Known>) -> Round {
        let mut round = Round::default();
        for (parcel, claim) in open {
            let table = self
                .table
                .as_ref()
                .filter(|_| parcel.event().has_unique_id());
            let (Some(table), None) = (table, &claim) else {
                round.mine.push(parcel, claim);
                continue;
            };
            match table.look(self.key(parcel.event()), delivery, now) {
                Look::Free(claim) => round.mine.push(parcel, Some(claim)),
                // Whoever says two things under one id in one breath may mean two.
                Look::Own => round.mine.push(parcel, None),
                Look::Claimed(ending) => {
                    round.ending.get_or_insert(ending);
                    round.theirs.push((parcel, None));
                }
                Look::Stored(stored) => known.push(stored),
            }
        }
        round
    }

    fn key(&self, event: &Event) -> Key {
        let mut hash = Sha256::new_with_prefix(self.secret);
        identify(event, &mut hash);
        let digest: [u8; 32] = hash.finalize().into();
        let (halves, _) = digest.as_chunks::<8>();
        let mut halves = halves.iter().map(|half| u64::from_le_bytes(*half));
        Key(
            halves.next().unwrap_or_default(),
            halves.next().unwrap_or_default(),
        )
    }
}

impl Mine {
    fn push(&mut self, parcel: Parcel, claim: Option<Claim>) {
        self.parcels.push(parcel);
        self.claims.push(claim);
    }

    /// The names of what is claimed.
    fn names(&self) -> Vec<String> {
        let both = self.parcels.iter().zip(&self.claims);
        let claimed = both.filter(|(_, claim)| claim.is_some());
        claimed
            .map(|(parcel, _)| shared_name(parcel.event()))
            .collect()
    }

    /// Claims in Redis what is claimed here. What other replicas are storing is taken out and
    /// returned, with its claim, so that one request asks for all of this process.
    async fn share(
        &mut self,
        shared: &Arc<Shared>,
        deadline: Instant,
        known: &mut Vec<Known>,
    ) -> Vec<Open> {
        let names = self.names();
        if names.is_empty() {
            return Vec::new();
        }
        // From here on they are released there too, even if the answer is not waited for.
        self.shared = Some(Arc::clone(shared));
        let said = shared.claim(&names, deadline).await.unwrap_or_default();
        let mut said = said.into_iter();
        let mut elsewhere = Vec::new();
        let parcels = std::mem::take(&mut self.parcels);
        let claims = std::mem::take(&mut self.claims);
        for (parcel, claim) in parcels.into_iter().zip(claims) {
            let Some(claim) = claim else {
                self.push(parcel, None);
                continue;
            };
            match said.next() {
                Some(Said::Elsewhere) => elsewhere.push((parcel, Some(claim))),
                Some(Said::Stored(word)) => known.push(Known::by_replica(word)),
                // Without Redis an event is stored, perhaps once more.
                Some(Said::Ours) | None => self.push(parcel, Some(claim)),
            }
        }
        elsewhere
    }

    /// All of it is stored.
    fn keep(mut self, receipt: &Receipt, known: &mut Vec<Known>) {
        let now = Instant::now();
        if let Some(shared) = self.shared.take() {
            shared.keep(self.names());
        }
        for claim in std::mem::take(&mut self.claims) {
            known.push(match claim {
                Some(claim) => claim.keep(receipt, now),
                None => Known::by(receipt),
            });
        }
    }
}

impl Drop for Mine {
    /// What was not kept is free again: for other replicas first, then here.
    fn drop(&mut self) {
        if let Some(shared) = self.shared.take() {
            let names = self.names();
            let claims = std::mem::take(&mut self.claims);
            shared.release(names, claims.into_iter().flatten().collect());
        }
    }
}

/// Waits until it is worth while to look again; `false` when the deadline is first.
async fn has_ended(ending: Option<Ending>, deadline: Instant) -> bool {
    match ending {
        Some(ending) => timeout_at(deadline, ending.wait()).await.is_ok(),
        None => {
            let next = Instant::now() + POLL;
            sleep_until(next.min(deadline)).await;
            next < deadline
        }
    }
}

/// Source, tenant, type and id, each behind its length, so that no two of these read alike; and a
/// checksum of the data. Whoever can send signed content again may choose the id where it stands in a header that
/// is not signed: without the checksum, that of an event to come, which would then be lost.
fn identify(event: &Event, hash: &mut Sha256) {
    let origin = event.origin();
    let tenant = origin.tenant.as_deref().unwrap_or_default();
    for text in [&origin.name, tenant, event.kind(), event.id()] {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(text);
    }
    let data = event.data();
    hash.update(u64::try_from(data.len()).unwrap_or(u64::MAX).to_le_bytes());
    hash.update(crc32fast::hash(data).to_le_bytes());
}

/// What an event is called in Redis, the same by every replica. The public URL is part of it, for
/// the sake of those who let two installations use one Redis.
fn shared_name(event: &Event) -> String {
    let mut hash = Sha256::new();
    identify(event, &mut hash);
    hash.update(&event.origin().uri);
    let digest = base16ct::lower::encode_string(&hash.finalize());
    format!("hookferry:dedup:{digest}")
}
