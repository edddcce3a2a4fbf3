//! What `hookferry dev` needs of brokers: one to start with nothing installed, and on RabbitMQ a
//! queue that keeps what is published.

use std::fmt;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, ExchangeKind};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::rabbitmq::parse_url;

/// A Kafka-protocol broker inside this process: librdkafka's mock cluster. In memory, on
/// loopback, for librdkafka's clients (kcat among them); it drops old records beyond 5 MB a
/// partition without a word. It ends when dropped.
pub struct EmbeddedKafka(MockCluster<'static, DefaultProducerContext>);

impl EmbeddedKafka {
    /// Starts it on a free port of loopback.
    ///
    /// # Errors
    /// librdkafka's text.
    pub fn start() -> Result<Self, String> {
        MockCluster::new(1)
            .map(Self)
            .map_err(|error| format!("the embedded broker does not start: {error}"))
    }

    /// Where it listens, as `host:port`.
    pub fn address(&self) -> String {
        self.0.bootstrap_servers()
    }
}

impl fmt::Debug for EmbeddedKafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmbeddedKafka({})", self.address())
    }
}

/// Declares the topic exchange and a durable queue that gets everything published to it: an event
/// that no queue is bound for would be returned, and so answered 503.
///
/// # Errors
/// The broker's or lapin's text.
pub async fn keep_all(url: &str, exchange: &str, queue: &str) -> Result<(), String> {
    let fault = |error: lapin::Error| format!("RabbitMQ: {error}");
    let properties = ConnectionProperties::default().with_connection_name("hookferry dev".into());
    let connection = Connection::connect_uri(parse_url(url)?, properties)
        .await
        .map_err(fault)?;
    let channel = connection.create_channel().await.map_err(fault)?;
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let table = FieldTable::default();
    channel
        .exchange_declare(exchange.into(), ExchangeKind::Topic, durable, table.clone())
        .await
        .map_err(fault)?;
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    channel
        .queue_declare(queue.into(), durable, table.clone())
        .await
        .map_err(fault)?;
    let bind = QueueBindOptions::default();
    channel
        .queue_bind(queue.into(), exchange.into(), "#".into(), bind, table)
        .await
        .map_err(fault)?;
    connection.close(200, "done".into()).await.map_err(fault)
}
