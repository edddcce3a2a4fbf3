//! The dead letters in a RabbitMQ queue: each is taken, and goes back unless its new message was
//! confirmed. A reader that is killed at any point leaves all that it has not acknowledged.

use std::collections::BTreeSet;
use std::time::Duration;

use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Connection};
use tokio::time::{Instant, timeout};

use super::Shelf;
use crate::publish::rabbitmq::Options;
use crate::publish::read::{Seen, connect, seen_in_rabbitmq};

/// How long the broker may take to answer.
const ASK_WITHIN: Duration = Duration::from_secs(10);
/// So many messages are put back at a time. A quorum queue is told of some 32 at once; what comes
/// while it has not taken them in is put back in any order.
const BACK_MAX: usize = 16;
/// How long it may take to take them in.
const BACK_WITHIN: Duration = Duration::from_secs(1);

pub(super) struct Queue {
    connection: Connection,
    channel: Channel,
    name: ShortString,
    /// Messages that were there when the reading began and are not yet read.
    left: u32,
    /// The tags of what is taken and not settled.
    held: BTreeSet<u64>,
    /// How often one of them has been delivered and put back: quorum queues count it.
    deliveries: i64,
}

impl Queue {
    /// Finds the queue, which must be there.
    ///
    /// # Errors
    /// The broker cannot be reached, or refuses, or has no such queue.
    pub(super) async fn open(options: &Options, queue: &str) -> Result<Self, String> {
        let name = ShortString::try_new(queue)
            .map_err(|_| "RabbitMQ: a queue's name has at most 255 bytes".to_owned())?;
        let connecting = connect(&options.url, &options.tls, "hookferry replay");
        let connection = within(connecting).await??;
        let channel = asked(connection.create_channel()).await?;
        let left = count(&channel, &name).await?;
        Ok(Self {
            connection,
            channel,
            name,
            left,
            held: BTreeSet::new(),
            deliveries: 0,
        })
    }
}

impl Queue {
    async fn put_back(&self) -> Result<(), String> {
        let back = BasicNackOptions {
            multiple: false,
            requeue: true,
        };
        let held: Vec<_> = self.held.iter().copied().collect();
        if held.is_empty() {
            return Ok(());
        }
        let mut there = count(&self.channel, &self.name).await?;
        let mut is_alone = true;
        for tags in held.chunks(BACK_MAX) {
            for tag in tags {
                asked(self.channel.basic_nack(*tag, back)).await?;
                there = there.saturating_add(1);
            }
            let deadline = Instant::now() + BACK_WITHIN;
            while is_alone && count(&self.channel, &self.name).await? < there {
                // Somebody else takes them as they come, so there is no order to keep.
                is_alone = Instant::now() < deadline;
            }
        }
        Ok(())
    }
}

/// How many messages are in the queue, which must be there, and nobody's.
async fn count(channel: &Channel, queue: &ShortString) -> Result<u32, String> {
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let declared = channel.queue_declare(queue.clone(), passive, FieldTable::default());
    Ok(asked(declared).await?.message_count())
}

impl Shelf for Queue {
    /// The delivery's tag.
    type Ticket = u64;

    /// One at a time: a consumer would be sent more than is looked at.
    async fn next(&mut self) -> Result<Option<(Seen, u64)>, String> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let getting = (self.channel).basic_get(self.name.clone(), BasicGetOptions::default());
        let Some(got) = asked(getting).await? else {
            return Ok(None);
        };
        self.deliveries = self.deliveries.max(deliveries(&got.delivery));
        let tag = got.delivery.delivery_tag;
        self.held.insert(tag);
        Ok(Some((seen_in_rabbitmq(&got.delivery), tag)))
    }

    async fn settle(&mut self, tag: u64) -> Result<(), String> {
        asked(self.channel.basic_ack(tag, BasicAckOptions::default())).await?;
        self.held.remove(&tag);
        Ok(())
    }

    /// Puts all that is not settled back to where it was, in order.
    async fn close(self) -> Result<Vec<String>, String> {
        self.put_back().await?;
        let ok = lapin::protocol::constants::REPLY_SUCCESS;
        // Once it has answered, it has dealt with all that was sent before.
        asked(self.channel.close(ok, "OK".into())).await?;
        asked(self.connection.close(ok, "OK".into())).await?;
        let mut notes = Vec::new();
        if self.deliveries > 0 {
            notes.push(format!(
                "this is a quorum queue, and has delivered some of these messages {} times: RabbitMQ counts \
                 each look, and drops a message beyond the queue's delivery-limit, 20 by default from \
                 RabbitMQ 4.0: set it to -1 there",
                self.deliveries
            ));
        }
        Ok(notes)
    }
}

fn deliveries(delivery: &Delivery) -> i64 {
    let headers = delivery.properties.headers().as_ref();
    let count = headers.and_then(|headers| headers.inner().get("x-delivery-count"));
    match count {
        Some(AMQPValue::LongLongInt(count)) => *count,
        Some(AMQPValue::LongInt(count)) => i64::from(*count),
        Some(AMQPValue::ShortInt(count)) => i64::from(*count),
        _ => 0,
    }
}

async fn asked<T>(question: impl Future<Output = lapin::Result<T>>) -> Result<T, String> {
    within(question)
        .await?
        .map_err(|error| format!("RabbitMQ: {error}"))
}

async fn within<T>(question: impl Future<Output = T>) -> Result<T, String> {
    let answer = timeout(ASK_WITHIN, question).await;
    answer.map_err(|_| "RabbitMQ: it does not answer".to_owned())
}
