//! The items of a delivery that is a batch.

use bytes::Bytes;
use serde::Deserialize;

use super::Mapping;
use crate::peek::{self, Malformed, Nested, xml};
use crate::template::Template;

/// How many items of one batch are split.
pub(super) const ITEMS_MAX: usize = 10_000;

/// What a batch is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchFormat {
    /// JSON, in which `batch` names the items; a root array where it is absent.
    Json,
    /// A JSON text a line.
    Ndjson,
    /// Repeated elements, at `path`.
    Xml,
    /// A JSON object whose members are lists of items.
    Keys,
}

/// Where a batch is, when it is not in the body's JSON.
#[derive(Debug)]
pub struct BatchOf {
    pub from: Template,
    pub format: BatchFormat,
    /// The local names on the way to the repeated element, of XML.
    pub path: String,
}

/// One item, and what it is written in.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) data: Bytes,
    /// The element that holds it; of a member of an object, the member's name as a JSON string.
    pub(super) parent: Option<Bytes>,
    pub(super) is_json: bool,
}

impl Item {
    /// Whether one element holds both.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|item| {
            let parent = item.parent.as_ref();
            parent.map(|parent| parent.as_ptr())
        });
        own == others
    }
}

/// Why a batch cannot be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsplit {
    /// It is none, or an empty one.
    NoBatch,
    /// It is not written in what it has to be.
    Malformed,
    /// Its JSON is too deep to be read.
    TooDeep,
    TooLong,
}

impl BatchOf {
    /// The items in `text`.
    pub(super) fn items(&self, mapping: &Mapping, text: &Bytes) -> Result<Vec<Item>, Unsplit> {
        let utf8 = std::str::from_utf8(text).map_err(|_| Unsplit::Malformed)?;
        let item = |item: &str, parent: Option<Bytes>, is_json: bool| Item {
            data: text.slice_ref(item.as_bytes()),
            parent,
            is_json,
        };
        let items: Vec<Item> = match self.format {
            BatchFormat::Json => {
                let root = String::new();
                let first = mapping.batch.first().unwrap_or(&root);
                let pointers = peek::Pointers::new([first.as_str()]);
                let read = pointers.read(text).map_err(|error| match error {
                    Malformed::TooDeep => Unsplit::TooDeep,
                    Malformed::NotJson | Malformed::RepeatedKey => Unsplit::Malformed,
                })?;
                let array = read.raw(first).ok_or(Unsplit::NoBatch)?;
                return of_array(mapping, array, text);
            }
            BatchFormat::Ndjson => {
                let lines = utf8.lines().map(str::trim).filter(|line| !line.is_empty());
                lines
                    .map(|line| item(line, None, peek::is_json(line)))
                    .collect()
            }
            BatchFormat::Xml => {
                let found = xml::elements(text, &self.path, ITEMS_MAX + 1);
                let found = found.ok_or(Unsplit::Malformed)?;
                found.iter().map(|xml| item(xml, None, false)).collect()
            }
            BatchFormat::Keys => {
                let members = peek::members(utf8).ok_or(Unsplit::Malformed)?;
                let mut items = Vec::new();
                for (name, raw) in members {
                    let name = Bytes::from(serde_json::Value::from(name).to_string());
                    let named = |json| item(json, Some(name.clone()), true);
                    match peek::elements(raw) {
                        Some(list) => items.extend(list.into_iter().map(named)),
                        None => items.push(named(raw)),
                    }
                }
                items
            }
        };
        bounded(items)
    }
}

/// The items at the pointers of `mapping` in the JSON array `array`, which lies in `text`.
pub(super) fn of_array(mapping: &Mapping, array: &str, text: &Bytes) -> Result<Vec<Item>, Unsplit> {
    let levels = mapping.batch.get(1..).unwrap_or_default();
    let nested = bounded(peek::nested(array, levels).ok_or(Unsplit::NoBatch)?)?;
    let slice = |json: &str| text.slice_ref(json.as_bytes());
    let each = nested.into_iter().map(|Nested { json, parent }| Item {
        data: slice(json),
        parent: parent.map(slice),
        is_json: true,
    });
    Ok(each.collect())
}

fn bounded<T>(items: Vec<T>) -> Result<Vec<T>, Unsplit> {
    match items.len() {
        0 => Err(Unsplit::NoBatch),
        count if count > ITEMS_MAX => Err(Unsplit::TooLong),
        _ => Ok(items),
    }
}
