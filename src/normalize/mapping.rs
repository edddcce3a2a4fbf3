//! Where a provider puts what the envelope wants to know.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
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

    /// Whether a delivery may be many events.
    pub fn splits(&self) -> bool {
        !self.batch.is_empty() || self.batch_of.is_some()
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
    /// What the items of a batch share.
    pub(super) common: Option<&'s Common>,
}

/// What was read of a delivery for one item of a batch, or of the element that holds some of them: however many they
/// are, it is read once.
#[derive(Default)]
pub(super) struct Common {
    of_delivery: RefCell<Attributes>,
    of_parent: RefCell<Attributes>,
    places: RefCell<HashMap<Place, Option<Vec<u8>>>>,
}

/// What templates give, by where each is in memory.
type Attributes = HashMap<usize, Option<String>>;

impl Common {
    /// Another element holds the next items.
    pub(super) fn leave_parent(&self) {
        self.of_parent.borrow_mut().clear();
    }
}

/// What becomes of a text that is longer than an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Long {
    Cut,
    /// Two that begin alike must not become one.
    Digested,
}

impl Sight<'_> {
    /// What `template` gives, as an attribute takes it.
    fn attribute(&self, template: &Template, long: Long) -> Option<String> {
        let make = || {
            let text = template.text(self)?;
            if long == Long::Digested && text.len() > TEXT_BYTES_MAX {
                let digest = base16ct::lower::encode_string(&Sha256::digest(&text));
                return Some(format!("sha256-{digest}"));
            }
            clean(text)
        };
        let Some(common) = self.common else {
            return make();
        };
        let places = template.places();
        let has = |is: fn(&Place) -> bool| places.iter().any(|place| is(place));
        if has(|place| matches!(place, Place::Item(_))) {
            return make();
        }
        let known = if has(|place| matches!(place, Place::Parent(_))) {
            &common.of_parent
        } else {
            &common.of_delivery
        };
        let key = std::ptr::from_ref(template).addr();
        if let Some(known) = known.borrow().get(&key) {
            return known.clone();
        }
        let made = make();
        known.borrow_mut().insert(key, made.clone());
        made
    }

    /// The first of `templates` with a value.
    fn first(&self, templates: &[Template]) -> Option<String> {
        let mut all = templates.iter();
        all.find_map(|template| self.attribute(template, Long::Cut))
    }

    pub(super) fn event(&self) -> Option<String> {
        let event = self.first(&self.mapping.event)?;
        let named = self.mapping.codes.get(&event).cloned();
        Some(named.unwrap_or(event))
    }

    pub(super) fn subject(&self) -> Option<String> {
        self.first(&self.mapping.subject)
    }

    pub(super) fn time(&self) -> Option<UnixTime> {
        let text = self.first(&self.mapping.time)?;
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
            let text = self.attribute(template, Long::Digested)?;
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
            .filter_map(|(name, template)| {
                Some((name.clone(), self.attribute(template, Long::Cut)?))
            })
            .collect()
    }
}

impl Sight<'_> {
    /// What is in none of the texts that were read before: a search from the beginning.
    fn searched(&self, place: &Place) -> Option<Cow<'_, [u8]>> {
        let search = || {
            if let Place::Claim(pointer) = place {
                let text = peek::one(self.claims?, pointer)?;
                return Some(Cow::Owned(text.into_bytes()));
            }
            self.received.find(place)
        };
        let Some(common) = self.common else {
            return search();
        };
        let mut places = common.places.borrow_mut();
        let known = match places.get(place) {
            Some(known) => known,
            None => places
                .entry(place.clone())
                .or_insert(search().map(Cow::into_owned)),
        };
        known.clone().map(Cow::Owned)
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
            Place::Claim(_) | Place::Form(_) | Place::Xml(_) => self.searched(place),
            Place::Body
            | Place::Method
            | Place::Path
            | Place::Header(_)
            | Place::WholeQuery
            | Place::Query(_) => self.received.find(place),
            Place::Secret
            | Place::Signature(_)
            | Place::Value(_)
            | Place::SignedHeaders
            | Place::Event(_) => None,
        }
    }
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
