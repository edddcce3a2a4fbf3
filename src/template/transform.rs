//! What can be done to a value on its way through a template.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use des::TdesEde3;
use des::cipher::BlockCipherEncrypt as _;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use unicode_normalization::UnicodeNormalization as _;

use super::{Lookup, Place};

mod pairs;
mod php;

use pairs::Joins;
pub(crate) use pairs::form_field;

/// One step of a value's way. A step that cannot read its input makes the value absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transform {
    Plain(Plain),
    /// Drops a prefix, which must be there.
    After(String),
    /// What stands before the first occurrence of a text; all when there is none.
    Until(String),
    /// What stands behind the first occurrence of a text, which must be there.
    Behind(String),
    /// Another text in every place of one.
    Replace(String, String),
    /// This text, if there is a value.
    As(String),
    /// A JSON Pointer into a value that is itself JSON text.
    Json(String),
    /// A field of a value that is itself a form.
    Form(String),
    /// Form pairs decoded, sorted by key and value, joined; repeated pairs are kept.
    SortedPairs(Joins),
    /// The same in the order received.
    Pairs(Joins),
    /// The members of a JSON object as plain text, sorted by key, joined.
    SortedJson(Joins),
    /// A form or query without the named fields.
    Without(Vec<String>),
    /// The named fields of a form or query.
    Only(Vec<String>),
    /// Decodes the given percent-escapes only, such as `%3A` and `%2F`.
    PercentDecode(String),
    /// A number with so many decimals.
    Decimals(usize),
    /// HMAC-SHA256 under the value of this name.
    HmacUnder(String),
}

/// The steps without an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    Lower,
    Upper,
    Trim,
    /// Unicode's compatibility decomposition (UAX 15).
    Nfkd,
    Hex,
    Base64,
    /// Base64 with the URL alphabet and no padding (RFC 4648 section 5).
    Base64Url,
    FromHex,
    FromBase64,
    FromBase64Url,
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    /// CRC-32 (IEEE) as a decimal number.
    Crc32,
    /// HMAC of the value under the secret that is being tried.
    HmacSha1,
    HmacSha256,
    HmacSha512,
    /// Triple DES in CBC mode under the secret that is being tried, without an initialization vector
    /// and with zeros behind the text: legacy, as Redsys makes its keys.
    Des3Cbc,
    /// A JSON string of the value, as `JSON.stringify` writes it.
    JsonString,
    /// All but letters, digits and `-._~` (RFC 3986 section 2.3) in percent-escapes.
    PercentEncode,
    /// As a form does: spaces as `+`.
    FormEncode,
    PercentDecodeAll,
    /// Form pairs decoded, sorted by key and value, repeated pairs once, without separators.
    SortedPairsOnce,
    /// Query parameters in percent-escapes and sorted, as AWS signs them.
    CanonicalQuery,
    /// JSON written anew as PHP's `json_encode` does: slashes and all but ASCII escaped.
    PhpJson,
    /// Form pairs sorted by key, as PHP's `serialize` writes an array of strings.
    PhpSerialize,
}

/// The names of the steps without an argument.
const PLAIN: &[(&str, Plain)] = &[
    ("lower", Plain::Lower),
    ("upper", Plain::Upper),
    ("trim", Plain::Trim),
    ("nfkd", Plain::Nfkd),
    ("hex", Plain::Hex),
    ("base64", Plain::Base64),
    ("base64url", Plain::Base64Url),
    ("from_hex", Plain::FromHex),
    ("from_base64", Plain::FromBase64),
    ("from_base64url", Plain::FromBase64Url),
    ("md5", Plain::Md5),
    ("sha1", Plain::Sha1),
    ("sha256", Plain::Sha256),
    ("sha384", Plain::Sha384),
    ("sha512", Plain::Sha512),
    ("crc32", Plain::Crc32),
    ("hmac_sha1", Plain::HmacSha1),
    ("hmac_sha256", Plain::HmacSha256),
    ("hmac_sha512", Plain::HmacSha512),
    ("des3_cbc", Plain::Des3Cbc),
    ("json_string", Plain::JsonString),
    ("percent_encode", Plain::PercentEncode),
    ("form_encode", Plain::FormEncode),
    ("percent_decode", Plain::PercentDecodeAll),
    ("sorted_pairs", Plain::SortedPairsOnce),
    ("canonical_query", Plain::CanonicalQuery),
    ("php_json", Plain::PhpJson),
    ("php_serialize", Plain::PhpSerialize),
];

/// More decimals than any amount of money has; thousands would be zeros by the kilobyte.
const DECIMALS_MAX: usize = 64;

