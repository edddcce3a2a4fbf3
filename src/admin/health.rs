//! Whether the daemon can keep its promise now: every broker is asked, again and again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::Metrics;
use crate::publish::{PublishError, Sink};

/// How often a broker is asked, and how long it may take to answer.
const PROBE: Duration = Duration::from_millis(1000);

/// The last word of every broker, and whether the daemon is going.
#[derive(Debug, Default)]
pub struct Health {
    going: AtomicBool,
    sinks: Mutex<BTreeMap<String, Word>>,
}

/// What is known of a broker.
#[derive(Debug, Clone)]
struct Word {
    /// Why it does not count as there.
    error: Option<PublishError>,
    /// Whether events are kept meanwhile.
    has_spool: bool,
}

impl Health {
    /// From now on `sink` counts. Nothing is known of it yet, which counts as not ready, unless it
    /// takes the place of another.
    pub fn expect(&self, sink: &Sink) {
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        sinks.entry(sink.name().to_owned()).or_insert_with(|| Word {
            error: Some(PublishError::Unreachable),
            has_spool: sink.has_spool(),
        });
    }

    /// From now on a sink no longer counts.
    pub fn forget(&self, sink: &str) {
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        sinks.remove(sink);
    }

    /// From now on the daemon is not ready, whatever its brokers say.
    pub fn leave(&self) {
        self.going.store(true, Ordering::Relaxed);
    }

    /// Whether requests should be sent here, and the reasons as JSON. Brokers that are down are
    /// named. With a spool a broker that is down is no reason to send requests elsewhere.
    pub fn report(&self) -> (bool, serde_json::Value) {
        let going = self.going.load(Ordering::Relaxed);
        let sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = |word: &Word| word.error.is_none() || word.has_spool;
        let ready = !going && sinks.values().all(takes);
        let words: serde_json::Map<_, _> = sinks
            .iter()
            .map(|(name, word)| {
                let said = word
                    .error
                    .as_ref()
                    .map_or("up".to_owned(), ToString::to_string);
                (name.clone(), said.into())
            })
            .collect();
        let report = serde_json::json!({ "ready": ready, "draining": going, "sinks": words });
        (ready, report)
    }

    /// Asks `sink` forever and keeps its last word.
    pub async fn watch(&self, sink: &Sink, metrics: &Metrics) {
        loop {
            let began = Instant::now();
            let word = sink.probe(began + PROBE).await.err();
            metrics.sink_up(sink.name(), word.is_none());
            match (self.keep(sink.name(), word.clone()), word) {
                (Some(_), None) => tracing::info!(sink = sink.name(), "the broker is up"),
                (None, Some(error)) => {
                    tracing::error!(sink = sink.name(), %error, "the broker is down");
                }
                (None, None) | (Some(_), Some(_)) => {}
            }
            tokio::time::sleep_until(began + PROBE).await;
        }
    }

    /// Keeps a broker's word and returns the one before.
    fn keep(&self, sink: &str, word: Option<PublishError>) -> Option<PublishError> {
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sinks.get_mut(sink)?;
        std::mem::replace(&mut known.error, word)
    }
}
