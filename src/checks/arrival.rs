//! What a message says of its event.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::glob::Glob;
use crate::publish::read::Seen;

/// How long a shown value may be.
const SHOWN_CHARS_MAX: usize = 200;

/// The attributes of a CloudEvent, from its headers or its JSON; `None` where it has neither, as with
/// Avro and Protobuf.
pub(super) fn attributes(seen: &Seen) -> Option<BTreeMap<String, String>> {
    let mut attributes: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &seen.headers {
        let own = name
            .strip_prefix("ce_")
            .or_else(|| name.strip_prefix("ce-"));
        if let Some(own) = own {
            attributes.insert(own.to_owned(), value.clone());
        }
    }
    if attributes.contains_key("specversion") {
        let media_type = seen.content_type.clone();
        attributes.insert("datacontenttype".to_owned(), media_type);
        return Some(attributes);
    }
    // What a schema registry has framed begins with a zero and its schema's number.
    let json = match seen.value.split_first_chunk::<5>() {
        Some(([0, ..], rest)) => rest,
        _ => seen.value.as_slice(),
    };
    let envelope: Value = serde_json::from_slice(json).ok()?;
    let envelope = envelope.as_object()?;
    envelope.get("specversion")?;
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    };
    let members = envelope.iter();
    let own = members.filter(|(name, _)| !["data", "data_base64"].contains(&name.as_str()));
    Some(
        own.map(|(name, value)| (name.clone(), text(value)))
            .collect(),
    )
}

/// What of `expected` the message does not hold, as what was expected and what was got.
pub(super) fn differs(
    expected: &BTreeMap<String, Option<Glob>>,
    seen: &Seen,
) -> Option<(String, String)> {
    if expected.is_empty() {
        return None;
    }
    let Some(attributes) = attributes(seen) else {
        let names: Vec<_> = expected.keys().map(String::as_str).collect();
        let got = format!(
            "a message of type {:?} that they cannot be read from",
            seen.content_type
        );
        return Some((names.join(", "), got));
    };
    expected.iter().find_map(|(name, like)| {
        let got = attributes.get(name);
        let fits = match (like, got) {
            (None, None) => true,
            (Some(glob), Some(got)) => glob.fits(got),
            (None, Some(_)) | (Some(_), None) => false,
        };
        let expected = match like {
            None => format!("no {name}"),
            Some(glob) => format!("{name} {}", glob.text()),
        };
        let got = got.map_or_else(
            || format!("no {name}"),
            |got| format!("{name} {}", shown(got)),
        );
        (!fits).then_some((expected, got))
    })
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{attributes, differs};
    use crate::glob::Glob;
    use crate::publish::read::Seen;

    fn seen(headers: &[(&str, &str)], value: &[u8]) -> Seen {
        let headers = headers.iter();
        Seen {
            place: "t/0@1".into(),
            key: None,
            headers: headers
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            content_type: "application/json".into(),
            value: value.to_vec(),
        }
    }

    #[test]
    fn attributes_are_read_wherever_they_are() {
        let json = br#"{"specversion":"1.0","type":"a.b","batchindex":1,"data":{"type":"x"}}"#;
        let framed = [b"\0\0\0\0\x07".as_slice(), json].concat();
        let binary = [
            ("ce_specversion", "1.0"),
            ("ce_type", "a.b"),
            ("other", "x"),
        ];
        let rabbit = [("ce-specversion", "1.0"), ("ce-type", "a.b")];
        for message in [
            seen(&[], json),
            seen(&[], &framed),
            seen(&binary, b"{\"type\":\"x\"}"),
            seen(&rabbit, b""),
        ] {
            let read = attributes(&message).unwrap();
            assert_eq!(
                read.get("type").map(String::as_str),
                Some("a.b"),
                "{message:?}"
            );
            assert!(!read.contains_key("data") && !read.contains_key("other"));
        }
        for other in [
            &b"\x00\x00\x00\x00\x07\x02avro"[..],
            b"[]",
            b"{\"type\":\"a.b\"}",
            b"",
        ] {
            assert_eq!(attributes(&seen(&[], other)), None);
        }
    }

    #[test]
    fn a_difference_is_named() {
        let message = seen(&[], br#"{"specversion":"1.0","type":"a.b"}"#);
        let differs = |name: &str, like: Option<&str>| {
            let expected = BTreeMap::from([(name.to_owned(), like.map(Glob::new))]);
            differs(&expected, &message)
        };
        let said = |expected: &str, got: &str| Some((expected.to_owned(), got.to_owned()));
        assert_eq!(differs("type", Some("a.*")), None);
        assert_eq!(differs("subject", None), None);
        assert_eq!(differs("type", Some("a")), said("type a", "type a.b"));
        assert_eq!(
            differs("subject", Some("*")),
            said("subject *", "no subject")
        );
        assert_eq!(differs("type", None), said("no type", "type a.b"));
    }
}
