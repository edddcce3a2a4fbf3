//! Stage 4: the broker's word. Nothing here is believed until a broker has said it.
//!
//! `rdkafka` and `lapin` are named in this folder only.

mod broker;
mod circuit;
pub mod dead_letter;
pub mod dev;
pub mod encode;
pub mod kafka;
mod landing;
mod pace;
pub mod rabbitmq;
pub mod read;
mod record;
pub mod registry;
pub mod replay;
pub mod route;
mod routing;
mod sink;
pub mod spool;
pub mod watch;

use std::fmt;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use futures_util::future::join_all;
use tokio::time::Instant;

pub use broker::Broker;
pub use dead_letter::DeadLetters;
pub use landing::{Landed, Landing, Landings};
pub use pace::COALESCE_MS_DEFAULT;
pub use record::{Kept, Record};
pub use route::{Route, Topics};
pub use routing::{Fit, Parcel, Routing, Rule, Way, first_fit};
pub use sink::{Sink, SinkOptions};

/// Proof that every record of a delivery is stored for every sink that it was meant for: in the
/// broker, acknowledged by all in-sync replicas (Kafka) or confirmed, persistent and not returned
/// (RabbitMQ); or on the spool's disk, synced. Only this folder can make one, and only one buys a
/// 2xx.
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
    #[error(
        "the record is larger than the broker takes: raise its limit, or let less of the data go on with edit \
         (large data is not kept elsewhere: there is no claim check)"
    )]
    TooLarge,
    /// The broker refused the record and will again until somebody changes something, in its own
    /// words: a missing topic, a missing right.
    #[error("the broker refused: {0}")]
    Refused(String),
    /// The schema registry has not said which schema the record has: it is down, or somebody has to
    /// register one.
    #[error("the schema registry {0}")]
    Registry(String),
    /// The data is not as the schema says that is registered for its topic.
    #[error("the data does not fit the schema of subject {subject}")]
    SchemaMismatch {
        subject: String,
        /// Where it differs; it quotes no value, but may hold names of the data's members.
        detail: String,
    },
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
            Self::Registry(_) => "registry",
            Self::SchemaMismatch { .. } => "schema_mismatch",
            Self::SpoolFull => "spool_full",
            Self::SpoolFailed(_) => "spool_failed",
        }
    }

    /// Whether the same record would fail again, whatever the state of the broker.
    pub const fn lasts(&self) -> bool {
        match self {
            Self::Unroutable(_)
            | Self::TooLarge
            | Self::Refused(_)
            | Self::SchemaMismatch { .. } => true,
            Self::Timeout
            | Self::Unreachable
            | Self::CircuitOpen
            | Self::Blocked
            | Self::Overloaded
            | Self::Declined(_)
            | Self::Registry(_)
            | Self::SpoolFull
            | Self::SpoolFailed(_) => false,
        }
    }

    /// What a dead letter says beside the label.
    const fn detail(&self) -> Option<&String> {
        if let Self::SchemaMismatch { detail, .. } = self {
            Some(detail)
        } else {
            None
        }
    }
}

/// How many events of one delivery wait for the brokers' word at a time: a batch of thousands leaves room for others.
const TOGETHER_MAX: usize = 64;

/// A sink and how a source's events are placed there.
#[derive(Debug, Clone)]
pub struct Placement {
    pub sink: Arc<Sink>,
    pub route: Route,
}

/// Publishes every event at every placement of its own. Only when all are confirmed is there a receipt.
///
/// # Errors
/// The first failure, by `deadline` at the latest. Other records may be stored all the same: a
/// retry brings them again under the same ids.
pub async fn publish(parcels: &[Parcel], deadline: Instant) -> Result<Receipt, Unpublished> {
    // By far the most: one event.
    if let [parcel] = parcels {
        everywhere(parcel, deadline).await?;
        return Ok(Receipt(()));
    }
    // Begun in order, so that the records of a batch reach a broker in order.
    let all = futures_util::stream::iter(parcels.iter().map(Ok));
    let each = |parcel| everywhere(parcel, deadline);
    all.try_for_each_concurrent(TOGETHER_MAX, each).await?;
    Ok(Receipt(()))
}

/// Publishes one event. What one sink refuses, the others are asked for to the end.
async fn everywhere(parcel: &Parcel, deadline: Instant) -> Result<(), Unpublished> {
    if let [placement] = parcel.to() {
        return confirm(parcel, (0, placement), deadline).await;
    }
    let placements = parcel.to().iter().enumerate();
    let all = join_all(placements.map(|place| confirm(parcel, place, deadline)));
    all.await.into_iter().collect()
}

/// Publishes one event at one of its placements, and tells where it has landed.
async fn confirm(
    parcel: &Parcel,
    (at, placement): (usize, &Placement),
    deadline: Instant,
) -> Result<(), Unpublished> {
    let stored = placement
        .sink
        .store(&placement.route, parcel.event(), deadline);
    let landed = stored.await.map_err(|error| Unpublished {
        sink: Arc::clone(&placement.sink),
        error,
    })?;
    parcel.tell(at, landed);
    Ok(())
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
