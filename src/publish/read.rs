//! Reading back what was published, for `hookferry tail`. Nothing is committed or taken away.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Connection, ConnectionProperties};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::task::spawn_blocking;
use tracing::debug;

use super::kafka::without_value;
use super::rabbitmq::{Tls, parse_url};

/// How long a broker may take to answer a question.
const BROKER_TIMEOUT: Duration = Duration::from_secs(5);
/// How often new topics are looked for.
const LOOK: Duration = Duration::from_millis(1000);

/// Messages that RabbitMQ may send ahead of their acknowledgement: lapin queues them without bound.
const PREFETCH: u16 = 64;

/// A message as a reader finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `topic/partition@offset`, or `exchange:routing.key`.
    pub place: String,
    /// Kafka's key, or RabbitMQ's header `partitionkey`.
    pub key: Option<String>,
    /// Protocol headers in the order they came, bytes that are not UTF-8 replaced.
    pub headers: Vec<(String, String)>,
    /// The media type of `value`, empty if the message says none.
    pub content_type: String,
    /// The message itself.
    pub value: Vec<u8>,
}

/// Hands each record of `topics` to `each` until it breaks: names with commas between, in which a
/// `*` at the end stands for any ending. Topics that appear later are followed too, and are read
/// whole. `ready` is called once; what is published from then on is seen.
///
/// # Errors
/// The configuration is not one, or the broker refuses; the text is librdkafka's.
pub async fn follow_kafka(
    brokers: &str,
    properties: &BTreeMap<String, String>,
    topics: &str,
    from_beginning: bool,
    ready: impl FnOnce(),
    mut each: impl FnMut(Seen) -> ControlFlow<()>,
) -> Result<(), String> {
    let consumer = client(brokers, properties).create();
    let consumer: Arc<StreamConsumer> = Arc::new(consumer.map_err(|error| kafka_fault(&error))?);
    let mut search = Search {
        names: topics
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect(),
        known: BTreeSet::new(),
        start: if from_beginning {
            Offset::Beginning
        } else {
            Offset::End
        },
    };
    let mut ready = Some(ready);
    let mut look = tokio::time::interval(LOOK);
    loop {
        let message = tokio::select! {
            message = consumer.recv() => message,
            _ = look.tick() => {
                let asked = Arc::clone(&consumer);
                // Asking blocks.
                let found = spawn_blocking(move || {
                    let found = search.new_partitions(&asked);
                    (search, found)
                });
                let (back, found) = found.await.map_err(|error| error.to_string())?;
                search = back;
                match found {
                    Ok(found) => {
                        consumer
                            .incremental_assign(&found)
                            .map_err(|error| kafka_fault(&error))?;
                        if let Some(ready) = ready.take() {
                            ready();
                        }
                    }
                    Err(error) if passes(&error) => debug!(%error, "waiting for Kafka"),
                    Err(error) => return Err(kafka_fault(&error)),
                }
                continue;
            }
        };
        match message {
            Ok(message) => {
                if each(seen_in_kafka(&message)).is_break() {
                    return Ok(());
                }
            }
            Err(error) if passes(&error) => debug!(%error, "waiting for Kafka"),
            Err(error) => return Err(kafka_fault(&error)),
        }
    }
}

/// What a reader is made of.
pub(super) fn client(brokers: &str, properties: &BTreeMap<String, String>) -> ClientConfig {
    let mut config = ClientConfig::new();
    for (property, value) in properties {
        config.set(property, value);
    }
    config
        .set("bootstrap.servers", brokers)
        // librdkafka wants a name. The group is never joined: partitions are taken by hand, which
        // needs no right to a group, takes nothing from other readers, and works on brokers that
        // tell a group nothing of new topics.
        .set("group.id", "hookferry-tail")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "earliest")
        .set("allow.auto.create.topics", "false")
        .set("reconnect.backoff.max.ms", "1000");
    config
}

/// The partitions that are read, and which topics are looked for.
struct Search {
    names: Vec<String>,
    known: BTreeSet<(String, i32)>,
    /// Where the partitions that are found first are read from; later ones are new, and read whole.
    start: Offset,
}

impl Search {
    /// The partitions that have appeared since it was last asked, with their offsets. The end of a
    /// partition is asked for now: left to the consumer, it would be found some time later, behind
    /// records that were to be seen.
    fn new_partitions(
        &mut self,
        consumer: &StreamConsumer,
    ) -> Result<TopicPartitionList, KafkaError> {
        let metadata = consumer.fetch_metadata(None, BROKER_TIMEOUT)?;
        let mut found = TopicPartitionList::new();
        for topic in metadata
            .topics()
            .iter()
            .filter(|topic| self.wants(topic.name()))
        {
            for partition in topic.partitions() {
                let place = (topic.name().to_owned(), partition.id());
                if self.known.contains(&place) {
                    continue;
                }
                let offset = if self.start == Offset::End {
                    let ends = consumer.fetch_watermarks(&place.0, place.1, BROKER_TIMEOUT)?;
                    Offset::Offset(ends.1)
                } else {
                    self.start
                };
                found.add_partition_offset(&place.0, place.1, offset)?;
            }
        }
        self.known.extend(
            found
                .elements()
                .iter()
                .map(|element| (element.topic().to_owned(), element.partition())),
        );
        self.start = Offset::Beginning;
        Ok(found)
    }

