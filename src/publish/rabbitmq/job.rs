//! A message as it goes to a channel, beside whom to tell what became of it.

use bytes::Bytes;
use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use tokio::sync::oneshot;

use crate::publish::{PublishError, Record};

/// AMQP's persistent delivery mode: the message is written to disk on a durable queue.
const PERSISTENT: u8 = 2;
/// The length of AMQP's short strings is one byte.
pub(super) const SHORT_STRING_BYTES_MAX: usize = 255;

/// A message on its way to a channel, and whom to tell what became of it. They are two, because the
/// requester may be told before the broker has spoken.
pub(super) struct Job {
    pub(super) message: Message,
    pub(super) waiting: Waiting,
}

/// What is sent.
pub(super) struct Message {
    pub(super) routing_key: ShortString,
    pub(super) properties: BasicProperties,
    pub(super) value: Bytes,
}

/// Who waits for the broker's word, and what tells their message from its neighbours.
pub(super) struct Waiting {
    pub(super) routing_key: ShortString,
    pub(super) value_bytes: usize,
    answer: oneshot::Sender<Result<(), PublishError>>,
}

impl Job {
    pub(super) fn new(
        record: &Record<'_>,
        frame_bytes_max: u32,
        answer: oneshot::Sender<Result<(), PublishError>>,
    ) -> Result<Self, PublishError> {
        let routing_key = short(&record.topic).ok_or_else(|| {
            PublishError::Refused(format!(
                "a routing key is longer than {SHORT_STRING_BYTES_MAX} bytes"
            ))
        })?;
        // A frame beyond the negotiated size makes the broker close the connection, with
        // everything that is in flight on it.
        if header_frame_bytes(record) > u64::from(frame_bytes_max) {
            return Err(PublishError::TooLarge);
        }
        Ok(Self {
            waiting: Waiting {
                routing_key: routing_key.clone(),
                value_bytes: record.value.len(),
                answer,
            },
            message: Message {
                routing_key,
                properties: properties(record)?,
                value: record.value.clone(),
            },
        })
    }
}

/// The routing key and the properties that `record` is sent with, where frames hold `frame_bytes_max` bytes: for those
/// who try the encoding without a broker.
///
/// # Errors
/// It cannot be sent so.
#[doc(hidden)]
pub fn properties_of(
    record: &Record<'_>,
    frame_bytes_max: u32,
) -> Result<(String, BasicProperties), PublishError> {
    let (answer, _) = oneshot::channel();
    let message = Job::new(record, frame_bytes_max, answer)?.message;
    Ok((message.routing_key.to_string(), message.properties))
}

impl Waiting {
    /// Whether the requester has stopped waiting: its deadline has passed, and it has said 503.
    pub(super) fn is_gone(&self) -> bool {
        self.answer.is_closed()
    }

    /// Tells the requester; one that has stopped waiting has answered for itself.
    pub(super) fn settle(self, verdict: Result<(), PublishError>) {
        let _ = self.answer.send(verdict);
    }
}

fn properties(record: &Record<'_>) -> Result<BasicProperties, PublishError> {
    let mut headers = FieldTable::default();
    for (name, value) in &record.headers {
        let name = short(name).ok_or_else(|| {
            PublishError::Refused(format!(
                "a header's name is longer than {SHORT_STRING_BYTES_MAX} bytes"
            ))
        })?;
        headers.insert(name, AMQPValue::LongString(value.as_str().into()));
    }
    let mut properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_timestamp(record.received_s)
        .with_headers(headers);
    // These three repeat what the event itself says, so one that AMQP cannot hold is left out.
    if let Some(content_type) = short(&record.content_type) {
        properties = properties.with_content_type(content_type);
    }
    if let Some(id) = short(&record.id) {
        properties = properties.with_message_id(id);
    }
    if let Some(kind) = short(&record.kind) {
        properties = properties.with_type(kind);
    }
    Ok(properties)
}

fn short(text: &str) -> Option<ShortString> {
    (text.len() <= SHORT_STRING_BYTES_MAX)
        .then(|| ShortString::try_new(text).ok())
        .flatten()
}

/// No less than the content header frame of `record` takes on the wire (AMQP 0-9-1, 4.2.6.1).
fn header_frame_bytes(record: &Record<'_>) -> u64 {
    // Frame header and end 8, class, weight, body size and flags 14, the table's length 4,
    // delivery mode 1, timestamp 8, one length byte for each of three short strings.
    const FIXED_BYTES: usize = 8 + 14 + 4 + 1 + 8 + 3;
    // The name's length 1, the value's kind 1, the value's length 4.
    const PER_HEADER_BYTES: usize = 6;
    let headers: usize = record
        .headers
        .iter()
        .map(|(name, value)| {
            PER_HEADER_BYTES
                .saturating_add(name.len())
                .saturating_add(value.len())
        })
        .fold(0, usize::saturating_add);
    let strings = [&record.content_type, &record.id, &record.kind]
        .map(|text| text.len().min(SHORT_STRING_BYTES_MAX))
        .iter()
        .sum::<usize>();
    u64::try_from(headers.saturating_add(strings).saturating_add(FIXED_BYTES)).unwrap_or(u64::MAX)
}
