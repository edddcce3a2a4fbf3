//! Sinks: from what was typed to what the brokers' clients are told.

mod create_topics;
mod properties;
mod rabbitmq;
mod schema_registry;
pub(super) mod tls;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::build::{Build, if_given, size};
use super::document::KafkaForm;
use super::faults::suggestion;
use super::preset::OneOrMany;
use super::read::read;
use super::{SinkKind, SinkSettings};
use crate::publish::route::sanitized;
use crate::publish::{COALESCE_MS_DEFAULT, kafka};
use crate::template::{Name, Place, Scope, Template};
use properties::{brokers, property_value, security};

const TYPES: [&str; 2] = ["kafka", "rabbitmq"];
const TOPICS_MAX: u64 = 1000;
/// At most half of the shortest time that a reply may take.
const COALESCE_MS: RangeInclusive<u64> = 0..=50;
/// Half of what the ingress lets in: one broker that hangs leaves room for the others' requests.
const IN_FLIGHT_MAX: u64 = 512;
/// Where events are keyed by default: those about one thing stay in order.
const KEY: [&str; 2] = ["{subject}", "{id}"];

/// The sink at `sinks.NAME`. `None` after a fault that leaves nothing to go on with.
pub(super) fn sink(name: &str, form: &Value, build: &mut Build<'_>) -> Option<SinkSettings> {
    let key = format!("sinks.{name}");
    build.name(&key, name);
    match form.get("type") {
        Some(Value::String(kind)) if kind == "kafka" => {
            let form = read(form, &key, &mut build.notes)?;
            kafka_sink(name, &key, form, build)
        }
        Some(Value::String(kind)) if kind == "rabbitmq" => {
            let form = read(form, &key, &mut build.notes)?;
            rabbitmq::sink(name, &key, form, build)
        }
        Some(Value::String(kind)) => {
            let remedy = format!(
                "{}write one of: {}",
                suggestion(kind, TYPES),
                TYPES.join(", ")
            );
            let said = format!("there is no sink of type {kind}");
            build.notes.fault(&format!("{key}.type"), said, remedy);
            None
        }
        Some(_) | None => {
            let remedy = format!("add type, one of: {}", TYPES.join(", "));
            build.notes.missing(&format!("{key}.type"), remedy);
            None
        }
    }
}

/// For how long after others a record waits for company.
fn coalesce(key: &str, given: Option<u64>, build: &mut Build<'_>) -> Duration {
    Duration::from_millis(build.number(key, given, COALESCE_MS_DEFAULT, COALESCE_MS))
}

fn kafka_sink(
    name: &str,
    key: &str,
    form: KafkaForm,
    build: &mut Build<'_>,
) -> Option<SinkSettings> {
    let brokers = brokers(key, form.brokers.as_deref(), build);
    let (messages, kbytes) = kafka_queue(key, &form, build);
    let at = |field: &str| format!("{key}.{field}");
    let default_topic = topic(
        &at("default_topic"),
        form.default_topic.clone(),
        "webhooks",
        build,
    );
    let dead = topic(
        &at("dead_letter_topic"),
        form.dead_letter_topic.clone(),
        "webhooks.dead-letter",
        build,
    );
    let template = form.topic.as_deref().unwrap_or("webhooks.{source}.{event}");
    let template = template_at(&at("topic"), template, build);
    let key_templates = keys(&at("key"), form.key.as_ref(), build);
    let linger_ms = form.linger_ms.unwrap_or(kafka::LINGER_MS_DEFAULT);
    if !(0.0..=1000.0).contains(&linger_ms) {
        let said = format!("{linger_ms} is out of bounds");
        build
            .notes
            .fault(&at("linger_ms"), said, "write 0 to 1000 milliseconds");
    }
    let topics_max = build.number(&at("topics_max"), form.topics_max, TOPICS_MAX, 1..=100_000);
    let in_flight = form.in_flight_max;
    let in_flight = build.number(&at("in_flight_max"), in_flight, IN_FLIGHT_MAX, 1..=100_000);
    let coalesce = coalesce(&at("coalesce_ms"), form.coalesce_ms, build);
    let create = form.create_topics.as_ref();
    let create_topics =
        create.map(|form| create_topics::create_topics(&at("create_topics"), form, build));
    let registry = form.schema_registry.as_ref();
    let registry =
        registry.map(|form| schema_registry::options(name, key, form, topics_max, build));
    let properties = all_properties(key, &form, build);
    let own_files = own_files(&properties, build);
    Some(SinkSettings {
        name: name.to_owned(),
        encoding: form.encoding.unwrap_or_default(),
        topic: template?,
        default_topic: default_topic.clone(),
        dead_letter_topic: dead.clone(),
        topics_max: usize::try_from(topics_max).ok()?,
        in_flight_max: size(in_flight),
        coalesce,
        key: key_templates?,
        own_files,
        kind: SinkKind::Kafka(kafka::Options {
            name: name.to_owned(),
            brokers: brokers?,
            default_topic,
            dead_letter_topic: dead,
            create_topics: if_given(create_topics)?,
            linger_ms,
            // Set once the sources that publish here are known.
            message_timeout_ms: 0,
            queue_messages_max: u32::try_from(messages).ok()?,
            queue_kbytes_max: u32::try_from(kbytes).ok()?,
            properties,
            registry: if_given(registry)?,
        }),
    })
}

