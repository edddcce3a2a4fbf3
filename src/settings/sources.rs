//! Sources: a preset, and what the operator adds to it.

mod endpoint;
mod operator;
mod tenants;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::build::{Build, REPLY_MS, if_given};
use super::document::{ClientCertificateForm, SourceForm, VerifyNone};
use super::faults::suggestion;
use super::preset::{Confidence, Preset, VerifyForm};
use super::read::read;
use super::sinks::{keys, template_at};
use super::{BINS, RouteSettings, SourceSettings, TENANT, Target, admission, canonical, providers};
use super::{rates, shaping};
use crate::publish::Rule;
use endpoint::Own;
use operator::Reader;
use tenants::meet;

/// The source at `sources.NAME`. `None` after a fault that leaves nothing to go on with.
pub(super) fn source(
    name: &str,
    typed: &Value,
    paths: &mut BTreeMap<String, String>,
    build: &mut Build<'_>,
) -> Option<SourceSettings> {
    let key = format!("sources.{name}");
    build.name(&key, name);
    let form: SourceForm = read(typed, &key, &mut build.notes)?;
    let at = |field: &str| format!("{key}.{field}");
    let path = path(&at("path"), name, form.path.as_deref(), paths, build);
    let way = way(&key, &form, build);
    let limits = rates::of_source(&key, &form, build);
    let admission = admission::admission(&key, &form, build);
    let shape = shaping::shape(&key, &form, build);
    let preset = preset(&key, &form, build);
    let (Some(path), Some(preset)) = (path, &preset) else {
        // The operator's part is read all the same, for its own faults.
        let _ = Reader::new(&key, build).operator(&form, preset.as_ref());
        return None;
    };
    let given = form.canonical_types.as_ref();
    let own = Own {
        canonical: canonical::wanted(&at("canonical_types"), given, &preset.id, build),
        name,
        key: &key,
        path: &path,
        form: typed,
        preset,
    };
    let endpoints = own.endpoints(&form, build);
    let unverified = verification(&key, &form, preset, build);
    remarks(&at("provider"), preset, build);
    for further in &preset.paths {
        self::path(
            &format!("{key}.override.paths"),
            name,
            Some(further),
            paths,
            build,
        )?;
        if further.contains(TENANT) != path.contains(TENANT) {
            let said = "some of its paths have {tenant} and some do not";
            let remedy = "write {tenant} in all of them, or in none";
            build
                .notes
                .fault(&format!("{key}.override.paths"), said, remedy);
        }
    }
    let reply_within_ms =
        reply_within_ms(&at("reply_within_ms"), form.reply_within_ms, preset, build);
    Some(SourceSettings {
        name: name.to_owned(),
        path,
        endpoints: endpoints?,
        shape: shape?,
        routes: vec![RouteSettings {
            rule: Arc::new(Rule::all("default")),
            to: way?,
        }],
        learned_secret_file: form.learned_secret_file.clone(),
        reply_within: Duration::from_millis(reply_within_ms),
        admission: Arc::new(admission),
        limits,
        content_types: content_types(form.content_types.as_ref(), preset),
        unverified,
        preset: preset.clone(),
    })
}

/// Where the source's events go by its own word.
fn way(key: &str, form: &SourceForm, build: &mut Build<'_>) -> Option<Vec<Target>> {
    let at = |field: &str| format!("{key}.{field}");
    let sinks = sink_places(&at("sinks"), form.sinks.as_deref(), build);
    let topic = form.topic.as_deref();
    let topic = topic.map(|text| template_at(&at("topic"), text, build));
    let keyed = form.key.as_ref();
    let keyed = keyed.map(|given| keys(&at("key"), Some(given), build));
    let (topic, keyed) = (if_given(topic)?, if_given(keyed)?);
    let target = |sink| Target {
        sink,
        topic: topic.clone(),
        key: keyed.clone(),
        encoding: None,
        headers: Vec::new(),
    };
    Some(sinks?.into_iter().map(target).collect())
}

