//! The whole journey on one screen.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::accept::{Bin, Carry, Denial, Door, Received, Reply};
use crate::authenticate::{Answer, Arrival, Refusal, authenticate};
use crate::dedup::{Dedup, Stored, Unstored};
use crate::fetch::Fetcher;
use crate::inspect::{Note, Onlooker};
use crate::learned::Learned;
use crate::metrics::{Fate, Metrics, Stage};
use crate::normalize::{self, Delivery, Dropped, Shape};
use crate::publish::{Parcel, Routing};
use crate::settings::Endpoints;
use crate::settings::compile::Endpoint;
use crate::synthetic;
use crate::telemetry::{Trace, Tracer};
use crate::time::UnixTime;

/// One source, ready to run.
#[derive(Debug)]
pub struct Source {
    /// What its requests are judged and read by.
    endpoints: Endpoints,
    /// What is made of its events before they go on.
    shape: Shape,
    /// Where its events go.
    routing: Routing,
    /// The bound on every reply, from the request's head.
    reply_within: Duration,
    /// Where a secret goes that the provider hands over.
    learn_into: Option<PathBuf>,
}

impl Source {
    pub fn new(
        endpoints: Endpoints,
        shape: Shape,
        routing: Routing,
        reply_within: Duration,
        learn_into: Option<PathBuf>,
    ) -> Self {
        Self {
            endpoints,
            shape,
            routing,
            reply_within,
            learn_into,
        }
    }

    /// Whether its provider has subscriptions confirmed by opening an address.
    pub fn calls(&self) -> bool {
        let calls = |endpoint: &Endpoint| {
            let mut accepted = endpoint.scheme.accepted.iter();
            accepted.any(|form| form.call.is_some())
        };
        self.endpoints.all().any(|(_, endpoint)| calls(endpoint))
    }

    /// What its requests are judged and read by.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }
}

/// All sources of one reading of the configuration.
#[derive(Debug)]
pub struct Pipeline {
    pub sources: Box<[Source]>,
    pub metrics: Arc<Metrics>,
    pub learned: Arc<Learned>,
    /// For handshakes that want an address opened; where a source has such.
    pub fetcher: Option<Fetcher>,
    pub dedup: Arc<Dedup>,
    /// Where traces are recorded.
    pub tracer: Option<Arc<Tracer>>,
    /// Where somebody looks on.
    pub onlooker: Option<Onlooker>,
}

/// When the last stage ended, and who is told.
struct Watch {
    last: Instant,
    trace: Option<Arc<Trace>>,
}

impl Watch {
    fn lap(&mut self, metrics: &Metrics, stage: Stage, error: Option<&'static str>) {
        let now = Instant::now();
        metrics.stage(stage, now - self.last);
        if let Some(trace) = &self.trace {
            trace.part(stage.label(), (self.last, now), error);
        }
        self.last = now;
    }

    /// The last stage, of which every message is told by itself.
    fn end(&mut self, metrics: &Metrics) {
        self.trace = None;
        self.lap(metrics, Stage::Publish, None);
    }
}

/// A request once it is judged, before any broker is asked.
enum Judged<'s> {
    Authentic(&'s Source, Load),
    Answered(Reply),
}

/// What of an authentic delivery is to be stored, and what is not by the operator's word.
struct Load {
    parcels: Vec<Parcel>,
    dropped: Vec<Dropped>,
    answer: Option<Answer>,
}

impl Carry for Pipeline {
    fn has_room(&self, door: &Door) -> bool {
        let Some(source) = self.sources.get(door.source) else {
            return true;
        };
        // A batch waits for room.
        let endpoint = || source.endpoints.of(door.tenant.as_deref());
        source.routing.has_room() || endpoint().is_none_or(|it| it.mapping.splits())
    }

    fn tracer(&self) -> Option<&Arc<Tracer>> {
        self.tracer.as_ref()
    }

    fn carry(
        &self,
        door: &Door,
        received: Received,
        started: Instant,
    ) -> impl Future<Output = Reply> + Send {
        let onlooker = self.onlooker.as_ref();
        let note = onlooker.map(|onlooker| Box::new(onlooker.begin(door, &received, started)));
        self.carry_noted(door, received, started, note)
    }

