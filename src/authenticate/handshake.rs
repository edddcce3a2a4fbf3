//! Requests by which a provider asks whether the endpoint is ours, and their answers.

use http::{HeaderName, HeaderValue};

use super::check::Proof;
use super::{Check, Condition, Refusal, Secret, Trace, View, host_matches};
use crate::template::Template;
use crate::time::UnixTime;

/// A handshake: which requests it is, what they must prove, and the answer.
#[derive(Debug, Clone)]
pub struct Handshake {
    pub when: Vec<Condition>,
    /// Named parts of the answer.
    pub values: Vec<(String, Template)>,
    /// Whether the provider signs it like an event; it is then verified first.
    pub signed: bool,
    pub require: Vec<Check>,
    pub challenge: Option<Challenge>,
    pub reply: AnswerForm,
    /// A secret that the provider hands over.
    pub learn: Option<Learn>,
}

/// Where a secret is that the provider hands over, and how short it may be.
#[derive(Debug, Clone)]
pub struct Learn {
    pub from: Template,
    pub bytes_min: usize,
}

/// The longest secret that is taken in, bytes.
const LEARN_BYTES_MAX: usize = 1024;

impl Learn {
    /// The secret, if it is one that a configuration would take.
    fn read(&self, view: &View<'_>) -> Option<Secret> {
        let secret = self.from.render(view)?;
        let is_long_enough = (self.bytes_min..=LEARN_BYTES_MAX).contains(&secret.len());
        let is_plain = secret.iter().all(u8::is_ascii_graphic);
        (is_long_enough && is_plain).then(|| Secret::new(secret))
    }
}

/// An address by which the provider wants a subscription confirmed.
#[derive(Debug, Clone)]
pub struct Call {
    pub url: Template,
    /// Host patterns, as for certificates.
    pub hosts: Vec<String>,
}

/// The text that the answer repeats or signs.
#[derive(Debug, Clone)]
pub struct Challenge {
    pub from: Template,
    pub bytes_max: usize,
    pub not_prefix: Option<String>,
}

/// An answer still to be filled in.
#[derive(Debug, Clone)]
pub struct AnswerForm {
    pub status: u16,
    pub content_type: Option<String>,
    pub headers: Vec<(HeaderName, Template)>,
    pub body: AnswerBody,
}

#[derive(Debug, Clone)]
pub enum AnswerBody {
    Empty,
    Text(Template),
    Json(JsonForm),
}

/// JSON whose strings are templates.
#[derive(Debug, Clone)]
pub enum JsonForm {
    Text(Template),
    /// A number, a boolean or null.
    Fixed(serde_json::Value),
    List(Vec<JsonForm>),
    Object(Vec<(String, JsonForm)>),
}

/// What a published event is answered with, for requests of one kind.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub when: Vec<Condition>,
    pub reply: AnswerForm,
    pub call: Option<Call>,
}

impl Accepted {
    pub(super) fn render(&self, view: &View<'_>) -> Option<Answer> {
        let mut answer = self.reply.render(view)?;
        if let Some(call) = &self.call {
            answer.call = Some(call.address(view)?);
        }
        Some(answer)
    }

    pub(super) fn is_meant(&self, view: &View<'_>) -> bool {
        Condition::all_hold(&self.when, view)
    }

    pub(super) fn templates(&self) -> Vec<&Template> {
        let mut templates = self.reply.templates();
        templates.extend(self.when.iter().map(|condition| &condition.value));
        templates.extend(self.call.as_ref().map(|call| &call.url));
        templates
    }
}

/// What a provider is told: a handshake's answer, or its own form of "received".
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Vec<u8>,
    /// What is opened before this is said.
    pub call: Option<String>,
    /// A secret that was handed over.
    pub learned: Option<Secret>,
}

impl Call {
    fn address(&self, view: &View<'_>) -> Option<String> {
        let url = self.url.text(view)?;
        let uri: http::Uri = url.parse().ok()?;
        // With its port, if it names one: none but those of the pattern is meant.
        let host = uri.authority()?.as_str();
        let is_meant = uri.scheme_str() == Some("https")
            && self.hosts.iter().any(|pattern| host_matches(pattern, host));
        is_meant.then_some(url)
    }
}

