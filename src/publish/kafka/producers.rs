//! The producers of a sink: the one that batches, the one that does not, and their successors.

use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tracing::{debug, error, info, warn};

use super::super::{PublishError, Record};
use super::{verdict, without_value};
use crate::metrics::IntCounter;

/// A producer that fails for good is replaced once it is as old as this: at once, unless its
/// predecessor had failed just before.
const REPLACED_AFTER: Duration = Duration::from_millis(1000);
/// The same for one that lacks a right: somebody must give it first.
const REFUSED_REPLACED_AFTER: Duration = Duration::from_millis(5000);
/// What a dead producer has in flight may be reported so long.
const LAST_REPORTS: Duration = Duration::from_millis(1000);

/// How a record is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// In a batch with others.
    Together,
    /// In a batch of its own, so that the verdict on the batch is its own.
    Alone,
}

/// What stands in a lane.
enum Slot {
    /// None was needed yet.
    Empty,
    Running {
        producer: FutureProducer<Log>,
        since: Instant,
    },
    Closed,
}

/// Why a lane takes nothing.
pub(super) struct Dead {
    /// What ended its producer.
    pub(super) verdict: PublishError,
    /// When there may be another.
    pub(super) until: Instant,
}

/// Why a record was not taken.
pub(super) enum Untaken {
    /// The sink is closed.
    Closed,
    /// librdkafka's word.
    Error(KafkaError),
}

pub(super) struct Producers {
    sink: String,
    together: RwLock<Slot>,
    alone: RwLock<Slot>,
    configs: [ClientConfig; 2],
    /// Counts the producers that were replaced.
    pub(super) restarts: OnceLock<IntCounter>,
}

impl Producers {
    /// Starts the producer that batches.
    pub(super) fn new(sink: &str, config: ClientConfig) -> Result<Self, KafkaError> {
        let mut alone = config.clone();
        // An operator's own numbers give way: one record is what this lane is for.
        for property in ["batch.size", "sticky.partitioning.linger.ms"] {
            alone.remove(property);
        }
        alone.set("batch.num.messages", "1");
        alone.set("linger.ms", "0");
        let first = create(&config, sink)?;
        Ok(Self {
            sink: sink.to_owned(),
            together: RwLock::new(running(first)),
            alone: RwLock::new(Slot::Empty),
            configs: [config, alone],
            restarts: OnceLock::new(),
        })
    }

    fn lane(&self, lane: Lane) -> (&RwLock<Slot>, &ClientConfig) {
        let [together, alone] = &self.configs;
        match lane {
            Lane::Together => (&self.together, together),
            Lane::Alone => (&self.alone, alone),
        }
    }

