//! What Prometheus sees. Labels come from the configuration and from closed enums, never from a
//! request, so that their number cannot grow.

mod checks;
mod config;
mod events;
mod maker;
mod sinks;
mod spans;
mod stages;
mod tls;

use std::sync::Arc;

pub use checks::{CheckMetrics, Run};
pub use prometheus::IntCounter;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Registry,
};

pub use config::{ConfigMetrics, Reload};
use events::EventFamilies;
pub use events::Fate;
use maker::{Labelled, Maker};
use sinks::Families;
pub use sinks::{SinkMetrics, SpoolMetrics};
pub use spans::SpansDropped;
pub use stages::Stage;
use stages::Stages;
use tls::ConnectionFamilies;

/// Bucket bounds in seconds: a broker on the same host to a provider's patience.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Every metric of the daemon. What is counted of sources goes by their places in one reading of the
/// configuration; all else is the same for all readings.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    /// What may have a label of something that goes.
    labelled: Arc<[Box<dyn Labelled>]>,
    sources: Vec<SourceMetrics>,
    seconds: HistogramVec,
    pub config: ConfigMetrics,
    turned_away: TurnedAway,
    stages: Stages,
    spans: spans::Spans,
    requests: IntCounterVec,
    events: EventFamilies,
    sinks: Families,
    connecting: ConnectionFamilies,
    failures: IntCounterVec,
    dedup: DedupMetrics,
    pub checks: CheckMetrics,
    keys: IntCounterVec,
    producer_restarts: IntCounterVec,
    pub connections: IntGauge,
    pub requests_in_flight: IntGauge,
    pub unverified_sources: IntGauge,
    sink_up: IntGaugeVec,
    queue_faults: IntGaugeVec,
    tenants: IntGaugeVec,
}

/// One more in a gauge for as long as it lives, however that ends.
#[derive(Debug)]
pub struct Counted<'m>(&'m IntGauge);

