//! Forms and queries as pairs of keys and values.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What stands between a key and its value, and between two pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joins {
    inside: String,
    between: String,
    /// What takes the place of either in keys and values.
    instead: Option<String>,
}

impl Joins {
    /// Reads `=,&` or `=,&,_`: the two separators, and what stands for them in keys and values.
    /// `%2C` and the like stand for letters that templates mean otherwise.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').map(unescaped);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(inside), Some(between), instead, None) => Ok(Self {
                inside,
                between,
                instead,
            }),
            (_, _, _, _) => Err(format!(
                "{text:?} are no separators; write what stands inside a pair and between two, as in =,&"
            )),
        }
    }

    pub(super) fn form(&self, form: &[u8], sorted: bool) -> Vec<u8> {
        let pairs = form_urlencoded::parse(form);
        let mut pairs: Vec<_> = pairs
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        if sorted {
            pairs.sort();
        }
        self.joined(pairs)
    }

    /// `None` when `json` is no object.
    pub(super) fn json(&self, json: &[u8]) -> Option<Vec<u8>> {
        let members: BTreeMap<String, &RawValue> = serde_json::from_slice(json).ok()?;
        let pairs = members.into_iter().filter_map(|(name, raw)| {
            let value = crate::peek::plain(raw.get())?.into_owned();
            Some((name, value))
        });
        Some(self.joined(pairs))
    }

    fn joined(&self, pairs: impl IntoIterator<Item = (String, String)>) -> Vec<u8> {
        let written = pairs
            .into_iter()
            .map(|(key, value)| format!("{}{}{}", self.tame(key), self.inside, self.tame(value)));
        written.collect::<Vec<_>>().join(&self.between).into_bytes()
    }

    fn tame(&self, text: String) -> String {
        match &self.instead {
            None => text,
            Some(instead) => {
                let text = text.replace(self.inside.as_str(), instead);
                text.replace(self.between.as_str(), instead)
            }
        }
    }
}

/// The value of `name` in `form`, decoded; `None` when it is absent or given twice.
pub(crate) fn form_field(form: &[u8], name: &str) -> Option<Vec<u8>> {
    // A form may have half a million pairs, and a preset may ask for thirty names: a pair that begins with another letter,
    // and one that stands for itself, is not decoded to be compared.
    let first = name.as_bytes().first();
    let pairs = form.split(|byte| *byte == b'&').filter(|pair| {
        let begin = pair.first();
        let is_plain = begin.is_some_and(|byte| byte.is_ascii() && !matches!(byte, b'%' | b'+'));
        !is_plain || first.is_none() || begin == first
    });
    let mut found = pairs
        .flat_map(form_urlencoded::parse)
        .filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    Some(value.into_owned().into_bytes())
}

pub(super) fn sorted_once(form: &[u8]) -> Vec<u8> {
    let mut pairs: Vec<_> = form_urlencoded::parse(form).collect();
    pairs.sort();
    pairs.dedup();
    let mut joined = Vec::with_capacity(form.len());
    for (key, value) in pairs {
        joined.extend_from_slice(key.as_bytes());
        joined.extend_from_slice(value.as_bytes());
    }
    joined
}

/// The pairs of `form` whose decoded key is `wanted`, as they were written.
pub(super) fn kept(form: &[u8], wanted: impl Fn(&String) -> bool) -> Vec<u8> {
    let pieces = form.split(|byte| *byte == b'&').filter(|piece| {
        let key = form_urlencoded::parse(piece).next();
        key.is_some_and(|(key, _)| wanted(&key.into_owned()))
    });
    pieces.collect::<Vec<_>>().join(&b'&')
}

/// Replaces the escapes named in `escapes` (as in `%3A%2F`) by their characters, in one pass, so
/// that what a replacement yields is not decoded again.
pub(super) fn percent_decode(text: &str, escapes: &str) -> String {
    let escapes = escapes.to_ascii_uppercase();
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        let escape = from.get(..3).unwrap_or(from);
        let known = escapes.contains(&escape.to_ascii_uppercase());
        match octet(escape).filter(|byte| known && byte.is_ascii()) {
            Some(byte) => decoded.push(char::from(byte)),
            None => decoded.push_str(escape),
        }
        rest = from.get(escape.len()..).unwrap_or_default();
    }
    decoded.push_str(rest);
    decoded
}

pub(super) fn percent_decode_all(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        let escape = rest
            .get(..3)
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        match escape.filter(|_| *first == b'%').and_then(octet) {
            Some(byte) => {
                decoded.push(byte);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                rest = behind;
            }
        }
    }
    decoded
}

pub(super) fn percent_encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

pub(super) fn canonical_query(query: &[u8]) -> String {
    let pairs = form_urlencoded::parse(query).map(|(key, value)| {
        let encoded = |text: &str| percent_encode(text.as_bytes());
        (encoded(&key), encoded(&value))
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    let written: Vec<_> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    written.join("&")
}

/// An argument's text with its percent-escapes decoded.
pub(super) fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&percent_decode_all(text.as_bytes())).into_owned()
}

/// The byte that `%XX` stands for.
fn octet(escape: &str) -> Option<u8> {
    let digits = escape.get(1..).filter(|digits| digits.len() == 2)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}
