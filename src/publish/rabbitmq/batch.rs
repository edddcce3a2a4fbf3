//! One channel: publish a batch, await all of its confirms, then judge.
//!
//! RabbitMQ sends `basic.return` for an unroutable message, then acknowledges it like any other
//! (<https://www.rabbitmq.com/docs/confirms#when-publishes-are-confirmed>). lapin gives a returned
//! message to whichever confirm it resolves next, and resolves the confirms that one multiple
//! acknowledgement covers in no order, so with several publishes in flight the confirm that carries
//! a returned message need not be its own. What can be relied on is the batch as a whole. lapin
//! queues a returned message while its own confirm is still unresolved, and every resolved confirm
//! takes one from that queue if there is one. Messages returned since the queue was last empty are
//! therefore never more than the confirms resolved since: once all confirms of a batch are in, the
//! queue is empty, and each message that the broker returned has come with one of them. Which
//! message that was, its routing key says: on one exchange, messages of one key go one way.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use lapin::options::BasicPublishOptions;
use lapin::protocol::AMQPSoftError;
use lapin::types::ShortString;
use lapin::{Channel, Confirmation, Connection, PublisherConfirm};
use tokio::sync::{Mutex, mpsc, watch};
use tracing::warn;

use super::exchange::{self, Fault, soft};
use super::job::{Job, Message, Waiting};
use crate::publish::PublishError;

/// `mandatory`, or the broker would confirm a message that no queue takes and drop it.
const MANDATORY: BasicPublishOptions = BasicPublishOptions {
    mandatory: true,
    immediate: false,
};
/// How long what the broker took before an alarm may take to be confirmed: RabbitMQ writes its
/// queues to disk every few ten milliseconds.
const CONFIRMS_AFTER_ALARM: Duration = Duration::from_millis(250);

/// One channel and where its work comes from.
pub(super) struct Worker {
    pub(super) sink: String,
    pub(super) connection: Arc<Connection>,
    pub(super) channel: Channel,
    pub(super) exchange: ShortString,
    pub(super) jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
    pub(super) batch_max: usize,
    /// Whether the broker blocks publishers.
    pub(super) blocked: watch::Receiver<bool>,
}

impl Worker {
    /// Publishes what waits, `batch_max` at a time, until the connection breaks or the exchange is
    /// gone for good.
    pub(super) async fn work(mut self) -> Result<(), Fault> {
        let mut jobs = Vec::with_capacity(self.batch_max);
        let mut messages = Vec::with_capacity(self.batch_max);
        let mut waiting = Vec::with_capacity(self.batch_max);
        loop {
            let mut queue = self.jobs.lock().await;
            if queue.recv_many(&mut jobs, self.batch_max).await == 0 {
                return Ok(());
            }
            drop(queue);
            // A requester whose deadline has passed has said 503; its record need not be sent.
            for job in jobs.drain(..).filter(|job| !job.waiting.is_gone()) {
                messages.push(job.message);
                waiting.push(job.waiting);
            }
            if self.connection.status().blocked() {
                // lapin would keep them until the alarm is over.
                messages.clear();
                settle_all(&mut waiting, &PublishError::Blocked);
                continue;
            }
            match self.confirmed(&mut messages, &mut waiting).await {
                Ok(verdicts) => judge(&mut waiting, verdicts),
                Err(error) => {
                    // Some of the batch may be stored: unless all confirms came, nobody knows which.
                    give_up(&mut waiting, &error);
                    if !self.connection.status().connected() {
                        return Err(error.into());
                    }
                    warn!(sink = self.sink, %error, "the broker closed a channel, opening another");
                    self.channel = exchange::open(&self.connection, &self.exchange).await?;
                }
            }
            messages.clear();
        }
    }

    /// Sends the batch. When an alarm comes while it is under way, those who wait are told so as soon
    /// as what the broker took before should be confirmed; the messages stay, for lapin has begun to
    /// write them, and the broker may store them once the alarm is over.
    async fn confirmed(
        &mut self,
        messages: &mut [Message],
        waiting: &mut Vec<Waiting>,
    ) -> lapin::Result<Vec<Confirmation>> {
        let mut publishing = pin!(publish(&self.channel, &self.exchange, messages));
        tokio::select! {
            biased;
            outcome = &mut publishing => return outcome,
            () = stays_blocked(&mut self.blocked) => {}
        }
        settle_all(waiting, &PublishError::Blocked);
        publishing.await
    }
}