/// What librdkafka is told beside what has keys of its own.
fn all_properties(key: &str, form: &KafkaForm, build: &mut Build<'_>) -> BTreeMap<String, String> {
    let mut properties = security(key, form.sasl.as_ref(), form.tls.as_ref(), build);
    let secured = !properties.is_empty();
    for (property, value) in &form.properties {
        if let Some(value) = property_value(key, property, value, secured, build) {
            properties.insert(property.clone(), value);
        }
    }
    for (property, said) in kafka::refused(&properties) {
        let remedy = "librdkafka's CONFIGURATION.md has the properties and their values";
        build
            .notes
            .fault(&format!("{key}.properties.{property}"), said, remedy);
    }
    properties
}

/// The files that librdkafka reads by itself when a client is made. What cannot be read is its own
/// to tell.
fn own_files(
    properties: &BTreeMap<String, String>,
    build: &mut Build<'_>,
) -> BTreeMap<PathBuf, [u8; 32]> {
    let files = properties.iter();
    let files = files.filter(|(property, _)| property.ends_with(".location"));
    let mut digests = BTreeMap::new();
    for file in files.map(|(_, file)| PathBuf::from(file)) {
        let text = std::fs::read(&file).unwrap_or_default();
        build.notes.files.push(file.clone());
        digests.insert(file, Sha256::digest(text).into());
    }
    digests
}

/// Records and KiB that may wait for Kafka.
fn kafka_queue(key: &str, form: &KafkaForm, build: &mut Build<'_>) -> (u64, u64) {
    let at = |field: &str| format!("{key}.{field}");
    let messages = u64::from(kafka::QUEUE_MESSAGES_MAX_DEFAULT);
    let kbytes = u64::from(kafka::QUEUE_KBYTES_MAX_DEFAULT);
    let messages = build.number(
        &at("queue_messages_max"),
        form.queue_messages_max,
        messages,
        1..=10_000_000,
    );
    let kbytes = build.number(
        &at("queue_kbytes_max"),
        form.queue_kbytes_max,
        kbytes,
        64..=2_097_151,
    );
    (messages, kbytes)
}

/// A topic or routing key that is fixed.
fn topic(key: &str, given: Option<String>, default: &str, build: &mut Build<'_>) -> String {
    let topic = given.unwrap_or_else(|| default.to_owned());
    if sanitized(topic.clone()).as_deref() != Some(topic.as_str()) {
        let said = format!("{topic:?} is not a topic");
        let remedy = "write up to 200 letters, digits, -, _ and single dots between them";
        build.notes.fault(key, said, remedy);
    }
    topic
}

/// A topic's template. `None` after a fault.
pub(super) fn template_at(key: &str, text: &str, build: &mut Build<'_>) -> Option<Template> {
    match Template::parse(text, Scope::Publish) {
        Ok(_) if text.trim().is_empty() => {
            build.notes.fault(
                key,
                "it is empty",
                "write a template, as in {source}.{event}",
            );
            None
        }
        Ok(template) => Some(template),
        Err(error) => {
            let remedy = "correct the template, as in {source}.{event}";
            build.notes.fault(key, error.to_string(), remedy);
            None
        }
    }
}

/// The templates of a partition key. `None` after a fault.
pub(super) fn keys(
    key: &str,
    given: Option<&OneOrMany>,
    build: &mut Build<'_>,
) -> Option<Vec<Template>> {
    let texts = match given {
        None => KEY.to_vec(),
        Some(given) => given.all(),
    };
    if texts.is_empty() {
        build.notes.fault(
            key,
            "it is an empty list",
            "name a template, or remove the key",
        );
        return None;
    }
    let is_list = matches!(given, Some(OneOrMany::Many(_)));
    let mut templates = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let key = if is_list {
            format!("{key}[{at}]")
        } else {
            key.to_owned()
        };
        templates.push(template_at(&key, text, build));
    }
    let templates: Option<Vec<Template>> = templates.into_iter().collect();
    if templates
        .as_ref()
        .is_some_and(|all| all.iter().all(is_constant))
    {
        let said = "every event of a source has the same key: one partition takes them all";
        let remedy = "name what differs between events, as in {subject} or {json:/customer/id}";
        build.notes.warn(key, said, remedy);
    }
    templates
}

/// Whether all events of a source get the same text.
fn is_constant(template: &Template) -> bool {
    let fixed = |place: &&Place| matches!(place, Place::Event(Name::Source | Name::Provider));
    template.places().iter().all(fixed)
}
