//! The places that a template can name.

use std::fmt;

use http::HeaderName;

/// Somewhere that a value is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The request body, byte for byte.
    Body,
    /// The request method, upper case.
    Method,
    /// The public URL of the source with the query as received. It is built from the
    /// configuration, never from the Host header.
    Url,
    /// The path as received.
    Path,
    /// A header that occurs exactly once.
    Header(HeaderName),
    /// The query as received, without its question mark.
    WholeQuery,
    /// A query parameter, percent-decoded.
    Query(String),
    /// A field of a form or multipart body, decoded.
    Form(String),
    /// A JSON Pointer (RFC 6901) into the body. Strings without their quotes, numbers and
    /// booleans as written, objects and arrays as their JSON text; null counts as absent.
    Json(String),
    /// The same as JSON text: strings keep their quotes and escapes.
    JsonRaw(String),
    /// The text of the first element at a path of local names in an XML body.
    Xml(String),
    /// A JSON Pointer into the payload of the JWT that was verified.
    Claim(String),
    /// A JSON Pointer into the item of a batch.
    Item(String),
    /// A JSON Pointer into the element that holds the batch's item, of a batch of two levels.
    Parent(String),
    /// The secret that is being tried, decoded.
    Secret,
    /// A value that the operator configured under `params`.
    Param(String),
    /// A field of the signature header, of one written as `key=value` pairs.
    Signature(String),
    /// A named part of what is signed, which may itself be sent through transforms.
    Value(String),
    /// The headers that the request says are signed.
    SignedHeaders,
    /// An attribute of the event, in topics and keys.
    Event(Name),
}

/// The attributes of an event that a topic or key can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// The source's name in the configuration.
    Source,
    /// The preset's id.
    Provider,
    /// Whose webhook it is, where the source has tenants.
    Tenant,
    /// The provider's own event type.
    Event,
    /// The whole CloudEvents type.
    Type,
    /// The type that the event has across providers.
    Canonical,
    /// The CloudEvents subject.
    Subject,
    /// The CloudEvents id.
    Id,
}

/// Which places make sense where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What is signed, compared or answered: the request, the secret, the signature's fields.
    Authenticate,
    /// Where an event's attributes are: the request and the batch's items.
    Normalize,
    /// Topics and keys: the event's attributes and its data.
    Publish,
}

impl Place {
    /// The header's name, where it is one.
    pub fn as_header(&self) -> Option<&http::HeaderName> {
        if let Self::Header(name) = self {
            Some(name)
        } else {
            None
        }
    }
}

impl Scope {
    /// Reads `name` or `name:argument`.
    pub(super) fn place(self, text: &str) -> Result<Place, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let needed = || argument.ok_or_else(|| format!("{{{name}}} needs a name: {{{name}:...}}"));
        let place = match name {
            "body" => Place::Body,
            "method" => Place::Method,
            "url" => Place::Url,
            "path" => Place::Path,
            "header" => Place::Header(
                needed()?
                    .parse()
                    .map_err(|_| format!("{text:?} does not name a header"))?,
            ),
            "query" if argument.is_none() => Place::WholeQuery,
            "query" => Place::Query(needed()?.to_owned()),
            "form" => Place::Form(needed()?.to_owned()),
            "json" => Place::Json(pointer(needed()?)?),
            "json_raw" => Place::JsonRaw(pointer(needed()?)?),
            "xml" => Place::Xml(pointer(needed()?)?),
            "claim" => Place::Claim(pointer(needed()?)?),
            "item" => Place::Item(pointer(needed()?)?),
            "parent" => Place::Parent(pointer(needed()?)?),
            "secret" => Place::Secret,
            "param" => Place::Param(needed()?.to_owned()),
            "signature" => Place::Signature(needed()?.to_owned()),
            "value" => Place::Value(needed()?.to_owned()),
            "signed_headers" => Place::SignedHeaders,
            "source" => Place::Event(Name::Source),
            "provider" => Place::Event(Name::Provider),
            "tenant" => Place::Event(Name::Tenant),
            "event" => Place::Event(Name::Event),
            "type" => Place::Event(Name::Type),
            "canonical" => Place::Event(Name::Canonical),
            "subject" => Place::Event(Name::Subject),
            "id" => Place::Event(Name::Id),
            _ => return Err(self.unknown(text)),
        };
        if self.allows(&place) {
            Ok(place)
        } else {
            Err(self.unknown(text))
        }
    }

    fn allows(self, place: &Place) -> bool {
        match place {
            Place::Body | Place::Method | Place::Url | Place::Path => self != Self::Publish,
            Place::Header(_) | Place::WholeQuery | Place::Query(_) | Place::Form(_) => {
                self != Self::Publish
            }
            Place::Json(_) => true,
            Place::JsonRaw(_) | Place::Xml(_) | Place::Claim(_) => self != Self::Publish,
            Place::Item(_) => self != Self::Publish,
            Place::Parent(_) => self == Self::Normalize,
            Place::Secret | Place::Signature(_) | Place::Value(_) | Place::SignedHeaders => {
                self == Self::Authenticate
            }
            Place::Param(_) => self != Self::Publish,
            Place::Event(_) => self == Self::Publish,
        }
    }

    fn unknown(self, text: &str) -> String {
        let allowed = match self {
            Self::Authenticate => {
                "body, method, url, path, query, header:, query:, form:, json:, json_raw:, xml:, \
                 claim:, item:, secret, param:, signature:, value:, signed_headers"
            }
            Self::Normalize => {
                "body, method, url, path, query, header:, query:, form:, json:, json_raw:, xml:, \
                 claim:, item:, parent:, param:"
            }
            Self::Publish => {
                "source, provider, tenant, event, type, canonical, subject, id, json: (into the event's data)"
            }
        };
        format!("{{{text}}} cannot stand here; what can: {allowed}")
    }
}

fn pointer(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('/') {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not a JSON Pointer; it starts with a slash, as in /data/id"
        ))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => f.write_str("the body"),
            Self::Method => f.write_str("the method"),
            Self::Url => f.write_str("the public URL"),
            Self::Path => f.write_str("the path"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::WholeQuery => f.write_str("the query"),
            Self::Query(name) => write!(f, "query parameter {name}"),
            Self::Form(name) => write!(f, "form field {name}"),
            Self::Json(pointer) | Self::JsonRaw(pointer) | Self::Xml(pointer) => {
                write!(f, "body {pointer}")
            }
            Self::Claim(pointer) => write!(f, "claim {pointer}"),
            Self::Item(pointer) => write!(f, "item {pointer}"),
            Self::Parent(pointer) => write!(f, "parent {pointer}"),
            Self::Secret => f.write_str("the secret"),
            Self::Param(name) => write!(f, "param {name}"),
            Self::Signature(name) => write!(f, "signature field {name}"),
            Self::Value(name) => write!(f, "value {name}"),
            Self::SignedHeaders => f.write_str("the signed headers"),
            Self::Event(name) => write!(f, "event attribute {name:?}"),
        }
    }
}