/// The steps that want an argument, as they are written.
const WITH_ARGUMENT: &str = "after:, until:, behind:, replace:, as:, json:, form:, sorted_pairs:, \
    pairs:, sorted_json:, without:, only:, percent_decode:, decimals:, \
    hmac_sha256_under:";

impl Transform {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((name, argument)) = text.split_once(':') else {
            let name = text.trim();
            let plain = PLAIN.iter().find(|(known, _)| *known == name);
            return match plain {
                Some((_, plain)) => Ok(Self::Plain(*plain)),
                None if WITH_ARGUMENT.contains(&format!("{name}:")) && !name.is_empty() => {
                    Err(format!("transform {name} needs an argument: {name}:..."))
                }
                None => Err(unknown(name)),
            };
        };
        let name = name.trim();
        let whole = || argument.to_owned();
        let names = || argument.split(',').map(str::to_owned).collect();
        Ok(match name {
            "after" => Self::After(whole()),
            "until" => Self::Until(pairs::unescaped(argument)),
            "behind" => Self::Behind(pairs::unescaped(argument)),
            "replace" => {
                let (from, to) = argument
                    .split_once(',')
                    .ok_or_else(|| format!("transform {text:?} is not replace:THIS,THAT"))?;
                Self::Replace(pairs::unescaped(from), pairs::unescaped(to))
            }
            "as" => Self::As(whole()),
            "json" => Self::Json(whole()),
            "form" => Self::Form(whole()),
            "sorted_pairs" => Self::SortedPairs(Joins::parse(argument)?),
            "pairs" => Self::Pairs(Joins::parse(argument)?),
            "sorted_json" => Self::SortedJson(Joins::parse(argument)?),
            "without" => Self::Without(names()),
            "only" => Self::Only(names()),
            "percent_decode" => Self::PercentDecode(whole()),
            "decimals" => Self::Decimals(
                argument
                    .parse()
                    .ok()
                    .filter(|decimals| *decimals <= DECIMALS_MAX)
                    .ok_or_else(|| {
                        format!(
                            "transform {text:?} wants a number of decimals, {DECIMALS_MAX} at most"
                        )
                    })?,
            ),
            "hmac_sha256_under" => Self::HmacUnder(whole()),
            _ => return Err(unknown(name)),
        })
    }

    /// Whether the secret that is being tried goes into it.
    pub(super) fn is_keyed(&self) -> bool {
        matches!(
            self,
            Self::Plain(Plain::HmacSha1 | Plain::HmacSha256 | Plain::HmacSha512 | Plain::Des3Cbc)
        )
    }

    pub(super) fn is_digest(&self) -> bool {
        matches!(
            self,
            Self::Plain(
                Plain::Md5
                    | Plain::Sha1
                    | Plain::Sha256
                    | Plain::Sha384
                    | Plain::Sha512
                    | Plain::Crc32
                    | Plain::HmacSha1
                    | Plain::HmacSha256
                    | Plain::HmacSha512
            )
        )
    }

    pub(super) fn apply<'a>(
        &self,
        value: Cow<'a, [u8]>,
        lookup: &dyn Lookup,
    ) -> Option<Cow<'a, [u8]>> {
        Some(Cow::Owned(match self {
            Self::Plain(plain) => plain.apply(&value, lookup)?,
            Self::After(prefix) => value.strip_prefix(prefix.as_bytes())?.to_vec(),
            Self::Until(text) => {
                let value = utf8(&value)?;
                let before = value.split_once(text).map_or(value, |(before, _)| before);
                before.as_bytes().to_vec()
            }
            Self::Behind(text) => utf8(&value)?.split_once(text)?.1.as_bytes().to_vec(),
            Self::Replace(from, to) => utf8(&value)?.replace(from, to).into_bytes(),
            Self::As(text) => text.as_bytes().to_vec(),
            Self::Json(pointer) => crate::peek::one(utf8(&value)?, pointer)?.into_bytes(),
            Self::Form(name) => form_field(&value, name)?,
            Self::SortedPairs(joins) => joins.form(&value, true),
            Self::Pairs(joins) => joins.form(&value, false),
            Self::SortedJson(joins) => joins.json(&value)?,
            Self::Without(names) => pairs::kept(&value, |name| !names.contains(name)),
            Self::Only(names) => pairs::kept(&value, |name| names.contains(name)),
            Self::PercentDecode(escapes) => {
                pairs::percent_decode(utf8(&value)?, escapes).into_bytes()
            }
            Self::HmacUnder(name) => {
                let key = lookup.find(&Place::Value(name.clone()))?;
                tag(Hmac::<Sha256>::new_from_slice(&key).ok()?, &value)
            }
            Self::Decimals(decimals) => with_decimals(utf8(&value)?, *decimals)?.into_bytes(),
        }))
    }
}

