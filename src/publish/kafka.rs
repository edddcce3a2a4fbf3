//! Kafka: an idempotent producer whose `Ok` is a delivery report under `acks=all`.
//!
//! `kafka/properties.rs` holds the librdkafka properties that we set, and those that would take
//! the word out of that promise.

mod admin;
mod partition;
mod producers;
mod properties;
mod running;
mod topics;
mod turns;
mod verdict;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rdkafka::error::KafkaError;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::warn;

use super::registry::{self, Registry};
use super::{Landing, PublishError, Record};
use crate::metrics::IntCounter;
use admin::Admin;
use producers::{Lane, Producers, Untaken};
use topics::{Found, Topics};
use turns::Undelivered;
use verdict::{Remedy, remedy, translate};

pub use admin::CreateTopics;
pub(in crate::publish) use properties::without_value;
pub use properties::{refused, weakens_promise};

/// How long records wait for company before a batch is sent, unless told otherwise: those that come while
/// others of their partition are on their way go together in any case.
pub const LINGER_MS_DEFAULT: f64 = 0.0;
/// Records that may wait for the broker, unless told otherwise.
pub const QUEUE_MESSAGES_MAX_DEFAULT: u32 = 100_000;
/// KiB that may wait for the broker, unless told otherwise.
pub const QUEUE_KBYTES_MAX_DEFAULT: u32 = 65_536;

/// After a batch was refused as too large although its records were not, how long records of that
/// topic are sent each in a batch of its own.
const ALONE: Duration = Duration::from_secs(10);
/// Before a record is sent again whose topic was unknown although it is there.
const PAUSE: Duration = Duration::from_millis(50);

/// What a Kafka sink is told.
#[derive(Clone, PartialEq)]
pub struct Options {
    /// The sink's name in logs, metrics and replies.
    pub name: String,
    /// `host:port`, separated by commas.
    pub brokers: String,
    /// The topic that [`Kafka::probe`] asks for.
    pub default_topic: String,
    /// The topic that is looked for once at the start.
    pub dead_letter_topic: String,
    /// How missing topics are made; `None` where that is left to others.
    pub create_topics: Option<CreateTopics>,
    /// How long records wait for company before a batch is sent, in milliseconds.
    pub linger_ms: f64,
    /// How long librdkafka may try to deliver one record: the longest deadline of any reply.
    pub message_timeout_ms: u64,
    /// Records that may wait for the broker.
    pub queue_messages_max: u32,
    /// KiB that may wait for the broker.
    pub queue_kbytes_max: u32,
    /// Further librdkafka properties, none of which [`weakens_promise`].
    pub properties: BTreeMap<String, String>,
    /// Where consumers find the schemas of what is published, if they are to.
    pub registry: Option<registry::Options>,
}

impl fmt::Debug for Options {
    // The properties' values can be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("name", &self.name)
            .field("brokers", &self.brokers)
            .field("default_topic", &self.default_topic)
            .field("dead_letter_topic", &self.dead_letter_topic)
            .field("create_topics", &self.create_topics)
            .field("linger_ms", &self.linger_ms)
            .field("message_timeout_ms", &self.message_timeout_ms)
            .field("queue_messages_max", &self.queue_messages_max)
            .field("queue_kbytes_max", &self.queue_kbytes_max)
            .field("properties", &self.properties.keys())
            .field("registry", &self.registry)
            .finish()
    }
}

/// A Kafka sink.
pub struct Kafka {
    name: String,
    default_topic: String,
    dead_letter_topic: String,
    producers: Arc<Producers>,
    topics: Arc<Topics>,
    /// Topics whose batches were too large, until when each record goes alone.
    alone: RwLock<HashMap<String, Instant>>,
    looked_ahead: Arc<AtomicBool>,
    registry: Option<Box<Registry>>,
}

