//! What templates see of a request while it is being judged.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::{Scheme, Secret, SignedHeaders};
use crate::accept::Received;
use crate::peek::{self, Peeked, Pointers, form, xml};
use crate::template::{Lookup, Place, Template, form_field};

/// Values that the operator configured for a source, by name. All are kept as secrets.
pub type Params = BTreeMap<String, Vec<Secret>>;

/// The body's JSON fields, read when the first is asked for.
pub(super) type Read<'r> = OnceCell<Option<Peeked<'r, 'r>>>;

/// A request, its scheme, and the secret and signature in hand.
#[derive(Clone)]
pub struct View<'r> {
    scheme: &'r Scheme,
    received: &'r Received,
    json: &'r Read<'r>,
    url: Option<Rc<str>>,
    secret: Option<&'r Secret>,
    /// Fields of the signature header.
    fields: Option<Rc<Vec<(String, String)>>>,
    /// Named parts of what is signed.
    values: &'r [(String, Template)],
    signed_headers: Option<&'r SignedHeaders>,
    /// The payload of the JWT that was verified.
    claims: Option<Arc<str>>,
    /// The item of a batch that is being judged.
    item: Option<&'r str>,
}

impl<'r> View<'r> {
    pub(super) fn new(scheme: &'r Scheme, received: &'r Received, json: &'r Read<'r>) -> Self {
        Self {
            scheme,
            received,
            json,
            url: None,
            secret: None,
            fields: None,
            values: &[],
            signed_headers: None,
            claims: None,
            item: None,
        }
    }

    /// The same with one of the secrets in hand.
    pub(super) fn with_secret(&self, secret: Option<&'r Secret>) -> Self {
        Self {
            secret,
            ..self.clone()
        }
    }

    /// The same with the fields of a signature header, and what its check names.
    pub(super) fn with_signature(
        &self,
        fields: Vec<(String, String)>,
        values: &'r [(String, Template)],
        signed_headers: Option<&'r SignedHeaders>,
    ) -> Self {
        Self {
            fields: Some(Rc::new(fields)),
            values,
            signed_headers,
            ..self.clone()
        }
    }

    /// The same with named parts of what is compared or answered.
    pub(super) fn with_values(&self, values: &'r [(String, Template)]) -> Self {
        Self {
            values,
            ..self.clone()
        }
    }

    /// The same with another spelling of the public URL.
    pub(super) fn with_url(&self, url: &str) -> Self {
        Self {
            url: Some(url.into()),
            ..self.clone()
        }
    }

    /// The same with the claims of a verified JWT.
    pub(super) fn with_claims(&self, claims: Option<Arc<str>>) -> Self {
        Self {
            claims: claims.or_else(|| self.claims.clone()),
            ..self.clone()
        }
    }

    /// The same with an item of a batch.
    pub(super) fn with_item(&self, item: &'r str) -> Self {
        Self {
            item: Some(item),
            ..self.clone()
        }
    }

    pub(super) fn scheme(&self) -> &'r Scheme {
        self.scheme
    }

    pub(super) fn received(&self) -> &'r Received {
        self.received
    }

    /// The body as the provider has signed it.
    pub(super) fn signed_body(&self) -> &'r [u8] {
        if self.scheme.signs_encoded {
            self.received.encoded()
        } else {
            self.received.body()
        }
    }

    /// The public URL with the query as received.
    pub(super) fn plain_url(&self) -> String {
        match self.received.query() {
            "" => self.scheme.url.clone(),
            query => format!("{}?{query}", self.scheme.url),
        }
    }

    /// The items of the batch that the body is; `None` when it is none, or has none.
    pub(super) fn items(&self, batch: &[String]) -> Option<Vec<&'r str>> {
        let body = std::str::from_utf8(self.received.body()).ok()?;
        let (first, levels) = batch.split_first()?;
        let pointers = Pointers::new([first.as_str()]);
        let array = pointers.read(body.as_bytes()).ok()?.raw(first)?;
        let items = peek::nested(array, levels)?;
        (!items.is_empty()).then(|| items.into_iter().map(|item| item.json).collect())
    }

    fn json(&self) -> Option<&'r Peeked<'r, 'r>> {
        let peeked = self.json.get_or_init(|| {
            let body: &'r [u8] = self.received.body();
            self.scheme.pointers.read(body).ok()
        });
        peeked.as_ref()
    }
}

impl Lookup for View<'_> {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        match place {
            Place::Secret => Some(Cow::Borrowed(self.secret?.reveal())),
            Place::Param(name) => {
                let values = self.scheme.params.get(name)?;
                Some(Cow::Borrowed(values.first()?.reveal()))
            }
            Place::Signature(name) => {
                let fields = self.fields.as_ref()?;
                let (_, value) = fields.iter().find(|(key, _)| key == name)?;
                Some(Cow::Borrowed(value.as_bytes()))
            }
            Place::Url => Some(match &self.url {
                Some(url) => Cow::Borrowed(url.as_bytes()),
                None => Cow::Owned(self.plain_url().into_bytes()),
            }),
            Place::Json(pointer) => Some(bytes(self.json()?.text(pointer)?)),
            Place::JsonRaw(pointer) => Some(Cow::Borrowed(self.json()?.raw(pointer)?.as_bytes())),
            Place::Claim(pointer) => owned(peek::one(self.claims.as_ref()?, pointer)),
            Place::Item(pointer) => owned(peek::one(self.item?, pointer)),
            Place::Value(name) => {
                let (_, template) = self.values.iter().find(|(known, _)| known == name)?;
                template.render(self).map(Cow::Owned)
            }
            Place::SignedHeaders => {
                let headers = self.signed_headers?;
                let list = headers.list.text(self)?;
                owned(headers.render(&list, self.received.headers()))
            }
            Place::Body => Some(Cow::Borrowed(self.signed_body())),
            Place::Method
            | Place::Path
            | Place::Header(_)
            | Place::WholeQuery
            | Place::Query(_)
            | Place::Form(_)
            | Place::Xml(_) => self.received.find(place),
            Place::Parent(_) | Place::Event(_) => None,
        }
    }
}

fn owned<'a>(text: Option<String>) -> Option<Cow<'a, [u8]>> {
    text.map(|text| Cow::Owned(text.into_bytes()))
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").finish_non_exhaustive()
    }
}

/// The places that a request alone can answer.
impl Lookup for Received {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        match place {
            Place::Body => Some(Cow::Borrowed(self.body())),
            Place::Method => Some(Cow::Borrowed(self.method().as_str().as_bytes())),
            Place::Path => Some(Cow::Borrowed(self.path().as_bytes())),
            Place::Header(name) => {
                // A header given twice could mean one thing to us and another to a proxy.
                let mut values = self.headers().get_all(name).iter();
                let value = values.next()?;
                values
                    .next()
                    .is_none()
                    .then(|| Cow::Borrowed(value.as_bytes()))
            }
            Place::WholeQuery => Some(Cow::Borrowed(self.query().as_bytes())),
            Place::Query(name) => form_field(self.query().as_bytes(), name).map(Cow::Owned),
            Place::Form(name) => {
                form::field(self.content_type(), self.body(), name).map(Cow::Owned)
            }
            Place::Xml(path) => owned(xml::text(self.body(), path)),
            Place::Url
            | Place::Json(_)
            | Place::JsonRaw(_)
            | Place::Claim(_)
            | Place::Item(_)
            | Place::Parent(_)
            | Place::Secret
            | Place::Param(_)
            | Place::Signature(_)
            | Place::Value(_)
            | Place::SignedHeaders
            | Place::Event(_) => None,
        }
    }
}
