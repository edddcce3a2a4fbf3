//! Checks: which source is tried, with what, how often, and what is expected of it.

mod form;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::build::Build;
use super::compile::Endpoint;
use super::faults::suggestion;
use super::preset::{Preset, Sample};
use super::read::read;
use super::{SourceSettings, secrets};
use crate::glob::Glob;
use crate::publish::route::sanitized;
use crate::sign;
use crate::time::UnixTime;
pub(super) use form::CheckForm;
use form::{ExpectForm, OneOrManyStatuses};

/// How long a check's request may take, unless told otherwise.
const TIMEOUT_MS: u64 = 10_000;

/// One check.
#[derive(Debug, Clone)]
pub struct CheckSettings {
    pub name: String,
    /// The place in [`super::Settings::sources`].
    pub source: usize,
    pub tenant: Option<String>,
    /// What is sent, before it is signed.
    pub sample: Sample,
    /// Where it is sent, if not to the daemon's own ingress.
    pub url: Option<String>,
    pub every: Duration,
    /// How long the reply may take at most.
    pub timeout: Duration,
    pub expect: Expectation,
}

/// What a check holds its run to.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Any 2xx when empty.
    pub status: Vec<u16>,
    /// How long the reply may take, from before the connection.
    pub within: Option<Duration>,
    /// Whether its events come out of the broker, or must not.
    pub arrives: bool,
    /// How long that may take, from before the connection.
    pub arrives_within: Duration,
    /// The topic or routing key, where it is another than the configuration says.
    pub topic: Option<String>,
    /// What each attribute has to be like; `None` where it must not be there.
    pub attributes: BTreeMap<String, Option<Glob>>,
}

pub(super) fn checks(
    forms: Option<&BTreeMap<String, Value>>,
    sources: &[SourceSettings],
    build: &mut Build<'_>,
) -> Vec<CheckSettings> {
    let forms = forms.into_iter().flatten();
    forms
        .filter_map(|(name, typed)| check(name, typed, sources, build))
        .collect()
}

fn check(
    name: &str,
    typed: &Value,
    sources: &[SourceSettings],
    build: &mut Build<'_>,
) -> Option<CheckSettings> {
    let key = format!("checks.{name}");
    build.name(&key, name);
    let form: CheckForm = read(typed, &key, &mut build.notes)?;
    let at = |field: &str| format!("{key}.{field}");
    let every = build.number(&at("every_s"), form.every_s, 60, 5..=86_400);
    let timeout = form.timeout_ms;
    let timeout = build.number(&at("timeout_ms"), timeout, TIMEOUT_MS, 100..=60_000);
    if form.url.is_none() && build.clients.is_some() {
        let said = "it would go to the ingress itself, which has no certificate for 127.0.0.1";
        let remedy =
            "write the URL of the source's path, as in https://hooks.example.com/webhooks/github";
        build.notes.fault(&at("url"), said, remedy);
    }
    let url = url(&at("url"), form.url.as_deref(), build);
    let expect = expectation(
        &at("expect"),
        &form.expect.unwrap_or_default(),
        timeout,
        build,
    );
    let place = source(&at("source"), form.source.as_deref(), sources, build)?;
    let source = sources.get(place)?;
    let endpoint = endpoint(&key, form.tenant.as_deref(), source, build)?;
    let mut sample = sample(&at("event"), form.event.as_deref(), &source.preset, build)?;
    if let Some(file) = &form.data_file {
        sample.body = secrets::file(file, &at("data_file"), &mut build.notes)?;
    }
    can_sign(&at("source"), source, &endpoint, &sample, build).then_some(())?;
    Some(CheckSettings {
        name: name.to_owned(),
        source: place,
        tenant: form.tenant,
        sample,
        url,
        every: Duration::from_secs(every),
        timeout: Duration::from_millis(timeout),
        expect,
    })
}

fn source(
    key: &str,
    given: Option<&str>,
    sources: &[SourceSettings],
    build: &mut Build<'_>,
) -> Option<usize> {
    let names = sources.iter().map(|source| source.name.as_str());
    let known = names.clone().collect::<Vec<_>>().join(", ");
    let Some(given) = given else {
        build
            .notes
            .missing(key, format!("name one; known sources: {known}"));
        return None;
    };
    let place = sources.iter().position(|source| source.name == given);
    // A source that has a fault of its own is not among them.
    if place.is_none() && !build.notes.is_faulty("sources") {
        let remedy = format!("{}known sources: {known}", suggestion(given, names));
        let said = format!("there is no source {given}");
        build.notes.fault(key, said, remedy);
    }
    place
}

/// By what the source will judge the request.
fn endpoint(
    key: &str,
    tenant: Option<&str>,
    source: &SourceSettings,
    build: &mut Build<'_>,
) -> Option<Arc<Endpoint>> {
    let found = source.endpoints.of(tenant).map(Arc::clone);
    if found.is_some() {
        return found;
    }
    let key = format!("{key}.tenant");
    let name = &source.name;
    match (source.endpoints.count(), tenant) {
        (None, _) => {
            let said = format!("source {name} has no tenants");
            build.notes.fault(&key, said, "remove it");
        }
        (Some(_), None) => {
            let said = format!("source {name} has tenants, and none is named");
            build
                .notes
                .fault(&key, said, "name one that is there for checks");
        }
        // One tenant's mistake is to keep nothing else from running.
        (Some(_), Some(tenant)) => {
            let said = format!("source {name} has no tenant {tenant}: the check does not run");
            build
                .notes
                .warn(&key, said, "name one whose secret's file is there");
        }
    }
    None
}

