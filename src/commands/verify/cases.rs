//! Cases in bulk: one JSON object a line with a request, what an operator would configure, and
//! the clock to judge by.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::config::{self, Config};
use crate::accept::Received;
use crate::authenticate::{Arrival, authenticate};
use crate::normalize;
use crate::settings::compile::{Endpoint, endpoint};
use crate::settings::providers;
use crate::time::UnixTime;

/// One line of the input.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    pub provider: String,
    #[serde(default)]
    pub case: Option<String>,
    #[serde(default)]
    pub config: Config,
    pub request: CaseRequest,
    /// Unix seconds.
    pub now: i64,
    /// The window around `now` that the case assumes, seconds; the preset's where absent.
    #[serde(default)]
    pub tolerance_s: Option<u64>,
    #[serde(flatten)]
    pub expected: Expected,
}

/// The request of a case.
#[derive(Debug, Clone, Deserialize)]
pub struct CaseRequest {
    #[serde(default = "post")]
    pub method: String,
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub headers: BTreeMap<String, HeaderText>,
    /// The exact bytes, in base64.
    #[serde(default)]
    pub body_b64: String,
}

/// One value of a header, or several of the same name.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum HeaderText {
    One(String),
    Many(Vec<String>),
}

/// What `--check` compares with; `null` asserts nothing.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Expected {
    #[serde(default)]
    pub expect: Option<Verdict>,
    #[serde(default)]
    pub expect_type: Option<String>,
    #[serde(default)]
    pub expect_id: Option<String>,
    #[serde(default)]
    pub expect_status: Option<u16>,
    #[serde(default)]
    pub expect_reply: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accept,
    Reject,
    Handshake,
}

/// One line of the output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    pub provider: Option<String>,
    pub case: Option<String>,
    pub verdict: Verdict,
    /// Why not, where it is not accepted.
    pub reason: Option<String>,
    /// The provider's own type of the first event.
    pub r#type: Option<String>,
    pub id: Option<String>,
    /// Status and body of a handshake's answer.
    #[serde(skip)]
    pub answer: Option<(u16, Vec<u8>)>,
}

fn post() -> String {
    "POST".into()
}

/// What a whole run came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub cases: u64,
    pub malformed: u64,
    /// Cases that were not judged as they expect; counted with `check` only.
    pub disagreeing: u64,
}

/// Judges every line of `input`, in order. With `check`, prints only what disagrees with the
/// case's own expectation.
///
/// # Errors
/// When input or output fails.
pub fn run(
    mut judge: Judge,
    input: impl BufRead,
    mut out: impl Write,
    check: bool,
) -> std::io::Result<Tally> {
    let mut tally = Tally::default();
    for line in input.split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        tally.cases += 1;
        let case: Case = match serde_json::from_slice(&line) {
            Ok(case) => case,
            Err(error) => {
                tally.malformed += 1;
                writeln!(out, "{}", as_json(&malformed(None, None, &error)))?;
                continue;
            }
        };
        let judgement = match judge.judge(&case) {
            Ok(judgement) => judgement,
            Err(said) => {
                tally.malformed += 1;
                let provider = Some(case.provider.clone());
                writeln!(out, "{}", as_json(&malformed(provider, case.case, said)))?;
                continue;
            }
        };
        if !check {
            writeln!(out, "{}", as_json(&judgement))?;
        } else if let Some(difference) = case.expected.difference(&judgement) {
            tally.disagreeing += 1;
            writeln!(out, "{} - {difference}", as_json(&judgement))?;
        }
    }
    out.flush()?;
    Ok(tally)
}

/// Judges cases; the presets they name are read once.
#[derive(Debug, Default)]
pub struct Judge {
    presets: BTreeMap<String, Option<Value>>,
}

impl Judge {
    /// A judge who knows `own` presets beside the embedded ones.
    pub fn with(own: BTreeMap<String, Value>) -> Self {
        let known = own.into_iter().map(|(id, tree)| (id, Some(tree)));
        Self {
            presets: known.collect(),
        }
    }

    /// The verdict on one case.
    ///
    /// # Errors
    /// When the case's request is not one that could have been sent.
    pub fn judge(&mut self, case: &Case) -> Result<Judgement, String> {
        let received = case.received()?;
        let mut judgement = Judgement {
            provider: Some(case.provider.clone()),
            case: case.case.clone(),
            verdict: Verdict::Reject,
            reason: None,
            r#type: None,
            id: None,
            answer: None,
        };
        let endpoint = match self.endpoint(case) {
            Ok(endpoint) => endpoint,
            Err(reason) => {
                judgement.reason = Some(reason);
                return Ok(judgement);
            }
        };
        let now = UnixTime::from_seconds(case.now);
        match authenticate(&endpoint.scheme, received, now, &mut ()) {
            Err(refusal) => judgement.reason = Some(refusal.label().into()),
            Ok(Arrival::Handshake(answer)) => {
                judgement.verdict = Verdict::Handshake;
                judgement.answer = Some((answer.status, answer.body));
            }
            Ok(Arrival::Delivery(verified)) => {
                judgement.verdict = Verdict::Accept;
                let delivery = normalize::events(&endpoint.mapping, verified);
                if let Some(event) = delivery.events.first() {
                    judgement.r#type = event.event().map(str::to_owned);
                    judgement.id = Some(event.id().to_owned());
                }
            }
        }
        Ok(judgement)
    }

