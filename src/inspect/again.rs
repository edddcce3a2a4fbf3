//! The same once more: its events, as they were published, or the whole request, as it came.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::exchange::{End, Exchange, Stages};
use super::note::{Draft, Note, ms, now};
use super::scrub::Scrub;
use super::{Inspector, Onlooker, keep};
use crate::accept::Received;
use crate::publish;

/// How long a broker has to confirm what is published once more.
const CONFIRM_WITHIN: Duration = Duration::from_secs(10);

/// Makes the note of a request, by what judges it, its source's place there, and its tenant.
pub type Begin = Box<dyn FnOnce(&Onlooker, usize, Option<Arc<str>>) -> Note + Send>;

/// What judges a request as if it had come just now; the pipeline, mostly. `None` where no source has
/// its path any more.
pub trait Judge: Send + Sync + std::fmt::Debug {
    fn judge(&self, received: Received, note: Begin) -> Option<BoxFuture<'static, ()>>;
}

impl Inspector {
    /// Publishes the events of an exchange once more, through their sinks. Deduplication does not see
    /// it: whoever asks for it wants it published.
    ///
    /// # Errors
    /// Why it cannot be.
    pub(super) async fn publish_again(&self, exchange: &Exchange) -> Result<u64, String> {
        exchange.can_publish()?;
        let began = Instant::now();
        let watched = keep::watched(&exchange.parcels);
        let parcels: Vec<_> = watched.iter().map(|(parcel, _)| parcel.clone()).collect();
        let published = publish::publish(&parcels, began + CONFIRM_WITHIN).await;
        let end = match &published {
            Ok(_) => End {
                status: 200,
                outcome: "accepted",
                reason: "replayed",
                message: "published again under the same id; deduplication was passed by"
                    .to_owned(),
            },
            Err(unpublished) => End {
                status: 503,
                outcome: "unavailable",
                reason: unpublished.error.label(),
                message: unpublished.to_string(),
            },
        };
        let took = ms(began.elapsed());
        let mut again = exchange.clone();
        again.at = now();
        again.end = end;
        again.replay_of = Some(exchange.seq);
        again.places = keep::places(&watched, &self.facts(), &Scrub::default());
        again.parcels = parcels;
        again.unexplained = None;
        again.steps.clear();
        again.causes.clear();
        again.stages = Stages {
            publish: Some(took),
            whole: took,
            ..Stages::default()
        };
        Ok(self.keep(again).seq)
    }

    /// Judges a request again from the start, by what is configured now, and as of its own time.
    ///
    /// # Errors
    /// Why it cannot be.
    pub(super) async fn judge_again(&self, exchange: &Exchange) -> Result<u64, String> {
        exchange.can_judge()?;
        let gone = "no source has its path any more";
        let received = exchange.request.received().ok_or("it cannot be read")?;
        let judge = self.judge().ok_or("the daemon is not up yet")?;
        let (kept, seq) = oneshot::channel();
        let (own, replay_of) = (received.clone(), exchange.seq);
        let note = move |onlooker: &Onlooker, source, tenant| {
            let started = Instant::now();
            let mut draft = Draft::new(own, Arc::clone(&onlooker.facts), started);
            draft.replay_of = Some(replay_of);
            draft.kept = Some(kept);
            draft.belongs_to(source, tenant);
            Note::new(Arc::clone(&onlooker.inspector), draft, started)
        };
        // On a task of its own: what has begun is ended, also where whoever asked goes away.
        tokio::spawn(judge.judge(received, Box::new(note)).ok_or(gone)?);
        seq.await
            .map_err(|_| "too much comes at once; try again".to_owned())
    }
}