/// Ends once publishers have been blocked for [`CONFIRMS_AFTER_ALARM`].
async fn stays_blocked(blocked: &mut watch::Receiver<bool>) {
    loop {
        if blocked.wait_for(|blocked| *blocked).await.is_err() {
            // The supervisor has gone and takes this task with it.
            return std::future::pending().await;
        }
        let over = blocked.wait_for(|blocked| !*blocked);
        if tokio::time::timeout(CONFIRMS_AFTER_ALARM, over)
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Sends the whole batch and awaits all of its confirms.
async fn publish(
    channel: &Channel,
    exchange: &ShortString,
    messages: &mut [Message],
) -> lapin::Result<Vec<Confirmation>> {
    let sends = messages.iter_mut().map(|message| {
        let properties = std::mem::take(&mut message.properties);
        let (routing_key, value) = (message.routing_key.clone(), &message.value);
        channel.basic_publish(exchange.clone(), routing_key, MANDATORY, value, properties)
    });
    // lapin queues a message's frames when its future is first polled, and resolves it when they
    // are written. Awaiting each before the next would cost a turn of the I/O thread per message,
    // so all are polled once, in order; the waker is not needed, each is awaited below.
    let mut sending = Vec::with_capacity(sends.len());
    for send in sends {
        let mut send = Box::pin(send);
        let first = send.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        sending.push(match first {
            Poll::Ready(confirm) => Sending::Done(confirm?),
            Poll::Pending => Sending::Under(send),
        });
    }
    let mut confirms = Vec::with_capacity(sending.len());
    // The last one first, here and below: when it is in, the others mostly are, and the task is
    // woken once for a batch instead of once for each message.
    for send in sending.into_iter().rev() {
        confirms.push(match send {
            Sending::Done(confirm) => confirm,
            Sending::Under(send) => send.await?,
        });
    }
    let mut confirmations = Vec::with_capacity(confirms.len());
    for confirm in confirms {
        confirmations.push(confirm.await?);
    }
    confirmations.reverse();
    Ok(confirmations)
}

enum Sending<F> {
    Under(Pin<Box<F>>),
    Done(PublisherConfirm),
}

/// Answers each of a batch whose confirms are all in, as the module's text says.
fn judge(waiting: &mut Vec<Waiting>, confirmations: Vec<Confirmation>) {
    let mut returned = Vec::new();
    let mut accepted = Vec::with_capacity(confirmations.len());
    for confirmation in confirmations {
        accepted.push(confirmation.is_ack());
        returned.extend(
            confirmation
                .take_message()
                .map(|message| message.delivery.routing_key),
        );
    }
    for (one, accepted) in waiting.drain(..).zip(accepted) {
        let verdict = if returned.contains(&one.routing_key) {
            Err(PublishError::Unroutable(one.routing_key.to_string()))
        } else if accepted {
            Ok(())
        } else {
            Err(PublishError::Declined(
                "negative acknowledgement".to_owned(),
            ))
        };
        one.settle(verdict);
    }
}

fn settle_all(waiting: &mut Vec<Waiting>, error: &PublishError) {
    for one in waiting.drain(..) {
        one.settle(Err(error.clone()));
    }
}

/// Answers a batch whose channel failed.
fn give_up(waiting: &mut Vec<Waiting>, error: &lapin::Error) {
    let Some((kind, words)) = soft(error) else {
        return settle_all(waiting, &PublishError::Unreachable);
    };
    let verdict = whole(&kind, &words);
    let longest = waiting.iter().map(|one| one.value_bytes).max();
    for one in waiting.drain(..) {
        let guilty = match &verdict {
            Whole::All(error) => Some(error.clone()),
            Whole::Longest => (Some(one.value_bytes) == longest).then_some(PublishError::TooLarge),
            Whole::Named => words
                .contains(&format!("'{}'", one.routing_key))
                .then(|| PublishError::Refused(words.clone())),
        };
        // Its neighbours may be sent again.
        one.settle(Err(guilty.unwrap_or(PublishError::Unreachable)));
    }
}

/// Whom a batch's failure is about: the broker closes a channel over one message, and does not say
/// which in a way that a program is meant to read.
enum Whole {
    All(PublishError),
    /// It is beyond max_message_size.
    Longest,
    /// The one whose routing key stands in the words.
    Named,
}

fn whole(kind: &AMQPSoftError, words: &str) -> Whole {
    match kind {
        // The exchange is declared anew before the next batch.
        AMQPSoftError::NOTFOUND => Whole::All(PublishError::Declined(words.to_owned())),
        // A right to a routing key of a topic exchange, not to the exchange.
        AMQPSoftError::ACCESSREFUSED if words.contains("access to topic") => Whole::Named,
        AMQPSoftError::PRECONDITIONFAILED if words.contains("larger than configured max size") => {
            Whole::Longest
        }
        AMQPSoftError::ACCESSREFUSED
        | AMQPSoftError::PRECONDITIONFAILED
        | AMQPSoftError::CONTENTTOOLARGE
        | AMQPSoftError::NOROUTE
        | AMQPSoftError::NOCONSUMERS
        | AMQPSoftError::RESOURCELOCKED => Whole::All(PublishError::Refused(words.to_owned())),
    }
}