    fn is_watched(&self) -> bool {
        self.onlooker.is_some()
    }

    fn turned_away(&self, door: Option<&Door>, seen: &Received, reply: &Reply, started: Instant) {
        if let Some(onlooker) = &self.onlooker {
            onlooker.turned_away(door, seen, reply, started);
        }
    }

    fn bin(&self, path: &str) -> Option<Bin> {
        self.onlooker.as_ref()?.bin_at(path)
    }

    async fn capture(&self, bin: Bin, received: Received, started: Instant) -> Reply {
        match &self.onlooker {
            Some(onlooker) => onlooker.capture(bin, received, started).await,
            None => Reply::denied(&Denial::NotFound),
        }
    }
}

impl Pipeline {
    /// All that needs no waiting is done at once: the future holds only what the brokers are told.
    pub fn carry_noted(
        &self,
        door: &Door,
        received: Received,
        started: Instant,
        mut note: Option<Box<Note>>,
    ) -> impl Future<Output = Reply> + Send {
        let at = door.source;
        let mut watch = Watch {
            last: started,
            trace: received.trace().cloned(),
        };
        watch.lap(&self.metrics, Stage::Read, None);
        let judged = self.judge(
            at,
            door.tenant.as_deref(),
            received,
            (&mut watch, note.as_deref_mut()),
        );
        async move {
            let reply = match judged {
                Judged::Authentic(source, load) => {
                    let reply = self.store(source, at, load, (started, watch.last)).await;
                    watch.end(&self.metrics);
                    reply
                }
                Judged::Answered(reply) => reply,
            };
            let seconds = (watch.last - started).as_secs_f64();
            self.metrics.replied(at, reply.outcome().label(), seconds);
            if let Some(note) = note {
                note.end(&reply);
            }
            reply
        }
    }

