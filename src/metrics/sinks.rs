//! What is counted of sinks and their spools.

use std::time::Duration;

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
};

use super::{Maker, SECONDS};

/// The families of metrics with a label for the sink.
#[derive(Debug, Clone)]
pub(super) struct Families {
    confirmed: IntCounterVec,
    unconfirmed: IntCounterVec,
    took: HistogramVec,
    circuit_open: IntGaugeVec,
    entries: IntGaugeVec,
    bytes: IntGaugeVec,
    bytes_max: IntGaugeVec,
    oldest: IntGaugeVec,
    age_max: IntGaugeVec,
    quarantined: IntGaugeVec,
    kept: IntCounterVec,
    drained: IntCounterVec,
    failures: IntCounterVec,
    damaged: IntCounterVec,
}

impl Families {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        let sink = &["sink"][..];
        let of_failures = "What the spool could not do, by reason.";
        let name = "hookferry_sink_confirm_duration_seconds";
        let help =
            "From handing a record to the broker's client to the broker's word, whatever it is.";
        let took = HistogramOpts::new(name, help).buckets(SECONDS.to_vec());
        let took = make.labelled(HistogramVec::new(took, sink)?)?;
        Ok(Self {
            confirmed: make.counter(
                "hookferry_records_confirmed_total",
                "Records that a broker has confirmed.",
                sink,
            )?,
            unconfirmed: make.counter(
                "hookferry_records_unconfirmed_total",
                "Records that a broker was to store and did not confirm, by reason; the spool may have kept them.",
                &["sink", "reason"],
            )?,
            took,
            circuit_open: make.gauges(
                "hookferry_circuit_open",
                "Whether the broker is only asked now and then, because it was down.",
                sink,
            )?,
            entries: make.gauges("hookferry_spool_entries", "Events that wait on disk.", sink)?,
            bytes: make.gauges(
                "hookferry_spool_bytes",
                "Bytes of disk that waiting events take.",
                sink,
            )?,
            bytes_max: make.gauges(
                "hookferry_spool_bytes_max",
                "Bytes of disk that waiting events may take: spool.bytes_max.",
                sink,
            )?,
            age_max: make.gauges(
                "hookferry_spool_age_max_seconds",
                "How long the oldest event may wait before no more are taken: spool.age_max_s.",
                sink,
            )?,
            oldest: make.gauges(
                "hookferry_spool_oldest_seconds",
                "How long the oldest event on disk has waited.",
                sink,
            )?,
            quarantined: make.gauges(
                "hookferry_spool_quarantined",
                "Events on disk that no broker took.",
                sink,
            )?,
            kept: make.counter("hookferry_spool_kept_total", "Events put on disk.", sink)?,
            drained: make.counter(
                "hookferry_spool_drained_total",
                "Events of the disk that were published, or became dead letters.",
                sink,
            )?,
            failures: make.counter(
                "hookferry_spool_failures_total",
                of_failures,
                &["sink", "reason"],
            )?,
            damaged: make.counter(
                "hookferry_spool_damaged_total",
                "Damaged places of the spool's files, set aside.",
                sink,
            )?,
        })
    }

    pub(super) fn sink(&self, sink: &str, dead_letters: &IntCounterVec) -> SinkMetrics {
        SinkMetrics {
            name: sink.to_owned(),
            confirmed: self.confirmed.with_label_values(&[sink]),
            unconfirmed: self.unconfirmed.clone(),
            took: self.took.with_label_values(&[sink]),
            circuit_open: self.circuit_open.with_label_values(&[sink]),
            dead_letters: dead_letters.clone(),
        }
    }

    pub(super) fn spool(&self, sink: &str, dead_letters: &IntCounterVec) -> SpoolMetrics {
        let label = &[sink];
        SpoolMetrics {
            sink: sink.to_owned(),
            entries: self.entries.with_label_values(label),
            bytes: self.bytes.with_label_values(label),
            bytes_max: self.bytes_max.with_label_values(label),
            age_max: self.age_max.with_label_values(label),
            oldest: self.oldest.with_label_values(label),
            quarantined: self.quarantined.with_label_values(label),
            kept: self.kept.with_label_values(label),
            drained: self.drained.with_label_values(label),
            damaged: self.damaged.with_label_values(label),
            failures: self.failures.clone(),
            dead_letters: dead_letters.clone(),
        }
    }
}

/// What is counted of one sink.
#[derive(Debug, Clone)]
pub struct SinkMetrics {
    name: String,
    confirmed: IntCounter,
    unconfirmed: IntCounterVec,
    took: Histogram,
    circuit_open: IntGauge,
    dead_letters: IntCounterVec,
}

impl SinkMetrics {
    /// Counts a record that the broker was to store, and how long its word took. `reason` is why it
    /// has not confirmed.
    pub fn judged(&self, took: Duration, reason: Option<&'static str>) {
        self.took.observe(took.as_secs_f64());
        match reason {
            None => self.confirmed.inc(),
            Some(reason) => {
                let labels = [self.name.as_str(), reason];
                self.unconfirmed.with_label_values(&labels).inc();
            }
        }
    }

    pub fn circuit_open(&self, open: bool) {
        self.circuit_open.set(i64::from(open));
    }

    /// Counts an event that the broker does not take, by its source's name.
    pub fn dead_letter(&self, source: &str, reason: &'static str) {
        self.dead_letters.with_label_values(&[source, reason]).inc();
    }
}

/// What is counted of one sink's spool.
#[derive(Debug, Clone)]
pub struct SpoolMetrics {
    sink: String,
    entries: IntGauge,
    bytes: IntGauge,
    bytes_max: IntGauge,
    age_max: IntGauge,
    oldest: IntGauge,
    quarantined: IntGauge,
    kept: IntCounter,
    drained: IntCounter,
    damaged: IntCounter,
    failures: IntCounterVec,
    dead_letters: IntCounterVec,
}

impl SpoolMetrics {
    /// The sink's name.
    pub fn sink(&self) -> &str {
        &self.sink
    }

    /// How many events wait, as it was noted last.
    pub fn waiting(&self) -> i64 {
        self.entries.get()
    }

    /// Notes what may wait: bytes on disk, and for how long.
    pub fn may_hold(&self, bytes_max: u64, age_max: Duration) {
        let gauge = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.bytes_max.set(gauge(bytes_max));
        self.age_max.set(gauge(age_max.as_secs()));
    }

    /// Notes what waits: events, bytes on disk, the age of the oldest in milliseconds, and events in
    /// quarantine.
    pub fn holds(&self, entries: u64, bytes: u64, age_ms: Option<u64>, quarantined: u64) {
        let gauge = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.entries.set(gauge(entries));
        self.bytes.set(gauge(bytes));
        self.oldest.set(gauge(age_ms.unwrap_or(0) / 1000));
        self.quarantined.set(gauge(quarantined));
    }

    /// Counts events that were put on disk.
    pub fn kept(&self, count: usize) {
        self.kept.inc_by(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Counts an event that has left the disk.
    pub fn drained(&self) {
        self.drained.inc();
    }

    /// Counts damaged places that were set aside.
    pub fn damaged(&self, places: u64) {
        self.damaged.inc_by(places);
    }

    /// Counts something that the spool could not do.
    pub fn failed(&self, reason: &'static str) {
        let labels = [self.sink.as_str(), reason];
        self.failures.with_label_values(&labels).inc();
    }

    /// Counts an event that the broker does not take, by its source's name.
    pub fn dead_letter(&self, source: &str, reason: &'static str) {
        self.dead_letters.with_label_values(&[source, reason]).inc();
    }
}
