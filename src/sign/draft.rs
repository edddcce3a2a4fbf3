//! A request that is still being written, place by place.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri};
use serde_json::Value;

use crate::accept::Received;
use crate::authenticate::{Params, Secret, SignedHeaders};
use crate::peek::{self, Pointers};
use crate::template::{Lookup, Place, Template};
use crate::time::UnixTime;

/// A request as far as it is written, and what templates may want beside it.
#[derive(Debug, Clone)]
pub struct Draft {
    pub method: Method,
    /// The public URL with its query.
    pub url: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub(super) secret: Option<Secret>,
    pub(super) params: Params,
    /// Fields of the signature header that are not signatures, in order.
    pub(super) fields: Vec<(String, String)>,
    /// Named parts of what is signed.
    pub(super) values: Vec<(String, Template)>,
    pub(super) signed_headers: Option<SignedHeaders>,
    /// What the token will claim.
    pub(super) claims: serde_json::Map<String, Value>,
    /// Where the item of a batch is that is being signed.
    pub(super) item: String,
}

impl Draft {
    pub(super) fn new(method: Method, url: &str, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            method,
            url: url.to_owned(),
            headers,
            body,
            secret: None,
            params: Params::default(),
            fields: Vec::new(),
            values: Vec::new(),
            signed_headers: None,
            claims: serde_json::Map::new(),
            item: String::new(),
        }
    }

    /// Puts `value` at `place`, in place of what is there.
    pub(super) fn put(&mut self, place: &Place, value: &[u8]) -> Result<(), String> {
        let text = || {
            std::str::from_utf8(value).map_err(|_| format!("what belongs into {place} is not text"))
        };
        match place {
            Place::Header(name) => {
                let value = HeaderValue::from_bytes(value)
                    .map_err(|_| format!("what belongs into {place} is no header value"))?;
                self.headers.insert(name.clone(), value);
            }
            Place::Signature(name) => {
                let field = (name.clone(), text()?.to_owned());
                self.fields.retain(|(known, _)| known != name);
                self.fields.push(field);
            }
            Place::Query(name) => {
                let (base, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
                let query = with_pair(query.as_bytes(), name, text()?);
                self.url = format!("{base}?{query}");
            }
            Place::Form(name) => self.put_form(name, text()?)?,
            Place::Json(pointer) => self.put_json(pointer, text()?)?,
            Place::Item(pointer) => {
                let pointer = format!("{}{pointer}", self.item);
                self.put_json(&pointer, text()?)?;
            }
            Place::Claim(pointer) => {
                let name = pointer.trim_start_matches('/').to_owned();
                self.claims.insert(name, text()?.into());
            }
            Place::Body => self.body = value.to_vec(),
            Place::Method
            | Place::Url
            | Place::Path
            | Place::WholeQuery
            | Place::JsonRaw(_)
            | Place::Xml(_)
            | Place::Parent(_)
            | Place::Secret
            | Place::Param(_)
            | Place::Value(_)
            | Place::SignedHeaders
            | Place::Event(_) => return Err(format!("{place} cannot be written, only read")),
        }
        Ok(())
    }

    fn put_json(&mut self, pointer: &str, value: &str) -> Result<(), String> {
        let cannot = || format!("the sample has no place for {pointer}");
        let body = std::str::from_utf8(&self.body).map_err(|_| cannot())?;
        self.body = with_member(body, pointer, value)
            .ok_or_else(cannot)?
            .into_bytes();
        Ok(())
    }

    /// Writes a form field, or the part of a multipart body that is there.
    fn put_form(&mut self, name: &str, value: &str) -> Result<(), String> {
        let cannot = || format!("the sample has no place for the form field {name}");
        let content_type = self.headers.get(http::header::CONTENT_TYPE);
        let is_multipart = content_type.is_some_and(|it| it.as_bytes().starts_with(b"multipart/"));
        if !is_multipart {
            self.body = with_pair(&self.body, name, value).into_bytes();
            return Ok(());
        }
        let old = self
            .find(&Place::Form(name.to_owned()))
            .ok_or_else(cannot)?;
        let old = String::from_utf8(old.into_owned()).map_err(|_| cannot())?;
        let body = String::from_utf8(std::mem::take(&mut self.body)).map_err(|_| cannot())?;
        let (before, after) = body.split_once(old.as_str()).ok_or_else(cannot)?;
        self.body = format!("{before}{value}{after}").into_bytes();
        Ok(())
    }

    /// The request alone, as it would arrive.
    fn received(&self) -> Option<Received> {
        let uri: Uri = self.url.parse().ok()?;
        let body = Bytes::copy_from_slice(&self.body);
        let at = UnixTime::from_seconds(0);
        Some(Received::new(
            self.method.clone(),
            uri,
            self.headers.clone(),
            body,
            at,
        ))
    }
}

