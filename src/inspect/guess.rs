//! Which provider a captured request is likely to be of: by what the presets read, and by what their
//! samples look like. What only few presets have tells more than what many have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::causes;
use crate::accept::Received;
use crate::settings::preset::{OneOrMany, Preset, VerifyForm};
use crate::settings::providers;

/// Less than this is no likeness.
const SCORE_MIN: f64 = 3.0;
/// The members of a body that are looked at.
const MEMBERS_MAX: usize = 400;

/// What marks each preset's requests.
#[derive(Debug)]
pub(super) struct Marks {
    /// Each mark with the presets that have it, and how much it says.
    known: HashMap<String, Vec<(usize, f64)>>,
    presets: Vec<Marked>,
}

#[derive(Debug)]
struct Marked {
    id: String,
    /// Of each list one must be there: headers with its proof.
    needs: BTreeSet<String>,
}

impl Marks {
    /// Reads all presets; it takes a while, and is done once.
    pub(super) fn new() -> Self {
        let mut presets = Vec::new();
        let mut all: Vec<BTreeMap<String, f64>> = Vec::new();
        for id in providers::ids() {
            let tree = providers::load(id).and_then(Result::ok);
            let preset = tree.and_then(|tree| providers::parse(tree).ok());
            // What anything could be is no guess.
            let Some(preset) = preset.filter(|preset| !is_generic(preset)) else {
                continue;
            };
            all.push(marks(&preset));
            presets.push(Marked {
                needs: causes::headers(&preset.verify)
                    .into_iter()
                    .map(|name| header(&name))
                    .collect(),
                id: preset.id,
            });
        }
        let mut known: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        for (at, marks) in all.into_iter().enumerate() {
            for (mark, weight) in marks {
                known.entry(mark).or_default().push((at, weight));
            }
        }
        let count = f64::from(u32::try_from(presets.len()).unwrap_or(u32::MAX));
        for having in known.values_mut() {
            let with = f64::from(u32::try_from(having.len()).unwrap_or(u32::MAX));
            for (_, weight) in having {
                *weight *= (count / with).ln() / count.ln();
            }
        }
        Self { known, presets }
    }

    /// The likeliest preset, where one stands out.
    pub(super) fn guess(&self, received: &Received) -> Option<&str> {
        let mut scores: HashMap<usize, f64> = HashMap::new();
        let seen = seen(received);
        for mark in &seen {
            for (at, weight) in self.known.get(mark).into_iter().flatten() {
                *scores.entry(*at).or_default() += weight;
            }
        }
        for (at, score) in &mut scores {
            let needs = self.presets.get(*at).map(|preset| &preset.needs)?;
            // A request without any of the headers that prove it is hardly one of theirs.
            if !needs.is_empty() && needs.is_disjoint(&seen) {
                *score *= 0.25;
            }
        }
        let mut ranked: Vec<_> = scores.into_iter().collect();
        ranked.sort_by(|(one, a), (other, b)| b.total_cmp(a).then(one.cmp(other)));
        let (first, score) = ranked.first()?;
        let is_alike = *score >= SCORE_MIN;
        let preset = self.presets.get(*first).filter(|_| is_alike)?;
        Some(&preset.id)
    }
}

fn is_generic(preset: &Preset) -> bool {
    preset.id == "dev"
        || preset.id.starts_with("generic-")
        || matches!(preset.verify, VerifyForm::None)
}

fn header(name: &str) -> String {
    format!("header {name}")
}

/// What a preset's requests have, with what each is worth before it is known how many have it.
fn marks(preset: &Preset) -> BTreeMap<String, f64> {
    let mut marks = BTreeMap::new();
    let mut add = |mark: String, weight: f64| {
        let known = marks.entry(mark).or_insert(0.0);
        *known = f64::max(*known, weight);
    };
    for name in causes::headers(&preset.verify) {
        add(header(&name), 4.0);
    }
    for form in preset.verify.all() {
        let names = causes::headers(form);
        let prefix = form.signature().and_then(|form| form.prefix.as_deref());
        if let (Some(prefix), [name]) = (prefix, names.as_slice()) {
            add(format!("prefix {name} {prefix}"), 1.0);
        }
    }
    let event = &preset.event;
    let lists = [
        Some(&event.r#type),
        event.id.as_ref(),
        event.subject.as_ref(),
    ];
    for text in lists.into_iter().flatten().flat_map(OneOrMany::all) {
        for place in text.split('{').skip(1) {
            let place = place.split(['|', '}']).next().unwrap_or_default();
            match place.split_once(':') {
                Some(("header", name)) => add(header(&name.to_ascii_lowercase()), 3.0),
                Some(("json", pointer)) => add(format!("json {pointer}"), 1.5),
                Some(("form", name)) => add(format!("form {name}"), 1.5),
                Some((_, _)) | None => {}
            }
        }
    }
    let samples = preset.samples.len().max(1);
    let share = 1.0 / f64::from(u32::try_from(samples).unwrap_or(1));
    for sample in &preset.samples {
        for (name, value) in &sample.headers {
            add(header(&name.to_ascii_lowercase()), 3.0);
            if name.eq_ignore_ascii_case("user-agent") {
                add(agent(value), 4.0);
            }
        }
        let mut found = BTreeSet::new();
        body(&sample.content_type, sample.body.as_bytes(), &mut found);
        for mark in found {
            // What all samples have says more than what one has.
            add(mark, 0.75 + 0.5 * share);
        }
    }
    marks
}

/// An agent without its version.
fn agent(value: &str) -> String {
    let name = value.split(['/', ' ', '(']).next().unwrap_or_default();
    format!("agent {}", name.to_ascii_lowercase())
}

/// The marks of a request.
fn seen(received: &Received) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    for (name, value) in received.headers() {
        // Every client sends these.
        if matches!(
            name.as_str(),
            "host" | "content-type" | "content-length" | "accept" | "connection"
        ) {
            continue;
        }
        seen.insert(header(name.as_str()));
        let Ok(value) = value.to_str() else { continue };
        if name == http::header::USER_AGENT {
            seen.insert(agent(value));
        }
        if let Some((prefix, _)) = value.split_once('=') {
            seen.insert(format!("prefix {name} {prefix}="));
        }
    }
    body(received.content_type(), received.body(), &mut seen);
    seen
}

/// What the members of a body are called.
fn body(content_type: &str, body: &[u8], found: &mut BTreeSet<String>) {
    if content_type.contains("form-urlencoded") {
        let fields = form_urlencoded::parse(body).take(MEMBERS_MAX);
        found.extend(fields.map(|(name, _)| format!("form {name}")));
    } else if let Ok(json) = serde_json::from_slice::<Value>(body) {
        let mut left = MEMBERS_MAX;
        members(&json, "", 2, &mut left, found);
    }
}

fn members(json: &Value, path: &str, depth: usize, left: &mut usize, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(object) => {
            for (name, value) in object {
                if *left == 0 {
                    return;
                }
                *left -= 1;
                let path = format!("{path}/{name}");
                found.insert(format!("json {path}"));
                if depth > 0 {
                    members(value, &path, depth - 1, left, found);
                }
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                members(first, &format!("{path}/0"), depth, left, found);
            }
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}
