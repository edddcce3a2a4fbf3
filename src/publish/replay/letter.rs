//! Reading a dead letter back: the record that it was made of, byte for byte, and why it died.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;

use crate::peek::{Peeked, Pointers};
use crate::publish::Record;
use crate::publish::dead_letter::{DETAIL, HEADERS, REASON, TOPIC};
use crate::publish::read::Seen;
use crate::telemetry::{TRACEPARENT, TRACESTATE};
use crate::time::UnixTime;

/// The attributes that a dead letter has beside those of its event.
const OWN: [&str; 4] = [REASON, TOPIC, HEADERS, DETAIL];

/// What is read of a structured envelope.
const ATTRIBUTES: [&str; 8] = [
    "/id",
    "/source",
    "/type",
    "/receivedtime",
    "/partitionkey",
    "/deadletterreason",
    "/deadlettertopic",
    "/deadletterheaders",
];

/// What it takes to read dead letters.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What precedes attribute names in headers at this broker.
    pub attribute_prefix: &'static str,
    /// Where events go whose dead letter names no topic: they could not be read.
    pub unread_topic: String,
    /// The configuration's sources: CloudEvents `source` to name.
    pub sources: BTreeMap<String, String>,
}

/// A dead letter, and the record that is published again.
#[derive(Debug, Clone)]
pub struct Letter {
    pub(super) record: Record<'static>,
    uri: String,
    reason: String,
    received: UnixTime,
    place: String,
}

impl Letter {
    /// The event's id.
    pub fn id(&self) -> &str {
        &self.record.id
    }

    /// The source's name in the configuration, or the event's CloudEvents `source` where the
    /// configuration has none of that path.
    pub fn source(&self) -> &str {
        &self.record.source
    }

    /// CloudEvents `source`.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// CloudEvents `type`.
    pub fn kind(&self) -> &str {
        &self.record.kind
    }

    /// Why it died.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Kafka topic or RabbitMQ routing key that it is published to.
    pub fn topic(&self) -> &str {
        &self.record.topic
    }

    /// The partition key; empty for none.
    pub fn key(&self) -> &str {
        &self.record.key
    }

    /// When the webhook arrived.
    pub fn received(&self) -> UnixTime {
        self.received
    }

    /// Bytes of the message that is published again.
    pub fn bytes(&self) -> usize {
        self.record.value.len()
    }

    /// Where it lies, as [`Seen::place`].
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl Reading {
    /// The dead letter in a message; `None` where it is none of ours.
    pub(super) fn letter(&self, seen: Seen) -> Option<Letter> {
        if seen.content_type.starts_with("application/cloudevents") {
            self.structured(seen)
        } else {
            self.binary(seen)
        }
    }

    fn structured(&self, mut seen: Seen) -> Option<Letter> {
        let pointers = Pointers::new(ATTRIBUTES);
        let peeked = pointers.read(&seen.value).ok()?;
        let attribute = |name: &str| peeked.text(&format!("/{name}"));
        let letter = self.made(&seen, attribute)?;
        let value = without_own(&seen.value, &peeked)?;
        let mut headers = std::mem::take(&mut seen.headers);
        headers.retain(|(name, _)| is_of_trace(name));
        Some(letter.with(seen, headers, value))
    }

    fn binary(&self, mut seen: Seen) -> Option<Letter> {
        let prefix = self.attribute_prefix;
        let attribute = |name: &str| {
            let has_name =
                |(header, _): &&(String, String)| header.strip_prefix(prefix) == Some(name);
            let value = seen.headers.iter().find(has_name);
            value.map(|(_, value)| Cow::Borrowed(value.as_str()))
        };
        let letter = self.made(&seen, attribute)?;
        // Brokers add headers of their own, which the event did not have.
        let mut headers = std::mem::take(&mut seen.headers);
        headers.retain(|(name, _)| {
            let own = name.strip_prefix(prefix);
            own.is_some_and(|name| !OWN.contains(&name)) || is_of_trace(name)
        });
        let value = std::mem::take(&mut seen.value);
        Some(letter.with(seen, headers, value.into()))
    }

    /// What the attributes say, without the message itself.
    fn made<'a>(
        &self,
        seen: &Seen,
        attribute: impl Fn(&str) -> Option<Cow<'a, str>>,
    ) -> Option<Letter> {
        let own = |name: &str| attribute(name).map(Cow::into_owned);
        let received = UnixTime::from_rfc3339(&attribute("receivedtime")?)?;
        let uri = own("source")?;
        let source = self.sources.get(&uri).unwrap_or(&uri).clone();
        let key = seen.key.clone().or_else(|| own("partitionkey"));
        Some(Letter {
            reason: own(REASON)?,
            received,
            place: String::new(),
            record: Record {
                topic: own(TOPIC).unwrap_or_else(|| self.unread_topic.clone()),
                key: key.unwrap_or_default(),
                headers: Vec::new(),
                content_type: Cow::Borrowed(""),
                source: Cow::Owned(source),
                id: Cow::Owned(own("id")?),
                kind: Cow::Owned(own("type")?),
                received_s: u64::try_from(received.seconds()).unwrap_or_default(),
                value: Bytes::new(),
            },
            uri,
        })
    }
}

