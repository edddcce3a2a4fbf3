//! Stage 3: one envelope for every provider. Pure and total: an authentic delivery always becomes
//! at least one event, whatever its content, because what failed here would be lost.

mod event;
mod mapping;

use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};

pub use event::{Event, Oddity, Origin};
pub use mapping::{Mapping, MappingPointers};

use crate::accept::Received;
use crate::authenticate::{Answer, Integrity, Verified};
use crate::peek::{self, Malformed, Peeked};
use mapping::Sight;

/// How many items of one batch are split.
const BATCH_ITEMS_MAX: usize = 10_000;

/// The events of one delivery, and what its provider wants to hear once all are stored.
#[derive(Debug)]
pub struct Delivery {
    /// At least one.
    pub events: Vec<Event>,
    pub answer: Option<Answer>,
}

/// Reads the events out of an authentic delivery.
pub fn events(mapping: &Mapping, verified: Verified) -> Delivery {
    let (received, integrity, answer) = verified.into_parts();
    let reader = Reader {
        mapping,
        integrity,
        media_type: received.media_type(),
        received: &received,
    };
    Delivery {
        events: reader.events(),
        answer,
    }
}

struct Reader<'r> {
    mapping: &'r Mapping,
    received: &'r Received,
    integrity: Integrity,
    media_type: &'r str,
}

/// One item of a batch, and the element that holds it where the batch has two levels.
struct Item<'j> {
    json: &'j str,
    parent: Option<&'j str>,
}

