//! How a preset says what a request must prove.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Conditions, OneOrMany};
use crate::authenticate::{Algorithm, JwtAlgorithm, SignatureEncoding, UrlForm};
use crate::time::TimeUnit;

/// How a request proves where it comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyForm {
    /// A MAC, digest or public-key signature over canonical content.
    Signature(Box<SignatureForm>),
    /// A JSON Web Token or detached signature (RFC 7519, RFC 7515).
    Jwt(Box<JwtForm>),
    /// HTTP Message Signatures (RFC 9421).
    Rfc9421(Box<Rfc9421Form>),
    /// Every item of a batch must pass the check.
    Each(EachForm),
    /// A shared token shown in the request, compared with the secret in constant time.
    Token(TokenForm),
    /// Two templates that must give the same bytes, compared in constant time.
    Equal(EqualForm),
    /// A value that must be one of those configured under a param.
    OneOf(OneOfForm),
    /// Every check must pass.
    All(Vec<VerifyForm>),
    /// One check must pass.
    Any(Vec<VerifyForm>),
    /// The check counts only for requests that look so; for others it fails.
    When(WhenForm),
    /// Nothing is checked. Only an operator may write this, never an embedded preset but `dev`.
    None,
}

impl VerifyForm {
    /// The checks that this one combines.
    pub fn below(&self) -> &[Self] {
        match self {
            Self::All(forms) | Self::Any(forms) => forms,
            Self::When(form) => std::slice::from_ref(form.then.as_ref()),
            Self::Each(form) => std::slice::from_ref(form.then.as_ref()),
            Self::Signature(_)
            | Self::Jwt(_)
            | Self::Rfc9421(_)
            | Self::Token(_)
            | Self::Equal(_)
            | Self::OneOf(_)
            | Self::None => &[],
        }
    }

    /// The signature that it is; none of another kind.
    pub fn signature(&self) -> Option<&SignatureForm> {
        if let Self::Signature(form) = self {
            Some(form)
        } else {
            None
        }
    }