    /// What the case's configuration comes to.
    ///
    /// # Errors
    /// Why it is none.
    pub fn endpoint(&mut self, case: &Case) -> Result<Endpoint, String> {
        let known = self.presets.entry(case.provider.clone());
        let value = known
            .or_insert_with(|| providers::load(&case.provider).and_then(Result::ok))
            .clone()
            .ok_or("unknown_provider")?;
        let value = case.config.overridden(value)?;
        let preset = providers::parse(value)
            .map_err(|(path, said)| format!("misconfigured: override.{path}: {said}"))?;
        let operator = case.config.operator(&preset, case.url(), case.tolerance_s);
        endpoint(&preset, &operator).map_err(|problems| {
            let said: Vec<_> = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.key, problem.said))
                .collect();
            format!("misconfigured: {}", said.join("; "))
        })
    }
}

impl Case {
    /// The public URL as the provider was given it, without a query.
    fn url(&self) -> &str {
        config::without_query(self.config.url.as_deref().unwrap_or(&self.request.url))
    }

    /// The request as the daemon would hold it.
    ///
    /// # Errors
    /// When it is none that could have been sent.
    pub fn received(&self) -> Result<Received, String> {
        let request = &self.request;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| format!("{:?} is no method", request.method))?;
        let url = match request.url.as_str() {
            "" => self.config.url.as_deref().unwrap_or("/"),
            url => url,
        };
        let uri: Uri = url.parse().map_err(|_| format!("{url:?} is no URL"))?;
        let mut headers = HeaderMap::new();
        for (name, values) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("{name:?} names no header"))?;
            for value in values.all() {
                let value = HeaderValue::from_bytes(value.as_bytes())
                    .map_err(|_| format!("header {name} has control characters"))?;
                headers.append(name.clone(), value);
            }
        }
        let body = STANDARD
            .decode(&request.body_b64)
            .map_err(|_| "body_b64 is not base64".to_owned())?;
        let at = UnixTime::from_seconds(self.now);
        Ok(Received::new(method, uri, headers, Bytes::from(body), at))
    }
}

impl HeaderText {
    pub fn all(&self) -> Vec<&str> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts.iter().map(String::as_str).collect(),
        }
    }
}

impl Expected {
    /// How `judgement` differs, in words; `None` when it does not.
    pub fn difference(&self, judgement: &Judgement) -> Option<String> {
        fn differs<T: PartialEq + std::fmt::Debug>(
            name: &str,
            expected: Option<&T>,
            found: Option<&T>,
        ) -> Option<String> {
            let expected = expected.filter(|expected| Some(*expected) != found)?;
            Some(format!("expected {name} {expected:?}"))
        }
        let (status, reply) = match &judgement.answer {
            Some((status, body)) => (Some(*status), String::from_utf8(body.clone()).ok()),
            None => (None, None),
        };
        // What is refused is not read: a case of a forgery may still tell what it imitates.
        let is_read = judgement.verdict == Verdict::Accept;
        let expected_type = self.expect_type.as_ref().filter(|_| is_read);
        let expected_id = self.expect_id.as_ref().filter(|_| is_read);
        let found = [
            differs("verdict", self.expect.as_ref(), Some(&judgement.verdict)),
            differs("type", expected_type, judgement.r#type.as_ref()),
            differs("id", expected_id, judgement.id.as_ref()),
            differs("status", self.expect_status.as_ref(), status.as_ref()),
            differs("reply", self.expect_reply.as_ref(), reply.as_ref()),
        ];
        let found: Vec<_> = found.into_iter().flatten().collect();
        (!found.is_empty()).then(|| found.join(", "))
    }
}

fn malformed(
    provider: Option<String>,
    case: Option<String>,
    said: impl std::fmt::Display,
) -> Judgement {
    Judgement {
        provider,
        case,
        verdict: Verdict::Reject,
        reason: Some(format!("malformed case: {said}")),
        r#type: None,
        id: None,
        answer: None,
    }
}

fn as_json(judgement: &Judgement) -> String {
    // Strings and nulls only, which always serialize.
    serde_json::to_string(judgement).unwrap_or_default()
}
