//! How a preset says where an event's attributes are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::OneOrMany;
use crate::normalize::BatchFormat;
use crate::time::TimeUnit;

/// Where an event's attributes are. Of several templates the first that has a value counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventForm {
    /// The provider's own event type.
    pub r#type: OneOrMany,
    /// Names for types that the provider gives as codes.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// The delivery or event id; without one, a digest of the signed content.
    #[serde(default)]
    pub id: Option<OneOrMany>,
    /// Whether, or which of these ids, different events of one type may have: an id that names a
    /// thing, or is made of a moment, or of which the provider does not promise otherwise. Such
    /// events are not deduplicated.
    #[serde(default)]
    pub id_repeats: IdRepeats,
    #[serde(default)]
    pub time: Option<TimeForm>,
    #[serde(default)]
    pub subject: Option<OneOrMany>,
    /// JSON Pointers to the items of a batch: `[""]` for a root array, two for items of items.
    #[serde(default)]
    pub batch: Vec<String>,
    /// Where the batch is, if not in the body's JSON.
    #[serde(default)]
    pub batch_of: Option<BatchForm>,
    /// What consumers get, if not the body as it was received.
    #[serde(default)]
    pub data: Option<String>,
    #[serde(default)]
    pub data_content_type: Option<String>,
    /// JSON Pointers to secrets in the data: null takes their place.
    #[serde(default)]
    pub redact: Vec<String>,
    /// Further CloudEvents extension attributes.
    #[serde(default)]
    pub extensions: BTreeMap<String, String>,
}

/// All ids, or those of these templates.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum IdRepeats {
    All(bool),
    These(Vec<String>),
}

impl Default for IdRepeats {
    fn default() -> Self {
        Self::All(false)
    }
}

impl IdRepeats {
    /// Whether the ids of `template` may repeat.
    pub fn may(&self, template: &str) -> bool {
        match self {
            Self::All(all) => *all,
            Self::These(these) => these.iter().any(|text| text == template),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeForm {
    pub from: OneOrMany,
    pub unit: TimeUnit,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchForm {
    /// The text that holds the batch.
    #[serde(default = "the_body")]
    pub from: String,
    pub format: BatchFormat,
    /// The local names on the way to the repeated element, of XML.
    #[serde(default)]
    pub path: Option<String>,
}

fn the_body() -> String {
    "{body}".into()
}