impl fmt::Debug for Kafka {
    // The configuration holds passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What came of sending a record once.
enum Sent {
    /// At an offset that the broker has named.
    Stored(Landing),
    /// librdkafka calls it stored, and knows no offset.
    Nowhere,
    /// It was not taken into librdkafka's queue.
    Untaken(KafkaError),
    Failed(KafkaError),
    Over(PublishError),
}

impl Kafka {
    /// Starts the producer. It connects in the background, so a broker that is down is no error here.
    ///
    /// # Errors
    /// A property is unknown to librdkafka, has a value that it does not take, or weakens the promise.
    pub fn new(options: &Options) -> Result<Self, String> {
        for (property, value) in &options.properties {
            if let Some(remedy) = weakens_promise(property, value) {
                return Err(format!("properties.{property}: {remedy}"));
            }
        }
        let registry = options.registry.as_ref().map(Registry::new).transpose()?;
        let config = properties::producer(options);
        let admin = Admin::new(&options.name, &config, options.create_topics.clone());
        let producers = Producers::new(&options.name, config, options.linger_ms)
            .map_err(|error| without_value(&error))?;
        let producers = Arc::new(producers);
        let topics = Topics::new(&options.name, Arc::clone(&producers), admin);
        Ok(Self {
            name: options.name.clone(),
            default_topic: options.default_topic.clone(),
            dead_letter_topic: options.dead_letter_topic.clone(),
            producers,
            topics: Arc::new(topics),
            alone: RwLock::default(),
            looked_ahead: Arc::default(),
            registry: registry.map(Box::new),
        })
    }

    /// Counts producers that were replaced.
    pub fn count_restarts(&self, counter: IntCounter) {
        // A second counter would be of another sink.
        let _ = self.producers.restarts.set(counter);
    }

    pub(in crate::publish) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a record waits for the schema registry, so that Kafka has not been asked.
    pub(in crate::publish) fn waits_for_registry(&self) -> bool {
        self.registry
            .as_ref()
            .is_some_and(|registry| registry.is_waited_for())
    }

    /// `Ok` once all in-sync replicas have the record, at an offset that the broker has named; with a
    /// schema registry, as it is read through that. Dead letters are left as they are, so that they can
    /// be read and published again whatever the registry says.
    pub(in crate::publish) async fn confirm(
        &self,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        match &self.registry {
            Some(registry) if record.topic != self.dead_letter_topic => {
                let framed = registry.frame(record, deadline).await?;
                self.deliver(&framed, deadline).await
            }
            Some(_) | None => self.deliver(record, deadline).await,
        }
    }

    async fn deliver(
        &self,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        let mut lane = self.lane(&record.topic);
        let mut refused_together = false;
        loop {
            let partitions = self.topics.ensure(&record.topic, deadline).await?;
            let error = match self.send(lane, record, partitions, deadline).await {
                Sent::Stored(landing) => {
                    if refused_together {
                        self.send_alone(&record.topic);
                    }
                    return Ok(landing);
                }
                // librdkafka takes a broker's "duplicate sequence number" for success, with an
                // offset that is none. On a partition that has just been created it is not: the
                // broker refused a first batch, accepted the next one, which was in flight, and
                // then called the first one's retry a duplicate. So it is sent again, as new.
                Sent::Nowhere => {
                    warn!(
                        sink = self.name,
                        topic = record.topic,
                        "Kafka reports a record without its offset, sending it again"
                    );
                    continue;
                }
                Sent::Over(error) => return Err(error),
                // librdkafka measures each record by itself.
                Sent::Untaken(error) if remedy(&error) == Remedy::SendAlone => {
                    return Err(translate(&error));
                }
                Sent::Untaken(error) | Sent::Failed(error) => error,
            };
            let revived = self.producers.revive(lane);
            match remedy(&error) {
                Remedy::SendAlone if lane == Lane::Together => {
                    lane = Lane::Alone;
                    refused_together = true;
                }
                Remedy::FindTopic => {
                    self.topics.forget(&record.topic);
                    pause(Instant::now() + PAUSE, deadline, translate(&error)).await?;
                }
                Remedy::SendAgain => match revived {
                    Ok(()) => {}
                    Err(dead) if dead.verdict.lasts() => return Err(dead.verdict),
                    Err(dead) => pause(dead.until, deadline, dead.verdict).await?,
                },
                Remedy::SendAlone | Remedy::Tell => return Err(self.verdict(record, &error)),
            }
        }
    }

    async fn send(
        &self,
        lane: Lane,
        record: &Record<'_>,
        partitions: usize,
        deadline: Instant,
    ) -> Sent {
        let delivery = match self.producers.enqueue(lane, record, partitions) {
            Ok(delivery) => delivery,
            Err(Untaken::Error(error)) => return Sent::Untaken(error),
            Err(Untaken::Closed) => return Sent::Over(PublishError::Unreachable),
        };
        match timeout_at(deadline, delivery).await {
            Ok(Ok(Ok(stored))) if stored.offset >= 0 => Sent::Stored(Landing::Kafka {
                partition: stored.partition,
                offset: stored.offset,
            }),
            Ok(Ok(Ok(_))) => Sent::Nowhere,
            Ok(Ok(Err(Undelivered::Untaken(error)))) => Sent::Untaken(error),
            Ok(Ok(Err(Undelivered::Failed(error)))) => Sent::Failed(error),
            // The producer was replaced with the record in flight: the outcome is unknown.
            Ok(Err(_)) | Err(_) => Sent::Over(PublishError::Timeout),
        }
    }