fn sample(
    key: &str,
    event: Option<&str>,
    preset: &Preset,
    build: &mut Build<'_>,
) -> Option<Sample> {
    let mut samples = preset.samples.iter();
    let found = match event {
        None => samples.next(),
        Some(event) => samples.find(|sample| sample.r#type == event),
    };
    if found.is_none() {
        let known: Vec<_> = preset.samples.iter().map(|it| it.r#type.as_str()).collect();
        let said = match event {
            None => format!("preset {} has no sample to send", preset.id),
            Some(event) => format!("preset {} has no sample of type {event}", preset.id),
        };
        let near = event.map(|event| suggestion(event, known.iter().copied()));
        let remedy = format!(
            "{}known samples: {}; another body is data_file's",
            near.unwrap_or_default(),
            known.join(", ")
        );
        build.notes.fault(key, said, remedy);
    }
    found.cloned()
}

/// Whether the daemon can make what the provider would send, and something new each time.
fn can_sign(
    key: &str,
    source: &SourceSettings,
    endpoint: &Endpoint,
    sample: &Sample,
    build: &mut Build<'_>,
) -> bool {
    let name = &source.name;
    let mut fault = |said: String, remedy: &str| {
        build.notes.fault(key, said, remedy);
        false
    };
    let params = source.preset.params.iter();
    let mut secret = params
        .filter(|(name, form)| form.secret && endpoint.scheme.params.contains_key(name.as_str()));
    if source.preset.verify.public_key_algorithm().is_some() {
        let said = format!("only the provider can sign for source {name}: it has a private key");
        let remedy = "check a source with a shared secret; try this one with hookferry send";
        return fault(said, remedy);
    }
    if source.unverified || (endpoint.scheme.secrets.is_empty() && secret.next().is_none()) {
        let said =
            format!("source {name} holds no secret, so that nothing tells a check from others");
        return fault(said, "check a source that verifies a secret");
    }
    let url = "http://127.0.0.1/";
    let now = UnixTime::now();
    let signed = sign::sign_held(
        &source.preset,
        &endpoint.scheme,
        sample,
        url,
        ("check", now),
    );
    match signed {
        Err(error) => {
            let said = format!("what source {name} takes cannot be made here: {error}");
            fault(said, "name another event or source")
        }
        Ok((_, false)) if endpoint.mapping.id_is_unique.contains(&true) => {
            let said = "the id of its event cannot be made anew: the next run would be a duplicate";
            fault(
                said.to_owned(),
                "name another event or data_file, whose id is in a header or in JSON",
            )
        }
        Ok(_) => true,
    }
}

fn url(key: &str, given: Option<&str>, build: &mut Build<'_>) -> Option<String> {
    let given = given?;
    let uri = given.parse::<http::Uri>().ok();
    let is_whole = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    });
    if !is_whole || given.contains(['?', '#', '@']) {
        let said = format!("{given:?} is no http:// or https:// URL of a source's path");
        let remedy = "write it whole, as in https://hooks.example.com/webhooks/github";
        build.notes.fault(key, said, remedy);
        return None;
    }
    Some(given.to_owned())
}

fn expectation(
    key: &str,
    form: &ExpectForm,
    timeout_ms: u64,
    build: &mut Build<'_>,
) -> Expectation {
    let at = |field: &str| format!("{key}.{field}");
    let status = match &form.status {
        None => Vec::new(),
        Some(OneOrManyStatuses::One(one)) => vec![*one],
        Some(OneOrManyStatuses::Many(many)) => many.clone(),
    };
    if let Some(odd) = status.iter().find(|status| !(200..=599).contains(*status)) {
        let said = format!("{odd} is no status of a reply");
        build
            .notes
            .fault(&at("status"), said, "write 200 to 599, or a list of such");
    }
    let within = form.within_ms.map(|given| {
        let within = build.number(&at("within_ms"), Some(given), timeout_ms, 1..=timeout_ms);
        Duration::from_millis(within)
    });
    let arrives = form.arrives.unwrap_or(true);
    let arrives_within = build.number(
        &at("arrives_within_ms"),
        form.arrives_within_ms,
        if arrives { 10_000 } else { 2000 },
        100..=60_000,
    );
    let topic = form.topic.clone();
    if let Some(topic) = &topic
        && sanitized(topic.clone()).as_ref() != Some(topic)
    {
        let said = format!("{topic:?} is not a topic");
        let remedy = "write the topic or routing key itself, as in webhooks.github.push";
        build.notes.fault(&at("topic"), said, remedy);
    }
    if !arrives && !form.attributes.is_empty() {
        let said = "what must not arrive has no attributes";
        build
            .notes
            .fault(&at("attributes"), said, "remove it, or arrives: false");
    }
    for name in form.attributes.keys() {
        if name.is_empty()
            || !name
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        {
            let said = format!("{name:?} is no name of an attribute");
            let remedy = "write lower-case letters and digits, as in type or subject";
            build.notes.fault(&at("attributes"), said, remedy);
        }
    }
    let glob = |glob: &Option<String>| glob.as_deref().map(Glob::new);
    let attributes = form.attributes.iter();
    Expectation {
        status,
        within,
        arrives,
        arrives_within: Duration::from_millis(arrives_within),
        topic,
        attributes: attributes
            .map(|(name, like)| (name.clone(), glob(like)))
            .collect(),
    }
}
