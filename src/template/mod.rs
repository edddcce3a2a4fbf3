//! The one small language in which presets and configs say what is signed, where an event's
//! attributes are, and how a topic is called.
//!
//! A template is text with `{place}` in it. A place may be followed by transforms, each behind a
//! `|`. Text in `[...]` is left out whole when any place in it is absent. `{{`, `}}`, `[[` and
//! `]]` stand for themselves.
//!
//! ```text
//! {header:x-request-timestamp}.{body}
//! {method}{url}{body|sha256|hex}
//! [id:{query:data.id|lower};]ts:{signature:ts};
//! ```

mod parse;
mod place;
mod transform;

use std::borrow::Cow;
use std::fmt;

pub use parse::TemplateError;
pub use place::{Name, Place, Scope};
pub(crate) use transform::form_field;
pub use transform::{Plain, Transform};

/// Where a template finds the values of its places.
pub trait Lookup {
    /// The value at `place`, or `None` when the request has none there.
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>>;
}

/// A compiled template.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    source: Box<str>,
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq)]
enum Part {
    Literal(Box<str>),
    Value {
        place: Place,
        through: Vec<Transform>,
    },
    Optional(Vec<Part>),
}

impl Template {
    /// Compiles `text`, allowing only the places of `scope`.
    ///
    /// # Errors
    /// A [`TemplateError`] that names the unknown place or transform and what is allowed.
    pub fn parse(text: &str, scope: Scope) -> Result<Self, TemplateError> {
        parse::template(text, scope)
    }

    /// The template of no text.
    pub fn empty() -> Self {
        Self {
            source: "".into(),
            parts: Vec::new(),
        }
    }

    /// Hands the template's text to `out` piece by piece, without copying what needs no change.
    ///
    /// # Errors
    /// The first place that has no value, or whose value a transform cannot read. What was handed
    /// out by then is to be thrown away.
    pub fn feed(&self, lookup: &dyn Lookup, out: &mut dyn FnMut(&[u8])) -> Result<(), Absent> {
        feed(&self.parts, lookup, out)
    }

    /// The template's bytes; `None` when a place has no value.
    pub fn render(&self, lookup: &dyn Lookup) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(64);
        self.feed(lookup, &mut |piece| bytes.extend_from_slice(piece))
            .ok()?;
        Some(bytes)
    }

    /// The template's text; `None` when a place has no value or the bytes are not UTF-8.
    pub fn text(&self, lookup: &dyn Lookup) -> Option<String> {
        String::from_utf8(self.render(lookup)?).ok()
    }

    /// Every place named in the template, in order.
    pub fn places(&self) -> Vec<&Place> {
        fn collect<'a>(parts: &'a [Part], into: &mut Vec<&'a Place>) {
            for part in parts {
                match part {
                    Part::Literal(_) => {}
                    Part::Value { place, .. } => into.push(place),
                    Part::Optional(parts) => collect(parts, into),
                }
            }
        }
        let mut places = Vec::new();
        collect(&self.parts, &mut places);
        places
    }

    /// The names of the values that it is made of.
    pub fn value_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.each_value(&mut |place, through| {
            if let Place::Value(name) = place {
                names.push(name.as_str());
            }
            for transform in through {
                if let Transform::HmacUnder(name) = transform {
                    names.push(name.as_str());
                }
            }
        });
        names
    }

    /// Whether the secret goes into it.
    pub fn reads_secret(&self) -> bool {
        let mut reads = false;
        self.each_value(&mut |place, through| {
            reads |= *place == Place::Secret || through.iter().any(Transform::is_keyed);
        });
        reads
    }

    /// Whether a digest goes into it: such a text names a content, not a thing.
    pub fn digests(&self) -> bool {
        let mut digests = false;
        self.each_value(&mut |_, through| digests |= through.iter().any(Transform::is_digest));
        digests
    }

    fn each_value<'t>(&'t self, each: &mut dyn FnMut(&'t Place, &'t [Transform])) {
        fn walk<'t>(parts: &'t [Part], each: &mut dyn FnMut(&'t Place, &'t [Transform])) {
            for part in parts {
                match part {
                    Part::Literal(_) => {}
                    Part::Value { place, through } => each(place, through),
                    Part::Optional(parts) => walk(parts, each),
                }
            }
        }
        walk(&self.parts, each);
    }

    /// The header this template is, when it is nothing but `{header:name}`.
    pub fn as_header(&self) -> Option<&http::HeaderName> {
        match self.parts.as_slice() {
            [
                Part::Value {
                    place: Place::Header(name),
                    through,
                },
            ] if through.is_empty() => Some(name),
            _ => None,
        }
    }

    /// The text the template was written as.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.source)
    }
}

/// A place that a template needed and the request did not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is absent or cannot be read")]
pub struct Absent(pub Place);

fn feed(parts: &[Part], lookup: &dyn Lookup, out: &mut dyn FnMut(&[u8])) -> Result<(), Absent> {
    for part in parts {
        match part {
            Part::Literal(text) => out(text.as_bytes()),
            Part::Value { place, through } => {
                let absent = || Absent(place.clone());
                let mut value = lookup.find(place).ok_or_else(absent)?;
                for transform in through {
                    value = transform.apply(value, lookup).ok_or_else(absent)?;
                }
                out(&value);
            }
            Part::Optional(parts) => {
                let mut bytes = Vec::new();
                if feed(parts, lookup, &mut |piece| bytes.extend_from_slice(piece)).is_ok() {
                    out(&bytes);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
