//! Where a provider puts what the envelope wants to know.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use http::HeaderName;
use sha2::{Digest, Sha256};

use super::{BatchOf, Canonical, Origin};
use crate::accept::Received;
use crate::authenticate::Params;
use crate::peek::{self, Peeked, Pointers};
use crate::template::{Lookup, Place, Template};
use crate::time::{TimeUnit, UnixTime};

/// How one source's deliveries become events. Of several templates the first with a value counts.
#[derive(Debug)]
pub struct Mapping {
    pub origin: Arc<Origin>,
    /// The public URL without a query.
    pub url: String,
    pub params: Params,
    pub event: Vec<Template>,
    /// Names for types that the provider gives as codes.
    pub codes: BTreeMap<String, String>,
    pub id: Vec<Template>,
    /// Whether no two events of a type have one id, for each template of `id`.
    pub id_is_unique: Vec<bool>,
    pub time: Vec<Template>,
    pub time_unit: TimeUnit,
    pub subject: Vec<Template>,
    pub extensions: Vec<(String, Template)>,
    /// JSON Pointers to the items of a batch; none when a delivery is one event.
    pub batch: Vec<String>,
    pub batch_of: Option<BatchOf>,
    /// What consumers get, if not the body as it was received.
    pub data: Option<Template>,
    pub data_content_type: Option<String>,
    /// JSON Pointers to secrets in the data.
    pub redact: Vec<String>,
    /// Which events have a type across providers; nothing is looked up where the source wants none.
    pub canonical: Option<Arc<Canonical>>,
    /// Headers that are credentials, which dead letters are not to spread.
    pub credentials: Vec<HeaderName>,
    pub pointers: MappingPointers,
}

/// The JSON Pointers that the templates name, by what they point into.
#[derive(Debug, Default)]
pub struct MappingPointers {
    pub body: Pointers,
    pub item: Pointers,
    pub parent: Pointers,
    pub redact: Pointers,
}

impl Mapping {
    /// Gathers the JSON Pointers of every template, so that a body is read once.
    #[must_use]
    pub fn prepared(mut self) -> Self {
        let lists = [&self.event, &self.id, &self.time, &self.subject];
        let templates = lists
            .into_iter()
            .flatten()
            .chain(self.extensions.iter().map(|(_, template)| template))
            .chain(&self.data)
            .chain(self.batch_of.as_ref().map(|batch| &batch.from));
        let places: Vec<Place> = templates.flat_map(Template::places).cloned().collect();
        let mut pointers = MappingPointers::default();
        for place in &places {
            if let Place::Json(pointer) | Place::JsonRaw(pointer) = place {
                pointers.body.add(pointer);
            } else if let Place::Item(pointer) = place {
                pointers.item.add(pointer);
            } else if let Place::Parent(pointer) = place {
                pointers.parent.add(pointer);
            }
        }
        if let Some(first) = self.batch.first() {
            pointers.body.add(first);
        }
        pointers.redact = Pointers::new(self.redact.iter().map(String::as_str));
        self.pointers = pointers;
        self
    }
}

/// The provider's id.
pub(super) struct Id {
    pub(super) text: String,
    /// Whether it is the item's own rather than the delivery's.
    pub(super) is_items: bool,
    /// Whether no other event of the same type has it.
    pub(super) is_unique: bool,
}

/// What templates see of a delivery, or of one item of it.
pub(super) struct Sight<'s> {
    pub(super) mapping: &'s Mapping,
    pub(super) received: &'s Received,
    pub(super) body: Option<&'s Peeked<'s, 's>>,
    pub(super) item: Option<&'s Peeked<'s, 's>>,
    /// The item as text, of a batch in XML.
    pub(super) element: Option<&'s str>,
    pub(super) parent: Option<&'s Peeked<'s, 's>>,
    /// The payload of the JWT that was verified.
    pub(super) claims: Option<&'s str>,
}

