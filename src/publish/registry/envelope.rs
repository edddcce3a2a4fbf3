//! The schemas of the whole event, and our own envelope read back.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// The CloudEvents Avro format
/// (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/avro-format.md>), of whose
/// types for data only those are named that are written. Readers by the whole schema read it, and
/// registries that go round in circles on a schema that names itself (Apicurio 3.0.9) take it.
pub(super) const AVRO: &str = include_str!("cloudevents.avsc");
/// The CloudEvents Protobuf format
/// (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/protobuf-format.md>), whose
/// first message is the event.
pub(super) const PROTOBUF: &str = include_str!("cloudevents.proto");
/// The CloudEvents JSON format, as we write it.
pub(super) const JSON: &str = include_str!("cloudevents.schema.json");

/// What an envelope of [`crate::publish::encode`] holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope<'v> {
    pub(super) attributes: Vec<(Cow<'v, str>, Cow<'v, str>)>,
    pub(super) data: Data<'v>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Data<'v> {
    #[default]
    None,
    /// JSON, as it came.
    Text(&'v str),
    Bytes(Vec<u8>),
}

impl<'v> Envelope<'v> {
    /// `None` when it is not one of ours.
    pub(super) fn read(value: &'v [u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let envelope = reader.deserialize_map(Members(text)).ok()?;
        reader.end().ok()?;
        Some(envelope)
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

struct Members<'v>(&'v str);

impl<'v> Visitor<'v> for Members<'v> {
    type Value = Envelope<'v>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'v>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(name) = map.next_key::<Name<'v>>()? {
            match &*name.0 {
                "data" => {
                    let raw: &'v RawValue = map.next_value()?;
                    envelope.data = Data::Text(whole(self.0, raw.get()));
                }
                "data_base64" => {
                    let text: Name<'v> = map.next_value()?;
                    let bytes = STANDARD.decode(&*text.0);
                    envelope.data = Data::Bytes(bytes.map_err(serde::de::Error::custom)?);
                }
                _ => {
                    let value: Name<'v> = map.next_value()?;
                    envelope.attributes.push((name.0, value.0));
                }
            }
        }
        Ok(envelope)
    }
}

/// A text that is borrowed where it can be.
#[derive(serde::Deserialize)]
struct Name<'v>(#[serde(borrow)] Cow<'v, str>);

/// `raw`, a part of `text`, with the blanks around it: between the members of an envelope we write
/// none, so they are the data's.
fn whole<'v>(text: &'v str, raw: &'v str) -> &'v str {
    let is_blank = |char: char| matches!(char, ' ' | '\t' | '\r' | '\n');
    let begin = raw.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
    let (Some(before), Some(after)) = (text.get(..begin), text.get(begin + raw.len()..)) else {
        return raw;
    };
    let from = before.trim_end_matches(is_blank).len();
    let to = text.len() - after.trim_start_matches(is_blank).len();
    text.get(from..to).unwrap_or(raw)
}

#[cfg(test)]
mod tests {
    use super::{Data, Envelope};

    #[test]
    fn an_envelope_reads_back_with_every_byte_of_its_data() {
        let envelope = "{\"id\":\"a\\\"b\",\"type\":\"t\",\"data\": \n{\"data\" : [1.0]} \t}";
        let read = Envelope::read(envelope.as_bytes()).expect("an envelope");
        assert_eq!(read.attribute("id"), "a\"b");
        assert_eq!(read.attribute("none"), "");
        assert_eq!(read.attributes.len(), 2);
        assert_eq!(read.data, Data::Text(" \n{\"data\" : [1.0]} \t"));

        let read = Envelope::read(br#"{"id":"1","data_base64":"/wA="}"#).expect("an envelope");
        assert_eq!(read.data, Data::Bytes(vec![255, 0]));
        assert_eq!(
            Envelope::read(br#"{"id":"1"}"#).expect("it").data,
            Data::None
        );
        for wrong in ["", "[]", "{\"id\":1}", "{\"data_base64\":\"%\"}", "{} {}"] {
            assert_eq!(Envelope::read(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
