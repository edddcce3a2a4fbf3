//! Stage 3: one envelope for every provider. Pure and total: an authentic delivery always becomes
//! at least one event, whatever its content, because what failed here would be lost.

mod batch;
mod canonical;
mod event;
pub mod expression;
mod mapping;
mod redact;
pub mod shape;

use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use sha2::{Digest, Sha256};

pub use batch::{BatchFormat, BatchOf};
pub use canonical::{CANONICAL_TYPE, Canonical, CanonicalRule};
pub use event::{Event, Oddity, Origin};
pub use mapping::{Mapping, MappingPointers};
pub use shape::{Dropped, Rejected, Shape};

use crate::accept::Received;
use crate::authenticate::{Answer, Integrity, Verified};
use crate::peek::{self, Malformed, Peeked};
use crate::telemetry::{TRACEPARENT, TRACESTATE};
use batch::{Item, Unsplit};
use event::Request;
use mapping::{Common, Sight};
use redact::redacted;

/// The events of one delivery, and what its provider wants to hear once all are stored.
#[derive(Debug)]
pub struct Delivery {
    /// At least one, or `dropped` has.
    pub events: Vec<Event>,
    /// One for each event that a filter has dropped.
    pub dropped: Vec<Dropped>,
    pub answer: Option<Answer>,
}

/// Reads the events out of an authentic delivery.
pub fn events(mapping: &Mapping, verified: Verified) -> Delivery {
    let (received, integrity, claims, answer) = verified.into_parts();
    let reader = Reader {
        mapping,
        integrity,
        media_type: received.media_type(),
        received: &received,
        claims: claims.as_deref(),
        digest: OnceCell::new(),
    };
    let mut events = reader.events();
    let query = received.query().to_owned();
    let trace = received.trace().cloned();
    let mut headers = received.into_headers();
    for name in &mapping.credentials {
        headers.remove(name);
    }
    let request = Arc::new(Request {
        headers,
        query,
        trace,
    });
    for event in &mut events {
        event.request = Arc::clone(&request);
    }
    Delivery {
        events,
        dropped: Vec::new(),
        answer,
    }
}

struct Reader<'r> {
    mapping: &'r Mapping,
    received: &'r Received,
    integrity: Integrity,
    media_type: &'r str,
    claims: Option<&'r str>,
    /// Made for the first event without an id.
    digest: OnceCell<String>,
}

