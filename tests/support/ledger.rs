//! What was promised, to be held against what was stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::client::{Failure, Reply};

/// What became of one request.
#[derive(Debug)]
pub struct Entry {
    pub id: String,
    pub outcome: Result<Reply, Failure>,
}

/// What became of all requests of a load, in the order of their ends.
#[derive(Debug, Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
}

/// How long a load goes on.
#[derive(Clone)]
pub enum Until {
    /// For so many requests.
    Count(usize),
    /// Until the flag is set.
    Flag(Arc<AtomicBool>),
}

/// Sends requests from `senders` tasks, one in flight each. `send` is given the request's number and
/// returns its id and what became of it.
pub async fn load<S, F>(senders: usize, until: Until, send: S) -> Ledger
where
    S: Fn(usize) -> F + Clone + Send + 'static,
    F: Future<Output = (String, Result<Reply, Failure>)> + Send + 'static,
{
    let number = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..senders {
        let (number, until, send) = (Arc::clone(&number), until.clone(), send.clone());
        tasks.spawn(async move {
            let mut entries = Vec::new();
            loop {
                let mine = number.fetch_add(1, Ordering::Relaxed);
                let go = match &until {
                    Until::Count(count) => mine < *count,
                    Until::Flag(stop) => !stop.load(Ordering::Relaxed),
                };
                if !go {
                    return entries;
                }
                let (id, outcome) = send(mine).await;
                entries.push(Entry { id, outcome });
            }
        });
    }
    let mut entries = Vec::new();
    while let Some(done) = tasks.join_next().await {
        entries.extend(done.expect("no sender panics"));
    }
    entries.sort_by_key(|entry| entry.outcome.as_ref().map(|reply| reply.at).ok());
    Ledger { entries }
}

impl Ledger {
    /// The ids that were answered 2xx.
    pub fn accepted(&self) -> BTreeSet<&str> {
        let mut ids = BTreeSet::new();
        for (entry, reply) in self.replies() {
            if (200..300).contains(&reply.status) {
                ids.insert(entry.id.as_str());
            }
        }
        ids
    }

    pub fn replies(&self) -> impl Iterator<Item = (&Entry, &Reply)> {
        let entries = self.entries.iter();
        entries.filter_map(|entry| Some((entry, entry.outcome.as_ref().ok()?)))
    }

    /// How often each status and reason was answered; failures of the connection are status 0.
    pub fn tally(&self) -> BTreeMap<(u16, String), usize> {
        let mut tally = BTreeMap::new();
        for entry in &self.entries {
            let key = match &entry.outcome {
                Ok(reply) => (reply.status, reply.reason()),
                Err(failure) => (0, format!("{failure:?}")),
            };
            *tally.entry(key).or_default() += 1;
        }
        tally
    }

    /// The slowest reply.
    pub fn slowest(&self) -> Duration {
        self.replies()
            .map(|(_, reply)| reply.took)
            .max()
            .unwrap_or_default()
    }

    /// When the first 2xx after `moment` was read.
    pub fn first_accepted_after(&self, moment: Instant) -> Option<Instant> {
        let accepted = self.replies().filter(|(_, reply)| reply.status == 200);
        accepted
            .map(|(_, reply)| reply.at)
            .filter(|at| *at > moment)
            .min()
    }

    /// Panics unless every reply is a 200, or a 503 that came within `bound`.
    pub fn assert_200_or_503_within(&self, bound: Duration) {
        for entry in &self.entries {
            match &entry.outcome {
                Ok(reply) if matches!(reply.status, 200 | 503) => assert!(
                    reply.took <= bound,
                    "{} was answered after {bound:?}: {reply:?}",
                    entry.id
                ),
                other => panic!("{} was answered neither 200 nor 503: {other:?}", entry.id),
            }
        }
    }

    /// Panics unless every id that was answered 2xx is among those `stored`. Returns how many of
    /// `stored` were not answered 2xx, which a 503 for an unknown outcome allows.
    pub fn assert_nothing_lost(&self, stored: &BTreeSet<String>) -> usize {
        let accepted = self.accepted();
        let lost: Vec<_> = accepted
            .iter()
            .filter(|id| !stored.contains(**id))
            .collect();
        let (count, first) = (lost.len(), lost.first());
        assert!(
            lost.is_empty(),
            "{count} were answered 2xx and are lost, such as {first:?}"
        );
        stored
            .iter()
            .filter(|id| !accepted.contains(id.as_str()))
            .count()
    }
}
