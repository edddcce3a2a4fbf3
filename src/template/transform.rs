//! What can be done to a value on its way through a template.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Lookup, Place};

/// One step of a value's way. A step that cannot read its input makes the value absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transform {
    Lower,
    Upper,
    Trim,
    Hex,
    Base64,
    /// Base64 with the URL alphabet and no padding (RFC 4648 section 5).
    Base64Url,
    FromHex,
    FromBase64,
    Sha1,
    Sha256,
    Sha512,
    /// CRC-32 (IEEE) as a decimal number.
    Crc32,
    /// HMAC-SHA256 of the value under the secret that is being tried.
    HmacSha256,
    /// Drops a prefix, which must be there.
    After(String),
    /// A JSON Pointer into a value that is itself JSON text.
    Json(String),
    /// A field of a value that is itself a form.
    Form(String),
    /// Form pairs decoded, sorted by key and value, repeated pairs once, written as
    /// key and value without separators.
    SortedPairs,
    /// Decodes the given percent-escapes only, such as `%3A` and `%2F`.
    PercentDecode(String),
}

impl Transform {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument)),
            None => (text.trim(), None),
        };
        let needed = || {
            argument
                .map(str::to_owned)
                .ok_or_else(|| format!("transform {name} needs an argument: {name}:..."))
        };
        Ok(match name {
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "trim" => Self::Trim,
            "hex" => Self::Hex,
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            "from_hex" => Self::FromHex,
            "from_base64" => Self::FromBase64,
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha512" => Self::Sha512,
            "crc32" => Self::Crc32,
            "hmac_sha256" => Self::HmacSha256,
            "after" => Self::After(needed()?),
            "json" => Self::Json(needed()?),
            "form" => Self::Form(needed()?),
            "sorted_pairs" => Self::SortedPairs,
            "percent_decode" => Self::PercentDecode(needed()?),
            _ => {
                return Err(format!(
                    "transform {name:?} is unknown; known: lower, upper, trim, hex, base64, \
                     base64url, from_hex, from_base64, sha1, sha256, sha512, crc32, hmac_sha256, \
                     after:, json:, form:, sorted_pairs, percent_decode:"
                ));
            }
        })
    }

    pub(super) fn apply<'a>(
        &self,
        value: Cow<'a, [u8]>,
        lookup: &dyn Lookup,
    ) -> Option<Cow<'a, [u8]>> {
        let text = |value: &'_ [u8]| std::str::from_utf8(value).ok().map(str::to_owned);
        Some(match self {
            Self::Lower => Cow::Owned(value.to_ascii_lowercase()),
            Self::Upper => Cow::Owned(value.to_ascii_uppercase()),
            Self::Trim => Cow::Owned(value.trim_ascii().to_vec()),
            Self::Hex => Cow::Owned(base16ct::lower::encode_string(&value).into_bytes()),
            Self::Base64 => Cow::Owned(STANDARD.encode(&value).into_bytes()),
            Self::Base64Url => Cow::Owned(URL_SAFE_NO_PAD.encode(&value).into_bytes()),
            Self::FromHex => Cow::Owned(base16ct::mixed::decode_vec(&value).ok()?),
            Self::FromBase64 => Cow::Owned(STANDARD.decode(&value).ok()?),
            Self::Sha1 => Cow::Owned(Sha1::digest(&value).to_vec()),
            Self::Sha256 => Cow::Owned(Sha256::digest(&value).to_vec()),
            Self::Sha512 => Cow::Owned(Sha512::digest(&value).to_vec()),
            Self::Crc32 => Cow::Owned(crc32fast::hash(&value).to_string().into_bytes()),
            Self::HmacSha256 => {
                let secret = lookup.find(&Place::Secret)?;
                let mut mac = Hmac::<Sha256>::new_from_slice(&secret).ok()?;
                mac.update(&value);
                Cow::Owned(mac.finalize().into_bytes().to_vec())
            }
            Self::After(prefix) => Cow::Owned(value.strip_prefix(prefix.as_bytes())?.to_vec()),
            Self::Json(pointer) => {
                let json = text(&value)?;
                Cow::Owned(crate::peek::one(&json, pointer)?.into_bytes())
            }
            Self::Form(name) => Cow::Owned(form_field(&value, name)?),
            Self::SortedPairs => Cow::Owned(sorted_pairs(&value)),
            Self::PercentDecode(escapes) => {
                Cow::Owned(percent_decode(&text(&value)?, escapes).into_bytes())
            }
        })
    }
}

/// The value of `name` in `form`, decoded; `None` when it is absent or given twice.
pub(crate) fn form_field(form: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut found = form_urlencoded::parse(form).filter(|(key, _)| key == name);
    let (_, value) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    Some(value.into_owned().into_bytes())
}

fn sorted_pairs(form: &[u8]) -> Vec<u8> {
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

/// Replaces the escapes named in `escapes` (as in `%3A%2F`) by their characters, in one pass, so
/// that what a replacement yields is not decoded again.
fn percent_decode(text: &str, escapes: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        decoded.push_str(before);
        let escape = from.get(..3).unwrap_or(from);
        let known = escapes
            .to_ascii_uppercase()
            .contains(&escape.to_ascii_uppercase());
        let byte = escape
            .get(1..)
            .filter(|digits| digits.len() == 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte.filter(|byte| known && byte.is_ascii()) {
            Some(byte) => decoded.push(char::from(byte)),
            None => decoded.push_str(escape),
        }
        rest = from.get(escape.len()..).unwrap_or_default();
    }
    decoded.push_str(rest);
    decoded
}
