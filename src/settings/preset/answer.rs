//! How a preset says what the provider is answered.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Conditions, VerifyForm};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandshakeForm {
    /// Which requests it answers.
    pub when: Conditions,
    /// Named parts of the answer, read as `{value:NAME}`.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// `true` where the provider signs the handshake like an event: then it is verified first.
    pub signed: bool,
    /// Further checks, such as a verify token.
    #[serde(default)]
    pub require: Vec<VerifyForm>,
    /// The provider's text that the reply repeats or signs, and what it may be.
    #[serde(default)]
    pub challenge: Option<ChallengeForm>,
    pub reply: ReplyForm,
    /// A secret that the provider hands over in the request.
    #[serde(default)]
    pub learn: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallForm {
    pub url: String,
    /// Hosts it may be at; `*` stands for letters, digits and `-` within one label, `?` for one letter.
    pub hosts: Vec<String>,
}

/// One answer for every event, or several of which the first that is meant counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum AcceptedForm {
    Some(Vec<AcceptedWhenForm>),
    One(Box<ReplyForm>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedWhenForm {
    /// Which requests it answers; all that are left where absent.
    #[serde(default)]
    pub when: Conditions,
    #[serde(default)]
    pub reply: ReplyForm,
    /// An address that is opened once the event is stored and before it is answered, by which the
    /// provider wants a subscription confirmed.
    #[serde(default)]
    pub call: Option<CallForm>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedForm {
    pub status: u16,
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

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReplyForm {
    /// 200 where absent.
    pub status: Option<u16>,
    pub content_type: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: Option<String>,
    /// The body as JSON whose strings, at any depth, are templates.
    pub json: Option<serde_json::Value>,
}
