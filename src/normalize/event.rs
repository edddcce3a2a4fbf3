//! The common envelope: CloudEvents 1.0 (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>).

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use sha2::{Digest as _, Sha256};

use super::CANONICAL_TYPE;
use crate::authenticate::Integrity;
use crate::peek::{self, Malformed, Peeked, Places, Pointers};
use crate::telemetry::Trace;
use crate::template::{Lookup, Name, Place};
use crate::time::UnixTime;

/// The attribute that says how many items the delivery has.
pub(super) const BATCH_SIZE: &str = "batchsize";
/// The attribute that says how the data was edited.
const EDITS: &str = "dataedits";

/// One event of an authentic delivery. Only [`super::events`] makes one.
///
/// ```compile_fail
/// fn skip(received: hookferry::accept::Received) -> Vec<hookferry::normalize::Event> {
///     hookferry::normalize::events(todo!(), received).events
/// }
/// ```
#[derive(Clone)]
pub struct Event {
    pub(super) id: String,
    pub(super) origin: Arc<Origin>,
    pub(super) event: Option<String>,
    pub(super) kind: String,
    pub(super) subject: Option<String>,
    pub(super) time: Option<UnixTime>,
    pub(super) received: UnixTime,
    pub(super) integrity: Integrity,
    pub(super) content_type: Option<String>,
    pub(super) extensions: Vec<(String, String)>,
    pub(super) data: Bytes,
    pub(super) is_json: bool,
    pub(super) oddity: Option<Oddity>,
    /// Why it is odd, beyond the word for it; it quotes no value of the data.
    pub(super) detail: Option<String>,
    /// Shared by the events of a delivery.
    pub(super) request: Arc<Request>,
    pub(super) has_unique_id: bool,
    /// The run of a check that sent it.
    pub(super) run: Option<Arc<str>>,
    /// What the source's rules ask of the data.
    pub(super) asked: Option<Arc<Pointers>>,
    /// Where the data has it, once it was read for the first of them.
    pub(super) places: OnceLock<Option<Places>>,
}

/// Its content is in no text that is made of it.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("origin", &self.origin.name)
            .field("bytes", &self.data.len())
            .field("oddity", &self.oddity)
            .finish_non_exhaustive()
    }
}

/// What the events of a delivery know of its request.
#[derive(Default)]
pub(super) struct Request {
    /// Without those that are credentials.
    pub(super) headers: HeaderMap,
    pub(super) query: String,
    pub(super) trace: Option<Arc<Trace>>,
}

/// What all events of a source share.
#[derive(Debug, PartialEq, Eq)]
pub struct Origin {
    /// The source's name in the configuration.
    pub name: String,
    /// CloudEvents `source`: the public URL of the source, or its path alone.
    pub uri: String,
    /// The preset's id.
    pub provider: String,
    /// Whose webhook it is, where the source has tenants.
    pub tenant: Option<String>,
    /// The provider's domain reversed, as in `com.github`.
    pub prefix: String,
}

/// Why an authentic delivery cannot be read as its provider's events. It is not lost: it goes to
/// the dead-letter topic whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// The body says that it is JSON, or has to be, and is not.
    NotJson,
    /// A key that decides where the event goes is given twice.
    RepeatedKey,
    /// More objects and arrays are one in the other than [`peek::DEPTH_MAX`].
    TooDeep,
    /// The batch has more items than are split.
    BatchTooLong,
    /// The source's or a route's filter or condition says nothing about it.
    FilterFailed,
    /// It violates the schema for its type.
    SchemaViolation,
    /// Its data cannot be edited as the source says.
    EditFailed,
}

impl From<Malformed> for Oddity {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::NotJson => Self::NotJson,
            Malformed::RepeatedKey => Self::RepeatedKey,
            Malformed::TooDeep => Self::TooDeep,
        }
    }
}

impl Oddity {
    /// A word from a closed set, for metric labels and the envelope.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::RepeatedKey => "repeated_key",
            Self::TooDeep => "too_deep",
            Self::BatchTooLong => "batch_too_long",
            Self::FilterFailed => "filter_failed",
            Self::SchemaViolation => "schema_violation",
            Self::EditFailed => "edit_failed",
        }
    }
}

impl Event {
    /// CloudEvents `id`: the provider's, else a digest of the content.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The provider's own event type; `None` when the delivery does not say.
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// CloudEvents `type`: the provider's domain reversed, then its own event type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// When it happened, by the provider's word.
    pub fn time(&self) -> Option<UnixTime> {
        self.time
    }

    /// When it arrived here.
    pub fn received(&self) -> UnixTime {
        self.received
    }

    pub fn integrity(&self) -> Integrity {
        self.integrity
    }

    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Whether its delivery has others.
    pub fn is_of_batch(&self) -> bool {
        self.extensions.iter().any(|(name, _)| name == BATCH_SIZE)
    }

    /// Further CloudEvents attributes, by name.
    pub fn extensions(&self) -> &[(String, String)] {
        &self.extensions
    }

    /// The type that the event has across providers, as in `payment.succeeded`; `None` where its
    /// source asks for none, and where the table has none for it.
    pub fn canonical(&self) -> Option<&str> {
        let mut extensions = self.extensions.iter();
        let found = extensions.find(|(name, _)| name == CANONICAL_TYPE)?;
        Some(&found.1)
    }

    /// The received bytes: the body, or one item of its batch.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Whether `data` is valid JSON of a JSON media type.
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    pub fn oddity(&self) -> Option<Oddity> {
        self.oddity
    }

