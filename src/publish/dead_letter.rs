//! What an event becomes that is authentic and cannot be read, or that the broker does not take:
//! a record for the dead-letter topic, in the same envelope, which says why, where it was meant to
//! go, and what the request's headers were. `hookferry replay` publishes it again.

use std::borrow::Cow;

use serde_json::json;

use super::encode::{Shape, annotate};
use super::record::Kept;
use super::{PublishError, Record};
use crate::normalize::Event;

/// The attribute that says why: a word from a closed set.
pub const REASON: &str = "deadletterreason";
/// The attribute that says which topic or routing key the event was meant for; absent where it
/// could not be read.
pub const TOPIC: &str = "deadlettertopic";
/// The attribute with the request's headers, without credentials: a JSON object of lists.
pub const HEADERS: &str = "deadletterheaders";

/// The attribute that says more, where there is more to say: the violations of a schema as a JSON list,
/// or what an expression did not find.
pub const DETAIL: &str = "deadletterdetail";

/// How a sink's dead letters are written.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    pub topic: String,
    pub shape: Shape,
}

impl DeadLetters {
    /// The dead letter for `record`, which the broker does not take; `None` where it is one.
    pub(super) fn of<'r>(
        &self,
        record: &Record<'r>,
        request_headers: &str,
        error: &PublishError,
    ) -> Option<Record<'r>> {
        if record.topic == self.topic {
            return None;
        }
        let mut letter = record.clone();
        let meant_for = std::mem::replace(&mut letter.topic, self.topic.clone());
        let mut attributes = vec![
            (REASON, error.label()),
            (TOPIC, &meant_for),
            (HEADERS, request_headers),
        ];
        attributes.extend(error.detail().map(|detail| (DETAIL, detail.as_str())));
        annotate(&mut letter, &self.shape, &attributes);
        Some(letter)
    }

    /// The same for a record that was kept.
    pub(super) fn of_kept<'k>(&self, kept: &'k Kept, error: &PublishError) -> Option<Record<'k>> {
        self.of(&kept.record(), kept.request_headers(), error)
    }
}

/// The headers of an event's request, in which bytes that are not UTF-8 are replaced.
pub(super) fn request_headers(event: &Event) -> String {
    let mut object = serde_json::Map::new();
    for (name, value) in event.headers() {
        let value: Cow<'_, str> = String::from_utf8_lossy(value.as_bytes());
        let list = object.entry(name.as_str()).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(value.into());
        }
    }
    serde_json::Value::Object(object).to_string()
}
