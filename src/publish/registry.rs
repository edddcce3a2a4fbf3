//! Records for consumers that read through a schema registry of Confluent's kind: the event, or its data,
//! in Avro, Protobuf or JSON, behind the id of its schema. Made just before a record goes to Kafka, so
//! that what waits in the spool and what dies stay as they were.
//!
//! Without the feature `schema-registry` there is none, and a configuration that names one is at fault.

#[cfg(feature = "schema-registry")]
mod avro;
#[cfg(feature = "schema-registry")]
mod client;
#[cfg(feature = "schema-registry")]
mod envelope;
#[cfg(feature = "schema-registry")]
mod framing;
#[cfg(feature = "schema-registry")]
mod protobuf;
#[cfg(feature = "schema-registry")]
mod subjects;
#[cfg(feature = "schema-registry")]
mod typed;

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

#[cfg(feature = "schema-registry")]
pub(super) use framing::Registry;

/// Whether this hookferry was built with it.
pub const IS_BUILT_IN: bool = cfg!(feature = "schema-registry");

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Avro,
    Protobuf,
    JsonSchema,
}

/// What a sink is told of its schema registry.
#[derive(Clone, PartialEq, Eq)]
pub struct Options {
    /// The sink's name in logs.
    pub sink: String,
    /// `http://` or `https://`, without user, query, or a slash at its end.
    pub url: String,
    /// The header `authorization`.
    pub authorization: Option<Zeroizing<String>>,
    /// Authorities beside the system's, PEM.
    pub ca: Option<String>,
    pub format: Format,
    /// Whether the schema of CloudEvents is registered where it is missing, or only looked up.
    pub register: bool,
    /// Subjects that are remembered at once.
    pub subjects_max: usize,
}

impl fmt::Debug for Options {
    // The authorization is a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("url", &self.url)
            .field("format", &self.format)
            .field("register", &self.register)
            .finish_non_exhaustive()
    }
}

/// There is none in this build, and so no value of this type.
#[cfg(not(feature = "schema-registry"))]
#[derive(Debug)]
pub(super) enum Registry {}

#[cfg(not(feature = "schema-registry"))]
impl Registry {
    pub(super) fn new(_options: &Options) -> Result<Self, String> {
        Err("schema_registry: this hookferry was built without it".to_owned())
    }

    pub(super) async fn frame<'r>(
        &self,
        _record: &super::Record<'r>,
        _deadline: tokio::time::Instant,
    ) -> Result<super::Record<'r>, super::PublishError> {
        match *self {}
    }

    pub(super) fn is_waited_for(&self) -> bool {
        match *self {}
    }
}
