//! What PHP writes, for the providers that sign it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// `json` as `json_encode` writes it: no spaces, slashes and all but ASCII escaped. Numbers stay as
/// they were written. `None` when it is not JSON.
pub(super) fn json(json: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(json).ok()?;
    let mut written = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(next) = rest.chars().next() {
        if next == '"' {
            let end = string_end(rest)?;
            let text: String = serde_json::from_str(rest.get(..end)?).ok()?;
            string(&text, &mut written);
            rest = rest.get(end..)?;
            continue;
        }
        if !next.is_ascii_whitespace() {
            written.push(next);
        }
        rest = rest.get(next.len_utf8()..)?;
    }
    Some(written)
}

/// Where the JSON string that `text` begins with ends.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut units = [0_u16; 2];
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(char),
            _ => {
                for unit in char.encode_utf16(&mut units) {
                    // Writing to a String does not fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// The pairs of `form`, sorted by key, as `serialize` writes an array of strings.
pub(super) fn serialize(form: &[u8]) -> Vec<u8> {
    let pairs: BTreeMap<String, String> = form_urlencoded::parse(form).into_owned().collect();
    let mut written = format!("a:{}:{{", pairs.len());
    for (key, value) in &pairs {
        let _ = write!(
            written,
            "s:{}:\"{key}\";s:{}:\"{value}\";",
            key.len(),
            value.len()
        );
    }
    written.push('}');
    written.into_bytes()
}
