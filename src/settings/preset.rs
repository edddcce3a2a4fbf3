//! What a provider preset may say: the grammar of `providers/*.yaml`.
//!
//! Every field's text is data for the path's stages; [`super::compile`] turns it into their types.
//! docs/presets.md explains the grammar by examples.

use std::collections::BTreeMap;

use serde::Deserialize;

mod answer;
mod event;
mod verify;

pub use answer::*;
pub use event::*;
pub use verify::*;

use crate::authenticate::Integrity;
use crate::authenticate::fetched::KeysFormat;

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
    /// What made or accepted the vectors, with its version, or where they are published. Needed
    /// where `confidence` is `verified`.
    #[serde(default)]
    pub verified_by: Option<String>,
    /// Why a weak algorithm is used: the provider has nothing else.
    #[serde(default)]
    pub legacy: Option<String>,
    /// What the provider wants its answer to decide. Such a hook is taken only when the operator
    /// overrides `accepted` with a fixed answer.
    #[serde(default)]
    pub synchronous: Option<String>,
    /// How much of the event the signature covers.
    pub integrity: Integrity,
    /// Which bytes of a body with a content coding are signed.
    #[serde(default)]
    pub signs: Signs,
    /// What the operator does at the provider, a step a line.
    #[serde(default)]
    pub setup: Vec<String>,
    /// The provider's habit when it gets no 2xx, in words.
    #[serde(default)]
    pub retries: Option<String>,
    /// Where the provider publishes the addresses that it sends from. For people: it is never fetched.
    #[serde(default)]
    pub published_addresses: Option<String>,
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
    pub accepted: Option<AcceptedForm>,
    /// What a refused request is answered with, where the provider wants something else than 401.
    #[serde(default)]
    pub refused: Option<RefusedForm>,
    /// Public keys that are fetched.
    #[serde(default)]
    pub keys: Option<FetchedKeysForm>,
    /// Further paths that the source serves, for files that the provider looks for.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Realistic deliveries, which `hookferry send` signs.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

fn post() -> Vec<String> {
    vec!["POST".into()]
}

/// The bytes that a signature covers where the body has a content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signs {
    /// What it says: it was signed, then coded. So do nearly all.
    #[default]
    Decoded,
    /// What is sent. So does Content-Digest (RFC 9530 section 2).
    Encoded,
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
    /// What the key is made of, where it is not the secret itself: a template of `{secret}` and
    /// params.
    #[serde(default)]
    pub derive: Option<String>,
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
    Base64url,
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

/// Public keys of the provider's that are fetched in the background from one pinned place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchedKeysForm {
    /// An https URL; it may hold `{param:NAME}`, and `{kid}` where each key has a place of its own.
    pub url: String,
    pub format: KeysFormat,
    /// Where in the JSON the keys are.
    #[serde(default)]
    pub pointer: String,
    /// The `authorization` header, a template of params.
    #[serde(default)]
    pub authorization: Option<String>,
    /// JSON that is posted to ask for them, a template of params and `{kid}`.
    #[serde(default)]
    pub body: Option<String>,
}

/// Templates and the values they must have; `*` means present and not empty. All must hold.
pub type Conditions = BTreeMap<String, OneOrMany>;

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// Each in turn, as a sentence lists them.
impl std::fmt::Display for OneOrMany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.all().join(" or "))
    }
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
pub struct Sample {
    /// The event type it is a sample of.
    pub r#type: String,
    #[serde(default = "json")]
    pub content_type: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The query that the provider adds to the URL, where it does.
    #[serde(default)]
    pub query: Option<String>,
    pub body: String,
}

fn json() -> String {
    "application/json".into()
}
