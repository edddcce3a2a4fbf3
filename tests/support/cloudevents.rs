//! What the official CloudEvents SDK for Python makes of a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{output_of, python};

/// A message as the SDK parsed it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The SDK's binding: `kafka` or `rabbitmq`.
    pub binding: String,
    /// `structured` or `binary`.
    pub mode: String,
    pub attributes: Value,
    /// Byte for byte.
    pub data: Option<Vec<u8>>,
}

impl Parsed {
    /// An attribute's text; empty when the event has none of this name.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes[name].as_str().unwrap_or_default()
    }
}

/// Parses lines of kcat or amqp_read.py, in order; panics at the first that is no CloudEvent.
pub fn parse<'l>(lines: impl IntoIterator<Item = &'l str>) -> Vec<Parsed> {
    let input: String = lines.into_iter().flat_map(|line| [line, "\n"]).collect();
    let parsed = output_of(&mut python("cloudevents_parse.py"), input.into_bytes());
    let parsed = String::from_utf8(parsed).expect("the parser writes ASCII");
    parsed.lines().map(one).collect()
}

fn one(line: &str) -> Parsed {
    let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let data = json["data_b64"].as_str();
    Parsed {
        binding: json["binding"].as_str().unwrap_or_default().to_owned(),
        mode: json["mode"].as_str().unwrap_or_default().to_owned(),
        attributes: json["attributes"].clone(),
        data: data.map(|text| STANDARD.decode(text).expect("base64")),
    }
}