fn path(
    key: &str,
    name: &str,
    given: Option<&str>,
    paths: &mut BTreeMap<String, String>,
    build: &mut Build<'_>,
) -> Option<String> {
    let remedy = format!("write where requests arrive, as in /webhooks/{name}");
    let Some(given) = given else {
        build.notes.missing(key, remedy);
        return None;
    };
    // Without what stands for a tenant.
    let plain = given.split('/').filter(|it| *it != TENANT);
    let plain = plain.collect::<Vec<_>>().join("/");
    let mut known = paths.iter();
    let taken = known.find_map(|(path, other)| meet(path, given).then(|| other.clone()));
    let said = if !given.starts_with('/') {
        "it does not begin with a slash"
    } else if given.contains(['?', '#']) {
        "it has a query or fragment; providers may add one by themselves"
    } else if given.split('/').filter(|it| *it == TENANT).count() > 1 {
        "it has {tenant} more than once"
    } else if plain.contains(['{', '}'])
        || plain.parse::<http::uri::PathAndQuery>().is_err()
        || !given.is_ascii()
    {
        "it has characters that a URL's path cannot have, or more than {tenant} between two slashes"
    } else if given == BINS || given.starts_with("/_bins/") {
        "paths below /_bins are the inspector's, for what is caught there and never published"
    } else if let Some(other) = taken {
        let said = format!("source {other} has the same path");
        build
            .notes
            .fault(key, said, "give each source a path of its own");
        return None;
    } else {
        paths.insert(given.to_owned(), name.to_owned());
        return Some(given.to_owned());
    };
    build.notes.fault(key, said, remedy);
    None
}

/// The places of the named sinks in the settings; all sinks where none is named.
fn sink_places(key: &str, given: Option<&[String]>, build: &mut Build<'_>) -> Option<Vec<usize>> {
    let Some(given) = given else {
        return Some((0..build.sinks.len()).collect());
    };
    if given.is_empty() {
        let remedy = "name one, or remove the key: then all are meant";
        build.notes.fault(key, "it names no sink", remedy);
    }
    let mut places = Vec::new();
    for (at, name) in given.iter().enumerate() {
        let key = format!("{key}[{at}]");
        let place = build.sinks.iter().position(|known| known == name);
        match place {
            Some(place) if places.contains(&Some(place)) => {
                build
                    .notes
                    .fault(&key, format!("sink {name} is named twice"), "remove it");
            }
            Some(_) => {}
            None => {
                let near = suggestion(name, build.sinks.iter().map(String::as_str));
                let known = build.sinks.join(", ");
                let remedy = format!("{near}known sinks: {known}");
                build
                    .notes
                    .fault(&key, format!("there is no sink {name}"), remedy);
            }
        }
        places.push(place);
    }
    places.into_iter().collect()
}

/// The source's preset with its overrides. `None` after a fault.
fn preset(key: &str, form: &SourceForm, build: &mut Build<'_>) -> Option<Preset> {
    let at = |field: &str| format!("{key}.{field}");
    let Some(id) = &form.provider else {
        let remedy = "name a preset; hookferry providers lists them";
        build.notes.missing(&at("provider"), remedy);
        return None;
    };
    let mut tree = build.library.get(id, &at("provider"), &mut build.notes)?;
    let over_key = at("override");
    match &form.r#override {
        Some(over @ Value::Object(members)) => {
            if members.contains_key("id") {
                let remedy = "remove it; another provider is a file of its own in providers_dir";
                let key = format!("{over_key}.id");
                build
                    .notes
                    .fault(&key, "a provider's id cannot be overridden", remedy);
            }
            providers::merge(&mut tree, over);
            distrust_id(&mut tree, over);
        }
        Some(_) => {
            let remedy = "write a mapping of the preset's keys";
            build.notes.fault(&over_key, "it is not a mapping", remedy);
        }
        None => {}
    }
    let faults = build.notes.faults.len();
    let mut preset: Preset = read(&tree, &over_key, &mut build.notes)?;
    if build.notes.faults.len() > faults {
        return None;
    }
    if skips_verification(&preset.verify) && id != "dev" && form.verify.is_none() {
        let said = "the preset or its override verifies nothing, at least for some requests";
        let remedy = "name a check; or write verify: none in the source, if anyone may publish";
        build.notes.fault(key, said, remedy);
    }
    match form.verify {
        Some(VerifyNone::None) => preset.verify = VerifyForm::None,
        None => {}
    }
    Some(preset)
}

