//! CloudEvents on the wire: the JSON format and the Kafka protocol binding, whose binary mode is
//! used for AMQP 0.9.1 too, which the specification has no binding for; its headers are named as
//! the CloudEvents SDKs read them there.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use super::Record;
use crate::json::write_text;
use crate::normalize::Event;

/// How an event is written into a broker's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// One JSON envelope with the data inside.
    #[default]
    Structured,
    /// The attributes as headers, the data untouched.
    Binary,
}

/// How a sink's envelopes are written.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub encoding: Encoding,
    /// What precedes attribute names in headers: the CloudEvents SDKs look for `ce_` on Kafka
    /// and for `ce-` on RabbitMQ.
    pub attribute_prefix: &'static str,
}

/// A message's body, its media type, and its headers.
pub(super) struct Encoded<'e> {
    pub(super) value: Bytes,
    pub(super) content_type: Cow<'e, str>,
    pub(super) headers: Vec<(String, String)>,
}

impl Encoding {
    pub(super) fn encode<'e>(self, event: &'e Event, key: &str, prefix: &str) -> Encoded<'e> {
        match self {
            Self::Structured => Encoded {
                value: structured(event, key).into(),
                content_type: Cow::Borrowed("application/cloudevents+json; charset=UTF-8"),
                headers: Vec::new(),
            },
            Self::Binary => Encoded {
                value: event.data().clone(),
                content_type: Cow::Borrowed(
                    event.content_type().unwrap_or("application/octet-stream"),
                ),
                headers: {
                    let mut headers = Vec::with_capacity(12);
                    attributes(event, key, &mut |name, value| {
                        headers.push(([prefix, name].concat(), value.to_owned()));
                    });
                    headers
                },
            },
        }
    }
}

/// Attributes that an encoded envelope gets beside its own.
pub(super) fn annotate(record: &mut Record<'_>, shape: &Shape, attributes: &[(&str, &str)]) {
    match shape.encoding {
        Encoding::Structured => {
            // What we wrote ends in the brace of a JSON object that is not empty.
            let own = record.value.len().saturating_sub(1);
            let mut json = record.value.get(..own).unwrap_or_default().to_vec();
            for (name, value) in attributes {
                member(&mut json, name, value);
            }
            json.push(b'}');
            record.value = json.into();
        }
        Encoding::Binary => {
            for (name, value) in attributes {
                let name = format!("{}{name}", shape.attribute_prefix);
                record.headers.push((name, (*value).to_owned()));
            }
        }
    }
}

/// Hands every attribute but `datacontenttype` to `each`.
fn attributes(event: &Event, key: &str, each: &mut impl FnMut(&str, &str)) {
    event.attributes(each);
    if !key.is_empty() {
        each("partitionkey", key);
    }
    for (name, value) in event.extensions() {
        each(name, value);
    }
}

/// The JSON format. `data` is copied in as it came, never parsed and written anew.
fn structured(event: &Event, key: &str) -> Vec<u8> {
    let data = event.data();
    let mut json = Vec::with_capacity(data.len() + data.len() / 64 + 768);
    attributes(event, key, &mut |name, value| {
        member(&mut json, name, value)
    });
    if let Some(content_type) = event.content_type() {
        member(&mut json, "datacontenttype", content_type);
    }
    if data.is_empty() {
        // No data is no member: an empty text is not JSON.
    } else if event.is_json() {
        json.extend_from_slice(b",\"data\":");
        json.extend_from_slice(data);
    } else {
        json.extend_from_slice(b",\"data_base64\":\"");
        json.extend_from_slice(STANDARD.encode(data).as_bytes());
        json.push(b'"');
    }
    json.push(b'}');
    json
}

/// Writes one member; a name is of lower-case letters and digits and needs no escaping.
fn member(json: &mut Vec<u8>, name: &str, value: &str) {
    json.extend_from_slice(if json.is_empty() { b"{\"" } else { b",\"" });
    json.extend_from_slice(name.as_bytes());
    json.extend_from_slice(b"\":");
    write_text(json, value);
}
