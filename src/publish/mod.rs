//! Stage 4: the broker's word. Nothing here is believed until a broker has said it.
//!
//! `rdkafka` and `lapin` are named in this folder only.

pub mod dev;
pub mod encode;
pub mod kafka;
pub mod rabbitmq;
pub mod read;
pub mod route;
pub mod spool;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use crate::normalize::Event;

pub use route::{Route, Topics};

/// What one sink is asked to store: bytes and the place they go to. Made by [`Routes`] only.
#[derive(Debug, Clone)]
pub struct Record<'e> {
    /// Kafka topic, or RabbitMQ routing key.
    pub(in crate::publish) topic: String,
    /// Kafka partition key; RabbitMQ carries it as the header `partitionkey`.
    pub(in crate::publish) key: String,
    /// The envelope's attributes, where they are headers.
    pub(in crate::publish) headers: Vec<(String, String)>,
    /// Media type of `value`: a header of that name on Kafka, a property on RabbitMQ.
    pub(in crate::publish) content_type: Cow<'e, str>,
    /// The event's id, also AMQP's `message_id`.
    pub(in crate::publish) id: &'e str,
    /// The event's CloudEvents type, also AMQP's `type`.
    pub(in crate::publish) kind: &'e str,
    /// Arrival, Unix seconds: AMQP's `timestamp`.
    pub(in crate::publish) received_s: u64,
    /// The message itself.
    pub(in crate::publish) value: Bytes,
}

/// Proof that every record of a delivery was confirmed by every sink that it was meant for:
/// acknowledged by all in-sync replicas (Kafka), or confirmed, persistent and not returned
/// (RabbitMQ). Only this folder can make one, and only one buys a 2xx.
///
/// ```compile_fail
/// let forged = hookferry::publish::Receipt(());
/// ```
#[derive(Debug)]
#[must_use = "a receipt is what a 2xx is made of"]
pub struct Receipt(());

/// Why a record is not known to be stored. Its words are metric labels and log fields.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The broker did not confirm in time. The record may yet be stored: a retry carries the same id.
    #[error("no confirmation before the deadline")]
    Timeout,
    /// There is no connection to the broker.
    #[error("the broker cannot be reached")]
    Unreachable,
    /// The broker was found to be down a moment ago, so it was not asked.
    #[error("the broker was down a moment ago")]
    CircuitOpen,
    /// The broker takes nothing from anyone for now: RabbitMQ's `connection.blocked`.
    #[error("the broker blocks publishers: a resource alarm")]
    Blocked,
    /// Our own queue towards the broker is full.
    #[error("too many records are waiting for the broker")]
    Overloaded,
    /// The broker did not take the record, and may take it later, in its own words: a negative
    /// acknowledgement, too few replicas in sync.
    #[error("the broker does not take it now: {0}")]
    Declined(String),
    /// RabbitMQ returned the message: no queue is bound for its routing key.
    #[error("no queue is bound for routing key {0:?}")]
    Unroutable(String),
    /// The record is larger than the broker takes.
    #[error("the record is larger than the broker takes")]
    TooLarge,
    /// The broker refused the record and will again until somebody changes something, in its own
    /// words: a missing topic, a missing right.
    #[error("the broker refused: {0}")]
    Refused(String),
    /// The spool holds as much as it may, or has held something for as long as it may.
    #[error("the spool is full")]
    SpoolFull,
    /// The spool's disk failed.
    #[error("the spool's disk failed: {0}")]
    SpoolFailed(String),
}

impl PublishError {
    /// A word from a closed set, for metric labels and replies.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::CircuitOpen => "circuit_open",
            Self::Blocked => "blocked",
            Self::Overloaded => "overloaded",
            Self::Declined(_) => "declined",
            Self::Unroutable(_) => "unroutable",
            Self::TooLarge => "too_large",
            Self::Refused(_) => "refused",
            Self::SpoolFull => "spool_full",
            Self::SpoolFailed(_) => "spool_failed",
        }
    }

    /// Whether the same record would fail again, whatever the state of the broker.
    pub const fn lasts(&self) -> bool {
        match self {
            Self::Unroutable(_) | Self::TooLarge | Self::Refused(_) => true,
            Self::Timeout
            | Self::Unreachable
            | Self::CircuitOpen
            | Self::Blocked
            | Self::Overloaded
            | Self::Declined(_)
            | Self::SpoolFull
            | Self::SpoolFailed(_) => false,
        }
    }
}

