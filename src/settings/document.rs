//! What may be typed: the keys of a configuration file. config.example.yaml explains each.
//!
//! Everything is optional here, so that [`super::load`] can name all that is missing at once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use super::LogLevel;
use super::inspector::AdminForm;
use super::preset::OneOrMany;
use super::rates::RateForm;
use super::sandbox::SandboxForm;
use crate::logging::Format;
use crate::normalize::shape::{OnViolation, With};
use crate::publish::encode::Encoding;
use crate::publish::registry::Format as SchemaFormat;
use crate::tls::Clients;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) listen: Option<String>,
    pub(super) tls: Option<ListenerTlsForm>,
    pub(super) proxy_protocol: Option<bool>,
    pub(super) public_url: Option<String>,
    #[serde(default)]
    pub(super) admin: AdminForm,
    #[serde(default)]
    pub(super) log: LogForm,
    #[serde(default)]
    pub(super) limits: LimitsForm,
    #[serde(default)]
    pub(super) shutdown: ShutdownForm,
    pub(super) spool: Option<SpoolForm>,
    #[serde(default)]
    pub(super) dedup: DedupForm,
    #[serde(default)]
    pub(super) tracing: TracingForm,
    #[serde(default)]
    pub(super) sandbox: SandboxForm,
    /// A [`KafkaForm`] or [`RabbitmqForm`] each.
    #[serde(default)]
    pub(super) sinks: BTreeMap<String, Value>,
    /// A [`SourceForm`] each.
    #[serde(default)]
    pub(super) sources: BTreeMap<String, Value>,
    pub(super) providers_dir: Option<PathBuf>,
    /// A [`RouteForm`] each.
    pub(super) routes: Option<Vec<Value>>,
    pub(super) checks: Option<BTreeMap<String, Value>>,
}

/// Where some events go.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteForm {
    pub(super) name: Option<String>,
    pub(super) sources: Option<Vec<String>>,
    pub(super) types: Option<OneOrMany>,
    pub(super) when: Option<String>,
    /// A [`FilterForm`], or an expression.
    pub(super) filter: Option<Value>,
    pub(super) to: Option<Vec<TargetForm>>,
}

/// A sink, and what is different there.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetForm {
    pub(super) sink: Option<String>,
    pub(super) topic: Option<String>,
    pub(super) key: Option<OneOrMany>,
    pub(super) encoding: Option<Encoding>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
}

/// Which events are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilterForm {
    pub(super) include: Option<OneOrMany>,
    pub(super) exclude: Option<OneOrMany>,
    pub(super) when: Option<String>,
}

/// What data has to be.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaForm {
    pub(super) types: Option<OneOrMany>,
    pub(super) require: Option<BTreeMap<String, String>>,
    pub(super) schema: Option<Value>,
    pub(super) schema_file: Option<PathBuf>,
    pub(super) on_violation: Option<OnViolation>,
}

/// What of the data goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditForm {
    pub(super) keep: Option<OneOrMany>,
    pub(super) drop: Option<OneOrMany>,
    #[serde(default)]
    pub(super) redact: Vec<RedactForm>,
    pub(super) redact_key: Option<Value>,
    pub(super) map: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedactForm {
    pub(super) at: Option<OneOrMany>,
    pub(super) with: Option<With>,
}

/// What a listener of ours shows, and whom it asks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListenerTlsForm {
    pub(super) certificate_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) client_ca_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) client_certificates: Clients,
}

/// What a source wants of its clients' certificates.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientCertificateForm {
    pub(super) required: Option<bool>,
    #[serde(default)]
    pub(super) subject_names: Vec<String>,
}

