//! The brokers that there are, behind one face.

use tokio::time::Instant;

use super::kafka::Kafka;
use super::rabbitmq::Rabbitmq;
use super::{Landing, PublishError, Record};

/// The client of a broker.
///
/// `confirm` returns `Ok` only for a record that is stored as [`super::Receipt`] says.
#[derive(Debug)]
pub enum Broker {
    Kafka(Kafka),
    Rabbitmq(Rabbitmq),
}

impl Broker {
    pub fn name(&self) -> &str {
        match self {
            Self::Kafka(sink) => sink.name(),
            Self::Rabbitmq(sink) => sink.name(),
        }
    }

    /// What tracing systems call the broker, and where `record` goes there.
    pub(super) fn destination(&self, record: &Record<'_>) -> (&'static str, String) {
        match self {
            Self::Kafka(_) => ("kafka", record.topic.clone()),
            Self::Rabbitmq(sink) => ("rabbitmq", format!("{}:{}", sink.exchange(), record.topic)),
        }
    }

    /// `Ok` only once the broker has confirmed; an error by `deadline` at the latest.
    pub(super) async fn confirm(
        &self,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        match self {
            Self::Kafka(sink) => sink.confirm(record, deadline).await,
            Self::Rabbitmq(sink) => {
                let confirmed = sink.confirm(record, deadline).await;
                confirmed.map(|()| Landing::Rabbitmq)
            }
        }
    }

    /// Whether something else than the broker keeps a record waiting.
    pub(super) fn is_held_up(&self) -> bool {
        match self {
            Self::Kafka(sink) => sink.waits_for_registry(),
            Self::Rabbitmq(_) => false,
        }
    }

    /// Asks the broker itself whether it is there, within `deadline`.
    pub async fn probe(&self, deadline: Instant) -> Result<(), PublishError> {
        match self {
            Self::Kafka(sink) => sink.probe(deadline).await,
            Self::Rabbitmq(sink) => sink.probe(deadline).await,
        }
    }

    /// Nothing was confirmed for long: a client that is why is replaced.
    pub(super) fn doubt(&self) {
        match self {
            Self::Kafka(sink) => sink.doubt(),
            // Its connection ends without a heartbeat, and with a channel on which confirms are missing.
            Self::Rabbitmq(_) => {}
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