    /// Why it is odd, beyond [`Oddity::label`].
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The request's headers, without those that are credentials.
    pub fn headers(&self) -> &HeaderMap {
        &self.request.headers
    }

    /// The request's query, without `?`.
    pub fn query(&self) -> &str {
        &self.request.query
    }

    /// What is told of the request, where anybody listens.
    pub fn trace(&self) -> Option<&Trace> {
        self.request.trace.as_deref()
    }

    /// Hands every attribute of the envelope that is the event's own to `each`, in the order of the
    /// specification, but for `datacontenttype` and [`Event::extensions`].
    pub fn attributes(&self, each: &mut dyn FnMut(&str, &str)) {
        each("specversion", "1.0");
        each("id", self.id());
        each("source", &self.origin.uri);
        each("type", self.kind());
        if let Some(subject) = self.subject() {
            each("subject", subject);
        }
        if let Some(time) = self.time() {
            each("time", &time.text());
        }
        each("provider", &self.origin.provider);
        if let Some(tenant) = &self.origin.tenant {
            each("tenant", tenant);
        }
        each("integrity", self.integrity.label());
        each("receivedtime", &self.received.text());
    }

    /// It goes to the dead letters from here on.
    pub fn be_odd(&mut self, oddity: Oddity, detail: String) {
        self.oddity = Some(oddity);
        self.detail = Some(detail);
    }

    /// Says in the envelope that a check has sent it, in its run named `run`.
    pub fn be_synthetic(&mut self, run: &Arc<str>) {
        self.extend("synthetic", "true".to_owned());
        self.run = Some(Arc::clone(run));
    }

    /// The run of a check that sent it; `None` where that was the provider.
    pub fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    pub(super) fn extend(&mut self, name: &str, value: String) {
        self.extensions.push((name.to_owned(), value));
    }

    /// The data at `pointers`. It is read once for all that the source's rules ask, and only where
    /// that fails for each by itself: a key that is given twice is the trouble of who asks for it.
    pub(super) fn peek<'o>(&self, pointers: &'o Pointers) -> Result<Peeked<'o, '_>, Malformed> {
        let recalled = self.asked.as_ref().and_then(|asked| {
            let places = self.places.get_or_init(|| asked.locate(&self.data));
            asked.recall(places.as_ref()?, pointers, &self.data)
        });
        recalled.map_or_else(|| pointers.read(&self.data), Ok)
    }

    /// Other data, which is JSON.
    pub(super) fn set_data(&mut self, data: impl Into<Bytes>) {
        self.data = data.into();
        self.places = OnceLock::new();
    }

    /// The same data in other bytes: one that is to outlive its request must not keep the whole buffer
    /// that it was read into.
    pub fn replace_data(&mut self, data: Bytes) {
        self.data = data;
        self.places = OnceLock::new();
        if self.request.trace.is_some() {
            // It ends with the request.
            self.request = Arc::new(Request {
                headers: self.request.headers.clone(),
                query: self.request.query.clone(),
                trace: None,
            });
        }
    }

    /// Says in the envelope that the data is not what came in, and what its digest was then: the first
    /// time counts (RFC 9530, section 2).
    pub(super) fn note_edits(&mut self, original: &[u8], edits: &str) {
        let known = self.extensions.iter_mut();
        if let Some((_, known)) = known.into_iter().find(|(name, _)| name == EDITS) {
            known.push(',');
            known.push_str(edits);
            return;
        }
        let digest = STANDARD.encode(Sha256::digest(original));
        self.extend(EDITS, edits.to_owned());
        self.extend("originaldigest", format!("sha-256=:{digest}:"));
    }

    /// Whether a second event with the same source, type and id is the same one, sent again. It is
    /// not where the id is a digest, for two changes may read alike; where the preset says that
    /// the provider's ids repeat; and where the event cannot be read.
    pub fn has_unique_id(&self) -> bool {
        self.has_unique_id && self.oddity.is_none()
    }
}

impl Lookup for Event {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        let borrowed = |text: &'a str| Some(Cow::Borrowed(text.as_bytes()));
        match place {
            Place::Event(Name::Source) => borrowed(&self.origin.name),
            Place::Event(Name::Provider) => borrowed(&self.origin.provider),
            Place::Event(Name::Tenant) => borrowed(self.origin.tenant.as_deref()?),
            Place::Event(Name::Event) => borrowed(self.event()?),
            Place::Event(Name::Type) => borrowed(&self.kind),
            Place::Event(Name::Canonical) => borrowed(self.canonical()?),
            Place::Event(Name::Subject) => borrowed(self.subject()?),
            Place::Event(Name::Id) => borrowed(&self.id),
            Place::Json(pointer) => {
                let json = std::str::from_utf8(&self.data).ok()?;
                peek::one(json, pointer).map(|text| Cow::Owned(text.into_bytes()))
            }
            Place::Body
            | Place::Method
            | Place::Url
            | Place::Path
            | Place::Header(_)
            | Place::WholeQuery
            | Place::Query(_)
            | Place::Form(_)
            | Place::JsonRaw(_)
            | Place::Xml(_)
            | Place::Claim(_)
            | Place::Item(_)
            | Place::Parent(_)
            | Place::Secret
            | Place::Param(_)
            | Place::Signature(_)
            | Place::Value(_)
            | Place::SignedHeaders => None,
        }
    }
}
