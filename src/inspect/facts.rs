//! What the inspector knows of the configuration: names, places and presets, and no secret
//! but its own token.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::settings::preset::Preset;
use crate::settings::{Access, Settings, SinkKind};

/// The configuration that is in force.
#[derive(Debug, Default)]
pub struct Facts {
    /// In the settings' order, as doors number them.
    pub(super) sources: Vec<SourceFacts>,
    pub(super) sinks: BTreeMap<String, SinkFacts>,
    pub(super) public_url: Option<String>,
    /// Of a bin's request.
    pub(super) body_bytes_max: usize,
    /// Who may look.
    pub(super) access: Option<Access>,
}

#[derive(Debug)]
pub(super) struct SourceFacts {
    pub(super) name: Arc<str>,
    pub(super) path: String,
    pub(super) preset: Arc<Preset>,
    /// Whether fields are taken out of its events before they are published.
    pub(super) edits: bool,
}

#[derive(Debug)]
pub(super) struct SinkFacts {
    kind: &'static str,
    /// RabbitMQ's.
    pub(super) exchange: String,
}

impl Facts {
    pub fn of(settings: &Settings) -> Self {
        let sources = settings.sources.iter().map(|source| SourceFacts {
            name: source.name.as_str().into(),
            path: source.path.clone(),
            preset: Arc::new(source.preset.clone()),
            edits: source.shape.edits() || !source.preset.event.redact.is_empty(),
        });
        let sinks = settings.sinks.iter().map(|sink| {
            let (kind, exchange) = match &sink.kind {
                SinkKind::Kafka(_) => ("kafka", String::new()),
                SinkKind::Rabbitmq(options) => ("rabbitmq", options.exchange.clone()),
            };
            (sink.name.clone(), SinkFacts { kind, exchange })
        });
        let bodies = settings.sources.iter();
        let longest = bodies.map(|source| source.limits.body_bytes_max).max();
        Self {
            sources: sources.collect(),
            sinks: sinks.collect(),
            public_url: settings.public_url.clone(),
            body_bytes_max: longest.unwrap_or(1_048_576),
            access: settings.inspector.as_ref().map(|own| own.access.clone()),
        }
    }

    /// The place and the facts of a source.
    pub(super) fn source(&self, name: &str) -> Option<&SourceFacts> {
        self.sources.iter().find(|source| &*source.name == name)
    }

    /// The beginning of the ingress's URLs.
    pub(super) fn origin(&self, ingress: SocketAddr) -> String {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{ingress}"))
    }

    pub(super) fn shown(&self) -> (Value, Value) {
        let sources = self.sources.iter().map(|source| {
            json!({ "name": &*source.name, "provider": source.preset.id, "path": source.path })
        });
        let sinks = self.sinks.iter();
        let sinks = sinks.map(|(name, sink)| json!({ "name": name, "kind": sink.kind }));
        (sources.collect(), sinks.collect())
    }
}
