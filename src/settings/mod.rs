//! What the path is told: a document (what may be typed) becomes [`Settings`] (what may be held).
//!
//! A YAML file, then `HOOKFERRY__...` environment variables laid over it. Every fault of both is
//! found in one run, each with its place and remedy; config.example.yaml explains the keys.

mod admission;
mod build;
pub mod canonical;
mod checks;
pub mod compile;
mod deduplication;
mod document;
mod endpoints;
mod faults;
mod fixed;
mod inspector;
mod layers;
mod locate;
mod observed;
pub mod preset;
pub mod providers;
mod rates;
mod read;
mod routes;
mod sandbox;
mod secrets;
mod shaping;
mod sinks;
mod sources;
mod tls;
mod url;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use crate::accept::{Admission, Limits, Rate};
use crate::dedup;
use crate::logging::Format;
use crate::normalize::Shape;
use crate::otlp;
use crate::publish::encode::Encoding;
use crate::publish::{Rule, kafka, rabbitmq, spool};
use crate::template::Template;
use crate::tls::Identity;
pub use checks::{CheckSettings, Expectation};
use document::Document;
pub use endpoints::{Endpoints, TENANT};
pub(crate) use faults::suggestion;
pub use faults::{Fault, Faults, Place};
use faults::{Notes, Places};
pub use fixed::Fixed;
pub use inspector::{Access, BINS, InspectorSettings};
pub use layers::Environment;
use preset::Preset;

/// Settings, and what is not wrong but deserves a look.
#[derive(Debug)]
pub struct Loaded {
    pub settings: Settings,
    pub warnings: Vec<Fault>,
    places: Places,
}

/// What the daemon runs on. Every value is within its bounds.
#[derive(Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    pub admin_listen: SocketAddr,
    /// What `listen` shows; plain HTTP where it is `None`.
    pub tls: Option<Identity>,
    /// The same of `admin.listen`.
    pub admin_tls: Option<Identity>,
    /// Where somebody may look at what comes.
    pub inspector: Option<InspectorSettings>,
    /// What providers were given, up to a source's path; without a slash at its end.
    pub public_url: Option<String>,
    pub log: Log,
    pub limits: Limits,
    pub shutdown: Shutdown,
    /// Where events are kept while a broker does not take them.
    pub spool: Option<spool::Options>,
    pub dedup: dedup::Options,
    /// Where traces go, where they do.
    pub tracing: Option<otlp::Options>,
    pub sinks: Vec<SinkSettings>,
    pub sources: Vec<SourceSettings>,
    /// The folders that may be written to by a process that gives up all other writing; `None` where it does not.
    pub sandbox: Option<Vec<PathBuf>>,
    /// What is tried again and again.
    pub checks: Vec<CheckSettings>,
    /// The files and folders that all this was read from.
    pub files: Vec<PathBuf>,
    /// When that began.
    pub read_at: SystemTime,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub format: Format,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// How the daemon goes down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shutdown {
    /// How long it still takes requests after it has said that it is not ready.
    pub delay: Duration,
    /// How long requests that have begun may take after that.
    pub grace: Duration,
}

/// A broker and how events are placed there.
#[derive(Debug, Clone)]
pub struct SinkSettings {
    pub name: String,
    pub kind: SinkKind,
    pub encoding: Encoding,
    /// Kafka topic or RabbitMQ routing key.
    pub topic: Template,
    /// Where events go whose type is unknown, or whose topic would be one too many.
    pub default_topic: String,
    /// Where events go that cannot be read.
    pub dead_letter_topic: String,
    /// How many records may wait for the broker's word.
    pub in_flight_max: usize,
    /// For how long after others a record waits for company.
    pub coalesce: Duration,
    /// How many topics may be made from event types.
    pub topics_max: usize,
    /// Of several templates the first with a value counts.
    pub key: Vec<Template>,
    /// Files that the broker's client reads by itself, as they were when all this was read.
    pub own_files: BTreeMap<PathBuf, [u8; 32]>,
}

impl SinkSettings {
    /// Whether what carries records there is the same: the client, its circuit, and how dead letters
    /// are written.
    pub fn is_same_carrier(&self, other: &Self) -> bool {
        let all = |it: &Self| {
            (
                it.name.clone(),
                it.kind.clone(),
                it.encoding,
                it.dead_letter_topic.clone(),
                (it.in_flight_max, it.coalesce),
                it.own_files.clone(),
            )
        };
        all(self) == all(other)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum SinkKind {
    Kafka(kafka::Options),
    Rabbitmq(rabbitmq::Options),
}

/// A provider's webhooks at one path.
#[derive(Debug)]
pub struct SourceSettings {
    pub name: String,
    /// With `{tenant}` in it, where it has tenants.
    pub path: String,
    /// The provider's preset with the source's overrides.
    pub preset: Preset,
    pub endpoints: Endpoints,
    /// What is made of its events.
    pub shape: Shape,
    /// Where they go, in order; the last is for all that fit no other.
    pub routes: Vec<RouteSettings>,
    /// The bound on every reply: the least of the limits', the provider's and the source's own.
    pub reply_within: Duration,
    /// Whom it takes requests from.
    pub admission: Arc<Admission>,
    /// What it may have of the daemon.
    pub limits: SourceLimits,
    /// Media types that are taken, lower case; any when empty.
    pub content_types: Vec<String>,
    /// Where a secret is kept that the provider hands over.
    pub learned_secret_file: Option<PathBuf>,
    /// Whether anyone can publish through it.
    pub unverified: bool,
}

/// What one source may have of the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLimits {
    pub body_bytes_max: usize,
    /// How many requests may come.
    pub rate: Option<Rate>,
    /// Requests that may be read or published at the same time; `None` where it has no share of its own.
    pub in_flight_max: Option<usize>,
}

impl SourceSettings {
    /// Whether some of its events may go to the sink at `place`.
    pub fn reaches(&self, place: usize) -> bool {
        let mut targets = self.routes.iter().flat_map(|route| &route.to);
        targets.any(|target| target.sink == place)
    }
}

/// Which events go where.
#[derive(Debug, Clone)]
pub struct RouteSettings {
    pub rule: Arc<Rule>,
    /// At least one.
    pub to: Vec<Target>,
}

/// A sink, and what is different there from what it says itself.
#[derive(Debug, Clone)]
pub struct Target {
    /// The place in [`Settings::sinks`].
    pub sink: usize,
    pub topic: Option<Template>,
    pub key: Option<Vec<Template>>,
    pub encoding: Option<Encoding>,
    pub headers: Vec<(String, Template)>,
}

/// Reads the configuration of this process: `file`, then its environment.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load(file: Option<&Path>) -> Result<Loaded, Faults> {
    load_with(file, &Environment::of_process())
}

/// Reads a configuration with an environment of the caller's.
///
/// # Errors
/// Everything that is wrong with it.
pub fn load_with(file: Option<&Path>, environment: &Environment) -> Result<Loaded, Faults> {
    let read_at = SystemTime::now();
    let (tree, places) = layers::merged(file, environment)?;
    let mut notes = Notes::new(places);
    notes.files.extend(file.map(Path::to_owned));
    let document: Document = read::read(&tree, "", &mut notes).unwrap_or_default();
    let mut loaded = build::build(&document, environment, notes)?;
    loaded.settings.read_at = read_at;
    Ok(loaded)
}
