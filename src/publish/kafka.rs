//! Kafka: an idempotent producer whose `Ok` is a delivery report under `acks=all`.
//!
//! `kafka/properties.rs` holds the librdkafka properties that we set, and those that would take
//! the word out of that promise.

mod properties;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};
use tracing::{debug, error, info, warn};

use super::{PublishError, Record};
pub use properties::{refused, weakens_promise};

/// How long records wait for company before a batch is sent, unless told otherwise.
pub const LINGER_MS_DEFAULT: f64 = 1.0;
/// Records that may wait for the broker, unless told otherwise.
pub const QUEUE_MESSAGES_MAX_DEFAULT: u32 = 100_000;
/// KiB that may wait for the broker, unless told otherwise.
pub const QUEUE_KBYTES_MAX_DEFAULT: u32 = 65_536;

/// What a Kafka sink is told.
#[derive(Clone)]
pub struct Options {
    /// The sink's name in logs, metrics and replies.
    pub name: String,
    /// `host:port`, separated by commas.
    pub brokers: String,
    /// The topic that [`Kafka::probe`] asks for.
    pub default_topic: String,
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
}

impl fmt::Debug for Options {
    // The properties' values can be passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("name", &self.name)
            .field("brokers", &self.brokers)
            .field("default_topic", &self.default_topic)
            .field("linger_ms", &self.linger_ms)
            .field("message_timeout_ms", &self.message_timeout_ms)
            .field("queue_messages_max", &self.queue_messages_max)
            .field("queue_kbytes_max", &self.queue_kbytes_max)
            .field("properties", &self.properties.keys())
            .finish()
    }
}

/// A Kafka sink.
pub struct Kafka {
    name: String,
    default_topic: String,
    config: ClientConfig,
    /// `None` once closed.
    producer: RwLock<Option<FutureProducer<Log>>>,
}

