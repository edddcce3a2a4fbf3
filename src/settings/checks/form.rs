//! What may be typed of a check.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// What is tried again and again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct CheckForm {
    pub(in crate::settings) source: Option<String>,
    pub(in crate::settings) tenant: Option<String>,
    pub(in crate::settings) event: Option<String>,
    pub(in crate::settings) data_file: Option<PathBuf>,
    pub(in crate::settings) url: Option<String>,
    pub(in crate::settings) every_s: Option<u64>,
    pub(in crate::settings) timeout_ms: Option<u64>,
    pub(in crate::settings) expect: Option<ExpectForm>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct ExpectForm {
    pub(in crate::settings) status: Option<OneOrManyStatuses>,
    pub(in crate::settings) within_ms: Option<u64>,
    pub(in crate::settings) arrives: Option<bool>,
    pub(in crate::settings) arrives_within_ms: Option<u64>,
    pub(in crate::settings) topic: Option<String>,
    /// A pattern each; null where the attribute must not be there.
    #[serde(default)]
    pub(in crate::settings) attributes: BTreeMap<String, Option<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::settings) enum OneOrManyStatuses {
    One(u16),
    Many(Vec<u16>),
}
