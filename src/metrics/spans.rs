//! What becomes of traces' spans.

use prometheus::{IntCounter, IntCounterVec};

use super::{Maker, Metrics};

#[derive(Debug, Clone)]
pub(super) struct Spans {
    exported: IntCounter,
    dropped: IntCounterVec,
}

/// The counter of spans that did not get to the collector.
#[derive(Debug, Clone)]
pub struct SpansDropped(IntCounterVec);

impl Spans {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        let name = "hookferry_trace_spans_exported_total";
        let help = "Spans of traces that the collector has taken.";
        let exported = IntCounter::new(name, help)?;
        make.registry.register(Box::new(exported.clone()))?;
        Ok(Self {
            exported,
            dropped: make.counter(
                "hookferry_trace_spans_dropped_total",
                "Spans of traces that did not get to the collector, by reason.",
                &["reason"],
            )?,
        })
    }
}

impl SpansDropped {
    /// Counts spans that are given up, by a word from a closed set.
    pub fn count(&self, reason: &'static str, spans: u64) {
        self.0.with_label_values(&[reason]).inc_by(spans);
    }
}

impl Metrics {
    /// Counts spans that the collector has taken.
    pub fn spans_exported(&self, spans: u64) {
        self.spans.exported.inc_by(spans);
    }

    /// The counter of those that it has not.
    pub fn spans_dropped(&self) -> SpansDropped {
        SpansDropped(self.spans.dropped.clone())
    }
}
