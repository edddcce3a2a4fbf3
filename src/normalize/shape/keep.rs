//! Writing what of a JSON text stays, in one walk over it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::edit::{Node, below};
use crate::json::write_text;

/// Writes what of `json` stays. `false` where nothing does, and then nothing is written.
///
/// # Errors
/// A number on the way to a path is larger than any reader takes.
pub(super) fn kept(json: &str, root: &Node, out: &mut Vec<u8>) -> Result<bool, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let nodes = &[root];
    Keep { nodes, out }.deserialize(&mut reader)
}

/// Walks JSON once, and writes what stays on the way: most of it is only passed over.
struct Keep<'k> {
    nodes: &'k [&'k Node],
    out: &'k mut Vec<u8>,
}

impl<'j> DeserializeSeed<'j> for Keep<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'j>>(self, reader: D) -> Result<bool, D::Error> {
        if self.nodes.iter().any(|node| node.is_end()) {
            let raw: &RawValue = serde::Deserialize::deserialize(reader)?;
            self.out.extend_from_slice(raw.get().as_bytes());
            return Ok(true);
        }
        reader.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for Keep<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut members: A) -> Result<bool, A::Error> {
        let start = self.out.len();
        self.out.push(b'{');
        let mut any = false;
        while let Some(name) = members.next_key_seed(Name)? {
            let nodes = below(self.nodes, &name);
            if nodes.is_empty() {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            let before = self.out.len();
            if any {
                self.out.push(b',');
            }
            write_text(self.out, &name);
            self.out.push(b':');
            let seed = Keep {
                nodes: &nodes,
                out: self.out,
            };
            if members.next_value_seed(seed)? {
                any = true;
            } else {
                self.out.truncate(before);
            }
        }
        self.out.push(b'}');
        if !any {
            // An object of which nothing stays is nothing itself.
            self.out.truncate(start);
        }
        Ok(any)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut items: A) -> Result<bool, A::Error> {
        let start = self.out.len();
        self.out.push(b'[');
        let mut any = false;
        for at in 0_usize.. {
            let nodes = below(self.nodes, &at.to_string());
            if nodes.is_empty() {
                match items.next_element::<IgnoredAny>()? {
                    Some(_) => continue,
                    None => break,
                }
            }
            let before = self.out.len();
            if any {
                self.out.push(b',');
            }
            let seed = Keep {
                nodes: &nodes,
                out: self.out,
            };
            match items.next_element_seed(seed)? {
                Some(true) => any = true,
                Some(false) => self.out.truncate(before),
                None => {
                    self.out.truncate(before);
                    break;
                }
            }
        }
        self.out.push(b']');
        if !any {
            self.out.truncate(start);
        }
        Ok(any)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name;

impl<'j> DeserializeSeed<'j> for Name {
    type Value = Cow<'j, str>;

    fn deserialize<D: Deserializer<'j>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'j> Visitor<'j> for Name {
    type Value = Cow<'j, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'j str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
