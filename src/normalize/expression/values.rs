//! The values that an expression is evaluated on, made of what it names and nothing else.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use cel::Value;
use cel::objects::Key;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::reads::Reads;
use super::{Undecided, map};
use crate::normalize::Event;
use crate::peek::Malformed;

/// Values in what is read of one event at most: objects, arrays, texts, numbers.
const NODES_MAX: usize = 20_000;
/// Their JSON at most, in bytes.
const BYTES_MAX: usize = 1 << 20;

/// What was read.
pub(super) struct Read {
    pub(super) roots: Vec<(&'static str, Value)>,
    /// How many values, and of how many bytes.
    pub(super) nodes: usize,
    pub(super) bytes: usize,
    /// How many of them a loop copies in each turn.
    pub(super) looped: usize,
}

pub(super) fn read(reads: &Reads, event: &Event) -> Result<Read, Undecided> {
    let mut read = Read {
        roots: Vec::with_capacity(2),
        nodes: 0,
        bytes: 0,
        looped: 0,
    };
    if reads.event {
        let mut entries = HashMap::with_capacity(12);
        event.attributes(&mut |name, value| {
            entries.insert(key(name), text(value));
        });
        for (name, value) in event.extensions() {
            entries.insert(key(name), text(value));
        }
        if let Some(own) = event.event() {
            entries.insert(key("event"), text(own));
        }
        read.roots.push(("event", map(entries)));
    }
    if reads.source {
        read.roots.push(("source", text(&event.origin().name)));
    }
    if reads.headers {
        let mut entries = HashMap::new();
        for name in event.headers().keys() {
            let values = event.headers().get_all(name).iter();
            let values: Vec<_> = values
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            // RFC 9110, section 5.3: several are one, with commas between.
            entries.insert(key(name.as_str()), text(&values.join(", ")));
        }
        read.note(&entries);
        read.roots.push(("headers", map(entries)));
    }
    if reads.query {
        let entries = pairs(event.query().as_bytes())?;
        read.note(&entries);
        read.roots.push(("query", map(entries)));
    }
    if reads.data() {
        let data = read.data(reads, event)?;
        read.roots.push(("data", data));
    }
    if reads.is_looped {
        read.looped = read.nodes;
    }
    Ok(read)
}

impl Read {
    fn note(&mut self, entries: &HashMap<Key, Value>) {
        self.nodes += entries.len();
        let texts = entries.values().map(|value| {
            let text = if let Value::String(text) = value {
                text.len()
            } else {
                0
            };
            text + 1
        });
        self.bytes += texts.sum::<usize>();
    }

    fn data(&mut self, reads: &Reads, event: &Event) -> Result<Value, Undecided> {
        let data = event.data();
        if !event.is_json() {
            if !is_form(event.content_type().unwrap_or_default()) {
                return Err(Undecided::NotData);
            }
            let entries = pairs(data)?;
            self.note(&entries);
            return Ok(map(entries));
        }
        if reads.whole {
            let json = std::str::from_utf8(data).map_err(|_| Undecided::NotData)?;
            return self.value(json);
        }
        let read = event.peek(&reads.pointers).map_err(|error| match error {
            Malformed::NotJson | Malformed::TooDeep => Undecided::NotData,
            Malformed::RepeatedKey => Undecided::RepeatedKey,
        })?;
        let mut tree = Tree::default();
        for path in &reads.paths {
            let Some(raw) = read.raw(&path.pointer) else {
                continue;
            };
            // Of what is only asked for, no more than that it is there.
            let before = self.nodes;
            let value = if path.is_tested && raw.starts_with('{') {
                map(HashMap::new())
            } else {
                self.value(raw)?
            };
            if path.is_looped {
                self.looped += self.nodes - before;
            }
            tree.put(&path.segments, value);
        }
        Ok(tree.value())
    }

    /// A JSON text as a value.
    fn value(&mut self, json: &str) -> Result<Value, Undecided> {
        self.bytes += json.len();
        if self.bytes > BYTES_MAX {
            return Err(Undecided::TooCostly);
        }
        let mut reader = serde_json::Deserializer::from_str(json);
        let seed = Seed {
            nodes: &mut self.nodes,
        };
        let value = seed.deserialize(&mut reader);
        if self.nodes > NODES_MAX {
            return Err(Undecided::TooCostly);
        }
        // The text is known to be JSON: what is left is a key that is given twice.
        value.map_err(|_| Undecided::RepeatedKey)
    }
}

/// Values by their paths, shorter paths put first.
#[derive(Default)]
struct Tree {
    value: Option<Value>,
    below: HashMap<String, Tree>,
}

impl Tree {
    fn put(&mut self, segments: &[String], value: Value) {
        let mut at = self;
        for segment in segments {
            at = at.below.entry(segment.clone()).or_default();
        }
        at.value = Some(value);
    }

    fn value(self) -> Value {
        if self.below.is_empty()
            && let Some(value) = self.value
        {
            return value;
        }
        let below = self.below.into_iter();
        map(below
            .map(|(name, tree)| (Key::String(Arc::new(name)), tree.value()))
            .collect())
    }
}

fn key(name: &str) -> Key {
    Key::String(Arc::new(name.to_owned()))
}

fn text(text: &str) -> Value {
    Value::String(Arc::new(text.to_owned()))
}

fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The fields of a query or form.
fn pairs(bytes: &[u8]) -> Result<HashMap<Key, Value>, Undecided> {
    if bytes.len() > BYTES_MAX {
        return Err(Undecided::TooCostly);
    }
    let mut entries = HashMap::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        if entries.insert(key(&name), text(&value)).is_some() {
            return Err(Undecided::RepeatedKey);
        }
        if entries.len() > NODES_MAX {
            return Err(Undecided::TooCostly);
        }
    }
    Ok(entries)
}

/// Reads a value, and counts what is in it.
struct Seed<'n> {
    nodes: &'n mut usize,
}

impl<'j> DeserializeSeed<'j> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'j>>(self, reader: D) -> Result<Value, D::Error> {
        *self.nodes += 1;
        if *self.nodes > NODES_MAX {
            return Err(D::Error::custom("too many"));
        }
        reader.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::UInt(value), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(text(value))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Seed {
            nodes: &mut *self.nodes,
        })? {
            items.push(item);
        }
        Ok(Value::List(Arc::new(items)))
    }

    fn visit_map<A: MapAccess<'j>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut entries = HashMap::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Seed {
                nodes: &mut *self.nodes,
            })?;
            let name = Key::String(Arc::new(name));
            if entries.insert(name, value).is_some() {
                return Err(A::Error::custom("a key is given twice"));
            }
        }
        Ok(map(entries))
    }
}
