//! From what is known of a request to what is kept of it: explained while all of it is still there, then
//! without what must not stay. On a thread of its own, so that no reply waits for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::Inspector;
use super::exchange::{Exchange, Place, PlaceAt, Request};
use super::explain;
use super::facts::{Facts, SourceFacts};
use super::note::Draft;
use super::scrub::Scrub;
use crate::publish::{Landing, Landings, Parcel};

/// How much of each second may go into explanations: whoever floods a source with forged requests is
/// not to have them all looked at from every side.
const EXPLAIN_MAX: Duration = Duration::from_millis(200);
/// Data of events beyond this is not kept to be published again.
const EVENT_BYTES_MAX: usize = 1_048_576;

const EDITED: &str =
    "as it was published: the source takes fields out of it, and they are not kept";
const TAKEN_OUT: &str =
    "not kept: the source takes fields out of its events, and this body still has them";
const SECRET: &str = "not kept: it holds a token or a secret";
const UNREAD: &str = "the request was turned away before its body was read";
const LARGE: &str = "its events are too large to be kept";

/// The time that explanations have taken in the second that is running.
#[derive(Debug)]
pub(super) struct Budget {
    since: Instant,
    spent: Duration,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            since: Instant::now(),
            spent: Duration::ZERO,
        }
    }

    /// Does `work`, where there is time for it.
    fn spend<T>(&mut self, work: impl FnOnce() -> T) -> Option<T> {
        let began = Instant::now();
        if began - self.since > Duration::from_secs(1) {
            *self = Self::new();
        }
        if self.spent > EXPLAIN_MAX {
            return None;
        }
        let done = work();
        self.spent += began.elapsed();
        Some(done)
    }
}

impl Inspector {
    pub(super) fn exchange(&self, draft: Draft, budget: &mut Budget) -> Exchange {
        let facts = Arc::clone(&draft.facts);
        let known = draft.source.and_then(|at| facts.sources.get(at));
        let held = draft
            .endpoint
            .as_deref()
            .zip(known.map(|known| &*known.preset));
        let scrub = Scrub::of(&draft.received, held);
        let edits = known.is_some_and(|known| known.edits);
        let explained = held.and_then(|(endpoint, preset)| {
            let refused = draft.end.outcome == "refused";
            budget.spend(|| explain::explain(endpoint, preset, &draft.received, edits, refused))
        });
        let mut body = Body::of(&draft, &scrub, edits, self.settings.body_bytes_max);
        let (events, events_note) = body.events(&draft, &scrub, edits);
        let request = self.request(&draft, &scrub, body);
        let first = draft.parcels.first().map(|(parcel, _)| parcel.event());
        let (steps, causes) = explained.clone().unwrap_or_default();
        let clean = |text: &str| scrub.text(text);
        let mut exchange = Exchange {
            seq: 0,
            at: draft.received.at(),
            whose: draft.whose,
            stages: draft.stages,
            steps: steps
                .into_iter()
                .map(|step| explain::cleaned(step, &scrub))
                .collect(),
            causes: causes.iter().map(|cause| clean(cause)).collect(),
            unexplained: draft.endpoint.clone().filter(|_| explained.is_none()),
            events: draft.parcels.len(),
            kind: first.map(|event| clean(event.kind())),
            id: first.map(|event| clean(event.id())),
            places: places(&draft.parcels, &facts, &scrub),
            parcels: events,
            events_note,
            replay_of: draft.replay_of,
            guess: None,
            end: draft.end,
            request,
        };
        exchange.end.message = clean(&exchange.end.message);
        if draft.replay_of.is_some() {
            exchange.at = super::note::now();
        }
        exchange.whose.provider = known.map(|known: &SourceFacts| known.preset.id.clone());
        if exchange.whose.bin.is_some() {
            exchange.guess = self.guess(&draft.received);
        }
        exchange
    }

    fn request(&self, draft: &Draft, scrub: &Scrub, body: Body) -> Request {
        let received = &draft.received;
        let (headers, gone) = scrub.headers(received.headers());
        let query = scrub.query(received.query());
        let path = scrub.text(received.path());
        let reads = |name| {
            let scheme = draft.endpoint.as_ref().map(|endpoint| &endpoint.scheme);
            scheme.is_some_and(|scheme| scheme.reads_header(name))
        };
        let incomplete = if !draft.was_read {
            Some(UNREAD)
        } else if body.kept.is_none() || body.note.is_some() {
            Some(body.note.unwrap_or("its body is not kept"))
        } else if body.truncated {
            Some("its body is too long to be kept whole")
        } else if received.was_encoded() {
            Some("its body came with a content coding, and is kept without")
        } else if query != received.query() || path != received.path() {
            Some("its address held a credential, which is not kept")
        } else if gone.iter().any(|(name, _)| reads(name)) {
            Some("it is known by a credential, which is not kept")
        } else {
            None
        };
        let digests = gone.into_iter();
        Request {
            method: received.method().clone(),
            path,
            query,
            headers,
            client: received.client(),
            at: received.at(),
            body: body.kept,
            body_bytes: received.body().len(),
            body_note: body.note,
            truncated: body.truncated,
            incomplete,
            digests: digests
                .map(|(name, value)| (name, self.digest(value.as_bytes())))
                .collect(),
        }
    }
}

