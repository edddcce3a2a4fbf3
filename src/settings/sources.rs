//! Sources: a preset, and what the operator adds to it.

mod operator;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::build::{BODY_BYTES, Build, REPLY_MS, size};
use super::compile::{self, Endpoint, Problem};
use super::document::{SourceForm, VerifyNone};
use super::faults::suggestion;
use super::preset::{Confidence, Preset, VerifyForm};
use super::read::read;
use super::sinks::{keys, template_at};
use super::{RouteSettings, SourceSettings, Target, canonical, providers, shaping};
use crate::publish::Rule;
use operator::{Read, Reader};

/// The source at `sources.NAME`. `None` after a fault that leaves nothing to go on with.
pub(super) fn source(
    name: &str,
    form: &Value,
    paths: &mut BTreeMap<String, String>,
    build: &mut Build<'_>,
) -> Option<SourceSettings> {
    let key = format!("sources.{name}");
    build.name(&key, name);
    let form: SourceForm = read(form, &key, &mut build.notes)?;
    let at = |field: &str| format!("{key}.{field}");
    let path = path(&at("path"), name, form.path.as_deref(), paths, build);
    let way = way(&key, &form, build);
    let body_bytes_max = build.number(
        &at("body_bytes_max"),
        form.body_bytes_max,
        build.body_bytes_max,
        BODY_BYTES,
    );
    let shape = shaping::shape(&key, &form, build);
    let preset = preset(&key, &form, build);
    // The operator's part is read even where the preset is unknown, for its own faults.
    let mut operator = Reader::new(&key, build).operator(&form, preset.as_ref());
    let path = path?;
    operator.0.name = name.to_owned();
    operator.0.uri = format!("{}{path}", build.public_url.as_deref().unwrap_or_default());
    if build.public_url.is_some() {
        operator.0.url.clone_from(&operator.0.uri);
    }
    let preset = preset?;
    let given = form.canonical_types.as_ref();
    operator.0.canonical = canonical::wanted(&at("canonical_types"), given, &preset.id, build);
    let unverified = verification(&key, &form, &preset, build);
    remarks(&at("provider"), &preset, build);
    for further in &preset.paths {
        self::path(
            &format!("{key}.override.paths"),
            name,
            Some(further),
            paths,
            build,
        )?;
    }
    let reply_within_ms =
        reply_within_ms(&at("reply_within_ms"), form.reply_within_ms, &preset, build);
    let endpoint = endpoint(&key, &preset, &operator, build)?;
    Some(SourceSettings {
        name: name.to_owned(),
        path,
        endpoint,
        shape: shape?,
        routes: vec![RouteSettings {
            rule: Arc::new(Rule::all("default")),
            to: way?,
        }],
        learned_secret_file: form.learned_secret_file.clone(),
        reply_within: Duration::from_millis(reply_within_ms),
        body_bytes_max: size(body_bytes_max),
        content_types: content_types(form.content_types.as_ref(), &preset),
        unverified,
        preset,
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
    let topic = match topic {
        Some(template) => Some(template?),
        None => None,
    };
    let keyed = match keyed {
        Some(templates) => Some(templates?),
        None => None,
    };
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
    let said = if !given.starts_with('/') {
        "it does not begin with a slash"
    } else if given.contains(['?', '#']) {
        "it has a query or fragment; providers may add one by themselves"
    } else if given.parse::<http::uri::PathAndQuery>().is_err() || !given.is_ascii() {
        "it has characters that a URL's path cannot have"
    } else if let Some(other) = paths.insert(given.to_owned(), name.to_owned()) {
        let said = format!("source {other} has the same path");
        build
            .notes
            .fault(key, said, "give each source a path of its own");
        return None;
    } else {
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

/// Whether the source takes what anyone sends.
fn verification(key: &str, form: &SourceForm, preset: &Preset, build: &mut Build<'_>) -> bool {
    let unverified = skips_verification(&preset.verify);
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

fn endpoint(
    key: &str,
    preset: &Preset,
    (operator, places): &Read,
    build: &mut Build<'_>,
) -> Option<Endpoint> {
    let problems = match compile::endpoint(preset, operator) {
        Ok(endpoint) => return Some(endpoint),
        Err(problems) => problems,
    };
    for Problem { key: field, said } in problems {
        let full = format!("{key}.{}", first_place(&field, places));
        // "A secret is needed" says nothing new where one could not be read.
        let below = |fault: &super::Fault| {
            let rest = fault.key().strip_prefix(full.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let is_known = build.notes.faults.iter().any(below);
        if is_known {
            continue;
        }
        let (said, remedy) = match said.split_once("; ") {
            Some((said, remedy)) => (said.to_owned(), remedy.to_owned()),
            None => (said, remedy_for(&field)),
        };
        build.notes.fault(&full, said, remedy);
    }
    None
}

/// `secrets[0]` among those that could be read as it was typed, perhaps `secrets[1]`.
fn first_place(field: &str, places: &BTreeMap<&'static str, Vec<usize>>) -> String {
    let translated = || {
        let (list, rest) = field.split_once('[')?;
        let (at, rest) = rest.split_once(']')?;
        let first = places.get(list)?.get(at.parse::<usize>().ok()?)?;
        Some(format!("{list}[{first}]{rest}"))
    };
    translated().unwrap_or_else(|| field.to_owned())
}

fn remedy_for(field: &str) -> String {
    let list = field.split(['.', '[']).next().unwrap_or_default();
    match list {
        "secrets" => "write secrets: [{ env: NAME }] or [{ file: PATH }]",
        "public_keys" => "write public_keys: [KEY], [{ env: NAME }] or [{ file: PATH }]",
        "certificates" => "write certificates: [{ url: URL, file: PATH }]",
        "params" => {
            "write params: { NAME: VALUE }, { NAME: { env: VARIABLE } } or { NAME: { file: PATH } }"
        }
        _ => "correct it; hookferry providers explains the preset",
    }
    .to_owned()
}