impl Plain {
    fn apply(self, value: &[u8], lookup: &dyn Lookup) -> Option<Vec<u8>> {
        Some(match self {
            Self::Lower => value.to_ascii_lowercase(),
            Self::Upper => value.to_ascii_uppercase(),
            Self::Trim => value.trim_ascii().to_vec(),
            Self::Nfkd => utf8(value)?.nfkd().collect::<String>().into_bytes(),
            Self::Hex => base16ct::lower::encode_string(value).into_bytes(),
            Self::Base64 => STANDARD.encode(value).into_bytes(),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(value).into_bytes(),
            Self::FromHex => base16ct::mixed::decode_vec(value).ok()?,
            Self::FromBase64 => STANDARD.decode(value).ok()?,
            Self::FromBase64Url => {
                let unpadded = utf8(value)?.trim_end_matches('=');
                URL_SAFE_NO_PAD.decode(unpadded).ok()?
            }
            Self::Md5 => Md5::digest(value).to_vec(),
            Self::Sha1 => Sha1::digest(value).to_vec(),
            Self::Sha256 => Sha256::digest(value).to_vec(),
            Self::Sha384 => Sha384::digest(value).to_vec(),
            Self::Sha512 => Sha512::digest(value).to_vec(),
            Self::Crc32 => crc32fast::hash(value).to_string().into_bytes(),
            Self::HmacSha1 => tag(Hmac::<Sha1>::new_from_slice(&secret(lookup)?).ok()?, value),
            Self::HmacSha256 => tag(
                Hmac::<Sha256>::new_from_slice(&secret(lookup)?).ok()?,
                value,
            ),
            Self::HmacSha512 => tag(
                Hmac::<Sha512>::new_from_slice(&secret(lookup)?).ok()?,
                value,
            ),
            Self::Des3Cbc => des3_cbc(&secret(lookup)?, value)?,
            Self::JsonString => serde_json::to_vec(utf8(value)?).ok()?,
            Self::PercentEncode => pairs::percent_encode(value).into_bytes(),
            Self::FormEncode => form_urlencoded::byte_serialize(value)
                .collect::<String>()
                .into_bytes(),
            Self::PercentDecodeAll => pairs::percent_decode_all(value),
            Self::SortedPairsOnce => pairs::sorted_once(value),
            Self::CanonicalQuery => pairs::canonical_query(value).into_bytes(),
            Self::PhpJson => php::json(utf8(value)?)?.into_bytes(),
            Self::PhpSerialize => php::serialize(value),
        })
    }
}

fn unknown(name: &str) -> String {
    let plain: Vec<_> = PLAIN.iter().map(|(name, _)| *name).collect();
    format!(
        "transform {name:?} is unknown; known: {}, {WITH_ARGUMENT}",
        plain.join(", ")
    )
}

fn utf8(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok()
}

fn secret(lookup: &dyn Lookup) -> Option<Cow<'_, [u8]>> {
    lookup.find(&Place::Secret)
}

fn tag(mut mac: impl Mac, value: &[u8]) -> Vec<u8> {
    mac.update(value);
    mac.finalize().into_bytes().to_vec()
}

/// `None` when the key is not one of 24 bytes.
fn des3_cbc(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let cipher = TdesEde3::new_from_slice(key).ok()?;
    let mut before = [0_u8; 8];
    let mut written = Vec::with_capacity(text.len() + 8);
    for chunk in text.chunks(8) {
        let mut block = before;
        for (byte, plain) in block.iter_mut().zip(chunk) {
            *byte ^= plain;
        }
        let mut block = block.into();
        cipher.encrypt_block(&mut block);
        before = block.into();
        written.extend_from_slice(&before);
    }
    Some(written)
}

/// `number` with `decimals` digits behind the point: digits are added, and none but zeros dropped.
fn with_decimals(number: &str, decimals: usize) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    if unsigned.is_empty() || !digits(unsigned) || !digits(fraction) {
        return None;
    }
    let kept = fraction.get(..decimals).unwrap_or(fraction);
    let dropped = fraction.get(kept.len()..).unwrap_or_default();
    if dropped.bytes().any(|digit| digit != b'0') {
        return None;
    }
    if decimals == 0 {
        return Some(whole.to_owned());
    }
    Some(format!("{whole}.{kept:0<decimals$}"))
}
