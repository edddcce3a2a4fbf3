//! What a provider preset may say: the grammar of `providers/*.yaml`.
//!
//! Every field's text is data for the path's stages; [`super::compile`] turns it into their types.
//! docs/providers.md explains the grammar by examples.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::authenticate::{Algorithm, Integrity, SignatureEncoding, UrlForm};
use crate::time::TimeUnit;

/// One provider, as its YAML file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The file's name without `.yaml`.
    pub id: String,
    /// The provider's name as people write it.
    pub name: String,
    /// The provider's domain; reversed, it begins the CloudEvents type.
    pub domain: String,
    /// Where the provider documents its webhooks.
    pub docs: String,
    /// Whether vectors made or accepted by someone else's package agree with the preset.
    pub confidence: Confidence,
    /// How much of the event the signature covers.
    pub integrity: Integrity,
    /// What the operator does at the provider, a step a line.
    #[serde(default)]
    pub setup: Vec<String>,
    /// The provider's habit when it gets no 2xx, in words.
    #[serde(default)]
    pub retries: Option<String>,
    /// How long the provider waits for an answer, milliseconds.
    pub reply_within_ms: u64,
    /// Media types that are taken; any when empty.
    #[serde(default)]
    pub content_types: Vec<String>,
    /// Methods that deliver events.
    #[serde(default = "post")]
    pub methods: Vec<String>,
    /// The shared secret, where the scheme has one.
    #[serde(default)]
    pub secret: Option<SecretForm>,
    /// The provider's public key, where the scheme has one: what the operator pastes.
    #[serde(default)]
    pub public_key: Option<PublicKeyForm>,
    /// Further values that the operator configures.
    #[serde(default)]
    pub params: BTreeMap<String, ParamForm>,
    pub verify: VerifyForm,
    /// Requests that are answered rather than published.
    #[serde(default)]
    pub handshakes: Vec<HandshakeForm>,
    pub event: EventForm,
    /// What a published event is answered with, where the provider wants more than an empty 2xx.
    #[serde(default)]
    pub accepted: Option<ReplyForm>,
    /// Realistic deliveries, which `hookferry send` signs.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

fn post() -> Vec<String> {
    vec!["POST".into()]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Verified,
    Unverified,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretForm {
    #[serde(default)]
    pub encoding: SecretEncoding,
    /// The shortest secret that is taken, bytes after decoding.
    #[serde(default = "secret_bytes_min")]
    pub bytes_min: usize,
    /// What the provider calls it and where it shows it.
    pub about: String,
}

fn secret_bytes_min() -> usize {
    16
}

/// How a secret's text becomes the key's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretEncoding {
    /// The text's own bytes.
    #[default]
    Utf8,
    Base64,
    Hex,
    /// Standard Webhooks: an optional `whsec_` prefix, then base64.
    Whsec,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeyForm {
    /// What the provider calls it and where it shows it.
    pub about: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamForm {
    pub about: String,
    #[serde(default)]
    pub required: bool,
    /// Whether it must come from `{env: ...}` or `{file: ...}` and never be shown.
    #[serde(default)]
    pub secret: bool,
}

/// How a request proves where it comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyForm {
    /// A MAC, digest or public-key signature over canonical content.
    Signature(Box<SignatureForm>),
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

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureForm {
    /// Where the signature is.
    pub from: String,
    /// Separates several signatures or fields in one value.
    #[serde(default)]
    pub split: Option<String>,
    /// Separates a field's key from its value; the fields are then `{signature:KEY}`.
    #[serde(default)]
    pub pair: Option<String>,
    /// The field or fields that are signatures, where `pair` is given.
    #[serde(default)]
    pub key: Option<String>,
    /// What a signature must begin with, as in `sha256=`; others are passed over.
    #[serde(default)]
    pub prefix: Option<String>,
    pub encoding: SignatureEncoding,
    /// Fixed here, never by the message.
    pub algorithm: Algorithm,
    /// The signed content.
    pub signed: String,
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
    /// Hosts it may name; `*` stands for letters, digits and `-` within one label.
    pub hosts: Vec<String>,
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

/// Templates and the values they must have; `*` means present and not empty. All must hold.
pub type Conditions = BTreeMap<String, OneOrMany>;

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn all(&self) -> Vec<&str> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandshakeForm {
    /// Which requests it answers.
    pub when: Conditions,
    /// `true` where the provider signs the handshake like an event: then it is verified first.
    pub signed: bool,
    /// Further checks, such as a verify token.
    #[serde(default)]
    pub require: Vec<VerifyForm>,
    /// The provider's text that the reply repeats or signs, and what it may be.
    #[serde(default)]
    pub challenge: Option<ChallengeForm>,
    pub reply: ReplyForm,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeForm {
    pub from: String,
    #[serde(default = "challenge_bytes_max")]
    pub bytes_max: usize,
    /// A text it must not begin with, where answering would sign a forged event.
    #[serde(default)]
    pub not_prefix: Option<String>,
}

fn challenge_bytes_max() -> usize {
    256
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyForm {
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub content_type: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The body as JSON whose strings, at any depth, are templates.
    #[serde(default)]
    pub json: Option<serde_json::Value>,
}

fn ok() -> u16 {
    200
}

/// Where an event's attributes are. Of several templates the first that has a value counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventForm {
    /// The provider's own event type.
    pub r#type: OneOrMany,
    /// Names for types that the provider gives as codes.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// The delivery or event id; without one, a digest of the signed content.
    #[serde(default)]
    pub id: Option<OneOrMany>,
    #[serde(default)]
    pub time: Option<TimeForm>,
    #[serde(default)]
    pub subject: Option<OneOrMany>,
    /// JSON Pointers to the items of a batch: `[""]` for a root array, two for items of items.
    #[serde(default)]
    pub batch: Vec<String>,
    /// Further CloudEvents extension attributes.
    #[serde(default)]
    pub extensions: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeForm {
    pub from: OneOrMany,
    pub unit: TimeUnit,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The event type it is a sample of.
    pub r#type: String,
    #[serde(default = "json")]
    pub content_type: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

fn json() -> String {
    "application/json".into()
}
