//! Taking JSON apart into the texts of its parts.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Pointers, elements};

/// The members of a JSON object, in order; `None` when it is none, or gives a name twice.
pub fn members(json: &str) -> Option<Vec<(String, &str)>> {
    let members = entries(json)?;
    let mut names: Vec<_> = members.iter().map(|(name, _)| name).collect();
    names.sort();
    let before = names.len();
    names.dedup();
    (names.len() == before).then_some(members)
}

/// The members of a JSON object, in order, those that are given twice twice; `None` when it is none.
pub fn entries(json: &str) -> Option<Vec<(String, &str)>> {
    struct Members;
    impl<'j> Visitor<'j> for Members {
        type Value = Vec<(String, &'j RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a JSON object")
        }

        fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let members = reader.deserialize_map(Members).ok()?;
    reader.end().ok()?;
    let plain = members.into_iter().map(|(name, raw)| (name, raw.get()));
    Some(plain.collect())
}

/// An item of a batch, and the element that holds it where the batch has several levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nested<'j> {
    pub json: &'j str,
    pub parent: Option<&'j str>,
}

/// The items of `array`, each taken apart at the pointers in `levels`, one after the other. An
/// element without items of its own is an item: nothing is dropped. `None` when it is no array.
pub fn nested<'j>(array: &'j str, levels: &[String]) -> Option<Vec<Nested<'j>>> {
    let first = elements(array)?;
    let mut items: Vec<Nested<'j>> = first
        .into_iter()
        .map(|json| Nested { json, parent: None })
        .collect();
    for pointer in levels {
        let pointers = Pointers::new([pointer.as_str()]);
        let mut below = Vec::with_capacity(items.len());
        for item in items {
            let held = pointers.read(item.json.as_bytes()).ok();
            let inner = held.and_then(|held| elements(held.raw(pointer)?));
            match inner {
                Some(inner) if !inner.is_empty() => {
                    below.extend(inner.into_iter().map(|json| Nested {
                        json,
                        parent: Some(item.json),
                    }))
                }
                Some(_) | None => below.push(item),
            }
        }
        items = below;
    }
    Some(items)
}