impl<'m> Counted<'m> {
    pub fn one(gauge: &'m IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The counters that every request touches, looked up once.
#[derive(Debug, Clone)]
struct SourceMetrics {
    name: String,
    accepted: IntCounter,
    stored: IntCounter,
    seconds: Histogram,
}

/// Requests that were not taken.
#[derive(Debug, Clone)]
struct TurnedAway {
    denied: IntCounterVec,
    limited: IntCounterVec,
    refused: IntCounterVec,
}

/// What deduplication counts.
#[derive(Debug, Clone)]
struct DedupMetrics {
    duplicates: IntCounterVec,
    failures: IntCounterVec,
    up: IntGaugeVec,
}

impl Maker {
    fn turned_away(&mut self) -> Result<TurnedAway, prometheus::Error> {
        Ok(TurnedAway {
            denied: self.counter(
                "hookferry_requests_denied_total",
                "Requests turned away before their signature was looked at.",
                &["reason"],
            )?,
            limited: self.counter(
                "hookferry_source_limited_total",
                "Requests turned away because their source had its share, by reason.",
                &["source", "reason"],
            )?,
            refused: self.counter(
                "hookferry_refusals_total",
                "Requests that were not authentic, by reason.",
                &["source", "reason"],
            )?,
        })
    }

    fn dedup(&mut self) -> Result<DedupMetrics, prometheus::Error> {
        Ok(DedupMetrics {
            duplicates: self.counter(
                "hookferry_duplicates_total",
                "Events that were not published because they were stored before.",
                &["source"],
            )?,
            failures: self.counter(
                "hookferry_dedup_store_failures_total",
                "Failures of the Redis that replicas share, by reason.",
                &["reason"],
            )?,
            up: self.gauges(
                "hookferry_dedup_store_up",
                "Whether the Redis that replicas share is relied on.",
                &[],
            )?,
        })
    }

    fn seconds(&mut self) -> Result<HistogramVec, prometheus::Error> {
        let name = "hookferry_request_duration_seconds";
        let options = HistogramOpts::new(name, "From a request's head to its reply.");
        self.labelled(HistogramVec::new(
            options.buckets(SECONDS.to_vec()),
            &["source"],
        )?)
    }
}

impl Metrics {
    /// Metrics for `sources` and `sinks`, by their names in the configuration.
    ///
    /// # Errors
    /// When two metrics have one name, which is a fault in this file.
    pub fn new(sources: &[String], sinks: &[String]) -> Result<Self, prometheus::Error> {
        let mut make = Maker::default();
        let process = prometheus::process_collector::ProcessCollector::for_self();
        make.registry.register(Box::new(process))?;
        let build = "hookferry_build_info";
        let build = make.gauges(build, "The version that runs.", &["version"])?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let up = "Whether the broker answered the last probe.";
        let sink_up = make.gauges("hookferry_sink_up", up, &["sink"])?;
        for sink in sinks {
            sink_up.with_label_values(&[sink.as_str()]).set(0);
        }
        let requests = make.counter(
            "hookferry_requests_total",
            "Requests at a source's path, by what became of them.",
            &["source", "outcome"],
        )?;
        let mut metrics = Self {
            sources: Vec::new(),
            seconds: make.seconds()?,
            config: ConfigMetrics::new(&mut make)?,
            requests,
            turned_away: make.turned_away()?,
            stages: Stages::new(&mut make)?,
            spans: spans::Spans::new(&mut make)?,
            events: EventFamilies::new(&mut make)?,
            sinks: Families::new(&mut make)?,
            connecting: ConnectionFamilies::new(&mut make)?,
            failures: make.counter(
                "hookferry_publish_failures_total",
                "Deliveries that were not confirmed, by sink and reason.",
                &["sink", "reason"],
            )?,
            dedup: make.dedup()?,
            checks: CheckMetrics::new(&mut make)?,
            keys: make.counter(
                "hookferry_key_fetches_total",
                "Providers' public keys that were asked for, by what became of it.",
                &["outcome"],
            )?,
            producer_restarts: make.counter(
                "hookferry_producer_restarts_total",
                "Kafka producers that failed for good, or delivered nothing although Kafka answered, and were replaced.",
                &["sink"],
            )?,
            connections: make.gauge("hookferry_connections", "Open connections at the ingress.")?,
            requests_in_flight: make.gauge(
                "hookferry_requests_in_flight",
                "Requests being read, judged or published.",
            )?,
            unverified_sources: make.gauge(
                "hookferry_unverified_sources",
                "Sources that say verify: none.",
            )?,
            queue_faults: make.gauges(
                "hookferry_queue_faults",
                "Queues behind a sink that would lose events, by reason.",
                &["sink", "fault"],
            )?,
            tenants: make.gauges(
                "hookferry_tenants",
                "Tenants of a source that are let in, and those whose secrets cannot be read.",
                &["source", "state"],
            )?,
            sink_up,
            labelled: make.labelled.into(),
            registry: make.registry,
        };
        metrics.sources = metrics.places(sources);
        Ok(metrics)
    }

    /// The same metrics, for the sources of another reading of the configuration.
    #[must_use]
    pub fn of(&self, sources: &[String]) -> Self {
        Self {
            sources: self.places(sources),
            ..self.clone()
        }
    }

    /// What every request touches, for each source.
    fn places(&self, sources: &[String]) -> Vec<SourceMetrics> {
        let source = |name: &String| SourceMetrics {
            name: name.clone(),
            accepted: self
                .requests
                .with_label_values(&[name.as_str(), "accepted"]),
            stored: self.events.stored(name),
            seconds: self.seconds.with_label_values(&[name.as_str()]),
        };
        sources.iter().map(source).collect()
    }

    /// Shows nothing more of a source that is gone.
    pub fn forget_source(&self, name: &str) {
        self.labelled
            .iter()
            .for_each(|it| it.forget("source", name));
    }

    /// Shows nothing more of a sink that is gone.
    pub fn forget_sink(&self, name: &str) {
        self.labelled.iter().for_each(|it| it.forget("sink", name));
    }

    /// Shows nothing more of a check that is gone.
    pub fn forget_check(&self, name: &str) {
        self.labelled.iter().for_each(|it| it.forget("check", name));
    }

    /// A source's name by its place in the settings.
    pub fn source_name(&self, source: usize) -> &str {
        self.sources
            .get(source)
            .map_or("", |source| source.name.as_str())
    }

    /// Counts a request that reached a source.
    pub fn replied(&self, source: usize, outcome: &'static str, seconds: f64) {
        let Some(source) = self.sources.get(source) else {
            return;
        };
        source.seconds.observe(seconds);
        if outcome == "accepted" {
            source.accepted.inc();
        } else {
            let labels = [source.name.as_str(), outcome];
            self.requests.with_label_values(&labels).inc();
        }
    }

    /// Counts a request that was turned away at the door.
    pub fn denied(&self, reason: &'static str) {
        self.turned_away.denied.with_label_values(&[reason]).inc();
    }

    /// Counts a request that was beyond the source's own limits.
    pub fn limited(&self, source: usize, reason: &'static str) {
        let labels = [self.source_name(source), reason];
        self.turned_away.limited.with_label_values(&labels).inc();
    }

    /// Counts a request that was not authentic.
    pub fn refused(&self, source: usize, reason: &'static str) {
        let labels = [self.source_name(source), reason];
        self.turned_away.refused.with_label_values(&labels).inc();
    }

    /// What is counted of `sink`.
    pub fn sink(&self, sink: &str) -> SinkMetrics {
        self.sinks.sink(sink, &self.events.dead_letters)
    }

    /// What is counted of the spool of `sink`.
    pub fn spool(&self, sink: &str) -> SpoolMetrics {
        self.sinks.spool(sink, &self.events.dead_letters)
    }

    /// The counter of producers that `sink` had to replace.
    pub fn producer_restarts(&self, sink: &str) -> IntCounter {
        self.producer_restarts.with_label_values(&[sink])
    }

    /// Counts a delivery that `sink` did not confirm.
    pub fn failed(&self, sink: &str, reason: &'static str) {
        self.failures.with_label_values(&[sink, reason]).inc();
    }

    /// Counts events that were stored before.
    pub fn duplicates(&self, source: usize, events: usize) {
        let labels = [self.source_name(source)];
        let events = u64::try_from(events).unwrap_or(u64::MAX);
        self.dedup
            .duplicates
            .with_label_values(&labels)
            .inc_by(events);
    }

    /// Counts a failure of the Redis that replicas share.
    pub fn dedup_store_failed(&self, reason: &'static str) {
        self.dedup.failures.with_label_values(&[reason]).inc();
    }

    /// Notes whether that Redis is relied on. Where there is none, nothing is noted.
    pub fn dedup_store_up(&self, up: bool) {
        let none: [&str; 0] = [];
        self.dedup.up.with_label_values(&none).set(i64::from(up));
    }

    /// Counts that a provider's keys were asked for.
    pub fn keys_fetched(&self, outcome: &'static str) {
        self.keys.with_label_values(&[outcome]).inc();
    }

    /// Notes whether the broker behind `sink` answered.
    pub fn sink_up(&self, sink: &str, up: bool) {
        self.sink_up.with_label_values(&[sink]).set(i64::from(up));
    }

    /// Notes how many queues behind `sink` have `fault`.
    pub fn queue_faults(&self, sink: &str, fault: &'static str, count: usize) {
        let gauge = self.queue_faults.with_label_values(&[sink, fault]);
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Notes how many tenants of a source there are.
    pub fn tenants(&self, source: usize, known: usize, faulty: usize) {
        for (state, count) in [("known", known), ("faulty", faulty)] {
            let labels = [self.source_name(source), state];
            let gauge = self.tenants.with_label_values(&labels);
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// All metrics in Prometheus' text format.
    ///
    /// # Errors
    /// When a metric cannot be written as text.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        prometheus::TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
