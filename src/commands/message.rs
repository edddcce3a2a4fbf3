//! A message as commands write it, a line of JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// `line`, which is an object, with the message's headers and its value: `value` where it is text,
/// `value_base64` where it is not.
pub(super) fn with_message(mut line: Value, headers: &[(String, String)], value: &[u8]) -> Value {
    let headers = headers.iter();
    let headers: Map<_, _> = headers
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    let (name, value) = match std::str::from_utf8(value) {
        Ok(text) => ("value", text.to_owned()),
        Err(_) => ("value_base64", STANDARD.encode(value)),
    };
    if let Some(line) = line.as_object_mut() {
        line.insert("headers".to_owned(), headers.into());
        line.insert(name.to_owned(), value.into());
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::with_message;

    #[test]
    fn what_is_no_text_is_base64() {
        let headers = [("a".to_owned(), "1".to_owned())];
        let text = with_message(json!({ "key": null }), &headers, b"{}");
        let expected = json!({ "key": null, "headers": { "a": "1" }, "value": "{}" });
        assert_eq!(text, expected);
        let bytes = with_message(json!({}), &[], b"\xff\x00");
        assert_eq!(bytes, json!({ "headers": {}, "value_base64": "/wA=" }));
    }
}