    fn wants(&self, topic: &str) -> bool {
        self.names.iter().any(|name| match name.strip_suffix('*') {
            Some(start) => topic.starts_with(start),
            None => topic == name,
        })
    }
}

/// Hands each message of `exchange` whose routing key `binding_key` matches (`#` for all) to
/// `each` until it breaks. `ready` is called once the queue is bound: what is published from then
/// on is seen.
///
/// # Errors
/// The URL is not one, the broker cannot be reached or refuses, or the connection broke.
pub async fn follow_rabbitmq(
    url: &str,
    tls: &Tls,
    exchange: &str,
    binding_key: &str,
    ready: impl FnOnce(),
    mut each: impl FnMut(Seen) -> ControlFlow<()>,
) -> Result<(), String> {
    let fault = |error: lapin::Error| format!("RabbitMQ: {error}");
    let connection = connect(url, tls, "hookferry tail").await?;
    let channel = connection.create_channel().await.map_err(fault)?;
    channel
        .basic_qos(PREFETCH, BasicQosOptions::default())
        .await
        .map_err(fault)?;
    let queue = bind_own_queue(&channel, exchange, binding_key).await?;
    let mut consumer = channel
        .basic_consume(
            queue,
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await
        .map_err(fault)?;
    ready();
    while let Some(delivery) = consumer.next().await {
        let delivery = delivery.map_err(fault)?;
        let done = each(seen_in_rabbitmq(&delivery)).is_break();
        delivery
            .acker
            .ack(BasicAckOptions::default())
            .await
            .map_err(fault)?;
        if done {
            // The queue goes with the connection, whether or not the goodbye gets through.
            let _ = connection
                .close(lapin::protocol::constants::REPLY_SUCCESS, "OK".into())
                .await;
            return Ok(());
        }
    }
    Err("RabbitMQ: the broker cancelled the reader".to_owned())
}

/// Connects a reader that RabbitMQ lists as `name`.
pub(super) async fn connect(url: &str, tls: &Tls, name: &str) -> Result<Connection, String> {
    let uri = parse_url(url)?;
    let fault = |error: lapin::Error| format!("RabbitMQ: {error}");
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let runtime = lapin::runtime::default_runtime().map_err(fault)?;
    Connection::connect_uri_with_config(uri, properties, tls.config(), runtime)
        .await
        .map_err(fault)
}

/// Whether librdkafka goes on by itself: the topic is not there yet, or the broker is away.
pub(super) fn passes(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::UnknownTopicOrPartition
                | RDKafkaErrorCode::UnknownTopic
                | RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::LeaderNotAvailable
                | RDKafkaErrorCode::Resolve
        )
    )
}

pub(super) fn seen_in_kafka(message: &BorrowedMessage<'_>) -> Seen {
    let headers: Vec<(String, String)> = message.headers().map_or_else(Vec::new, |headers| {
        headers
            .iter()
            .map(|header| {
                (
                    header.key.to_owned(),
                    text(header.value.unwrap_or_default()),
                )
            })
            .collect()
    });
    let content_type = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map_or_else(String::new, |(_, value)| value.clone());
    Seen {
        place: format!(
            "{}/{}@{}",
            message.topic(),
            message.partition(),
            message.offset()
        ),
        key: message.key().map(text),
        headers,
        content_type,
        value: message.payload().unwrap_or_default().to_vec(),
    }
}

/// Declares a queue that lives as long as the connection, and binds it.
async fn bind_own_queue(
    channel: &Channel,
    exchange: &str,
    binding_key: &str,
) -> Result<ShortString, String> {
    let fault = |error: lapin::Error| format!("RabbitMQ: {error}");
    let short =
        |text: &str| ShortString::try_new(text).map_err(|error| format!("RabbitMQ: {error}"));
    let own = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..QueueDeclareOptions::default()
    };
    let queue = channel
        .queue_declare(ShortString::default(), own, FieldTable::default())
        .await
        .map_err(fault)?;
    let name = queue.name().clone();
    let (exchange, key) = (short(exchange)?, short(binding_key)?);
    channel
        .queue_bind(
            name.clone(),
            exchange,
            key,
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
        .map_err(fault)?;
    Ok(name)
}

pub(super) fn seen_in_rabbitmq(delivery: &Delivery) -> Seen {
    let properties = &delivery.properties;
    let headers: Vec<(String, String)> =
        properties
            .headers()
            .as_ref()
            .map_or_else(Vec::new, |headers| {
                headers
                    .inner()
                    .iter()
                    .map(|(name, value)| (name.to_string(), header_text(value)))
                    .collect()
            });
    let key = headers
        .iter()
        .find(|(name, _)| name == "partitionkey")
        .map(|(_, value)| value.clone());
    Seen {
        place: format!("{}:{}", delivery.exchange, delivery.routing_key),
        key,
        headers,
        content_type: properties
            .content_type()
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        value: delivery.data.clone(),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "our headers are strings; what other publishers send is shown as it is"
)]
fn header_text(value: &AMQPValue) -> String {
    match value {
        AMQPValue::LongString(value) => text(value.as_bytes()),
        AMQPValue::ShortString(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// librdkafka's words without a property's value, which may be a password.
pub(super) fn kafka_fault(error: &KafkaError) -> String {
    format!("Kafka: {}", without_value(error))
}
