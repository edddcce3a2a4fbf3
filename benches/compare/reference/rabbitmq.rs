//! The confirm is awaited, and whether the message was returned before it. lapin hands returned messages to confirms in
//! order of arrival, so that only with one publish in flight on a channel each gets its own verdict: hence a pool of them.

use http::HeaderMap;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::ShortString;
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use tokio::sync::{Mutex, Semaphore};

use super::{Told, header};

/// More are no faster: docs/rabbitmq.md.
const CHANNELS: usize = 64;

pub struct RabbitMq {
    connection: Connection,
    exchange: ShortString,
    free: Mutex<Vec<Channel>>,
    permits: Semaphore,
}

impl RabbitMq {
    pub async fn new(told: &Told) -> Self {
        let connection = Connection::connect(&told.rabbitmq, ConnectionProperties::default());
        Self {
            connection: connection.await.expect("RabbitMQ"),
            exchange: told.name.as_str().into(),
            free: Mutex::new(Vec::new()),
            permits: Semaphore::new(CHANNELS),
        }
    }

    /// A channel that failed is dropped, and the next one that is needed is new.
    pub async fn publish(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), ()> {
        let _permit = self.permits.acquire().await.map_err(drop)?;
        let free = self.free.lock().await.pop();
        let channel = match free {
            Some(channel) => channel,
            None => self.open().await.map_err(drop)?,
        };
        let verdict = self.confirm(&channel, headers, body).await.map_err(drop)?;
        self.free.lock().await.push(channel);
        match verdict {
            Confirmation::Ack(None) => Ok(()),
            Confirmation::Ack(Some(_)) | Confirmation::Nack(_) | Confirmation::NotRequested => {
                Err(())
            }
        }
    }

    async fn open(&self) -> lapin::Result<Channel> {
        let channel = self.connection.create_channel().await?;
        channel
            .confirm_select(ConfirmSelectOptions::default())
            .await?;
        Ok(channel)
    }

    async fn confirm(
        &self,
        channel: &Channel,
        headers: &HeaderMap,
        body: &[u8],
    ) -> lapin::Result<Confirmation> {
        let text = |name| String::from_utf8_lossy(header(headers, name)).into_owned();
        let properties = BasicProperties::default()
            .with_delivery_mode(2)
            .with_content_type("application/json".into())
            .with_message_id(text("x-github-delivery").into());
        let mandatory = BasicPublishOptions {
            mandatory: true,
            ..BasicPublishOptions::default()
        };
        let key = text("x-github-event").into();
        channel
            .basic_publish(self.exchange.clone(), key, mandatory, body, properties)
            .await?
            .await
    }
}