impl fmt::Debug for Kafka {
    // The configuration holds passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
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
        let config = properties::producer(options);
        let producer = create(&config, &options.name).map_err(|error| without_value(&error))?;
        Ok(Self {
            name: options.name.clone(),
            default_topic: options.default_topic.clone(),
            config,
            producer: RwLock::new(Some(producer)),
        })
    }

    pub(in crate::publish) fn name(&self) -> &str {
        &self.name
    }

    /// `Ok` once all in-sync replicas have the record, at an offset that the broker has named.
    pub(in crate::publish) async fn confirm(
        &self,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<(), PublishError> {
        loop {
            let delivery = match self.enqueue(record) {
                Ok(delivery) => delivery,
                Err(Some(error)) => return Err(self.failure(&error)),
                Err(None) => return Err(PublishError::Unreachable),
            };
            match timeout_at(deadline, delivery).await {
                Ok(Ok(Ok(stored))) if stored.offset >= 0 => return Ok(()),
                // librdkafka takes a broker's "duplicate sequence number" for success, with an
                // offset that is none. On a partition that has just been created it is not: the
                // broker refused a first batch, accepted the next one, which was in flight, and
                // then called the first one's retry a duplicate. So it is sent again, as new.
                Ok(Ok(Ok(_))) => warn!(
                    sink = self.name,
                    topic = record.topic,
                    "Kafka reports a record without its offset, sending it again"
                ),
                Ok(Ok(Err((error, _)))) => return Err(self.failure(&error)),
                // The producer was replaced with the record in flight: the outcome is unknown.
                Ok(Err(_)) | Err(_) => return Err(PublishError::Timeout),
            }
        }
    }

    /// Asks a broker for the default topic's metadata.
    pub(in crate::publish) async fn probe(&self, deadline: Instant) -> Result<(), PublishError> {
        let Some(producer) = self.producer() else {
            return Err(PublishError::Unreachable);
        };
        let topic = self.default_topic.clone();
        let left = deadline.saturating_duration_since(Instant::now());
        let asked = spawn_blocking(move || ask_for(&producer, &topic, left));
        match timeout_at(deadline, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(PublishError::Unreachable),
            Err(_) => Err(PublishError::Timeout),
        }
    }

    /// Sends what still waits, until `deadline`, and ends the producer.
    pub(in crate::publish) async fn close(&self, deadline: Instant) {
        let producer = self
            .producer
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(producer) = producer else { return };
        let left = deadline.saturating_duration_since(Instant::now());
        let name = self.name.clone();
        // Both flushing and dropping block.
        let flushed = spawn_blocking(move || {
            if let Err(error) = producer.flush(left) {
                warn!(sink = name, %error, "records were still waiting for Kafka at the end");
            }
        });
        let _ = timeout_at(deadline, flushed).await;
    }

    fn enqueue(
        &self,
        record: &Record<'_>,
    ) -> Result<rdkafka::producer::DeliveryFuture, Option<KafkaError>> {
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
        let producer = self.producer.read().unwrap_or_else(PoisonError::into_inner);
        let producer = producer.as_ref().ok_or(None)?;
        producer
            .send_result(message)
            .map_err(|(error, _)| Some(error))
    }

    fn producer(&self) -> Option<FutureProducer<Log>> {
        self.producer
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Translates an error, and replaces the producer if it was its last.
    fn failure(&self, error: &KafkaError) -> PublishError {
        self.replace_if_dead();
        translate(error)
    }

    /// librdkafka's idempotent producer refuses everything after a fatal error, by design; only a
    /// new one, with a new producer id, can go on.
    fn replace_if_dead(&self) {
        let is_dead = |producer: &FutureProducer<Log>| producer.client().fatal_error();
        if self.producer().as_ref().and_then(is_dead).is_none() {
            return;
        }
        let mut slot = self
            .producer
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Another request may have been first.
        let Some((code, reason)) = slot.as_ref().and_then(is_dead) else {
            return;
        };
        error!(
            sink = self.name,
            ?code,
            reason,
            "the Kafka producer failed for good, starting another"
        );
        match create(&self.config, &self.name) {
            Ok(producer) => {
                let dead = slot.replace(producer);
                drop(slot);
                // Dropping purges its records, which tells their requesters, and blocks meanwhile.
                drop(spawn_blocking(move || drop(dead)));
            }
            Err(error) => error!(
                sink = self.name,
                error = without_value(&error),
                "cannot start another Kafka producer"
            ),
        }
    }
}

fn create(config: &ClientConfig, name: &str) -> Result<FutureProducer<Log>, KafkaError> {
    config.create_with_context(Log {
        sink: name.to_owned(),
    })
}

/// The text of a configuration error without the property's value, which may be a password.
pub(in crate::publish) fn without_value(error: &KafkaError) -> String {
    if let KafkaError::ClientConfig(_, description, property, _) = error {
        let known = !description.contains("No such");
        let fault = if known {
            "librdkafka does not take this value"
        } else {
            "librdkafka knows no such property"
        };
        format!("properties.{property}: {fault}")
    } else {
        error.to_string()
    }
}

fn ask_for(
    producer: &FutureProducer<Log>,
    topic: &str,
    left: Duration,
) -> Result<(), PublishError> {
    let metadata = producer
        .client()
        .fetch_metadata(Some(topic), left)
        .map_err(|error| translate(&error))?;
    let fault = metadata
        .topics()
        .iter()
        .find_map(rdkafka::metadata::MetadataTopic::error);
    match fault {
        None => Ok(()),
        Some(fault) => Err(PublishError::Refused(
            RDKafkaErrorCode::from(fault).to_string(),
        )),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "librdkafka has some two hundred codes; all but these may pass, in its own words"
)]
fn translate(error: &KafkaError) -> PublishError {
    use RDKafkaErrorCode as Code;
    let Some(code) = error.rdkafka_error_code() else {
        return PublishError::Declined(error.to_string());
    };
    match code {
        Code::QueueFull => PublishError::Overloaded,
        Code::MessageSizeTooLarge | Code::InvalidMessageSize => PublishError::TooLarge,
        Code::AllBrokersDown
        | Code::BrokerTransportFailure
        | Code::BrokerNotAvailable
        | Code::Resolve
        | Code::NetworkException
        | Code::BrokerDestroy => PublishError::Unreachable,
        // Whatever ended the wait, the record may have reached the broker.
        Code::MessageTimedOut
        | Code::OperationTimedOut
        | Code::RequestTimedOut
        | Code::TimedOutQueue
        | Code::PurgeQueue
        | Code::PurgeInflight
        | Code::Fatal => PublishError::Timeout,
        Code::UnknownTopicOrPartition
        | Code::UnknownTopic
        | Code::UnknownPartition
        | Code::InvalidTopic
        | Code::TopicAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::InvalidRecord
        | Code::PolicyViolation => PublishError::Refused(code.to_string()),
        other => PublishError::Declined(other.to_string()),
    }
}

/// librdkafka's own log lines, as ours.
struct Log {
    sink: String,
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
