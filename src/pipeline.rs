//! The whole journey on one screen.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::accept::{Carry, Denial, Received, Reply};
use crate::authenticate::{Arrival, authenticate};
use crate::metrics::{IntCounter, Metrics};
use crate::normalize::{self, Delivery};
use crate::publish::{self, Placement};
use crate::settings::compile::Endpoint;

/// One source, ready to run.
#[derive(Debug)]
pub struct Source {
    /// Replaced whole when a secret changes; a request keeps the one it began with.
    endpoint: RwLock<Arc<Endpoint>>,
    /// Where its events go: every one of these must confirm.
    placements: Vec<Placement>,
    /// What the sinks of `placements` have confirmed.
    confirmed: Vec<IntCounter>,
    /// The bound on every reply, from the request's head.
    reply_within: Duration,
}

impl Source {
    pub fn new(
        endpoint: Endpoint,
        placements: Vec<Placement>,
        reply_within: Duration,
        metrics: &Metrics,
    ) -> Self {
        let sinks = placements.iter().map(|placement| placement.sink.name());
        Self {
            confirmed: sinks.map(|sink| metrics.confirmed(sink)).collect(),
            endpoint: RwLock::new(Arc::new(endpoint)),
            placements,
            reply_within,
        }
    }

    /// Judges requests by `endpoint` from now on.
    pub fn renew(&self, endpoint: Endpoint) {
        let mut slot = self
            .endpoint
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *slot = Arc::new(endpoint);
    }

    fn endpoint(&self) -> Arc<Endpoint> {
        let slot = self.endpoint.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&slot)
    }
}

/// All sources.
#[derive(Debug)]
pub struct Pipeline {
    pub sources: Arc<[Source]>,
    pub metrics: Arc<Metrics>,
}

/// A request once it is judged, before any broker is asked.
enum Judged<'s> {
    Authentic(&'s Source, Delivery),
    Answered(Reply),
}

impl Carry for Pipeline {
    /// All that needs no waiting is done at once: the future holds only what the brokers are told.
    fn carry(
        &self,
        at: usize,
        received: Received,
        started: Instant,
    ) -> impl Future<Output = Reply> + Send {
        let judged = self.judge(at, received);
        async move {
            let reply = match judged {
                Judged::Authentic(source, delivery) => self.store(source, delivery, started).await,
                Judged::Answered(reply) => reply,
            };
            let seconds = started.elapsed().as_secs_f64();
            self.metrics.replied(at, reply.outcome().label(), seconds);
            reply
        }
    }
}

impl Pipeline {
    fn judge(&self, at: usize, received: Received) -> Judged<'_> {
        let Some(source) = self.sources.get(at) else {
            return Judged::Answered(Reply::denied(Denial::NotFound));
        };
        let endpoint = source.endpoint();
        let Endpoint { scheme, mapping } = endpoint.as_ref();
        let now = received.at();
        let verified = match authenticate(scheme, received, now, &mut ()) {
            Ok(Arrival::Delivery(verified)) => verified,
            Ok(Arrival::Handshake(answer)) => return Judged::Answered(Reply::answered(answer)),
            Err(refusal) => {
                self.metrics.refused(at, refusal.label());
                return Judged::Answered(Reply::refused(&refusal, scheme.refused));
            }
        };
        let delivery = normalize::events(mapping, verified);
        for event in &delivery.events {
            if let Some(oddity) = event.oddity() {
                let reason = oddity.label();
                self.metrics.dead_letter(at, reason);
                let (source, event) = (self.metrics.source_name(at), event.id());
                tracing::warn!(source, event, reason, "an event goes to the dead letters");
            }
        }
        Judged::Authentic(source, delivery)
    }

    async fn store(&self, source: &Source, delivery: Delivery, started: Instant) -> Reply {
        let Delivery { events, answer } = delivery;
        let deadline = started + source.reply_within;
        match publish::publish(&source.placements, &events, deadline).await {
            Ok(receipt) => {
                let records = u64::try_from(events.len()).unwrap_or(u64::MAX);
                for confirmed in &source.confirmed {
                    confirmed.inc_by(records);
                }
                Reply::accepted(receipt, answer)
            }
            Err(unpublished) => {
                let reason = unpublished.error.label();
                self.metrics.failed(unpublished.sink.name(), reason);
                Reply::unavailable(&unpublished)
            }
        }
    }
}