/// What is kept of a body.
struct Body {
    kept: Option<Bytes>,
    truncated: bool,
    note: Option<&'static str>,
}

impl Body {
    fn of(draft: &Draft, scrub: &Scrub, edits: bool, bytes_max: usize) -> Self {
        let none = |note| Self {
            kept: None,
            truncated: false,
            note: Some(note),
        };
        if !draft.was_read {
            return none(UNREAD);
        }
        let came = draft.received.body();
        let mut note = None;
        let shown = if edits {
            match draft.parcels.as_slice() {
                [(parcel, _)] if parcel.event().oddity().is_none() => {
                    let data = parcel.event().data();
                    note = (data != came).then_some(EDITED);
                    data
                }
                _ => return none(TAKEN_OUT),
            }
        } else {
            came
        };
        if scrub.is_in(shown) {
            return none(SECRET);
        }
        // A copy: what it was read into may be much larger.
        let kept = shown.get(..bytes_max).unwrap_or(shown);
        Self {
            truncated: kept.len() < shown.len(),
            kept: Some(Bytes::copy_from_slice(kept)),
            note,
        }
    }

    /// The events, in bytes of their own, and why they are not kept where they are not.
    fn events(
        &mut self,
        draft: &Draft,
        scrub: &Scrub,
        edits: bool,
    ) -> (Vec<Parcel>, Option<&'static str>) {
        let events = draft.parcels.iter().map(|(parcel, _)| parcel.event());
        let bytes: usize = events.clone().map(|event| event.data().len()).sum();
        if bytes > EVENT_BYTES_MAX {
            return (Vec::new(), Some(LARGE));
        }
        // What could not be edited is as it came.
        if edits && events.clone().any(|event| event.oddity().is_some()) {
            return (Vec::new(), Some(TAKEN_OUT));
        }
        if events.clone().any(|event| scrub.is_in(event.data())) {
            return (Vec::new(), Some(SECRET));
        }
        let own = draft.parcels.iter().map(|(parcel, _)| {
            let data = parcel.event().data();
            let same = self.kept.as_ref().filter(|kept| *kept == data);
            let data = same.map_or_else(|| Bytes::copy_from_slice(data), Bytes::clone);
            parcel.clone().with_data(data)
        });
        (own.collect(), None)
    }
}

/// Where the records of `parcels` lie.
pub(super) fn places(parcels: &[(Parcel, Landings)], facts: &Facts, scrub: &Scrub) -> Vec<Place> {
    let mut places = Vec::new();
    for (parcel, landings) in parcels {
        for (placement, landed) in parcel.to().iter().zip(landings.all()) {
            let Some(landed) = landed else { continue };
            let sink = placement.sink.name();
            let record = placement.route.record(parcel.event());
            let (topic, key) = record.place();
            let topic = match landed.buried {
                Some(_) => placement.route.dead_letter_topic.clone(),
                None => topic.to_owned(),
            };
            let at = match landed.at {
                Landing::Kafka { partition, offset } => PlaceAt::Kafka {
                    topic,
                    partition,
                    offset,
                    key: scrub.text(key),
                },
                Landing::Rabbitmq => PlaceAt::Rabbitmq {
                    exchange: facts
                        .sinks
                        .get(sink)
                        .map(|sink| sink.exchange.clone())
                        .unwrap_or_default(),
                    routing_key: topic,
                },
                Landing::Spooled => PlaceAt::Spooled { topic },
            };
            places.push(Place {
                sink: sink.to_owned(),
                at,
                buried: landed.buried,
            });
        }
    }
    places
}

/// The same for parcels that were published once more.
pub(super) fn watched(parcels: &[Parcel]) -> Vec<(Parcel, Landings)> {
    let each = parcels.iter().map(|parcel| {
        let mut parcel = parcel.clone();
        let landings = parcel.watch();
        (parcel, landings)
    });
    each.collect()
}

/// Hands over what a thread has to do, until nothing can come any more.
pub(super) fn work(
    inspector: &Arc<Inspector>,
    mut drafts: tokio::sync::mpsc::Receiver<Draft>,
    mut journal: Option<super::journal::Journal>,
) {
    let mut budget = Budget::new();
    while let Some(mut draft) = drafts.blocking_recv() {
        inspector.taken(draft.bytes());
        let kept = draft.kept.take();
        let exchange = inspector.exchange(draft, &mut budget);
        let exchange = inspector.keep(exchange);
        if let Some(kept) = kept {
            // Whoever asked may have gone.
            let _ = kept.send(exchange.seq);
        }
        if let Some(open) = &mut journal {
            let line = format!("{}\n", inspector.at_once(&exchange));
            if let Err(error) = open.write(line.as_bytes()) {
                tracing::error!(%error, "the inspector's journal cannot be written: it ends here");
                journal = None;
            }
        }
    }
}
