//! The producers of a sink: the one that batches, the one that does not, and their successors.

use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tracing::error;

use super::super::{PublishError, Record};
use super::admin::ANSWER;
use super::properties::without_value;
use super::running::Running;
use super::turns::Delivery;
use super::{topics, verdict};
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
        running: Arc<Running>,
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
    /// How long a batch waits for company.
    linger: Duration,
    /// Counts the producers that were replaced.
    pub(super) restarts: OnceLock<IntCounter>,
}

impl Producers {
    /// Starts the producer that batches.
    pub(super) fn new(
        sink: &str,
        config: ClientConfig,
        linger_ms: f64,
    ) -> Result<Self, KafkaError> {
        let mut alone = config.clone();
        // An operator's own numbers give way: one record is what this lane is for.
        for property in ["batch.size", "sticky.partitioning.linger.ms"] {
            alone.remove(property);
        }
        alone.set("batch.num.messages", "1");
        alone.set("linger.ms", "0");
        let linger = Duration::try_from_secs_f64(linger_ms / 1000.0).unwrap_or_default();
        let first = Running::start(&config, sink, linger)?;
        Ok(Self {
            sink: sink.to_owned(),
            together: RwLock::new(running(first)),
            alone: RwLock::new(Slot::Empty),
            configs: [config, alone],
            linger,
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

    /// Hands `record` to librdkafka, or has it wait for its turn in a topic of so many partitions.
    pub(super) fn enqueue(
        &self,
        lane: Lane,
        record: &Record<'_>,
        partitions: usize,
    ) -> Result<Delivery, Untaken> {
        let (slot, _) = self.lane(lane);
        let running = || match &*slot.read().unwrap_or_else(PoisonError::into_inner) {
            Slot::Running { running, .. } => Ok(Some(Arc::clone(running))),
            Slot::Closed => Err(Untaken::Closed),
            Slot::Empty => Ok(None),
        };
        let running = match running()? {
            Some(running) => running,
            None => {
                self.fill(lane).map_err(Untaken::Error)?;
                running()?.ok_or(Untaken::Closed)?
            }
        };
        let partitions = (lane == Lane::Together).then_some(partitions);
        running.enqueue(record, partitions).map_err(Untaken::Error)
    }

    /// Starts the first producer of a lane.
    fn fill(&self, lane: Lane) -> Result<(), KafkaError> {
        let (slot, config) = self.lane(lane);
        let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*slot, Slot::Empty) {
            *slot = running(Running::start(config, &self.sink, self.linger)?);
        }
        Ok(())
    }

    /// The producer that batches, to ask its brokers by; `None` once closed.
    pub(super) fn main(&self) -> Option<Arc<Running>> {
        let slot = self.together.read().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Slot::Running { running, .. } => Some(Arc::clone(running)),
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
        let slot = slot.write().unwrap_or_else(PoisonError::into_inner);
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
        self.replace(slot, config).map_err(|error| Dead {
            verdict: PublishError::Declined(error),
            until: Instant::now() + REPLACED_AFTER,
        })
    }

    /// Replaces the producer that batches where its brokers answer it, although nothing was confirmed for long: what
    /// keeps it from delivering is in itself then, or is tried once more by another. Blocks.
    pub(super) fn doubt(&self, topic: &str) {
        let Some(doubted) = self.main() else {
            return;
        };
        if topics::look(doubted.client(), topic, ANSWER).is_err() {
            return;
        }
        let (slot, config) = self.lane(Lane::Together);
        let slot = slot.write().unwrap_or_else(PoisonError::into_inner);
        match &*slot {
            Slot::Running { running, .. } if Arc::ptr_eq(running, &doubted) => {}
            Slot::Running { .. } | Slot::Empty | Slot::Closed => return,
        }
        error!(
            sink = self.sink,
            "Kafka answers, but has confirmed nothing for long: starting another producer"
        );
        // Why it could not be is logged.
        let _ = self.replace(slot, config);
    }

    /// Starts a successor for the producer in `slot`.
    fn replace(
        &self,
        mut slot: RwLockWriteGuard<'_, Slot>,
        config: &ClientConfig,
    ) -> Result<(), String> {
        let next = Running::start(config, &self.sink, self.linger).map_err(|error| {
            let error = without_value(&error);
            error!(
                sink = self.sink,
                error, "cannot start another Kafka producer"
            );
            error
        })?;
        if let Some(restarts) = self.restarts.get() {
            restarts.inc();
        }
        let last = std::mem::replace(&mut *slot, running(next));
        drop(slot);
        if let Slot::Running { running, .. } = last {
            // Flushing blocks. Dropping purges what is left, which tells its requesters.
            drop(spawn_blocking(move || {
                let _ = running.flush(LAST_REPORTS);
                drop(running);
            }));
        }
        Ok(())
    }

    /// Ends both lanes for good and returns what ran in them.
    pub(super) fn close(&self) -> Vec<Arc<Running>> {
        [&self.together, &self.alone]
            .into_iter()
            .filter_map(|slot| {
                let mut slot = slot.write().unwrap_or_else(PoisonError::into_inner);
                match std::mem::replace(&mut *slot, Slot::Closed) {
                    Slot::Running { running, .. } => Some(running),
                    Slot::Empty | Slot::Closed => None,
                }
            })
            .collect()
    }
}

fn running(running: Running) -> Slot {
    Slot::Running {
        running: Arc::new(running),
        since: Instant::now(),
    }
}

/// The fatal error of a lane's producer, and when that was started.
fn dead(slot: &Slot) -> Option<(RDKafkaErrorCode, String, Instant)> {
    match slot {
        Slot::Running { running, since } => {
            let (code, reason) = running.client().fatal_error()?;
            Some((code, reason, *since))
        }
        Slot::Empty | Slot::Closed => None,
    }
}
