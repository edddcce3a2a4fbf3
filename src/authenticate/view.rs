//! What templates see of a request while it is being judged.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Scheme, Secret};
use crate::accept::Received;
use crate::peek::Peeked;
use crate::template::{Lookup, Place, form_field};

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
    url: Option<String>,
    secret: Option<&'r Secret>,
    fields: Option<Rc<Vec<(String, String)>>>,
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
        }
    }

    /// The same with one of the secrets in hand.
    pub(super) fn with_secret(&self, secret: Option<&'r Secret>) -> Self {
        Self {
            secret,
            ..self.clone()
        }
    }

    /// The same with the fields of a signature header.
    pub(super) fn with_fields(&self, fields: Vec<(String, String)>) -> Self {
        Self {
            fields: Some(Rc::new(fields)),
            ..self.clone()
        }
    }

    /// The same with another spelling of the public URL.
    pub(super) fn with_url(&self, url: String) -> Self {
        Self {
            url: Some(url),
            ..self.clone()
        }
    }

    pub(super) fn scheme(&self) -> &'r Scheme {
        self.scheme
    }

    pub(super) fn received(&self) -> &'r Received {
        self.received
    }

    /// The public URL with the query as received.
    pub(super) fn plain_url(&self) -> String {
        match self.received.query() {
            "" => self.scheme.url.clone(),
            query => format!("{}?{query}", self.scheme.url),
        }
    }

    fn json(&self, pointer: &str) -> Option<Cow<'r, str>> {
        let peeked = self.json.get_or_init(|| {
            let body: &'r [u8] = self.received.body();
            self.scheme.pointers.read(body).ok()
        });
        peeked.as_ref()?.text(pointer)
    }
}

impl Lookup for View<'_> {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        match place {
            Place::Secret => Some(Cow::Borrowed(self.secret?.bytes())),
            Place::Param(name) => {
                let values = self.scheme.params.get(name)?;
                Some(Cow::Borrowed(values.first()?.bytes()))
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
            Place::Json(pointer) => Some(bytes(self.json(pointer)?)),
            Place::Body
            | Place::Method
            | Place::Path
            | Place::Header(_)
            | Place::Query(_)
            | Place::Form(_) => self.received.find(place),
            Place::Item(_) | Place::Parent(_) | Place::Event(_) => None,
        }
    }
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
            Place::Query(name) => form_field(self.query().as_bytes(), name).map(Cow::Owned),
            Place::Form(name) => (self.media_type() == "application/x-www-form-urlencoded")
                .then(|| form_field(self.body(), name))
                .flatten()
                .map(Cow::Owned),
            Place::Url
            | Place::Json(_)
            | Place::Item(_)
            | Place::Parent(_)
            | Place::Secret
            | Place::Param(_)
            | Place::Signature(_)
            | Place::Event(_) => None,
        }
    }
}
