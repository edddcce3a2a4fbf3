//! Reading a few fields of a JSON text in one pass, without building the whole value.

mod batch;
pub mod form;
mod scan;
pub mod xml;

use std::borrow::Cow;
use std::ops::Range;

use serde_json::value::RawValue;

pub use batch::{Nested, entries, members, nested};
use scan::Found;

/// How many objects and arrays may be one in the other. What is deeper is read by nobody here, and stops programs
/// that recurse without a bound.
pub const DEPTH_MAX: u32 = 128;

/// Which JSON Pointers (RFC 6901) to read, prepared once.
#[derive(Debug, Clone, Default)]
pub struct Pointers {
    root: Node,
    texts: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    slot: Option<usize>,
    children: Vec<(String, Node)>,
}

impl Pointers {
    pub fn new<'p>(pointers: impl IntoIterator<Item = &'p str>) -> Self {
        let mut all = Self::default();
        for pointer in pointers {
            all.add(pointer);
        }
        all
    }

    /// Adds one more pointer, unless it is there.
    pub fn add(&mut self, pointer: &str) {
        if self.texts.iter().any(|text| text == pointer) {
            return;
        }
        let mut node = &mut self.root;
        for segment in segments(pointer) {
            let at = match node.children.iter().position(|(key, _)| *key == segment) {
                Some(at) => at,
                None => {
                    node.children.push((segment, Node::default()));
                    node.children.len() - 1
                }
            };
            let Some((_, child)) = node.children.get_mut(at) else {
                return;
            };
            node = child;
        }
        node.slot = Some(self.texts.len());
        self.texts.push(pointer.to_owned());
    }

    /// Adds those of `others`.
    pub fn extend(&mut self, others: &Self) {
        others.texts.iter().for_each(|text| self.add(text));
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Reads `json` as [`Pointers::read`] does, to be asked later; `None` where that would fail.
    pub fn locate(&self, json: &[u8]) -> Option<Places> {
        let peeked = self.read(json).ok()?;
        let start = json.as_ptr().addr();
        let place = |found: &Option<&str>| {
            let begin = found.as_ref()?.as_ptr().addr().checked_sub(start)?;
            Some(begin..begin + found.as_ref()?.len())
        };
        Some(Places(peeked.found.iter().map(place).collect()))
    }

    /// What [`Pointers::locate`] found in `json`, for the pointers of `own`; `None` where `own` has
    /// others too.
    pub fn recall<'o, 'j>(
        &self,
        places: &Places,
        own: &'o Self,
        json: &'j [u8],
    ) -> Option<Peeked<'o, 'j>> {
        let mut found = Vec::with_capacity(own.texts.len());
        for text in &own.texts {
            let at = self.texts.iter().position(|known| known == text)?;
            let bytes = places.0.get(at).cloned().flatten();
            let bytes = bytes.and_then(|place| json.get(place));
            found.push(bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()));
        }
        Some(Peeked {
            pointers: &own.texts,
            found,
        })
    }

    /// Reads `json`, all of which must be valid.
    ///
    /// # Errors
    /// [`Malformed`] when the text is not JSON, or deeper than [`DEPTH_MAX`], or gives a key on the way to a
    /// pointer twice: two readers could then disagree about what it says.
    pub fn read<'j>(&self, json: &'j [u8]) -> Result<Peeked<'_, 'j>, Malformed> {
        let text = std::str::from_utf8(json).map_err(|_| Malformed::NotJson)?;
        let mut found = vec![None; self.texts.len()];
        let mut into = Found {
            texts: &mut found,
            repeated: false,
        };
        scan::find(&self.root, text, &mut into)?;
        if into.repeated {
            return Err(Malformed::RepeatedKey);
        }
        Ok(Peeked {
            pointers: &self.texts,
            found,
        })
    }
}

/// Where a JSON text has what was asked for.
#[derive(Debug, Clone)]
pub struct Places(Vec<Option<Range<usize>>>);

/// The steps of a JSON Pointer (RFC 6901, section 4).
pub fn segments(pointer: &str) -> impl Iterator<Item = String> + '_ {
    let segments = pointer.split('/').skip(1);
    segments.map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

/// What [`Pointers::read`] found.
#[derive(Debug, Clone)]
pub struct Peeked<'p, 'j> {
    pointers: &'p [String],
    found: Vec<Option<&'j str>>,
}

impl<'j> Peeked<'_, 'j> {
    /// The JSON text at `pointer`, which must be one of those prepared.
    pub fn raw(&self, pointer: &str) -> Option<&'j str> {
        let at = self.pointers.iter().position(|text| text == pointer)?;
        self.found.get(at).copied().flatten()
    }

    /// Every pointer, with the JSON text there.
    pub fn all(&self) -> impl Iterator<Item = (&str, Option<&'j str>)> {
        let pointers = self.pointers.iter().map(String::as_str);
        pointers.zip(self.found.iter().copied())
    }

    /// The value at `pointer` as plain text.
    pub fn text(&self, pointer: &str) -> Option<Cow<'j, str>> {
        plain(self.raw(pointer)?)
    }
}

/// Why a JSON text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("not valid JSON")]
    NotJson,
    #[error("a key is given twice")]
    RepeatedKey,
    #[error("more than {DEPTH_MAX} objects and arrays one in the other")]
    TooDeep,
}

/// The value at one pointer as plain text.
pub fn one(json: &str, pointer: &str) -> Option<String> {
    let pointers = Pointers::new([pointer]);
    let peeked = pointers.read(json.as_bytes()).ok()?;
    peeked.text(pointer).map(Cow::into_owned)
}

/// Whether `json` is one JSON text that can be read.
///
/// # Errors
/// As [`Pointers::read`]; what occurs twice is nobody's trouble here.
pub fn check(json: &[u8]) -> Result<(), Malformed> {
    Pointers::default().read(json).map(drop)
}

/// Whether `text` is one JSON text, no deeper than [`DEPTH_MAX`].
pub fn is_json(text: &str) -> bool {
    scan::is_json(text)
}

/// The elements of a JSON array as their own texts; `None` when it is not an array.
pub fn elements(json: &str) -> Option<Vec<&str>> {
    let raw: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(raw.into_iter().map(RawValue::get).collect())
}

/// A JSON text as plain text: strings unquoted, null as nothing, the rest as written.
pub(crate) fn plain(raw: &str) -> Option<Cow<'_, str>> {
    if raw == "null" {
        return None;
    }
    if !raw.starts_with('"') {
        return Some(Cow::Borrowed(raw));
    }
    match serde_json::from_str::<&str>(raw) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => serde_json::from_str::<String>(raw).ok().map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests;