impl Sight<'_> {
    pub(super) fn event(&self) -> Option<String> {
        let event = first(&self.mapping.event, self)?;
        let named = self.mapping.codes.get(&event).cloned();
        Some(named.unwrap_or(event))
    }

    pub(super) fn subject(&self) -> Option<String> {
        first(&self.mapping.subject, self)
    }

    pub(super) fn time(&self) -> Option<UnixTime> {
        let text = first(&self.mapping.time, self)?;
        // Some providers write a fraction behind Unix seconds.
        let whole = text.split('.').next().unwrap_or_default();
        self.mapping
            .time_unit
            .read(&text)
            .or_else(|| self.mapping.time_unit.read(whole))
    }

    /// The provider's id.
    pub(super) fn id(&self) -> Option<Id> {
        let both = self.mapping.id.iter().zip(&self.mapping.id_is_unique);
        let mut both = both.map(|(template, is_unique)| (template, *is_unique));
        both.find_map(|(template, is_unique)| {
            let text = template.text(self)?;
            // Two long ids that begin alike must not become one.
            let text = if text.len() > TEXT_BYTES_MAX {
                format!(
                    "sha256-{}",
                    base16ct::lower::encode_string(&Sha256::digest(&text))
                )
            } else {
                clean(text)?
            };
            let places = template.places();
            Some(Id {
                text,
                is_items: places.iter().any(|place| matches!(place, Place::Item(_))),
                is_unique,
            })
        })
    }

    pub(super) fn extensions(&self) -> Vec<(String, String)> {
        let pairs = self.mapping.extensions.iter();
        pairs
            .filter_map(|(name, template)| Some((name.clone(), clean(template.text(self)?)?)))
            .collect()
    }
}

impl Lookup for Sight<'_> {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        let text = |peeked: Option<&'a Peeked<'a, 'a>>, pointer: &str| {
            peeked?.text(pointer).map(|text| match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            })
        };
        match place {
            Place::Json(pointer) => text(self.body, pointer),
            Place::Item(pointer) => match self.element {
                None => text(self.item, pointer),
                Some(xml) => {
                    let text = peek::xml::text(xml.as_bytes(), &format!("/*{pointer}"))?;
                    Some(Cow::Owned(text.into_bytes()))
                }
            },
            Place::Parent(pointer) => text(self.parent, pointer),
            Place::Url => Some(Cow::Borrowed(self.mapping.url.as_bytes())),
            Place::Param(name) => {
                let values = self.mapping.params.get(name)?;
                Some(Cow::Borrowed(values.first()?.reveal()))
            }
            Place::JsonRaw(pointer) => Some(Cow::Borrowed(self.body?.raw(pointer)?.as_bytes())),
            Place::Claim(pointer) => {
                let text = peek::one(self.claims?, pointer)?;
                Some(Cow::Owned(text.into_bytes()))
            }
            Place::Body
            | Place::Method
            | Place::Path
            | Place::Header(_)
            | Place::WholeQuery
            | Place::Query(_)
            | Place::Form(_)
            | Place::Xml(_) => self.received.find(place),
            Place::Secret
            | Place::Signature(_)
            | Place::Value(_)
            | Place::SignedHeaders
            | Place::Event(_) => None,
        }
    }
}

fn first(templates: &[Template], sight: &Sight<'_>) -> Option<String> {
    templates
        .iter()
        .find_map(|template| clean(template.text(sight)?))
}

/// The longest text of an attribute.
const TEXT_BYTES_MAX: usize = 256;

/// CloudEvents strings hold no control characters and here no more than [`TEXT_BYTES_MAX`]; an empty one
/// says nothing.
fn clean(text: String) -> Option<String> {
    let mut text = text;
    // Nearly always there is none, which the bytes tell at once.
    let may_have_controls = text.bytes().any(|byte| !matches!(byte, b' '..=b'~'));
    if may_have_controls {
        text = text
            .chars()
            .map(|char| if char.is_control() { '_' } else { char })
            .collect();
    }
    if text.len() > TEXT_BYTES_MAX {
        let end = (0..=TEXT_BYTES_MAX)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default();
        text.truncate(end);
    }
    (!text.trim().is_empty()).then_some(text)
}
