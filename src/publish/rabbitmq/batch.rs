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

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Confirmation, Connection, ErrorKind, ExchangeKind, PublisherConfirm};
use tokio::sync::{Mutex, mpsc};
use tracing::warn;

use super::{Job, failure};
use crate::publish::PublishError;

/// `mandatory`, or the broker would confirm a message that no queue takes and drop it.
const MANDATORY: BasicPublishOptions = BasicPublishOptions {
    mandatory: true,
    immediate: false,
};

/// Opens a channel that confirms, with the exchange in place.
///
/// # Errors
/// The connection broke, or the broker refuses the exchange: it exists with another type, or the
/// user may not configure it.
pub(super) async fn open(
    connection: &Connection,
    exchange: &ShortString,
) -> lapin::Result<Channel> {
    let channel = connection.create_channel().await?;
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(
            exchange.clone(),
            ExchangeKind::Topic,
            durable,
            FieldTable::default(),
        )
        .await?;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    Ok(channel)
}

/// Publishes what waits in `jobs`, `batch_max` at a time, until the connection breaks.
pub(super) async fn work(
    connection: Arc<Connection>,
    mut channel: Channel,
    exchange: ShortString,
    jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
    batch_max: usize,
) -> lapin::Result<()> {
    let mut batch = Vec::with_capacity(batch_max);
    loop {
        if jobs.lock().await.recv_many(&mut batch, batch_max).await == 0 {
            return Ok(());
        }
        // A requester whose deadline has passed has said 503; its record need not be sent.
        batch.retain(|job| !job.answer.is_closed());
        match publish(&channel, &exchange, &mut batch).await {
            Ok(verdicts) => judge(&mut batch, verdicts),
            Err(error) => {
                // Some of the batch may be stored: unless all confirms came, nobody knows which.
                give_up(&mut batch, &error);
                if !connection.status().connected() {
                    return Err(error);
                }
                warn!(%error, "the broker closed a channel, opening another");
                channel = open(&connection, &exchange).await?;
            }
        }
    }
}

/// Sends the whole batch and awaits all of its confirms.
async fn publish(
    channel: &Channel,
    exchange: &ShortString,
    batch: &mut [Job],
) -> lapin::Result<Vec<Confirmation>> {
    let sends = batch.iter_mut().map(|job| {
        let properties = std::mem::take(&mut job.properties);
        let (routing_key, value) = (job.routing_key.clone(), &job.value);
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

/// Answers each job of a batch whose confirms are all in, as the module's text says.
fn judge(batch: &mut Vec<Job>, confirmations: Vec<Confirmation>) {
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
    for (job, accepted) in batch.drain(..).zip(accepted) {
        let verdict = if returned.contains(&job.routing_key) {
            Err(PublishError::Unroutable(job.routing_key.to_string()))
        } else if accepted {
            Ok(())
        } else {
            Err(PublishError::Declined(
                "negative acknowledgement".to_owned(),
            ))
        };
        job.settle(verdict);
    }
}

/// Answers a batch whose channel failed.
fn give_up(batch: &mut Vec<Job>, error: &lapin::Error) {
    // The broker closes the channel over a message beyond its max_message_size without saying
    // which; the longest is it. Its neighbours may be sent again, it may not.
    let too_large = matches!(error.kind(), ErrorKind::ProtocolError(protocol)
        if protocol.get_message().as_str().contains("larger than configured max size"));
    let longest = batch.iter().map(|job| job.value.len()).max();
    for job in batch.drain(..) {
        let verdict = match too_large {
            true if Some(job.value.len()) == longest => PublishError::TooLarge,
            true => PublishError::Unreachable,
            false => failure(error),
        };
        job.settle(Err(verdict));
    }
}
