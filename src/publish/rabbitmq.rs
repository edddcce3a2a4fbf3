//! RabbitMQ: publisher confirms, `mandatory`, persistent messages on a durable topic exchange.
//!
//! Jobs wait in one bounded queue. A few workers, one channel each, take micro-batches from it
//! (`rabbitmq/batch.rs` says why a verdict is given per batch); `rabbitmq/link.rs` keeps the
//! connection, `rabbitmq/exchange.rs` looks after the exchange.

mod batch;
mod exchange;
mod job;
mod link;
mod queues;

use std::fmt;
use std::sync::Arc;

use lapin::Connection;
use lapin::options::QueueDeclareOptions;
use lapin::protocol::AMQPSoftError;
use lapin::protocol::constants::REPLY_SUCCESS;
use lapin::tcp::{OwnedIdentity, OwnedTLSConfig};
use lapin::types::{FieldTable, ShortString};
use lapin::uri::AMQPUri;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::{PublishError, Record};
use exchange::soft;
#[doc(hidden)]
pub use job::properties_of;
use job::{Job, SHORT_STRING_BYTES_MAX};
use link::Link;

pub use queues::{Bound, Management, QueueFault, is_known, of_exchange, of_queue};

/// Channels that publish side by side, unless told otherwise.
pub const CHANNELS_DEFAULT: u16 = 8;
/// Messages that one channel has in flight at most, unless told otherwise.
pub const BATCH_MAX_DEFAULT: u16 = 64;
/// Jobs that may wait for a channel, unless told otherwise.
pub const QUEUE_MAX_DEFAULT: usize = 4096;

/// What a RabbitMQ sink is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Options {
    /// The sink's name in logs, metrics and replies.
    pub name: String,
    /// `amqp://` or `amqps://` with credentials, host, port and virtual host.
    pub url: String,
    /// What an `amqps://` URL is connected with.
    pub tls: Tls,
    /// The durable topic exchange, declared at each connect.
    pub exchange: String,
    /// Channels that publish side by side; at least 1.
    pub channels: u16,
    /// Messages that one channel has in flight at most; at least 1.
    pub batch_max: u16,
    /// Jobs that may wait for a channel; beyond it a record is refused as [`PublishError::Overloaded`].
    pub queue_max: usize,
    /// Where the queues behind the exchange can be looked at.
    pub management: Option<Management>,
    /// Queues that must be there.
    pub queues: Vec<String>,
}

/// Whom to trust at a broker behind TLS, and who we are there; all in PEM.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificate authorities beside the system's.
    pub ca: Option<String>,
    /// A certificate and its private key (PKCS#8, PKCS#1 or SEC1, without a password).
    pub identity: Option<(String, Zeroizing<String>)>,
}

impl Tls {
    pub(in crate::publish) fn config(&self) -> OwnedTLSConfig {
        let identity = self.identity.as_ref();
        OwnedTLSConfig {
            identity: identity.map(|(certificate, key)| OwnedIdentity::PKCS8 {
                pem: certificate.as_bytes().to_vec(),
                key: key.as_bytes().to_vec(),
            }),
            cert_chain: self.ca.clone(),
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("ca", &self.ca.is_some())
            .field("identity", &self.identity.is_some())
            .finish()
    }
}

impl fmt::Debug for Options {
    // The URL holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("name", &self.name)
            .field("exchange", &self.exchange)
            .field("channels", &self.channels)
            .field("batch_max", &self.batch_max)
            .field("queue_max", &self.queue_max)
            .field("management", &self.management)
            .field("queues", &self.queues)
            .finish_non_exhaustive()
    }
}

/// A RabbitMQ sink. Its connection is kept by a task of its own until [`Rabbitmq::close`] or drop.
pub struct Rabbitmq {
    name: String,
    exchange: ShortString,
    jobs: mpsc::Sender<Job>,
    link: watch::Receiver<Link>,
    closing: watch::Sender<bool>,
}

impl fmt::Debug for Rabbitmq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rabbitmq")
            .field("name", &self.name)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}

impl Rabbitmq {
    pub(super) fn exchange(&self) -> &str {
        self.exchange.as_str()
    }

    /// Starts connecting in the background, so a broker that is down is no error here.
    ///
    /// # Errors
    /// The URL or the exchange's name is not one. The text holds no part of the URL.
    pub fn new(options: &Options) -> Result<Self, String> {
        let uri = parse_url(&options.url)?;
        let exchange = ShortString::try_new(options.exchange.as_str())
            .map_err(|_| format!("exchange: longer than {SHORT_STRING_BYTES_MAX} bytes"))?;
        let (jobs, waiting) = mpsc::channel(options.queue_max.max(1));
        let (link_sender, link) = watch::channel(Link::Connecting);
        let (closing, closing_receiver) = watch::channel(false);
        let supervisor = link::Supervisor {
            name: options.name.clone(),
            uri,
            tls: options.tls.clone(),
            exchange: exchange.clone(),
            channels: options.channels.max(1),
            batch_max: usize::from(options.batch_max.max(1)),
            jobs: Arc::new(tokio::sync::Mutex::new(waiting)),
            link: link_sender,
            closing: closing_receiver,
        };
        tokio::spawn(supervisor.run());
        Ok(Self {
            name: options.name.clone(),
            exchange,
            jobs,
            link,
            closing,
        })
    }