    /// The verdict on a record that nothing more is done for.
    fn verdict(&self, record: &Record<'_>, error: &KafkaError) -> PublishError {
        let topic = &record.topic;
        let PublishError::Refused(said) = translate(error) else {
            return translate(error);
        };
        let verdict = PublishError::Refused(format!("topic {topic}: {said}"));
        if verdict::is_of_topic(error) {
            // Its followers would fare no better, and each refusal makes librdkafka wait until all
            // that is in flight to any topic is answered.
            self.topics.refuse(topic, verdict.clone());
        }
        verdict
    }

    fn lane(&self, topic: &str) -> Lane {
        let alone = self.alone.read().unwrap_or_else(PoisonError::into_inner);
        match alone.get(topic) {
            Some(until) if Instant::now() < *until => Lane::Alone,
            Some(_) | None => Lane::Together,
        }
    }

    /// A batch of `topic` was refused, and a record of it was not.
    fn send_alone(&self, topic: &str) {
        let until = Instant::now() + ALONE;
        let mut alone = self.alone.write().unwrap_or_else(PoisonError::into_inner);
        let last = alone.insert(topic.to_owned(), until);
        if last.is_none() {
            warn!(
                sink = self.name,
                topic,
                "a batch was refused that its records are not: if its size is why, set the property \
                 batch.size below the topic's max.message.bytes"
            );
        }
    }

    /// Asks a broker for the default topic's metadata.
    pub(in crate::publish) async fn probe(&self, deadline: Instant) -> Result<(), PublishError> {
        let revived = self.producers.revive(Lane::Together);
        revived.map_err(|dead| dead.verdict)?;
        let Some(running) = self.producers.main() else {
            return Err(PublishError::Unreachable);
        };
        let topic = self.default_topic.clone();
        let left = deadline.saturating_duration_since(Instant::now());
        let asked = spawn_blocking(move || topics::look(running.client(), &topic, left));
        match timeout_at(deadline, asked).await {
            Ok(Ok(Ok(Found::There(_)))) => {
                self.look_ahead();
                Ok(())
            }
            Ok(Ok(Ok(Found::Missing(_)))) => {
                self.topics.forget(&self.default_topic);
                let found = self.topics.ensure(&self.default_topic, deadline).await;
                found.map(drop)
            }
            Ok(Ok(Err(error))) => Err(error),
            Ok(Err(_)) => Err(PublishError::Unreachable),
            Err(_) => Err(PublishError::Timeout),
        }
    }

    /// Nothing was confirmed for long.
    pub(in crate::publish) fn doubt(&self) {
        let (producers, topic) = (Arc::clone(&self.producers), self.default_topic.clone());
        // Asking blocks.
        drop(spawn_blocking(move || producers.doubt(&topic)));
    }

    /// Once, when the brokers have answered for the first time.
    fn look_ahead(&self) {
        if self.looked_ahead.swap(true, Ordering::Relaxed) {
            return;
        }
        let (topics, topic) = (Arc::clone(&self.topics), self.dead_letter_topic.clone());
        let looked_ahead = Arc::clone(&self.looked_ahead);
        drop(tokio::spawn(async move {
            let looked = topics.look_ahead(&topic).await;
            // What kept it from being made may pass: it is tried again with the next probe.
            looked_ahead.store(looked.is_ok(), Ordering::Relaxed);
        }));
    }

    /// Sends what still waits, until `deadline`, and ends the producer.
    pub(in crate::publish) async fn close(&self, deadline: Instant) {
        let producers = self.producers.close();
        let left = deadline.saturating_duration_since(Instant::now());
        let name = self.name.clone();
        // It blocks.
        let flushed = spawn_blocking(move || {
            for running in producers {
                if let Err(error) = running.flush(left) {
                    warn!(sink = name, %error, "records were still waiting for Kafka at the end");
                }
            }
        });
        let _ = timeout_at(deadline, flushed).await;
    }
}

/// Waits until `moment`, or fails with `error` if that is too late.
async fn pause(
    moment: Instant,
    deadline: Instant,
    error: PublishError,
) -> Result<(), PublishError> {
    if moment >= deadline {
        return Err(error);
    }
    sleep_until(moment).await;
    Ok(())
}