impl Reader<'_> {
    fn events(&self) -> Vec<Event> {
        let body = self.received.body();
        let says_json = is_json(self.media_type);
        let may_be_json = !body.is_empty() && !is_form(self.media_type);
        let peeked = may_be_json.then(|| self.mapping.pointers.body.read(body));
        match peeked {
            None => vec![self.whole(None, None)],
            Some(Ok(peeked)) => match self.items(&peeked) {
                None => vec![self.whole(Some(&peeked), None)],
                Some(items) if items.len() > BATCH_ITEMS_MAX => {
                    vec![self.whole(Some(&peeked), Some(Oddity::BatchTooLong))]
                }
                Some(items) => self.batch(&peeked, &items),
            },
            Some(Err(Malformed::RepeatedKey)) => vec![self.whole(None, Some(Oddity::RepeatedKey))],
            Some(Err(Malformed::NotJson)) if says_json || !self.mapping.batch.is_empty() => {
                vec![self.whole(None, Some(Oddity::NotJson))]
            }
            Some(Err(Malformed::NotJson)) => vec![self.whole(None, None)],
        }
    }

    /// The items of a batch; `None` when the delivery is not one, or has no items.
    fn items<'j>(&self, body: &Peeked<'_, 'j>) -> Option<Vec<Item<'j>>> {
        let first = peek::elements(body.raw(self.mapping.batch.first()?)?)?;
        let mut items = Vec::with_capacity(first.len());
        for element in first {
            let inner = self.mapping.batch.get(1).and_then(|pointer| {
                let parent = self.mapping.pointers.parent.read(element.as_bytes()).ok()?;
                peek::elements(parent.raw(pointer)?)
            });
            match inner {
                Some(inner) if !inner.is_empty() => {
                    items.extend(inner.into_iter().map(|json| Item {
                        json,
                        parent: Some(element),
                    }))
                }
                // An element without items of its own is an item: nothing is dropped.
                Some(_) | None => items.push(Item {
                    json: element,
                    parent: None,
                }),
            }
        }
        (!items.is_empty()).then_some(items)
    }

    fn whole(&self, body: Option<&Peeked<'_, '_>>, oddity: Option<Oddity>) -> Event {
        let json = body.is_some() && (is_json(self.media_type) || self.media_type.is_empty());
        let root = oddity.is_none() && !self.mapping.batch.is_empty();
        let data = self.received.body();
        // A provider that mostly sends batches may send one object: it is its own item.
        let item = root
            .then(|| self.mapping.pointers.item.read(data).ok())
            .flatten();
        let sight = Sight {
            mapping: self.mapping,
            received: self.received,
            body,
            item: item.as_ref(),
            parent: None,
        };
        let content_type = match self.received.headers().get(http::header::CONTENT_TYPE) {
            Some(value) => value.to_str().ok().map(str::to_owned),
            None => json.then(|| "application/json".to_owned()),
        };
        let mut event = self.event(&sight, data.clone(), content_type, json, None);
        if let Some(oddity) = oddity {
            event.oddity = Some(oddity);
            let reason = ("deadletterreason".to_owned(), oddity.label().to_owned());
            event.extensions.push(reason);
        }
        event
    }

    fn batch(&self, body: &Peeked<'_, '_>, items: &[Item<'_>]) -> Vec<Event> {
        let pointers = &self.mapping.pointers;
        let size = items.len();
        let one = |(index, item): (usize, &Item<'_>)| {
            let read = pointers.item.read(item.json.as_bytes());
            let parent = item
                .parent
                .and_then(|json| pointers.parent.read(json.as_bytes()).ok());
            let sight = Sight {
                mapping: self.mapping,
                received: self.received,
                body: Some(body),
                item: read.as_ref().ok(),
                parent: parent.as_ref(),
            };
            let data = self.received.body().slice_ref(item.json.as_bytes());
            let content_type = Some("application/json".to_owned());
            let mut event = self.event(&sight, data, content_type, true, Some(index));
            event
                .extensions
                .push(("batchindex".into(), index.to_string()));
            event
                .extensions
                .push(("batchsize".into(), size.to_string()));
            if read.is_err() {
                event.oddity = Some(Oddity::RepeatedKey);
                let reason = Oddity::RepeatedKey.label().to_owned();
                event.extensions.push(("deadletterreason".into(), reason));
            }
            event
        };
        items.iter().enumerate().map(one).collect()
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
        let prefix = &self.mapping.origin.prefix;
        Event {
            id: self.id(sight, index),
            origin: Arc::clone(&self.mapping.origin),
            kind: [prefix, event.as_deref().unwrap_or("unknown")].join("."),
            event,
            subject: sight.subject(),
            time: sight.time(),
            received: self.received.at(),
            integrity: self.integrity,
            content_type,
            extensions,
            data,
            is_json,
            oddity: None,
        }
    }

    /// The provider's id, made distinct for the items of a batch that share it; else a digest of
    /// what arrived, so that a redelivery has the same one.
    fn id(&self, sight: &Sight<'_>, index: Option<usize>) -> String {
        match (sight.id(), index) {
            (Some((id, true)), _) | (Some((id, false)), None) => id,
            (Some((id, false)), Some(index)) => format!("{id}.{index}"),
            (None, index) => {
                let mut hash = Sha256::new();
                hash.update(self.received.path());
                hash.update([0]);
                hash.update(self.received.query());
                hash.update([0]);
                hash.update(self.received.body());
                let digest = base16ct::lower::encode_string(&hash.finalize());
                match index {
                    Some(index) => format!("sha256-{digest}.{index}"),
                    None => format!("sha256-{digest}"),
                }
            }
        }
    }

    /// W3C trace context, where the request carries one in its exact form.
    fn trace_context(&self) -> Vec<(String, String)> {
        let header = |name: &str| {
            let value = self.received.headers().get(name)?.to_str().ok()?;
            (value.len() <= 512).then(|| value.to_owned())
        };
        let Some(parent) = header("traceparent").filter(|text| is_traceparent(text)) else {
            return Vec::new();
        };
        let mut context = vec![("traceparent".to_owned(), parent)];
        context.extend(header("tracestate").map(|state| ("tracestate".to_owned(), state)));
        context
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json") || media_type == "text/json"
}

fn is_form(media_type: &str) -> bool {
    media_type == "application/x-www-form-urlencoded" || media_type == "multipart/form-data"
}

/// `00-<32 hex>-<16 hex>-<2 hex>` (W3C Trace Context, section 3.2).
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
    let hex = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    lengths == [2, 32, 16, 2] && parts.iter().all(|part| hex(part))
}
