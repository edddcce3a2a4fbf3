//! Why a request was believed or not, in words: from what is kept of it, or with a secret that is given.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Uri};
use serde_json::{Value, json};

use super::causes::{AskedBy, Attempt};
use super::exchange::{Exchange, Request};
use super::scrub::Scrub;
use super::{Inspector, show};
use crate::accept::Received;
use crate::authenticate::{Arrival, Step, Unquoted, authenticate};
use crate::settings::compile::{Endpoint, Operator, endpoint};
use crate::settings::preset::Preset;
use crate::settings::providers;

/// The steps of a decision, and what is likely to be wrong where it is a refusal.
pub(super) fn explain(
    endpoint: &Endpoint,
    preset: &Preset,
    received: &Received,
    unquoted: bool,
    refused: bool,
) -> (Vec<Step>, Vec<String>) {
    let now = received.at();
    let mut quiet = Unquoted::default();
    let mut steps = Vec::new();
    let verdict = if unquoted {
        authenticate(&endpoint.scheme, received.clone(), now, &mut quiet)
    } else {
        authenticate(&endpoint.scheme, received.clone(), now, &mut steps)
    };
    steps.append(&mut quiet.0);
    let causes = match verdict {
        Err(refusal) if refused => {
            let trimmed = endpoint.scheme.trimmed();
            let attempt = Attempt {
                preset,
                scheme: &endpoint.scheme,
                trimmed: trimmed.as_ref(),
                received,
                now,
                missing_bytes: 0,
                asked_by: AskedBy::Inspector,
            };
            attempt.causes(&refusal)
        }
        Ok(_) | Err(_) => Vec::new(),
    };
    (steps, causes)
}

/// A step without what must not stay.
pub(super) fn cleaned(step: Step, scrub: &Scrub) -> Step {
    Step {
        passed: step.passed,
        text: scrub.text(&step.text),
    }
}

impl Request {
    /// What came, as far as it is kept.
    pub(super) fn received(&self) -> Option<Received> {
        let target = match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        };
        let uri: Uri = target.parse().ok()?;
        let body = self.body.clone().unwrap_or_default();
        let method = self.method.clone();
        let received = Received::new(method, uri, self.headers.clone(), body, self.at);
        Some(match self.client {
            Some(client) => received.sent_by(client),
            None => received,
        })
    }
}

impl Inspector {
    /// The steps and causes of an exchange for which there was no time when it came.
    pub(super) fn explain_late(&self, exchange: &Exchange) -> (Vec<Step>, Vec<String>) {
        let facts = self.facts();
        let source = exchange.whose.source.as_deref();
        let source = source.and_then(|name| facts.source(name));
        let (Some(endpoint), Some(source)) = (&exchange.unexplained, source) else {
            return (exchange.steps.clone(), exchange.causes.clone());
        };
        let received = exchange.request.received();
        let Some(received) = received.filter(|_| exchange.request.incomplete.is_none()) else {
            let said = "not explained: too many came at once, and not all of it is kept";
            return (vec![Step::fact(said)], Vec::new());
        };
        let refused = exchange.end.outcome == "refused";
        let scrub = Scrub::of(&received, Some((endpoint, &source.preset)));
        let (steps, causes) = explain(endpoint, &source.preset, &received, source.edits, refused);
        let steps = steps.into_iter().map(|step| cleaned(step, &scrub));
        let causes = causes.iter().map(|cause| scrub.text(cause));
        (steps.collect(), causes.collect())
    }

    /// What a provider's preset says of an exchange under a secret, which is used and forgotten.
    ///
    /// # Errors
    /// Why it cannot be judged.
    pub(super) fn try_secret(
        &self,
        exchange: &Exchange,
        provider: &str,
        secret: &str,
        url: Option<&str>,
    ) -> Result<Value, String> {
        let preset = self.preset(provider)?;
        let url = url
            .unwrap_or_default()
            .split(['?', '#'])
            .next()
            .unwrap_or_default();
        let mut operator = Operator {
            name: preset.id.clone(),
            uri: url.to_owned(),
            url: if url.is_empty() {
                self.url_of(exchange)
            } else {
                url.to_owned()
            },
            ..Operator::default()
        };
        if preset.secret.is_some() {
            operator.secrets = vec![secret.to_owned()];
        } else {
            operator.public_keys = vec![secret.to_owned()];
        }
        let scrub = Scrub::of_secret(secret);
        let endpoint = endpoint(&preset, &operator).map_err(|problems| {
            let said = problems
                .iter()
                .map(|problem| format!("{}: {}", problem.key, problem.said));
            scrub.text(&said.collect::<Vec<_>>().join("; "))
        })?;
        if exchange.request.truncated || exchange.request.body_note.is_some() {
            return Err("its body is not kept as it came".to_owned());
        }
        let received = exchange.request.received().ok_or("it cannot be read")?;
        let received = self.with_credential(exchange, received, secret);
        let now = received.at();
        let (steps, causes) = explain(&endpoint, &preset, &received, false, true);
        let verdict = authenticate(&endpoint.scheme, received, now, &mut ());
        let (verdict, reason) = match verdict {
            Ok(Arrival::Delivery(_)) => ("accept", "accepted".to_owned()),
            Ok(Arrival::Handshake(_)) => ("handshake", "a handshake".to_owned()),
            Err(refusal) => ("reject", refusal.to_string()),
        };
        let steps: Vec<_> = steps
            .into_iter()
            .map(|step| cleaned(step, &scrub))
            .collect();
        let causes = causes.iter().map(|cause| scrub.text(cause));
        Ok(json!({
            "verdict": verdict,
            "reason": reason,
            "steps": show::steps(&steps),
            "causes": causes.collect::<Vec<_>>(),
        }))
    }

    /// The request with the credential that was not kept, where the secret makes the same one.
    fn with_credential(&self, exchange: &Exchange, received: Received, secret: &str) -> Received {
        use base64::Engine as _;
        let basic = base64::engine::general_purpose::STANDARD.encode(secret);
        let forms = [
            secret.to_owned(),
            format!("Bearer {secret}"),
            format!("bearer {secret}"),
            format!("Basic {basic}"),
            format!("Token {secret}"),
        ];
        let mut headers = received.headers().clone();
        for (name, digest) in &exchange.request.digests {
            let mut same = forms
                .iter()
                .filter(|form| self.digest(form.as_bytes()) == *digest);
            let value = same
                .next()
                .and_then(|form| HeaderValue::from_str(form).ok());
            if let Some(value) = value {
                headers.insert(HeaderName::clone(name), value);
            }
        }
        let (method, uri) = (received.method().clone(), received.uri().clone());
        Received::new(
            method,
            uri,
            headers,
            Bytes::clone(received.body()),
            received.at(),
        )
    }

    fn preset(&self, provider: &str) -> Result<Preset, String> {
        let facts = self.facts();
        let own = facts
            .sources
            .iter()
            .find(|source| source.preset.id == provider);
        if let Some(own) = own {
            return Ok(Preset::clone(&own.preset));
        }
        let tree = providers::load(provider)
            .ok_or_else(|| format!("there is no provider {provider:?}"))?;
        providers::parse(tree?).map_err(|(key, said)| format!("{key}: {said}"))
    }
}