impl Letter {
    fn with(mut self, seen: Seen, headers: Vec<(String, String)>, value: Bytes) -> Self {
        self.record.headers = headers;
        self.record.content_type = Cow::Owned(seen.content_type);
        self.record.value = value;
        self.place = seen.place;
        self
    }
}

/// Whether a header is the trace's: it is the event's, and no broker's.
fn is_of_trace(name: &str) -> bool {
    matches!(name, TRACEPARENT | TRACESTATE)
}

/// `envelope` without the members that make it a dead letter; all other bytes stay. They were
/// added behind members of the event, so each has a comma before it.
fn without_own(envelope: &[u8], peeked: &Peeked<'_, '_>) -> Option<Bytes> {
    let begin = envelope.as_ptr().addr();
    let mut spans = Vec::new();
    for name in OWN {
        let Some(raw) = peeked.raw(&format!("/{name}")) else {
            continue;
        };
        let at = raw.as_ptr().addr().checked_sub(begin)?;
        let before = format!(",\"{name}\":");
        let from = at.checked_sub(before.len())?;
        if envelope.get(from..at)? != before.as_bytes() {
            return None;
        }
        spans.push(from..at.checked_add(raw.len())?);
    }
    spans.sort_by_key(|span| span.start);
    let mut event = Vec::with_capacity(envelope.len());
    let mut from = 0;
    for span in spans {
        event.extend_from_slice(envelope.get(from..span.start)?);
        from = span.end;
    }
    event.extend_from_slice(envelope.get(from..)?);
    Some(event.into())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{HEADERS, REASON, Reading, Seen, TOPIC};
    use crate::publish::Record;
    use crate::publish::encode::{Encoding, Shape, annotate};

    fn record(encoding: Encoding) -> Record<'static> {
        let attributes = [
            ("specversion", "1.0"),
            ("id", "1\"\u{e9}"),
            ("source", "/webhooks/github"),
            ("type", "com.github.push"),
            ("receivedtime", "2026-01-01T00:00:00.007Z"),
            ("partitionkey", "k"),
        ];
        let data = r#" {"deadletterreason":"x",  "a":"},\"deadletterreason\":\"y\""} "#;
        let (content_type, headers, value) = match encoding {
            Encoding::Structured => {
                let member = |(name, value): &(&str, &str)| format!("{name:?}:{value:?}");
                let members: Vec<_> = attributes.iter().map(member).collect();
                let value = format!("{{{},\"data\":{data}}}", members.join(","));
                ("application/cloudevents+json; charset=UTF-8", vec![], value)
            }
            Encoding::Binary => {
                let header = |(name, value): &(&str, &str)| (format!("ce_{name}"), (*value).into());
                let headers = attributes.iter().map(header).collect();
                ("application/json", headers, data.to_owned())
            }
        };
        Record {
            topic: "t".into(),
            key: "k".into(),
            headers,
            content_type: Cow::Borrowed(content_type),
            source: "github".into(),
            id: "1\"\u{e9}".into(),
            kind: "com.github.push".into(),
            received_s: 1_767_225_600,
            value: value.into(),
        }
    }

    fn seen(record: &Record<'_>) -> Seen {
        Seen {
            place: "dead/0@7".into(),
            key: Some(record.key.clone()),
            headers: record.headers.clone(),
            content_type: record.content_type.to_string(),
            value: record.value.to_vec(),
        }
    }

    #[test]
    fn a_dead_letter_gives_its_record_back() {
        let reading = Reading {
            attribute_prefix: "ce_",
            unread_topic: "unread".into(),
            sources: [("/webhooks/github".into(), "github".into())].into(),
        };
        let own = [(REASON, "refused"), (TOPIC, "t"), (HEADERS, "{\"a\":[]}")];
        for encoding in [Encoding::Structured, Encoding::Binary] {
            let shape = Shape {
                encoding,
                attribute_prefix: "ce_",
            };
            let record = record(encoding);
            assert!(
                reading.letter(seen(&record)).is_none(),
                "an event is no dead letter: {record:?}"
            );
            let mut letter = record.clone();
            letter.topic = "dead".into();
            annotate(&mut letter, &shape, &own);
            let mut message = seen(&letter);
            message.headers.push(("x-death".into(), "1".into()));
            let read = reading.letter(message).expect("a dead letter");
            assert_eq!(format!("{:?}", read.record), format!("{record:?}"));
            assert_eq!((read.reason(), read.place()), ("refused", "dead/0@7"));
            assert_eq!(read.received().millis(), 1_767_225_600_007);

            let mut unread = record.clone();
            annotate(&mut unread, &shape, &[(REASON, "not_json")]);
            let read = reading.letter(seen(&unread)).expect("a dead letter");
            assert_eq!(read.topic(), "unread");
            assert_eq!(read.record.value, record.value);
        }
    }
}