impl Reader<'_> {
    fn events(&self) -> Vec<Event> {
        let body = self.received.body();
        let says_json = is_json(self.media_type);
        let may_be_json = !body.is_empty() && !is_form(self.media_type);
        let peeked = may_be_json.then(|| self.mapping.pointers.body.read(body));
        let is_read = says_json || self.media_type.is_empty() || !self.mapping.batch.is_empty();
        if is_read && matches!(peeked, Some(Err(Malformed::TooDeep))) {
            return vec![self.whole(None, Some(Oddity::TooDeep))];
        }
        if let Some(batch) = &self.mapping.batch_of {
            return self.elsewhere(batch, peeked.and_then(Result::ok).as_ref());
        }
        match peeked {
            None => vec![self.whole(None, None)],
            Some(Ok(peeked)) => match self.items(&peeked) {
                Ok(items) => self.batch(Some(&peeked), &items),
                Err(Unsplit::TooLong) => {
                    vec![self.whole(Some(&peeked), Some(Oddity::BatchTooLong))]
                }
                Err(Unsplit::NoBatch | Unsplit::Malformed | Unsplit::TooDeep) => {
                    vec![self.whole(Some(&peeked), None)]
                }
            },
            Some(Err(Malformed::RepeatedKey)) => vec![self.whole(None, Some(Oddity::RepeatedKey))],
            Some(Err(Malformed::NotJson))
                if self.mapping.data.is_none() && (says_json || !self.mapping.batch.is_empty()) =>
            {
                vec![self.whole(None, Some(Oddity::NotJson))]
            }
            // It does not say that it is JSON.
            Some(Err(Malformed::NotJson | Malformed::TooDeep)) => vec![self.whole(None, None)],
        }
    }

    /// The items of a batch in the body's JSON.
    fn items(&self, body: &Peeked<'_, '_>) -> Result<Vec<Item>, Unsplit> {
        let first = self.mapping.batch.first().ok_or(Unsplit::NoBatch)?;
        let array = body.raw(first).ok_or(Unsplit::NoBatch)?;
        batch::of_array(self.mapping, array, self.received.body())
    }

    /// The events of a batch that is not in the body's JSON.
    fn elsewhere(&self, batch: &BatchOf, body: Option<&Peeked<'_, '_>>) -> Vec<Event> {
        let text = batch.from.render(&self.sight(body));
        let items = match text {
            None => Err(Unsplit::NoBatch),
            Some(text) => batch.items(self.mapping, &Bytes::from(text)),
        };
        match items {
            Ok(items) => self.batch(body, &items),
            Err(Unsplit::NoBatch) => vec![self.whole(body, None)],
            Err(Unsplit::Malformed) => vec![self.whole(body, Some(Oddity::NotJson))],
            Err(Unsplit::TooDeep) => vec![self.whole(body, Some(Oddity::TooDeep))],
            Err(Unsplit::TooLong) => vec![self.whole(body, Some(Oddity::BatchTooLong))],
        }
    }

    fn sight<'s>(&'s self, body: Option<&'s Peeked<'s, 's>>) -> Sight<'s> {
        Sight {
            mapping: self.mapping,
            received: self.received,
            body,
            item: None,
            element: None,
            parent: None,
            claims: self.claims,
            common: None,
        }
    }

    fn whole(&self, body: Option<&Peeked<'_, '_>>, mut oddity: Option<Oddity>) -> Event {
        let mut json = body.is_some() && (is_json(self.media_type) || self.media_type.is_empty());
        let root = oddity.is_none() && !self.mapping.batch.is_empty();
        // A provider that mostly sends batches may send one object: it is its own item.
        let item = root
            .then(|| self.mapping.pointers.item.read(self.received.body()).ok())
            .flatten();
        let sight = Sight {
            item: item.as_ref(),
            ..self.sight(body)
        };
        let mut content_type = match self.received.headers().get(http::header::CONTENT_TYPE) {
            Some(value) => value.to_str().ok().map(str::to_owned),
            None => json.then(|| "application/json".to_owned()),
        };
        let mut data = self.received.body().clone();
        if let Some(other) = self
            .mapping
            .data
            .as_ref()
            .and_then(|data| data.render(&sight))
        {
            let read = peek::check(&other);
            json = read.is_ok();
            let is_deep = read == Err(Malformed::TooDeep);
            oddity = oddity.or(is_deep.then_some(Oddity::TooDeep));
            data = Bytes::from(other);
            content_type.clone_from(&self.mapping.data_content_type);
            if content_type.is_none() && json {
                content_type = Some("application/json".to_owned());
            }
        }
        let mut event = self.event(&sight, data, content_type, json, None);
        event.oddity = oddity.or(event.oddity);
        event
    }

    fn batch(&self, body: Option<&Peeked<'_, '_>>, items: &[Item]) -> Vec<Event> {
        let pointers = &self.mapping.pointers;
        let is_xml = self.mapping.batch_of.as_ref();
        let is_xml = is_xml.is_some_and(|batch| batch.format == BatchFormat::Xml);
        let content_type = if is_xml {
            "application/xml"
        } else {
            "application/json"
        };
        let common = Common::default();
        let mut events = Vec::with_capacity(items.len());
        // Items that one element holds stand together, and it is read once.
        for siblings in items.chunk_by(Item::is_beside) {
            let parent = siblings.first().and_then(|item| item.parent.as_ref());
            let parent = parent.and_then(|json| pointers.parent.read(json).ok());
            common.leave_parent();
            for item in siblings {
                let read = pointers.item.read(&item.data);
                let element = std::str::from_utf8(&item.data).ok().filter(|_| is_xml);
                let sight = Sight {
                    item: read.as_ref().ok(),
                    element,
                    parent: parent.as_ref(),
                    common: Some(&common),
                    ..self.sight(body)
                };
                let index = events.len();
                let content_type = Some(content_type.to_owned());
                let data = item.data.clone();
                let mut event = self.event(&sight, data, content_type, item.is_json, Some(index));
                let of_batch = [("batchindex", index), (event::BATCH_SIZE, items.len())];
                let of_batch = of_batch.map(|(name, number)| (name.to_owned(), number.to_string()));
                event.extensions.extend(of_batch);
                event.oddity = match read {
                    Ok(_) => event.oddity,
                    Err(_) if is_xml => event.oddity,
                    Err(error) => Some(error.into()),
                };
                events.push(event);
            }
        }
        events
    }

    fn event(
        &self,
        sight: &Sight<'_>,
        data: Bytes,
        content_type: Option<String>,
        is_json: bool,
        index: Option<usize>,
    ) -> Event {
        let mut extensions = sight.extensions();
        extensions.extend(self.trace_context());
        let event = sight.event();
        let mut oddity = None;
        if let (Some(canonical), Some(event)) = (&self.mapping.canonical, &event) {
            match canonical.name(event, &data) {
                Ok(Some(name)) => extensions.push((CANONICAL_TYPE.to_owned(), name.to_owned())),
                Ok(None) => {}
                Err(error) => oddity = Some(error.into()),
            }
        }
        let prefix = &self.mapping.origin.prefix;
        let (id, has_unique_id) = self.id(sight, index);
        let redacted = redacted(&data, &self.mapping.pointers.redact, &self.mapping.redact)
            .unwrap_or_else(|error| {
                oddity = Some(error.into());
                None
            });
        let mut made = Event {
            id,
            origin: Arc::clone(&self.mapping.origin),
            kind: [prefix, event.as_deref().unwrap_or("unknown")].join("."),
            event,
            subject: sight.subject(),
            time: sight.time(),
            received: self.received.at(),
            integrity: self.integrity,
            content_type,
            extensions,
            data: data.clone(),
            is_json,
            oddity,
            detail: None,
            request: Arc::default(),
            has_unique_id,
            run: None,
            asked: None,
            places: OnceLock::new(),
        };
        if let Some(redacted) = redacted {
            made.set_data(redacted);
            made.note_edits(&data, "redact");
        }
        made
    }

    /// The provider's id, made distinct for the items of a batch that share it; else a digest of
    /// what arrived, so that a redelivery has the same one. And whether no other event of the same
    /// type has it.
    fn id(&self, sight: &Sight<'_>, index: Option<usize>) -> (String, bool) {
        match (sight.id(), index) {
            (Some(id), Some(index)) if !id.is_items => {
                (format!("{}.{index}", id.text), id.is_unique)
            }
            (Some(id), _) => (id.text, id.is_unique),
            (None, index) => {
                let digest = self.digest.get_or_init(|| self.digest());
                let id = match index {
                    Some(index) => format!("sha256-{digest}.{index}"),
                    None => format!("sha256-{digest}"),
                };
                (id, false)
            }
        }
    }

    /// Of what arrived, and where.
    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.received.path());
        hash.update([0]);
        hash.update(self.received.query());
        hash.update([0]);
        hash.update(self.received.body());
        base16ct::lower::encode_string(&hash.finalize())
    }

    /// CloudEvents' extension for distributed tracing: the trace that the event began in, which is the
    /// sender's.
    fn trace_context(&self) -> Vec<(String, String)> {
        let Some(context) = self.received.sender() else {
            return Vec::new();
        };
        let mut attributes = vec![(TRACEPARENT.to_owned(), context.parent())];
        if !context.state.is_empty() {
            attributes.push((TRACESTATE.to_owned(), context.state.clone()));
        }
        attributes
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json") || media_type == "text/json"
}

fn is_form(media_type: &str) -> bool {
    media_type == "application/x-www-form-urlencoded" || media_type == "multipart/form-data"
}