/// A broker that records are carried to.
///
/// `publish` returns `Ok` only for a record that is stored as [`Receipt`] says.
#[derive(Debug)]
pub enum Sink {
    Kafka(kafka::Kafka),
    Rabbitmq(rabbitmq::Rabbitmq),
}

impl Sink {
    pub fn name(&self) -> &str {
        match self {
            Self::Kafka(sink) => sink.name(),
            Self::Rabbitmq(sink) => sink.name(),
        }
    }

    /// `Ok` only once the broker has confirmed; an error by `deadline` at the latest.
    async fn confirm(&self, record: &Record<'_>, deadline: Instant) -> Result<(), PublishError> {
        match self {
            Self::Kafka(sink) => sink.confirm(record, deadline).await,
            Self::Rabbitmq(sink) => sink.confirm(record, deadline).await,
        }
    }

    /// Asks the broker itself whether it is there, within `deadline`.
    pub async fn probe(&self, deadline: Instant) -> Result<(), PublishError> {
        match self {
            Self::Kafka(sink) => sink.probe(deadline).await,
            Self::Rabbitmq(sink) => sink.probe(deadline).await,
        }
    }

    /// Ends only when what carries records to the broker has ended: a daemon that takes webhooks but
    /// has stopped connecting helps nobody, and a restart does.
    pub async fn ended(&self) {
        match self {
            // librdkafka's threads are its own; a producer that is dead is replaced.
            Self::Kafka(_) => std::future::pending().await,
            Self::Rabbitmq(sink) => sink.ended().await,
        }
    }

    /// Ends the connection; by then every request has its answer.
    pub async fn close(&self, deadline: Instant) {
        match self {
            Self::Kafka(sink) => sink.close(deadline).await,
            Self::Rabbitmq(sink) => sink.close(deadline).await,
        }
    }
}

/// A sink and how a source's events are placed there.
#[derive(Debug, Clone)]
pub struct Placement {
    pub sink: Arc<Sink>,
    pub route: Route,
}

/// Publishes every event at every placement. Only when all are confirmed is there a receipt.
///
/// # Errors
/// The first failure, by `deadline` at the latest. Other records may be stored all the same: a
/// retry brings them again under the same ids.
pub async fn publish(
    placements: &[Placement],
    events: &[Event],
    deadline: Instant,
) -> Result<Receipt, Unpublished> {
    if let ([placement], [event]) = (placements, events) {
        // By far the most: one event for one broker.
        confirm(placement, event, deadline).await?;
        return Ok(Receipt(()));
    }
    let confirms = placements
        .iter()
        .flat_map(|placement| events.iter().map(move |event| (placement, event)))
        .map(|(placement, event)| confirm(placement, event, deadline));
    // Polled in order, so that the records of a batch reach a broker in order.
    futures_util::future::try_join_all(confirms).await?;
    Ok(Receipt(()))
}

async fn confirm(
    placement: &Placement,
    event: &Event,
    deadline: Instant,
) -> Result<(), Unpublished> {
    let record = placement.route.record(event);
    let confirmed = placement.sink.confirm(&record, deadline).await;
    confirmed.map_err(|error| Unpublished {
        sink: Arc::clone(&placement.sink),
        error,
    })
}

/// A failure and the sink it happened at.
#[derive(Debug)]
pub struct Unpublished {
    pub sink: Arc<Sink>,
    pub error: PublishError,
}

impl fmt::Display for Unpublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sink {}: {}", self.sink.name(), self.error)
    }
}
