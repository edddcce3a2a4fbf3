//! What becomes of authentic events.

use prometheus::{IntCounter, IntCounterVec};

use super::{Maker, Metrics};

/// What became of an authentic event. Each has one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Where it was meant to go, or where the broker's refusals go.
    Stored,
    /// It was stored before.
    Duplicate,
    /// It cannot be read, judged or edited, or violates a schema; it is stored as a dead letter.
    DeadLetter,
    /// A filter has dropped it.
    Filtered,
    /// It was not taken, for a schema that says so.
    Rejected,
    /// It could not be stored, and was not answered 2xx.
    Failed,
}

impl Fate {
    const fn label(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::DeadLetter => "dead_letter",
            Self::Filtered => "filtered",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
        }
    }
}

/// What is counted of events, for all sources.
#[derive(Debug, Clone)]
pub(super) struct EventFamilies {
    fates: IntCounterVec,
    filtered: IntCounterVec,
    pub(super) dead_letters: IntCounterVec,
}

impl EventFamilies {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        Ok(Self {
            fates: make.counter(
                "hookferry_events_total",
                "Authentic events, by what became of them.",
                &["source", "fate"],
            )?,
            filtered: make.counter(
                "hookferry_filtered_total",
                "Authentic events that a filter dropped, by rule.",
                &["source", "rule"],
            )?,
            dead_letters: make.counter(
                "hookferry_dead_letters_total",
                "Authentic events that became dead letters, by reason.",
                &["source", "reason"],
            )?,
        })
    }

    /// The counter that nearly every event touches, looked up once.
    pub(super) fn stored(&self, source: &str) -> IntCounter {
        self.fates
            .with_label_values(&[source, Fate::Stored.label()])
    }
}

impl Metrics {
    /// Counts an event that a filter has dropped.
    pub fn filtered(&self, source: usize, rule: &str) {
        let labels = [self.source_name(source), rule];
        self.events.filtered.with_label_values(&labels).inc();
    }

    /// Counts what became of authentic events.
    pub fn events(&self, source: usize, fate: Fate, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        let Some(source) = self.sources.get(source).filter(|_| count > 0) else {
            return;
        };
        if fate == Fate::Stored {
            source.stored.inc_by(count);
        } else {
            let labels = [source.name.as_str(), fate.label()];
            self.events.fates.with_label_values(&labels).inc_by(count);
        }
    }

    /// Counts an event that becomes a dead letter.
    pub fn dead_letter(&self, source: usize, reason: &'static str) {
        let labels = [self.source_name(source), reason];
        self.events.dead_letters.with_label_values(&labels).inc();
    }
}
