//! Which topic and key an event gets at a sink. Total: there is always a default topic.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use super::Record;
use super::dead_letter::{DETAIL, HEADERS, REASON, request_headers};
use super::encode::{Shape, annotate};
use crate::normalize::Event;
use crate::telemetry::{Context, TRACEPARENT, TRACESTATE, Trace};
use crate::template::Template;

/// A topic's longest name: Kafka allows 249 bytes, an AMQP routing key 255.
const TOPIC_BYTES_MAX: usize = 200;
/// A key's longest text; a longer one is cut, which keeps equal keys equal.
const KEY_BYTES_MAX: usize = 512;

/// The header of a check's message, whatever its encoding: the name of the run that sent it.
pub const CHECK: &str = "hookferry-check";

/// How one source's events are placed at one sink.
#[derive(Debug, Clone)]
pub struct Route {
    pub shape: Shape,
    pub topic: Template,
    /// Of several templates the first with a value counts.
    pub key: Vec<Template>,
    /// Further headers of the message. One whose template has no value is left out.
    pub headers: Vec<(String, Template)>,
    /// Where events go whose type is unknown, or whose topic would be one too many.
    pub default_topic: String,
    /// Where events go that cannot be read.
    pub dead_letter_topic: String,
    /// Shared by all routes of a sink.
    pub topics: Arc<Topics>,
}

/// The topics that were made from event types at one sink: event types come from outside, so
/// their number is bounded.
#[derive(Debug)]
pub struct Topics {
    max: usize,
    known: RwLock<HashSet<String>>,
}

impl Topics {
    pub fn new(max: usize) -> Self {
        Self {
            max,
            known: RwLock::default(),
        }
    }

    /// Whether `topic` may be used: known already, or there is room for one more.
    fn admits(&self, topic: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.contains(topic) {
            return true;
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.contains(topic) {
            return true;
        }
        known.len() < self.max && known.insert(topic.to_owned())
    }
}

impl Route {
    /// The record that `event` becomes: a dead letter, where it cannot be read.
    pub fn record<'e>(&self, event: &'e Event) -> Record<'e> {
        self.record_in(event, event.trace().map(Trace::context))
    }

    /// The same, whose reader goes on with `trace`; with the sender's, where there is none.
    pub(super) fn record_in<'e>(&self, event: &'e Event, trace: Option<&Context>) -> Record<'e> {
        match event.oddity() {
            None => self.make(event, self.topic(event), trace),
            Some(oddity) => {
                let mut letter = self.make(event, self.dead_letter_topic.clone(), trace);
                let headers = request_headers(event);
                let mut attributes = vec![(REASON, oddity.label()), (HEADERS, &headers)];
                attributes.extend(event.detail().map(|detail| (DETAIL, detail)));
                annotate(&mut letter, &self.shape, &attributes);
                letter
            }
        }
    }

    fn make<'e>(&self, event: &'e Event, topic: String, trace: Option<&Context>) -> Record<'e> {
        let key = self.key(event);
        let prefix = self.shape.attribute_prefix;
        let mut encoded = self.shape.encoding.encode(event, &key, prefix);
        for (name, template) in &self.headers {
            let value = template.text(event);
            encoded
                .headers
                .extend(value.map(|value| (name.clone(), value)));
        }
        if let Some(run) = event.run() {
            encoded.headers.push((CHECK.to_owned(), run.to_owned()));
        }
        self.trace(event, trace, &mut encoded.headers);
        Record {
            topic,
            key,
            headers: encoded.headers,
            content_type: encoded.content_type,
            source: Cow::Borrowed(&event.origin().name),
            id: Cow::Borrowed(event.id()),
            kind: Cow::Borrowed(event.kind()),
            received_s: u64::try_from(event.received().seconds()).unwrap_or_default(),
            value: encoded.value,
        }
    }

    /// The trace's own headers, by which a consumer's instrumentation goes on with it: none of them
    /// looks into an envelope.
    fn trace(&self, event: &Event, ours: Option<&Context>, headers: &mut Vec<(String, String)>) {
        let mut add = |name: &str, value: &str| {
            let is_given = self.headers.iter().any(|(given, _)| given == name);
            if !is_given && !value.is_empty() {
                headers.push((name.to_owned(), value.to_owned()));
            }
        };
        if let Some(ours) = ours {
            add(TRACEPARENT, &ours.parent());
            add(TRACESTATE, &ours.state);
            return;
        }
        for (name, value) in event.extensions() {
            if matches!(name.as_str(), TRACEPARENT | TRACESTATE) {
                add(name, value);
            }
        }
    }

    /// The topic that `event` is meant for.
    pub fn topic(&self, event: &Event) -> String {
        let made = self.topic.text(event).and_then(sanitized);
        match made {
            Some(topic) if self.topics.admits(&topic) => topic,
            Some(_) | None => self.default_topic.clone(),
        }
    }

    fn key(&self, event: &Event) -> String {
        let mut key = self
            .key
            .iter()
            .find_map(|template| template.text(event).filter(|key| !key.is_empty()))
            .unwrap_or_default();
        if key.len() > KEY_BYTES_MAX {
            let end = (0..=KEY_BYTES_MAX)
                .rev()
                .find(|at| key.is_char_boundary(*at))
                .unwrap_or_default();
            key.truncate(end);
        }
        key
    }
}

/// A topic of letters, digits, `.`, `_` and `-`: what every broker takes, and nothing that a
/// binding or a regular expression would read as a pattern. `/` and `:` separate words in event
/// types and become `.`; all else becomes `_`. `None` when nothing sensible is left.
pub fn sanitized(text: String) -> Option<String> {
    let is_plain =
        |byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    // Nearly always it is one: no word of it is empty, the first and the last included.
    let mut before = b'.';
    let is_topic = text.len() <= TOPIC_BYTES_MAX
        && text.bytes().all(|byte| {
            let is_empty_word = (before, byte) == (b'.', b'.');
            before = byte;
            is_plain(byte) && !is_empty_word
        })
        && before != b'.';
    if is_topic {
        return Some(text);
    }
    let plain: String = text
        .chars()
        .map(|char| match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => char,
            '/' | ':' => '.',
            _ => '_',
        })
        .collect();
    let words: Vec<_> = plain.split('.').filter(|word| !word.is_empty()).collect();
    let topic = words.join(".");
    (!topic.is_empty() && topic.len() <= TOPIC_BYTES_MAX).then_some(topic)
}

#[cfg(test)]
mod tests {
    use super::{Topics, sanitized};

    #[test]
    fn a_topic_has_no_character_that_a_broker_reads_as_more() {
        for (text, topic) in [
            (
                "webhooks.shop.orders/create",
                Some("webhooks.shop.orders.create"),
            ),
            ("w.gitlab.Push Hook", Some("w.gitlab.Push_Hook")),
            ("w.#.*", Some("w._._")),
            ("../../etc/passwd", Some("etc.passwd")),
            ("w.\u{0}\u{202e}é", Some("w.___")),
            ("...", None),
        ] {
            assert_eq!(sanitized(text.to_owned()).as_deref(), topic, "{text:?}");
        }
        assert_eq!(sanitized("x".repeat(201)), None);
    }

    #[test]
    fn topics_are_bounded_in_number() {
        let topics = Topics::new(2);
        assert!(topics.admits("a") && topics.admits("b"));
        assert!(!topics.admits("c"));
        assert!(topics.admits("a"));
    }
}