    /// Hands `record` to librdkafka.
    pub(super) fn enqueue(
        &self,
        lane: Lane,
        record: &Record<'_>,
    ) -> Result<DeliveryFuture, Untaken> {
        let (slot, _) = self.lane(lane);
        let taken = {
            let slot = slot.read().unwrap_or_else(PoisonError::into_inner);
            match &*slot {
                Slot::Running { producer, .. } => Some(send(producer, record)),
                Slot::Closed => Some(Err(Untaken::Closed)),
                Slot::Empty => None,
            }
        };
        if let Some(taken) = taken {
            return taken;
        }
        self.fill(lane).map_err(Untaken::Error)?;
        let slot = slot.read().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Slot::Running { producer, .. } => send(producer, record),
            Slot::Closed | Slot::Empty => Err(Untaken::Closed),
        }
    }

    /// Starts the first producer of a lane.
    fn fill(&self, lane: Lane) -> Result<(), KafkaError> {
        let (slot, config) = self.lane(lane);
        let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*slot, Slot::Empty) {
            *slot = running(create(config, &self.sink)?);
        }
        Ok(())
    }

    /// The producer that batches, to ask its brokers by; `None` once closed.
    pub(super) fn main(&self) -> Option<FutureProducer<Log>> {
        let slot = self.together.read().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Slot::Running { producer, .. } => Some(producer.clone()),
            Slot::Closed | Slot::Empty => None,
        }
    }

    /// Whether a lane can take records. librdkafka's idempotent producer refuses everything after a
    /// fatal error, by design; only a new one, with a new producer id, can go on. It is started
    /// here, unless the last one has only just been.
    ///
    /// # Errors
    /// What ended the producer, while it is too early for another.
    pub(super) fn revive(&self, lane: Lane) -> Result<(), Dead> {
        let (slot, config) = self.lane(lane);
        if dead(&slot.read().unwrap_or_else(PoisonError::into_inner)).is_none() {
            return Ok(());
        }
        let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
        // Another request may have been first.
        let Some((code, reason, since)) = dead(&slot) else {
            return Ok(());
        };
        let verdict = verdict::translate(&KafkaError::Global(code));
        let verdict = if let PublishError::Refused(said) = verdict {
            PublishError::Refused(format!(
                "{said}: no topic may be written to (Kafka's right Write, or IdempotentWrite)"
            ))
        } else {
            PublishError::Declined(format!("the producer failed: {code}"))
        };
        let wait = if verdict.lasts() {
            REFUSED_REPLACED_AFTER
        } else {
            REPLACED_AFTER
        };
        let until = since + wait;
        if Instant::now() < until {
            return Err(Dead { verdict, until });
        }
        error!(
            sink = self.sink,
            ?code,
            reason,
            "the Kafka producer failed for good, starting another"
        );
        let next = create(config, &self.sink).map_err(|error| {
            let error = without_value(&error);
            error!(
                sink = self.sink,
                error, "cannot start another Kafka producer"
            );
            Dead {
                verdict: PublishError::Declined(error),
                until: Instant::now() + REPLACED_AFTER,
            }
        })?;
        if let Some(restarts) = self.restarts.get() {
            restarts.inc();
        }
        let last = std::mem::replace(&mut *slot, running(next));
        drop(slot);
        if let Slot::Running { producer, .. } = last {
            // Flushing and dropping both block. Dropping purges what is left, which tells its
            // requesters.
            drop(spawn_blocking(move || {
                let _ = producer.flush(LAST_REPORTS);
                drop(producer);
            }));
        }
        Ok(())
    }

    /// Ends both lanes for good and returns what ran in them. Dropping it blocks.
    pub(super) fn close(&self) -> Vec<FutureProducer<Log>> {
        [&self.together, &self.alone]
            .into_iter()
            .filter_map(|slot| {
                let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
                match std::mem::replace(&mut *slot, Slot::Closed) {
                    Slot::Running { producer, .. } => Some(producer),
                    Slot::Empty | Slot::Closed => None,
                }
            })
            .collect()
    }
}

fn running(producer: FutureProducer<Log>) -> Slot {
    Slot::Running {
        producer,
        since: Instant::now(),
    }
}

/// The fatal error of a lane's producer, and when that was started.
fn dead(slot: &Slot) -> Option<(RDKafkaErrorCode, String, Instant)> {
    match slot {
        Slot::Running { producer, since } => {
            let (code, reason) = producer.client().fatal_error()?;
            Some((code, reason, *since))
        }
        Slot::Empty | Slot::Closed => None,
    }
}

fn create(config: &ClientConfig, sink: &str) -> Result<FutureProducer<Log>, KafkaError> {
    config.create_with_context(Log::new(sink))
}

fn send(producer: &FutureProducer<Log>, record: &Record<'_>) -> Result<DeliveryFuture, Untaken> {
    // The CloudEvents binding tells its modes apart by this header.
    let content_type = Header {
        key: "content-type",
        value: Some(record.content_type.as_ref()),
    };
    let mut headers =
        OwnedHeaders::new_with_capacity(record.headers.len() + 1).insert(content_type);
    for (key, value) in &record.headers {
        headers = headers.insert(Header {
            key,
            value: Some(value),
        });
    }
    let message = FutureRecord {
        topic: &record.topic,
        partition: None,
        payload: Some(record.value.as_ref()),
        // An empty key would send all keyless records to one partition.
        key: Some(record.key.as_str()).filter(|key| !key.is_empty()),
        timestamp: None,
        headers: Some(headers),
    };
    producer
        .send_result(message)
        .map_err(|(error, _)| Untaken::Error(error))
}

/// librdkafka's own log lines, as ours.
pub(super) struct Log {
    sink: String,
}

impl Log {
    pub(super) fn new(sink: &str) -> Self {
        Self {
            sink: sink.to_owned(),
        }
    }
}

impl ClientContext for Log {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        let sink = self.sink.as_str();
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error => error!(target: "librdkafka", sink, facility, "{text}"),
            RDKafkaLogLevel::Warning => warn!(target: "librdkafka", sink, facility, "{text}"),
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                info!(target: "librdkafka", sink, facility, "{text}")
            }
            RDKafkaLogLevel::Debug => debug!(target: "librdkafka", sink, facility, "{text}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // Each broker that goes away reports itself; the log line above says the same with less.
        debug!(target: "librdkafka", sink = self.sink, %error, "{reason}");
    }

    /// Off unless `statistics.interval.ms` is set, and of no use here then.
    fn stats_raw(&self, _statistics: &[u8]) {}
}
