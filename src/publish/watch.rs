//! Seeing one's own messages arrive, for checks, without taking part in anything.
//!
//! On RabbitMQ a queue that is bound where events are published makes them routable: what no consumer has
//! a queue for would be confirmed, and lost with ours. So the queue stands behind an exchange of its own,
//! which is bound to the sink's and lets nothing through but messages with our run in their header: for
//! all others the broker's word is what it would be without us.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use futures_util::StreamExt as _;
use lapin::options::{
    BasicConsumeOptions, ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use lapin::{Channel, Connection, ExchangeKind};

use super::rabbitmq::{self, Tls};
use super::read::{Seen, connect, follow_kafka, seen_in_rabbitmq};
use super::route::CHECK;

/// Where messages arrive.
#[derive(Debug, Clone)]
pub enum Place {
    Kafka {
        brokers: String,
        properties: BTreeMap<String, String>,
        topic: String,
    },
    Rabbitmq {
        options: Box<rabbitmq::Options>,
        routing_key: String,
    },
}

impl Place {
    /// Hands each message of `run` to `each` until that breaks. `ready` is called once: what is published
    /// from then on is seen.
    ///
    /// # Errors
    /// The broker refuses, in its words, or the connection broke.
    pub async fn watch(
        &self,
        run: &str,
        ready: impl FnOnce(),
        mut each: impl FnMut(Seen) -> ControlFlow<()>,
    ) -> Result<(), String> {
        match self {
            Self::Kafka {
                brokers,
                properties,
                topic,
            } => {
                let own = |seen: Seen| {
                    let mut headers = seen.headers.iter();
                    if headers.any(|(name, value)| name == CHECK && value == run) {
                        return each(seen);
                    }
                    ControlFlow::Continue(())
                };
                follow_kafka(brokers, properties, topic, false, ready, own).await
            }
            Self::Rabbitmq {
                options,
                routing_key,
            } => {
                let rabbitmq::Options {
                    url, tls, exchange, ..
                } = options.as_ref();
                watch_rabbitmq((url, tls), exchange, routing_key, run, ready, each).await
            }
        }
    }

    /// As in `webhooks.github.push` or `exchange:github.push`.
    pub fn text(&self) -> String {
        match self {
            Self::Kafka { topic, .. } => topic.clone(),
            Self::Rabbitmq {
                options,
                routing_key,
            } => format!("{}:{routing_key}", options.exchange),
        }
    }

    /// Whether a queue of our own makes a message routable.
    pub fn is_routed(&self) -> bool {
        matches!(self, Self::Rabbitmq { .. })
    }
}

async fn watch_rabbitmq(
    (url, tls): (&str, &Tls),
    exchange: &str,
    routing_key: &str,
    run: &str,
    ready: impl FnOnce(),
    mut each: impl FnMut(Seen) -> ControlFlow<()>,
) -> Result<(), String> {
    let connection = connect(url, tls, "hookferry check").await?;
    let channel = connection.create_channel().await.map_err(fault)?;
    let queue = own_queue(&channel, exchange, routing_key, run).await?;
    let consuming = BasicConsumeOptions {
        // The queue goes with us, and holds a run's few messages.
        no_ack: true,
        exclusive: true,
        ..BasicConsumeOptions::default()
    };
    let none = FieldTable::default();
    let consumer = channel.basic_consume(queue, ShortString::default(), consuming, none);
    let mut consumer = consumer.await.map_err(fault)?;
    ready();
    while let Some(delivery) = consumer.next().await {
        let delivery = delivery.map_err(fault)?;
        if each(seen_in_rabbitmq(&delivery)).is_break() {
            leave(&connection).await;
            return Ok(());
        }
    }
    Err("RabbitMQ: the broker cancelled the reader".to_owned())
}

/// A queue behind an exchange, both named after the run and gone with the connection.
async fn own_queue(
    channel: &Channel,
    exchange: &str,
    routing_key: &str,
    run: &str,
) -> Result<ShortString, String> {
    let name = short(run)?;
    let passing = ExchangeDeclareOptions {
        auto_delete: true,
        internal: true,
        ..ExchangeDeclareOptions::default()
    };
    let none = FieldTable::default();
    channel
        .exchange_declare(name.clone(), ExchangeKind::Headers, passing, none)
        .await
        .map_err(fault)?;
    let own = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..QueueDeclareOptions::default()
    };
    channel
        .queue_declare(name.clone(), own, FieldTable::default())
        .await
        .map_err(fault)?;
    let mut only = FieldTable::default();
    let text = |text: &str| AMQPValue::LongString(LongString::from(text));
    only.insert(short("x-match")?, text("all"));
    only.insert(short(CHECK)?, text(run));
    channel
        .queue_bind(
            name.clone(),
            name.clone(),
            ShortString::default(),
            QueueBindOptions::default(),
            only,
        )
        .await
        .map_err(fault)?;
    // Last of all, so that the exchange never lets through what it should not.
    channel
        .exchange_bind(
            name.clone(),
            short(exchange)?,
            short(routing_key)?,
            ExchangeBindOptions::default(),
            FieldTable::default(),
        )
        .await
        .map_err(fault)?;
    Ok(name)
}

async fn leave(connection: &Connection) {
    // Queue and exchange go with the connection, whether or not the goodbye gets through.
    let _ = connection
        .close(lapin::protocol::constants::REPLY_SUCCESS, "OK".into())
        .await;
}

fn short(text: &str) -> Result<ShortString, String> {
    ShortString::try_new(text).map_err(|error| format!("RabbitMQ: {error}"))
}

fn fault(error: lapin::Error) -> String {
    format!("RabbitMQ: {error}")
}
