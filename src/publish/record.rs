//! What a broker is asked to store, and the form in which the spool keeps it.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What one sink is asked to store: bytes and the place they go to. Made by [`super::Route`] only.
#[derive(Clone)]
pub struct Record<'e> {
    /// Kafka topic, or RabbitMQ routing key.
    pub(in crate::publish) topic: String,
    /// Kafka partition key; RabbitMQ carries it as the header `partitionkey`.
    pub(in crate::publish) key: String,
    /// The envelope's attributes, where they are headers.
    pub(in crate::publish) headers: Vec<(String, String)>,
    /// Media type of `value`: a header of that name on Kafka, a property on RabbitMQ.
    pub(in crate::publish) content_type: Cow<'e, str>,
    /// The source's name in the configuration.
    pub(in crate::publish) source: Cow<'e, str>,
    /// The event's id, also AMQP's `message_id`.
    pub(in crate::publish) id: Cow<'e, str>,
    /// The event's CloudEvents type, also AMQP's `type`.
    pub(in crate::publish) kind: Cow<'e, str>,
    /// Arrival, Unix seconds: AMQP's `timestamp`.
    pub(in crate::publish) received_s: u64,
    /// The message itself.
    pub(in crate::publish) value: Bytes,
}

/// A record as it is kept on disk: its head as JSON, the head's length before it (4 bytes, little
/// endian), the value as it is after it.
#[derive(Clone)]
pub struct Kept {
    head: Head,
    value: Bytes,
}

#[derive(Clone, Serialize, Deserialize)]
struct Head {
    topic: String,
    key: String,
    headers: Vec<(String, String)>,
    content_type: String,
    source: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    received_s: u64,
    /// What a dead letter says of the request.
    request_headers: String,
}

/// What is in it is in no text that is made of it.
impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("source", &self.source)
            .field("bytes", &self.value.len())
            .finish_non_exhaustive()
    }
}

/// What is in it is in no text that is made of it.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept")
            .field("source", &self.head.source)
            .field("bytes", &self.value.len())
            .finish_non_exhaustive()
    }
}

impl Record<'_> {
    /// The topic or routing key, and the partition key, which is empty for none.
    pub fn place(&self) -> (&str, &str) {
        (&self.topic, &self.key)
    }

    /// The attributes that are headers.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The message itself.
    pub fn value(&self) -> &Bytes {
        &self.value
    }

    /// The same, independent of the event.
    pub(in crate::publish) fn into_owned(self) -> Record<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Record {
            topic: self.topic,
            key: self.key,
            headers: self.headers,
            content_type: own(self.content_type),
            source: own(self.source),
            id: own(self.id),
            kind: own(self.kind),
            received_s: self.received_s,
            value: self.value,
        }
    }

    /// The bytes of [`Kept`], with what a dead letter would say of the request.
    pub(in crate::publish) fn keep(&self, request_headers: String) -> Vec<u8> {
        let head = Head {
            topic: self.topic.clone(),
            key: self.key.clone(),
            headers: self.headers.clone(),
            content_type: self.content_type.clone().into_owned(),
            source: self.source.clone().into_owned(),
            id: self.id.clone().into_owned(),
            kind: self.kind.clone().into_owned(),
            received_s: self.received_s,
            request_headers,
        };
        let mut bytes = vec![0; 4];
        // Writing text to a Vec cannot fail.
        let _ = serde_json::to_writer(&mut bytes, &head);
        let length = u32::try_from(bytes.len() - 4).unwrap_or(u32::MAX);
        for (byte, of) in bytes.iter_mut().zip(length.to_le_bytes()) {
            *byte = of;
        }
        bytes.extend_from_slice(&self.value);
        bytes
    }
}

impl Kept {
    /// Reads what [`Record::keep`] wrote; `None` if it is something else.
    pub fn read(bytes: Bytes) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let head = serde_json::from_slice(rest.get(..length)?).ok()?;
        Some(Self {
            head,
            value: bytes.slice(4 + length..),
        })
    }

    /// The record, to be published.
    pub(in crate::publish) fn record(&self) -> Record<'_> {
        let head = &self.head;
        Record {
            topic: head.topic.clone(),
            key: head.key.clone(),
            headers: head.headers.clone(),
            content_type: Cow::Borrowed(&head.content_type),
            source: Cow::Borrowed(&head.source),
            id: Cow::Borrowed(&head.id),
            kind: Cow::Borrowed(&head.kind),
            received_s: head.received_s,
            value: self.value.clone(),
        }
    }

    /// Kafka topic, or RabbitMQ routing key.
    pub fn topic(&self) -> &str {
        &self.head.topic
    }

    /// The partition key; empty for none.
    pub fn key(&self) -> &str {
        &self.head.key
    }

    pub fn headers(&self) -> &[(String, String)] {
        &self.head.headers
    }

    pub fn content_type(&self) -> &str {
        &self.head.content_type
    }

    /// The source's name in the configuration.
    pub fn source(&self) -> &str {
        &self.head.source
    }

    pub fn id(&self) -> &str {
        &self.head.id
    }

    /// CloudEvents `type`.
    pub fn kind(&self) -> &str {
        &self.head.kind
    }

    /// When it arrived, Unix seconds.
    pub fn received_s(&self) -> u64 {
        self.head.received_s
    }

    /// The request's headers as dead letters have them.
    pub(in crate::publish) fn request_headers(&self) -> &str {
        &self.head.request_headers
    }

    pub fn value(&self) -> &Bytes {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Record};

    #[test]
    fn what_is_kept_reads_back() {
        let record = Record {
            topic: "t".into(),
            key: "k\u{e9}".into(),
            headers: vec![("ce_id".into(), "\"1\"\n".into())],
            content_type: "text/plain".into(),
            source: "github".into(),
            id: "1".into(),
            kind: "com.github.push".into(),
            received_s: 7,
            value: vec![0, 255, b'{'].into(),
        };
        let kept = record.keep("{}".to_owned());
        let read = Kept::read(kept.clone().into()).map(|kept| format!("{:?}", kept.record()));
        assert_eq!(read, Some(format!("{record:?}")));
        assert!(Kept::read(kept.into_iter().take(9).collect()).is_none());
        assert!(Kept::read("\u{ff}".into()).is_none());
    }
}