impl Lookup for Draft {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        match place {
            Place::Body => Some(Cow::Borrowed(&self.body)),
            Place::Url => Some(Cow::Borrowed(self.url.as_bytes())),
            Place::Secret => Some(Cow::Borrowed(self.secret.as_ref()?.reveal())),
            Place::Param(name) => Some(Cow::Borrowed(self.params.get(name)?.first()?.reveal())),
            Place::Signature(name) => {
                let (_, value) = self.fields.iter().find(|(known, _)| known == name)?;
                Some(Cow::Borrowed(value.as_bytes()))
            }
            Place::Json(pointer) => {
                let body = std::str::from_utf8(&self.body).ok()?;
                peek::one(body, pointer).map(|text| Cow::Owned(text.into_bytes()))
            }
            Place::JsonRaw(pointer) => {
                let body = std::str::from_utf8(&self.body).ok()?;
                let at = span(body, pointer)?;
                Some(Cow::Borrowed(body.get(at)?.as_bytes()))
            }
            Place::Item(pointer) => self
                .find(&Place::Json(format!("{}{pointer}", self.item)))
                .map(|value| Cow::Owned(value.into_owned())),
            Place::Claim(pointer) => {
                let claims = Value::from(self.claims.clone()).to_string();
                peek::one(&claims, pointer).map(|text| Cow::Owned(text.into_bytes()))
            }
            Place::Value(name) => {
                let (_, template) = self.values.iter().find(|(known, _)| known == name)?;
                template.render(self).map(Cow::Owned)
            }
            Place::SignedHeaders => {
                let headers = self.signed_headers.as_ref()?;
                let text = headers.render(&headers.list.text(self)?, &self.headers)?;
                Some(Cow::Owned(text.into_bytes()))
            }
            Place::Method
            | Place::Path
            | Place::Header(_)
            | Place::WholeQuery
            | Place::Query(_)
            | Place::Form(_)
            | Place::Xml(_) => {
                let received = self.received()?;
                let value = received.find(place)?.into_owned();
                Some(Cow::Owned(value))
            }
            Place::Parent(_) | Place::Event(_) => None,
        }
    }
}

/// `json` with a string, or where a number stands a number, at `pointer`, all else untouched.
pub(super) fn with_member(json: &str, pointer: &str, value: &str) -> Option<String> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let quoted = Value::from(value).to_string();
    let (at, new) = if let Some(old) = span(json, pointer) {
        let is_number = json.get(old.clone()).is_some_and(|old| {
            let first = old.bytes().next().unwrap_or_default();
            first == b'-' || first.is_ascii_digit()
        });
        let new = if is_number { value.to_owned() } else { quoted };
        (old, new)
    } else {
        let object = span(json, parent)?;
        let inner = json.get(object.clone())?;
        let is_empty = inner
            .strip_prefix('{')
            .is_some_and(|rest| rest.trim() == "}");
        if !inner.ends_with('}') {
            return None;
        }
        let name = name.replace("~1", "/").replace("~0", "~");
        let comma = if is_empty { "" } else { "," };
        let end = object.end - 1;
        (end..end, format!("{comma}{}:{quoted}", Value::from(name)))
    };
    let (before, after) = (json.get(..at.start)?, json.get(at.end..)?);
    Some(format!("{before}{new}{after}"))
}

/// `form` with the pair `name=value`, in place of any of that name.
pub(super) fn with_pair(form: &[u8], name: &str, value: &str) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new());
    for (key, old) in form_urlencoded::parse(form).filter(|(key, _)| key != name) {
        written.append_pair(&key, &old);
    }
    written.append_pair(name, value).finish()
}

/// Where in `json` the value at `pointer` stands.
fn span(json: &str, pointer: &str) -> Option<Range<usize>> {
    let pointers = Pointers::new([pointer]);
    let peeked = pointers.read(json.as_bytes()).ok()?;
    let raw = peeked.raw(pointer)?;
    let start = raw.as_ptr().addr().checked_sub(json.as_ptr().addr())?;
    Some(start..start.checked_add(raw.len())?)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::Draft;
    use crate::template::Place;

    fn draft(body: &str) -> Draft {
        let url = "https://h.example/in?a=1";
        Draft::new(Method::POST, url, HeaderMap::new(), body.into())
    }

    #[test]
    fn json_is_written_in_place_and_the_rest_stays() {
        for (body, pointer, expected) in [
            (r#"{ "a":1, "t":5 }"#, "/t", r#"{ "a":1, "t":7 }"#),
            (r#"{"a":{"t":"x"}}"#, "/a/t", r#"{"a":{"t":"7"}}"#),
            (r#"{"a":{}}"#, "/a/t", r#"{"a":{"t":"7"}}"#),
            (r#"{"a":1 }"#, "/t", r#"{"a":1 ,"t":"7"}"#),
        ] {
            let mut draft = draft(body);
            draft.put(&Place::Json(pointer.into()), b"7").unwrap();
            assert_eq!(String::from_utf8(draft.body).unwrap(), expected);
        }
        draft("[1]")
            .put(&Place::Json("/t".into()), b"7")
            .unwrap_err();
    }

    #[test]
    fn a_query_parameter_is_replaced() {
        let mut draft = draft("");
        draft.put(&Place::Query("b".into()), b"x y").unwrap();
        draft.put(&Place::Query("a".into()), b"2").unwrap();
        assert_eq!(draft.url, "https://h.example/in?b=x+y&a=2");
    }
}