    /// The algorithms that it, but none below it, pins.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        match self {
            Self::Signature(form) => vec![form.algorithm],
            Self::Jwt(form) => form.algorithms.iter().map(|it| it.algorithm()).collect(),
            Self::Rfc9421(form) => vec![form.algorithm],
            Self::All(_)
            | Self::Any(_)
            | Self::When(_)
            | Self::Each(_)
            | Self::Token(_)
            | Self::Equal(_)
            | Self::OneOf(_)
            | Self::None => Vec::new(),
        }
    }

    /// The first algorithm, here or below, that needs a public key.
    pub fn public_key_algorithm(&self) -> Option<Algorithm> {
        let all = self.all().into_iter().flat_map(Self::algorithms);
        all.into_iter().find(|algorithm| algorithm.is_public_key())
    }

    /// This check and all below it, outermost first.
    pub fn all(&self) -> Vec<&Self> {
        let below = self.below().iter().flat_map(Self::all);
        std::iter::once(self).chain(below).collect()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureForm {
    /// Where the signature is; of several places, each that is there counts.
    pub from: OneOrMany,
    /// Separates sets, each of which has fields of its own and is judged alone.
    #[serde(default)]
    pub sets: Option<String>,
    /// Separates several signatures or fields in one value.
    #[serde(default)]
    pub split: Option<String>,
    /// Separates a field's key from its value; the fields are then `{signature:KEY}`.
    #[serde(default)]
    pub pair: Option<String>,
    /// The field or fields that are signatures, where `pair` is given.
    #[serde(default)]
    pub key: OneOrMany,
    /// The keys of elements that are told apart by their position, instead of `pair`.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What a signature must begin with, as in `sha256=`; others are passed over.
    #[serde(default)]
    pub prefix: Option<String>,
    pub encoding: SignatureEncoding,
    /// Fixed here, never by the message.
    pub algorithm: Algorithm,
    /// The signed content.
    pub signed: String,
    /// Named parts of `signed`, read as `{value:NAME}`.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// The headers that the request lists as signed, read as `{signed_headers}`.
    #[serde(default)]
    pub signed_headers: Option<SignedHeadersForm>,
    /// What the MAC is keyed with, where that is made anew for each message: a template of the secret
    /// and the request. The secret itself where absent.
    #[serde(default)]
    pub mac_key: Option<String>,
    /// Which of the fetched `keys` it is.
    #[serde(default)]
    pub kid: Option<String>,
    /// The signed time, where there is one.
    #[serde(default)]
    pub timestamp: Option<TimestampForm>,
    /// Which spellings of the public URL `{url}` stands for.
    #[serde(default)]
    pub url_forms: Vec<UrlForm>,
    /// Where the signer's certificate is said to be.
    #[serde(default)]
    pub certificate: Option<CertificateForm>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimestampForm {
    pub from: String,
    pub unit: TimeUnit,
    /// How far the time may be from ours in either direction, seconds.
    pub tolerance_s: u64,
    /// How far it may lie in the past, where the provider's retries carry the first attempt's
    /// time; `tolerance_s` else.
    #[serde(default)]
    pub past_s: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateForm {
    /// The URL that the message gives.
    pub url: String,
    /// Hosts it may name; `*` stands for letters, digits and `-` within one label, `?` for one letter.
    pub hosts: Vec<String>,
    /// The names of which one must be the certificate's, for it to be fetched from there when the
    /// operator has not configured it. It is not fetched where this is empty.
    #[serde(default)]
    pub fetch_for: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    pub from: String,
    /// What it is compared with.
    #[serde(default = "the_secret")]
    pub expected: String,
}

fn the_secret() -> String {
    "{secret}".into()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EqualForm {
    pub left: String,
    pub right: String,
    /// Named parts of both, read as `{value:NAME}`.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneOfForm {
    pub value: String,
    pub param: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenForm {
    #[serde(rename = "if")]
    pub conditions: Conditions,
    pub then: Box<VerifyForm>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHeadersForm {
    /// The names, as the request gives them.
    pub list: String,
    #[serde(default = "comma")]
    pub split: String,
    /// One header, with `{name}` and `{value}`.
    pub form: String,
    pub join: String,
    /// Those that must be listed.
    #[serde(default)]
    pub at_least: Vec<String>,
}

fn comma() -> String {
    ",".into()
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtForm {
    /// Where the token is.
    pub from: String,
    /// The algorithms that may have signed it. Fixed here, never by the token.
    pub algorithms: Vec<JwtAlgorithm>,
    /// JSON Pointers into the payload and what must be there: a template, or several of which one
    /// must fit. A claim that is a list must hold it.
    #[serde(default)]
    pub claims: BTreeMap<String, OneOrMany>,
    /// JSON Pointers into the payload, and what an operator may say of them by a param.
    #[serde(default)]
    pub where_given: BTreeMap<String, GivenForm>,
    /// How old `iat` may be, seconds; `iat` must then be there.
    #[serde(default)]
    pub age_s: Option<u64>,
    /// How far the clocks may be apart, seconds.
    #[serde(default = "leeway")]
    pub leeway_s: u64,
    /// Whether `exp` must be there; where it is, it always counts.
    #[serde(default)]
    pub expires: bool,
    /// The payload, where the token has none of its own (RFC 7515 appendix F, RFC 7797).
    #[serde(default)]
    pub detached: Option<String>,
    /// The PEM certificate that the chain in the header `x5c` must end at.
    #[serde(default)]
    pub x5c_root: Option<String>,
    /// Extensions that the certificates in `x5c` must have, the first one's first: object
    /// identifiers by which the root's owner marks those that may sign here.
    #[serde(default)]
    pub x5c_oids: Vec<String>,
}

/// A claim that is only asked for where a param of the source's says more of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenForm {
    pub param: String,
    /// Whether all of the param's values must be there, among the words of the claim; it must be one of
    /// them else.
    #[serde(default)]
    pub all: bool,
}

fn leeway() -> u64 {
    60
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rfc9421Form {
    /// The components that must be covered, as in `@method` or `content-digest`.
    pub covers: Vec<String>,
    pub algorithm: Algorithm,
    /// The label of the signature; any where absent.
    #[serde(default)]
    pub label: Option<String>,
    /// The signature's `tag`, where it must have one.
    #[serde(default)]
    pub tag: Option<String>,
    /// How far `created` may be from our clock, seconds; it must then be there.
    #[serde(default)]
    pub age_s: Option<u64>,
    /// The signature's `keyid`, where only some count: a template.
    #[serde(default)]
    pub keyid: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EachForm {
    /// JSON Pointers to the items, a level each.
    pub batch: Vec<String>,
    pub then: Box<VerifyForm>,
}