    pub(in crate::publish) fn name(&self) -> &str {
        &self.name
    }

    /// `Ok` once the broker has confirmed the message and has not returned it.
    pub(in crate::publish) async fn confirm(
        &self,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<(), PublishError> {
        let connection = self.connection(deadline).await?;
        // lapin would keep what it is given until the alarm is over.
        if connection.status().blocked() {
            return Err(PublishError::Blocked);
        }
        let frame_bytes_max = connection.configuration().frame_max();
        let (answer, verdict) = oneshot::channel();
        let job = Job::new(record, frame_bytes_max, answer)?;
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => PublishError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => PublishError::Unreachable,
        })?;
        match timeout_at(deadline, verdict).await {
            Ok(Ok(verdict)) => verdict,
            // The job was dropped unanswered: its connection broke, so the outcome is unknown.
            Ok(Err(_)) => Err(PublishError::Unreachable),
            Err(_) => Err(PublishError::Timeout),
        }
    }

    /// Ends when the task that keeps the connection has ended: after [`Rabbitmq::close`], or because
    /// it panicked.
    pub(in crate::publish) async fn ended(&self) {
        let mut link = self.link.clone();
        while link.changed().await.is_ok() {}
    }

    /// Asks the broker for the exchange, on a channel of its own.
    pub(in crate::publish) async fn probe(&self, deadline: Instant) -> Result<(), PublishError> {
        let connection = self.connection(deadline).await?;
        // lapin writes nothing while the broker blocks publishers, so asking could not end.
        if connection.status().blocked() {
            return Err(PublishError::Blocked);
        }
        match timeout_at(deadline, exchange::look(&connection, &self.exchange)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(match soft(&error) {
                Some((_, words)) => PublishError::Refused(words),
                None => PublishError::Unreachable,
            }),
            Err(_) => Err(PublishError::Timeout),
        }
    }

    /// Whether the broker would not have `queue` read: it is not there, or belongs to a connection.
    ///
    /// # Errors
    /// The broker did not say, by `deadline` at the latest.
    pub async fn queue_fault(
        &self,
        queue: &str,
        deadline: Instant,
    ) -> Result<Option<QueueFault>, PublishError> {
        let connection = self.connection(deadline).await?;
        if connection.status().blocked() {
            return Err(PublishError::Blocked);
        }
        let queue = ShortString::try_new(queue)
            .map_err(|_| PublishError::Refused("the queue's name is too long".to_owned()))?;
        let passive = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        let ask = async {
            let channel = connection.create_channel().await?;
            let none = FieldTable::default();
            channel.queue_declare(queue, passive, none).await?;
            channel.close(REPLY_SUCCESS, "OK".into()).await
        };
        match timeout_at(deadline, ask).await {
            Ok(Ok(())) => Ok(None),
            Ok(Err(error)) => match soft(&error) {
                Some((AMQPSoftError::NOTFOUND, _)) => Ok(Some(QueueFault::Missing)),
                Some((AMQPSoftError::RESOURCELOCKED, _)) => Ok(Some(QueueFault::Exclusive)),
                Some((_, words)) => Err(PublishError::Refused(words)),
                None => Err(PublishError::Unreachable),
            },
            Err(_) => Err(PublishError::Timeout),
        }
    }

    /// Closes the connection, and waits for that until `deadline`.
    pub(in crate::publish) async fn close(&self, deadline: Instant) {
        self.closing.send_replace(true);
        let mut link = self.link.clone();
        // Past the deadline the process ends anyway, and the broker notices the closed socket.
        let _ = timeout_at(deadline, link.wait_for(|link| matches!(link, Link::Closed))).await;
    }

    /// The connection, waited for only while the first attempt is still under way.
    async fn connection(&self, deadline: Instant) -> Result<Arc<Connection>, PublishError> {
        if let Some(settled) = settled(&self.link.borrow()) {
            return settled;
        }
        let mut link = self.link.clone();
        let link = timeout_at(deadline, link.wait_for(|link| settled(link).is_some())).await;
        match link {
            Ok(Ok(link)) => settled(&link).unwrap_or(Err(PublishError::Unreachable)),
            Ok(Err(_)) | Err(_) => Err(PublishError::Unreachable),
        }
    }
}

fn settled(link: &Link) -> Option<Result<Arc<Connection>, PublishError>> {
    match link {
        Link::Connecting => None,
        Link::Up(connection) => Some(Ok(Arc::clone(connection))),
        Link::Down | Link::Closed => Some(Err(PublishError::Unreachable)),
        Link::Refused(words) => Some(Err(PublishError::Refused(words.clone()))),
    }
}

/// Parses a URL without repeating any part of it in the error, for it holds a password.
pub(in crate::publish) fn parse_url(url: &str) -> Result<AMQPUri, String> {
    if !url.starts_with("amqp://") && !url.starts_with("amqps://") {
        return Err("url: does not start with amqp:// or amqps://".to_owned());
    }
    url.parse::<AMQPUri>()
        .map_err(|_| "url: not of the form amqp://user:password@host:port/vhost".to_owned())
}