/// An id of the operator's own may repeat unless they say that it does not: what the preset says is
/// of its own.
fn distrust_id(tree: &mut Value, over: &Value) {
    let Some(event) = over.get("event") else {
        return;
    };
    if event.get("id").is_some()
        && event.get("id_repeats").is_none()
        && let Some(Value::Object(event)) = tree.get_mut("event")
    {
        event.insert("id_repeats".to_owned(), Value::Bool(true));
    }
}

/// Whether the source takes what anyone sends. A client that its certificate names is not anyone.
fn verification(key: &str, form: &SourceForm, preset: &Preset, build: &mut Build<'_>) -> bool {
    let certificate = form.client_certificate.as_ref();
    let is_named = certificate.is_some_and(ClientCertificateForm::names_clients);
    let unverified = skips_verification(&preset.verify) && !is_named;
    if preset.id == "dev" && !build.is_loopback {
        let said = "the provider dev verifies nothing, and listen is open to other machines";
        let remedy = "set listen to 127.0.0.1:8080, or choose the provider that sends";
        build.notes.fault(&format!("{key}.provider"), said, remedy);
    } else if unverified {
        let at = if form.verify.is_some() {
            "verify"
        } else {
            "provider"
        };
        let said = "nothing is verified: whoever reaches the source publishes through it";
        let remedy = "remove verify: none and configure the provider's secret";
        build.notes.warn(&format!("{key}.{at}"), said, remedy);
    }
    unverified
}

/// What an operator should know of the preset before it is relied on.
fn remarks(key: &str, preset: &Preset, build: &mut Build<'_>) {
    if let Some(wants) = &preset.synchronous
        && preset.accepted.is_none()
    {
        let said = format!("the provider's answer decides something, which no broker can: {wants}");
        let remedy = "take another kind of webhook, or set a fixed answer: \
                      override: { accepted: { json: {} } }";
        build.notes.fault(key, said, remedy);
    }
    if let Some(legacy) = &preset.legacy {
        let remedy = "limit who can reach the source, for instance by the provider's addresses";
        build
            .notes
            .warn(key, format!("its signature is weak: {legacy}"), remedy);
    }
    if preset.confidence == Confidence::Unverified && preset.id != "dev" {
        let said = "the preset is unverified: no foreign code has confirmed it";
        let remedy = "try it on a captured request first: hookferry verify --provider ID FILE";
        build.notes.warn(key, said, remedy);
    }
}

fn skips_verification(form: &VerifyForm) -> bool {
    form.all()
        .into_iter()
        .any(|form| matches!(form, VerifyForm::None))
}

/// The shortest of the deadlines that apply.
fn reply_within_ms(key: &str, given: Option<u64>, preset: &Preset, build: &mut Build<'_>) -> u64 {
    let limit = build.reply_within_ms;
    let own = build.number(key, given, limit, REPLY_MS);
    let least = own.min(limit).min(preset.reply_within_ms);
    if given.is_some() && least < own {
        let (which, remedy) = if limit < preset.reply_within_ms {
            (
                "limits.reply_within_ms is",
                "lower it, or raise limits.reply_within_ms",
            )
        } else {
            ("the provider waits for", "lower it")
        };
        let said = format!("{own} ms does not count: {which} {least} ms");
        build.notes.warn(key, said, remedy);
    }
    least
}

fn content_types(given: Option<&Vec<String>>, preset: &Preset) -> Vec<String> {
    let types = given.unwrap_or(&preset.content_types);
    types
        .iter()
        .map(|text| text.trim().to_ascii_lowercase())
        .collect()
}
