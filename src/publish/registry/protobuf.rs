//! Protobuf: the whole event as the CloudEvents format has it, and data as a registered `.proto` says.

use std::collections::BTreeMap;
use std::path::Path;

use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

use super::envelope::{Data, Envelope};

/// How deep a schema's braces and brackets may go: its reader goes down with them.
const DEPTH_MAX: usize = 64;
/// What a schema is called while it is read.
const FILE: &str = "registered.proto";

#[derive(Clone, PartialEq, prost::Message)]
struct CloudEvent {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    source: String,
    #[prost(string, tag = "3")]
    spec_version: String,
    #[prost(string, tag = "4")]
    kind: String,
    #[prost(btree_map = "string, message", tag = "5")]
    attributes: BTreeMap<String, Attribute>,
    #[prost(oneof = "EventData", tags = "6, 7")]
    data: Option<EventData>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum EventData {
    #[prost(bytes = "vec", tag = "6")]
    Binary(Vec<u8>),
    #[prost(string, tag = "7")]
    Text(String),
}

#[derive(Clone, PartialEq, prost::Message)]
struct Attribute {
    #[prost(oneof = "AttributeValue", tags = "3, 5, 7")]
    value: Option<AttributeValue>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum AttributeValue {
    #[prost(string, tag = "3")]
    String(String),
    #[prost(string, tag = "5")]
    Uri(String),
    #[prost(message, tag = "7")]
    Timestamp(Timestamp),
}

#[derive(Clone, PartialEq, prost::Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// The event as an `io.cloudevents.v1.CloudEvent`.
pub(super) fn envelope(envelope: &Envelope<'_>) -> Vec<u8> {
    let required = ["id", "source", "specversion", "type"];
    let [id, source, spec_version, kind] = required.map(|name| envelope.attribute(name).to_owned());
    let others = envelope.attributes.iter();
    let others = others.filter(|(name, _)| !required.contains(&&**name));
    let event = CloudEvent {
        id,
        source,
        spec_version,
        kind,
        attributes: others
            .map(|(name, value)| (name.clone().into_owned(), attribute(name, value)))
            .collect(),
        data: match &envelope.data {
            Data::None => None,
            Data::Text(text) => Some(EventData::Text((*text).to_owned())),
            Data::Bytes(bytes) => Some(EventData::Binary(bytes.clone())),
        },
    };
    event.encode_to_vec()
}

fn attribute(name: &str, value: &str) -> Attribute {
    let stamp = value.parse::<jiff::Timestamp>().ok();
    let value = match (name, stamp) {
        ("time", Some(stamp)) => {
            let seconds = stamp.as_second();
            let nanos = stamp.subsec_nanosecond();
            // Protobuf counts nanoseconds forwards, before 1970 too.
            AttributeValue::Timestamp(if nanos < 0 {
                Timestamp {
                    seconds: seconds - 1,
                    nanos: nanos + 1_000_000_000,
                }
            } else {
                Timestamp { seconds, nanos }
            })
        }
        ("dataschema", _) => AttributeValue::Uri(value.to_owned()),
        _ => AttributeValue::String(value.to_owned()),
    };
    Attribute { value: Some(value) }
}

/// The only file that a schema without references has.
struct Only(String);

impl FileResolver for Only {
    fn resolve_path(&self, path: &Path) -> Option<String> {
        path.to_str().map(str::to_owned)
    }

    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        if name == FILE {
            File::from_source(name, &self.0)
        } else {
            Err(protox::Error::file_not_found(name))
        }
    }
}

/// The first message that `text` declares.
///
/// # Errors
/// What is wrong with it.
pub(super) fn first_message(text: String) -> Result<MessageDescriptor, String> {
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(format!("it is nested deeper than {DEPTH_MAX} levels"));
        }
    }
    let mut files = ChainFileResolver::new();
    files.add(Only(text));
    files.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(files);
    let opened = compiler.include_imports(true).open_file(FILE);
    opened.map_err(|error| error.to_string())?;
    let file = compiler.descriptor_pool().get_file_by_name(FILE);
    let first = file.and_then(|file| file.messages().next());
    first.ok_or_else(|| "it declares no message".to_owned())
}

/// JSON `data` as a `message`, by the JSON mapping of Protobuf; members that it does not know are left out.
///
/// # Errors
/// Where it does not fit. It quotes no value.
pub(super) fn write(message: &MessageDescriptor, data: &[u8]) -> Result<Vec<u8>, String> {
    let misfit = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let message = message.full_name();
        if error.is_data() {
            format!("at line {line}, column {column}: it is not as message {message} says")
        } else {
            format!("at line {line}, column {column}: it is no JSON")
        }
    };
    let options = DeserializeOptions::new().deny_unknown_fields(false);
    let mut reader = serde_json::Deserializer::from_slice(data);
    let read = DynamicMessage::deserialize_with_options(message.clone(), &mut reader, &options);
    let read = read.map_err(misfit)?;
    reader.end().map_err(misfit)?;
    Ok(read.encode_to_vec())
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, attribute, first_message, write};
    use crate::publish::registry::envelope;

    #[test]
    fn data_is_written_as_the_first_message_says() {
        let text = "syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; message Order { \
                    int64 id = 1; repeated string tags = 2; google.protobuf.Timestamp at = 3; } message B {}";
        let order = first_message(text.to_owned()).expect("a message");
        let data = br#"{"id":"7","tags":["a"],"other":{"x":1},"at":"1970-01-01T00:00:01Z"}"#;
        let written = write(&order, data).expect("it fits");
        assert_eq!(written, [8, 7, 18, 1, b'a', 26, 2, 8, 1]);
        let misfit = write(&order, br#"{"id":"secret"}"#).expect_err("it does not fit");
        assert!(
            misfit.contains("column") && !misfit.contains("secret"),
            "{misfit}"
        );
        assert!(write(&order, b"no JSON").is_err() && write(&order, b"{} x").is_err());
    }

    #[test]
    fn schemas_that_are_of_no_use_are_refused() {
        first_message(envelope::PROTOBUF.to_owned()).expect("ours is one");
        let deep = format!("syntax = \"proto3\"; {}", "message A {".repeat(100_000));
        for text in ["", "syntax = \"proto3\";", "import \"other.proto\";", &deep] {
            assert!(first_message(text.to_owned()).is_err());
        }
    }

    #[test]
    fn a_time_before_1970_counts_forwards() {
        let stamp = attribute("time", "1969-12-31T23:59:58.75Z");
        let wanted = Timestamp {
            seconds: -2,
            nanos: 750_000_000,
        };
        assert_eq!(stamp.value, Some(super::AttributeValue::Timestamp(wanted)));
    }
}
