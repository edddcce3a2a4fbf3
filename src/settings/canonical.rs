//! Types across providers: the table `canonical.yaml`, and what a source lays before it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use super::build::Build;
use super::layers;
use super::read::read;
use crate::glob::Glob;
use crate::normalize::{Canonical, CanonicalRule};

/// One canonical type of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanonicalType {
    /// As in `commerce.order.created`.
    pub r#type: String,
    /// What has happened.
    pub about: String,
    /// The providers' own events, by the preset's id.
    pub of: BTreeMap<String, EventsForm>,
}

/// One event type, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum EventsForm {
    One(EventMatch),
    Many(Vec<EventMatch>),
}

/// A provider's own event type, perhaps under conditions.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum EventMatch {
    Type(String),
    When(EventWhen),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventWhen {
    /// Exact, or with `*` for any characters.
    pub r#type: String,
    /// JSON Pointers into the event's data, and their values.
    #[serde(default)]
    pub when: BTreeMap<String, ValuesForm>,
}

/// One value, or several of which each will do.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum ValuesForm {
    One(Scalar),
    Many(Vec<Scalar>),
}

/// A value as it may be typed; `true` and `"true"` are the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    types: Vec<CanonicalType>,
}

/// The embedded table.
///
/// # Errors
/// Why it cannot be read, which a test rules out.
pub fn table() -> Result<&'static [CanonicalType], &'static str> {
    static TABLE: OnceLock<Result<Vec<CanonicalType>, String>> = OnceLock::new();
    let read = || {
        let tree = layers::tree(include_str!("canonical.yaml"))?;
        let table: Table = serde_path_to_error::deserialize(tree)
            .map_err(|error| format!("{}: {}", error.path(), error.inner()))?;
        Ok(table.types)
    };
    match TABLE.get_or_init(read) {
        Ok(types) => Ok(types),
        Err(said) => Err(said),
    }
}

/// The table's rules for one preset: those with conditions first, else in the table's order.
pub fn rules_of(provider: &str) -> Vec<CanonicalRule> {
    let types = table().unwrap_or_default().iter();
    let entries = types.filter_map(|entry| Some((&entry.r#type, entry.of.get(provider)?)));
    let all = entries.flat_map(|(name, events)| rules(name, events.all()));
    ordered(all.collect())
}

/// Whether `text` is words of lower-case letters and digits, two at least, with dots between them.
pub fn is_canonical(text: &str) -> bool {
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        bytes.next().is_some_and(|first| first.is_ascii_lowercase())
            && bytes.all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
    };
    text.len() <= 128 && text.contains('.') && text.split('.').all(is_word)
}

/// What a source's `canonical_types` comes to; `None` where it wants none, or after a fault.
pub(super) fn wanted(
    key: &str,
    given: Option<&Value>,
    provider: &str,
    build: &mut Build<'_>,
) -> Option<Arc<Canonical>> {
    let mut all = match given {
        None | Some(Value::Null | Value::Bool(false)) => return None,
        Some(Value::Bool(true)) => Vec::new(),
        Some(own @ Value::Object(_)) => self::own(key, own, build)?,
        Some(Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            let said = "it is neither true, false nor a mapping";
            let remedy = "write true, or canonical types with the provider's own: \
                          { order.created: [orders/create] }";
            build.notes.fault(key, said, remedy);
            return None;
        }
    };
    if let Err(said) = table() {
        let remedy = "report it: the embedded table should be readable";
        build.notes.fault(key, said, remedy);
    }
    all.extend(rules_of(provider));
    if all.is_empty() {
        let said = format!("no event of provider {provider} has a canonical type");
        let remedy = "write canonical types with the provider's own, or remove the key";
        build.notes.warn(key, said, remedy);
        return None;
    }
    Some(Arc::new(Canonical::new(all)))
}

/// The source's own rules, which count before the table's.
fn own(key: &str, given: &Value, build: &mut Build<'_>) -> Option<Vec<CanonicalRule>> {
    let faults = build.notes.faults.len();
    let own: BTreeMap<String, EventsForm> = read(given, key, &mut build.notes)?;
    for (name, events) in &own {
        let key = format!("{key}.{name}");
        if !is_canonical(name) {
            let said = format!("{name:?} is not a canonical type");
            let remedy = "write lower-case words with dots between them, as in order.created";
            build.notes.fault(&key, said, remedy);
        }
        let pointers = events.all().iter().flat_map(|event| match event {
            EventMatch::Type(_) => Vec::new(),
            EventMatch::When(form) => form.when.keys().collect(),
        });
        for pointer in pointers.filter(|pointer| !pointer.starts_with('/')) {
            let said = format!("{pointer:?} is not a JSON Pointer");
            let remedy = "begin it with a slash, as in /data/status";
            build.notes.fault(&format!("{key}.when"), said, remedy);
        }
    }
    if build.notes.faults.len() > faults {
        return None;
    }
    let all = own.iter();
    let all = all.flat_map(|(name, events)| rules(name, events.all()));
    Some(ordered(all.collect()))
}

/// What has conditions says more, so it is asked first; else the order stays.
fn ordered(mut rules: Vec<CanonicalRule>) -> Vec<CanonicalRule> {
    rules.sort_by_key(|rule| rule.when.is_empty());
    rules
}

fn rules(name: &str, events: &[EventMatch]) -> Vec<CanonicalRule> {
    let rule = |event: &EventMatch| {
        let (event, when) = match event {
            EventMatch::Type(event) => (event, Vec::new()),
            EventMatch::When(form) => (&form.r#type, conditions(&form.when)),
        };
        CanonicalRule {
            name: name.to_owned(),
            event: Glob::new(event),
            when,
        }
    };
    events.iter().map(rule).collect()
}

fn conditions(when: &BTreeMap<String, ValuesForm>) -> Vec<(String, Vec<Glob>)> {
    let globs = |values: &ValuesForm| {
        let texts = values.all().into_iter();
        texts.map(|text| Glob::new(&text)).collect()
    };
    when.iter()
        .map(|(pointer, values)| (pointer.clone(), globs(values)))
        .collect()
}

impl EventsForm {
    pub fn all(&self) -> &[EventMatch] {
        match self {
            Self::One(event) => std::slice::from_ref(event),
            Self::Many(events) => events,
        }
    }
}

impl EventMatch {
    /// As a table shows it: `AUTHORISATION where /success is true`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Type(event) => format!("`{event}`"),
            Self::When(form) => {
                let one = |(pointer, values): (&String, &ValuesForm)| {
                    let texts = values.all().join(" or ");
                    match texts.as_str() {
                        "*" => format!("`{pointer}` is there"),
                        texts => format!("`{pointer}` is {texts}"),
                    }
                };
                let all: Vec<_> = form.when.iter().map(one).collect();
                format!("`{}` where {}", form.r#type, all.join(" and "))
            }
        }
    }
}

impl ValuesForm {
    fn all(&self) -> Vec<String> {
        let text = |value: &Scalar| match value {
            Scalar::Bool(value) => value.to_string(),
            Scalar::Number(value) => value.to_string(),
            Scalar::Text(value) => value.clone(),
        };
        match self {
            Self::One(value) => vec![text(value)],
            Self::Many(values) => values.iter().map(text).collect(),
        }
    }
}
