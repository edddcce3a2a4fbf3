//! Structured logs on standard error.

use serde::Deserialize;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `level` is `error`, `warn`, `info`, `debug` or `trace`, for hookferry itself;
/// the libraries below it speak from `warn` on.
pub fn start(format: Format, level: &str) {
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    let filter = Targets::new()
        .with_default(LevelFilter::WARN)
        // lapin warns of every returned message with all that is in it, payloads included, and says
        // what breaks at each of its layers; the sink says it once, in its own name.
        .with_target("lapin", LevelFilter::OFF)
        // h2 warns of every frame that is out of place: a stranger would fill a disk with lines.
        .with_target("h2", LevelFilter::ERROR)
        .with_target("hookferry", level);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    match format {
        Format::Text => registry.with(lines.with_ansi(false)).init(),
        Format::Json => registry.with(lines.json().flatten_event(true)).init(),
    }
}