impl ClientCertificateForm {
    /// Whether nobody comes in but those who are named.
    pub(super) fn names_clients(&self) -> bool {
        self.required.unwrap_or(true) && !self.subject_names.is_empty()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogForm {
    pub(super) format: Option<Format>,
    pub(super) level: Option<LogLevel>,
    #[serde(default)]
    pub(super) access: AccessForm,
}

/// Of which requests there are lines.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessForm {
    pub(super) accepted_ratio: Option<f64>,
    pub(super) refused_ratio: Option<f64>,
    pub(super) lines_per_s_max: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsForm {
    pub(super) body_bytes_max: Option<u64>,
    pub(super) headers_bytes_max: Option<u64>,
    pub(super) decoded_ratio_max: Option<u64>,
    pub(super) connections_max: Option<u64>,
    pub(super) client_connections_max: Option<u64>,
    pub(super) in_flight_max: Option<u64>,
    pub(super) room_wait_ms: Option<u64>,
    pub(super) header_read_ms: Option<u64>,
    pub(super) body_read_ms: Option<u64>,
    pub(super) reply_within_ms: Option<u64>,
    pub(super) rate: Option<RateForm>,
    pub(super) client_rate: Option<RateForm>,
    pub(super) trusted_proxies: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShutdownForm {
    pub(super) delay_ms: Option<u64>,
    pub(super) grace_ms: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpoolForm {
    pub(super) path: Option<PathBuf>,
    pub(super) bytes_max: Option<u64>,
    pub(super) age_max_s: Option<u64>,
    pub(super) takeover_ms: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DedupForm {
    pub(super) window_s: Option<u64>,
    pub(super) entries_max: Option<u64>,
    pub(super) redis: Option<RedisForm>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedisForm {
    pub(super) url: Option<Value>,
    pub(super) timeout_ms: Option<u64>,
}

/// Who is told of requests' ways.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TracingForm {
    pub(super) otlp: Option<OtlpForm>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtlpForm {
    pub(super) endpoint: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Value>,
    pub(super) sample_ratio: Option<f64>,
    pub(super) service_name: Option<String>,
    pub(super) timeout_ms: Option<u64>,
}

/// A sink with `type: kafka`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KafkaForm {
    #[serde(rename = "type")]
    pub(super) _type: Option<String>,
    pub(super) brokers: Option<String>,
    pub(super) encoding: Option<Encoding>,
    pub(super) topic: Option<String>,
    pub(super) default_topic: Option<String>,
    pub(super) dead_letter_topic: Option<String>,
    pub(super) topics_max: Option<u64>,
    pub(super) create_topics: Option<CreateTopicsForm>,
    pub(super) key: Option<OneOrMany>,
    pub(super) in_flight_max: Option<u64>,
    pub(super) coalesce_ms: Option<u64>,
    pub(super) linger_ms: Option<f64>,
    pub(super) queue_messages_max: Option<u64>,
    pub(super) queue_kbytes_max: Option<u64>,
    pub(super) sasl: Option<SaslForm>,
    pub(super) tls: Option<TlsForm>,
    pub(super) schema_registry: Option<SchemaRegistryForm>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateTopicsForm {
    pub(super) partitions: Option<u64>,
    pub(super) replication_factor: Option<u64>,
    #[serde(default)]
    pub(super) config: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaRegistryForm {
    pub(super) url: Option<String>,
    pub(super) format: Option<SchemaFormat>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Value>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) register: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SaslForm {
    pub(super) mechanism: Option<Mechanism>,
    pub(super) username: Option<String>,
    pub(super) password: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Mechanism {
    #[serde(rename = "PLAIN")]
    Plain,
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsForm {
    pub(super) ca_file: Option<PathBuf>,
    pub(super) certificate_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) key_password: Option<Value>,
}

/// A sink with `type: rabbitmq`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RabbitmqForm {
    #[serde(rename = "type")]
    pub(super) _type: Option<String>,
    pub(super) url: Option<Value>,
    pub(super) tls: Option<RabbitmqTlsForm>,
    pub(super) exchange: Option<String>,
    pub(super) encoding: Option<Encoding>,
    pub(super) routing_key: Option<String>,
    pub(super) default_routing_key: Option<String>,
    pub(super) dead_letter_routing_key: Option<String>,
    pub(super) topics_max: Option<u64>,
    pub(super) key: Option<OneOrMany>,
    pub(super) in_flight_max: Option<u64>,
    pub(super) coalesce_ms: Option<u64>,
    pub(super) channels: Option<u64>,
    pub(super) batch_max: Option<u64>,
    pub(super) queue_max: Option<u64>,
    pub(super) management_url: Option<Value>,
    pub(super) queues: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RabbitmqTlsForm {
    pub(super) ca_file: Option<PathBuf>,
    pub(super) certificate_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceForm {
    pub(super) provider: Option<String>,
    pub(super) path: Option<String>,
    pub(super) secrets: Option<Value>,
    pub(super) public_keys: Option<Value>,
    #[serde(default)]
    pub(super) certificates: Vec<CertificateEntry>,
    #[serde(default)]
    pub(super) params: BTreeMap<String, Value>,
    pub(super) sinks: Option<Vec<String>>,
    pub(super) tolerance_s: Option<u64>,
    pub(super) content_types: Option<Vec<String>>,
    pub(super) verify: Option<VerifyNone>,
    pub(super) r#override: Option<Value>,
    pub(super) topic: Option<String>,
    pub(super) key: Option<OneOrMany>,
    pub(super) reply_within_ms: Option<u64>,
    pub(super) body_bytes_max: Option<u64>,
    pub(super) rate: Option<RateForm>,
    pub(super) in_flight_max: Option<u64>,
    pub(super) allow_from: Option<Vec<String>>,
    pub(super) client_certificate: Option<ClientCertificateForm>,
    pub(super) learned_secret_file: Option<PathBuf>,
    /// `true`, or a mapping of canonical types to the provider's.
    pub(super) canonical_types: Option<Value>,
    /// Keys that are used instead of fetching the provider's.
    pub(super) key_sets: Option<Value>,
    /// A [`FilterForm`], or an expression.
    pub(super) filter: Option<Value>,
    /// A [`SchemaForm`] each.
    #[serde(default)]
    pub(super) validate: Vec<SchemaForm>,
    pub(super) edit: Option<EditForm>,
}

/// The one word that turns verification off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VerifyNone {
    None,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CertificateEntry {
    pub(super) url: Option<String>,
    pub(super) file: Option<PathBuf>,
}

/// Where a secret is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptForm {
    pub(super) env: Option<String>,
    pub(super) file: Option<PathBuf>,
}