    fn judge(
        &self,
        at: usize,
        tenant: Option<&str>,
        received: Received,
        (watch, mut note): (&mut Watch, Option<&mut Note>),
    ) -> Judged<'_> {
        let source = self.sources.get(at);
        let endpoint = source.and_then(|source| source.endpoints.of(tenant));
        // There is none without its door.
        let (Some(source), Some(endpoint)) = (source, endpoint) else {
            return Judged::Answered(Reply::denied(&Denial::NotFound));
        };
        let Endpoint { scheme, mapping } = endpoint.as_ref();
        let now = received.at();
        if let Some(note) = &mut note {
            note.held_against(endpoint);
        }
        let arrival = authenticate(scheme, received, now, &mut ());
        let refused = arrival.as_ref().err().map(Refusal::label);
        watch.lap(&self.metrics, Stage::Verify, refused);
        if let Some(note) = &mut note {
            note.verified();
        }
        let verified = match arrival {
            Ok(Arrival::Delivery(verified)) => verified,
            Ok(Arrival::Handshake(answer)) => {
                return Judged::Answered(self.shake(source, at, now, answer));
            }
            Err(refusal) => {
                self.metrics.refused(at, refusal.label());
                return Judged::Answered(Reply::refused(&refusal, scheme.refused));
            }
        };
        let name = self.metrics.source_name(at);
        let run = synthetic::run_of(scheme, name, tenant, verified.received());
        let mut delivery = normalize::events(mapping, verified);
        if let Some(run) = run.map(Arc::from) {
            let events = delivery.events.iter_mut();
            events.for_each(|event| event.be_synthetic(&run));
        }
        let judged = match source.shape.apply(delivery) {
            Ok(delivery) => {
                let mut load = self.load(source, at, delivery);
                if let Some(note) = note {
                    note.normalized(&mut load.parcels);
                }
                Judged::Authentic(source, load)
            }
            Err(rejected) => {
                self.metrics.events(at, Fate::Rejected, rejected.events);
                Judged::Answered(Reply::rejected(&rejected))
            }
        };
        watch.lap(&self.metrics, Stage::Normalize, None);
        judged
    }

    /// Routes the events, and counts those that do not go where they were meant to.
    fn load(&self, source: &Source, at: usize, delivery: Delivery) -> Load {
        let Delivery {
            events,
            mut dropped,
            answer,
        } = delivery;
        let mut parcels = Vec::with_capacity(events.len());
        for event in events {
            match source.routing.route(event) {
                Ok(parcel) => parcels.push(parcel),
                Err(by_route) => dropped.push(by_route),
            }
        }
        for dropped in &dropped {
            self.metrics.filtered(at, dropped.rule());
        }
        for event in parcels.iter().map(Parcel::event) {
            if let Some(oddity) = event.oddity() {
                let reason = oddity.label();
                self.metrics.dead_letter(at, reason);
                let (source, id) = (self.metrics.source_name(at), event.id());
                let detail = event.detail().unwrap_or_default();
                tracing::warn!(
                    source,
                    event = id,
                    reason,
                    detail,
                    "an event goes to the dead letters"
                );
            }
        }
        Load {
            parcels,
            dropped,
            answer,
        }
    }

    fn shake(&self, source: &Source, at: usize, now: UnixTime, mut answer: Answer) -> Reply {
        if let Some(secret) = answer.learned.take() {
            let name = self.metrics.source_name(at);
            let file = source.learn_into.as_deref();
            if let Err(error) = self.learned.take(name, file, &secret, now) {
                tracing::warn!(source = name, error, "a handed-over secret was not taken");
                self.metrics.refused(at, Refusal::WrongChallenge.label());
                return Reply::refused(&Refusal::WrongChallenge, None);
            }
            tracing::info!(source = name, "the provider has handed over a secret");
        }
        Reply::answered(answer)
    }

    /// Opens the address by which a subscription is confirmed.
    async fn confirm(&self, url: &str, deadline: Instant) -> Result<(), String> {
        let fetcher = self.fetcher.as_ref().ok_or("nothing is fetched here")?;
        let opened = tokio::time::timeout_at(deadline, fetcher.open(url)).await;
        opened.unwrap_or_else(|_| Err("it did not answer in time".to_owned()))
    }

    async fn store(
        &self,
        source: &Source,
        at: usize,
        load: Load,
        (started, now): (Instant, Instant),
    ) -> Reply {
        let Load {
            parcels,
            dropped,
            mut answer,
        } = load;
        self.metrics.events(at, Fate::Filtered, dropped.len());
        let call = answer.as_mut().and_then(|answer| answer.call.take());
        let deadline = started + source.reply_within;
        let reply = match dropped.first().filter(|_| parcels.is_empty()) {
            Some(first) => Reply::filtered(first, answer),
            None => match self.publish(at, parcels, now, deadline).await {
                Ok(stored) => Reply::accepted(stored, answer),
                Err(Unstored::InProgress) => return Reply::in_progress(),
                Err(Unstored::Unpublished(unpublished)) => return Reply::unavailable(&unpublished),
            },
        };
        if let Some(url) = call
            && let Err(error) = self.confirm(&url, deadline).await
        {
            return Reply::unconfirmed(error);
        }
        reply
    }

    /// Stores what is not stored yet, and counts what becomes of each event.
    async fn publish(
        &self,
        at: usize,
        parcels: Vec<Parcel>,
        now: Instant,
        deadline: Instant,
    ) -> Result<Stored, Unstored> {
        let count = parcels.len();
        let odd = parcels.iter().filter(|it| it.event().oddity().is_some());
        let odd = odd.count();
        match self.dedup.store(parcels, now, deadline).await {
            Ok(stored) => {
                let duplicates = stored.duplicates();
                if duplicates > 0 {
                    self.metrics.duplicates(at, duplicates);
                }
                let meant = count.saturating_sub(odd + duplicates);
                self.metrics.events(at, Fate::Duplicate, duplicates);
                self.metrics.events(at, Fate::DeadLetter, odd);
                self.metrics.events(at, Fate::Stored, meant);
                Ok(stored)
            }
            Err(unstored) => {
                self.metrics.events(at, Fate::Failed, count);
                if let Unstored::Unpublished(unpublished) = &unstored {
                    let reason = unpublished.error.label();
                    self.metrics.failed(unpublished.sink.name(), reason);
                }
                Err(unstored)
            }
        }
    }
}