impl Handshake {
    pub(super) fn is_meant(&self, view: &View<'_>) -> bool {
        Condition::all_hold(&self.when, view)
    }

    pub(super) fn answer<'r>(
        &'r self,
        view: &View<'r>,
        proof: &Proof,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Answer, Refusal> {
        for check in &self.require {
            check
                .pass(view, now, trace)
                .map_err(|_| Refusal::WrongChallenge)?;
        }
        if let Some(challenge) = &self.challenge {
            challenge.pass(view)?;
        }
        let view = view
            .with_secret(proof.secret(view.scheme()))
            .with_claims(proof.claims())
            .with_values(&self.values);
        let mut answer = self.reply.render(&view).ok_or(Refusal::WrongChallenge)?;
        if let Some(learn) = &self.learn {
            answer.learned = Some(learn.read(&view).ok_or(Refusal::WrongChallenge)?);
        }
        Ok(answer)
    }

    pub(super) fn templates(&self) -> Vec<&Template> {
        let mut templates = self.reply.templates();
        templates.extend(self.when.iter().map(|condition| &condition.value));
        templates.extend(self.require.iter().flat_map(Check::templates));
        templates.extend(self.challenge.as_ref().map(|challenge| &challenge.from));
        templates.extend(self.learn.as_ref().map(|learn| &learn.from));
        templates.extend(self.values.iter().map(|(_, value)| value));
        templates
    }
}

impl Challenge {
    /// A challenge is short and of letters that no signed event could be made of: answering must
    /// neither reflect a page nor sign a body for a forger.
    fn pass(&self, view: &View<'_>) -> Result<(), Refusal> {
        let text = self.from.text(view).ok_or(Refusal::WrongChallenge)?;
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._~=+/-:".contains(&byte));
        let signs_event = self
            .not_prefix
            .as_ref()
            .is_some_and(|prefix| text.starts_with(prefix.as_str()));
        if text.is_empty() || text.len() > self.bytes_max || !plain || signs_event {
            return Err(Refusal::WrongChallenge);
        }
        Ok(())
    }
}

impl AnswerForm {
    pub(super) fn render(&self, view: &View<'_>) -> Option<Answer> {
        let mut headers = Vec::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let value = HeaderValue::from_bytes(&value.render(view)?).ok()?;
            headers.push((name.clone(), value));
        }
        let (body, natural) = match &self.body {
            AnswerBody::Empty => (Vec::new(), None),
            AnswerBody::Text(template) => (template.render(view)?, Some("text/plain")),
            AnswerBody::Json(form) => {
                let json = serde_json::to_vec(&form.render(view)?).ok()?;
                (json, Some("application/json"))
            }
        };
        Some(Answer {
            status: self.status,
            content_type: self
                .content_type
                .clone()
                .or_else(|| natural.map(str::to_owned)),
            headers,
            body,
            call: None,
            learned: None,
        })
    }

    pub(super) fn templates(&self) -> Vec<&Template> {
        let mut templates: Vec<_> = self.headers.iter().map(|(_, value)| value).collect();
        match &self.body {
            AnswerBody::Empty => {}
            AnswerBody::Text(template) => templates.push(template),
            AnswerBody::Json(form) => templates.extend(form.templates()),
        }
        templates
    }
}

impl JsonForm {
    fn render(&self, view: &View<'_>) -> Option<serde_json::Value> {
        Some(match self {
            Self::Text(template) => template.text(view)?.into(),
            Self::Fixed(value) => value.clone(),
            Self::List(forms) => {
                let values = forms.iter().map(|form| form.render(view));
                values.collect::<Option<Vec<_>>>()?.into()
            }
            Self::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, form)| Some((name.clone(), form.render(view)?)));
                serde_json::Value::Object(members.collect::<Option<_>>()?)
            }
        })
    }

    fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Text(template) => vec![template],
            Self::Fixed(_) => Vec::new(),
            Self::List(forms) => forms.iter().flat_map(Self::templates).collect(),
            Self::Object(members) => {
                let forms = members.iter().map(|(_, form)| form);
                forms.flat_map(Self::templates).collect()
            }
        }
    }
}
