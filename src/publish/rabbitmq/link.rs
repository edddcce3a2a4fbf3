//! The connection's keeper: connects, runs the workers, and connects again when anything breaks.
//!
//! lapin's own recovery stays off: it would resolve confirms of a connection that is gone.

use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use lapin::protocol::constants::REPLY_SUCCESS;
use lapin::types::ShortString;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{AsyncTcpStream, Channel, Connection, ConnectionProperties, Event};
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tracing::{debug, info, warn};

use super::Tls;
use super::batch::Worker;
use super::exchange::{self, Fault};
use super::job::Job;
use crate::publish::PublishError;
use crate::publish::circuit::jittered;

/// Name resolution and TCP connect: a packet that nobody answers is given up on after it.
const TCP_CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);
/// All of TCP, TLS, AMQP and the opening of channels.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The wait after a failed or broken connection doubles from the first to the second.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(1);
/// A connection that lasted as long was a good one: the wait starts from the shortest again.
const PROVEN: Duration = Duration::from_secs(5);
/// How often an idle connection is looked at; a busy one is seen to break by its workers.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long the broker may take to say goodbye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Asked for unless the URL says otherwise: a silent broker is given up on after twice as long.
const HEARTBEAT_S: u16 = 10;

/// Asked for unless the URL says otherwise: RabbitMQ's own default. lapin has two buffers of 32 frames; it takes them as they
/// are at first, and writes zeros to all of what they grow by once the broker has named its own bound.
const FRAME_BYTES_MAX: u32 = 131_072;

/// What the requests see of the connection.
pub(super) enum Link {
    /// The first attempt is under way.
    Connecting,
    Up(Arc<Connection>),
    Down,
    /// Down until somebody changes something: what that is.
    Refused(String),
    /// Closed because it was asked to, for good.
    Closed,
}

pub(super) struct Supervisor {
    pub(super) name: String,
    pub(super) uri: AMQPUri,
    pub(super) tls: Tls,
    pub(super) exchange: ShortString,
    pub(super) channels: u16,
    pub(super) batch_max: usize,
    pub(super) jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
    pub(super) link: watch::Sender<Link>,
    pub(super) closing: watch::Receiver<bool>,
}

impl Supervisor {
    /// Ends only when it is asked to close.
    pub(super) async fn run(self) {
        let mut closing = self.closing.clone();
        let mut retry = RETRY_MIN;
        let mut last_words = String::new();
        loop {
            let attempt = tokio::select! {
                attempt = self.connect() => attempt,
                () = asked(&mut closing) => break,
            };
            match attempt {
                Ok(session) => {
                    info!(sink = self.name, "connected to RabbitMQ");
                    last_words.clear();
                    let since = tokio::time::Instant::now();
                    if let Err(fault) = self.serve(session).await {
                        self.failed(fault, &mut last_words);
                    }
                    if since.elapsed() >= PROVEN {
                        retry = RETRY_MIN;
                    }
                }
                Err(fault) => self.failed(fault, &mut last_words),
            }
            self.dismiss_waiting().await;
            tokio::select! {
                () = sleep(jittered(retry)) => retry = (retry * 2).min(RETRY_MAX),
                () = asked(&mut closing) => break,
            }
        }
        self.link.send_replace(Link::Closed);
        self.dismiss_waiting().await;
    }

    /// Notes why there is no connection, and says it once.
    fn failed(&self, fault: Fault, last_words: &mut String) {
        let words = fault.to_string();
        if words == *last_words {
            debug!(sink = self.name, words, "RabbitMQ is still out of reach");
        } else {
            warn!(
                sink = self.name,
                error = words,
                "cannot publish to RabbitMQ, trying on"
            );
        }
        self.link.send_replace(match fault {
            Fault::Broken(_) | Fault::Silent => Link::Down,
            Fault::Refused(words) => Link::Refused(words),
        });
        *last_words = words;
    }

    async fn connect(&self) -> Result<Session, Fault> {
        let (socket_sender, mut socket) = oneshot::channel();
        let attempt = timeout(CONNECT_TIMEOUT, self.open(socket_sender)).await;
        let socket = Socket(socket.try_recv().ok());
        match attempt {
            Ok(Ok((connection, channels))) => Ok(Session {
                connection: Arc::new(connection),
                channels,
                _socket: socket,
            }),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(Fault::Silent),
        }
    }

    async fn open(
        &self,
        socket: oneshot::Sender<TcpStream>,
    ) -> Result<(Connection, Vec<Channel>), Fault> {
        let mut uri = self.uri.clone();
        uri.query.heartbeat.get_or_insert(HEARTBEAT_S);
        uri.query.frame_max.get_or_insert(FRAME_BYTES_MAX);
        let properties = ConnectionProperties::default()
            .with_connection_name(format!("hookferry {}", self.name).into());
        let socket = std::sync::Mutex::new(Some(socket));
        let tls = self.tls.config();
        let runtime = lapin::runtime::default_runtime()?;
        let connection = Connection::connector(
            uri,
            runtime,
            async move |uri: AMQPUri, runtime| {
                let dial = async {
                    let addresses =
                        tokio::net::lookup_host((uri.authority.host.as_str(), uri.authority.port))
                            .await?;
                    AsyncTcpStream::connect(&runtime, addresses.collect::<Vec<_>>()).await
                };
                let stream = timeout(TCP_CONNECT_TIMEOUT, dial)
                    .await
                    .map_err(std::io::Error::from)??;
                if let AsyncTcpStream::Plain(plain) = &stream
                    && let Ok(copy) = plain.get_ref().as_fd().try_clone_to_owned()
                    && let Ok(mut socket) = socket.lock()
                    && let Some(socket) = socket.take()
                {
                    // The receiver is gone only if the attempt was given up on.
                    let _ = socket.send(TcpStream::from(copy));
                }
                Ok(match uri.scheme {
                    AMQPScheme::AMQP => stream,
                    AMQPScheme::AMQPS => stream.into_tls(&uri.authority.host, tls.as_ref()).await?,
                })
            },
            properties,
        )
        .await?;
        exchange::ensure(&connection, &self.exchange).await?;
        let mut channels = Vec::with_capacity(usize::from(self.channels));
        for _ in 0..self.channels {
            channels.push(exchange::confirming(&connection).await?);
        }
        Ok((connection, channels))
    }

    /// Runs the workers until the connection breaks or the sink is closed. What they have in hand
    /// then is dropped with them, which tells the requesters that the outcome is unknown.
    ///
    /// # Errors
    /// Why it ended, where that says more than that the connection broke.
    async fn serve(&self, mut session: Session) -> Result<(), Fault> {
        let mut closing = self.closing.clone();
        let connection = Arc::clone(&session.connection);
        let mut events = pin!(connection.events_listener());
        let (block, blocked) = watch::channel(false);
        let mut workers = JoinSet::new();
        for channel in session.channels.drain(..) {
            workers.spawn(self.worker(&connection, channel, &blocked).work());
        }
        self.link.send_replace(Link::Up(Arc::clone(&connection)));
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                Some(ended) = workers.join_next() => break self.worker_ended(ended),
                Some(event) = events.next() => self.told(event, &block),
                _ = look.tick() => {
                    let status = connection.status();
                    if !status.connected() {
                        warn!(sink = self.name, "RabbitMQ ended the connection");
                        break Ok(());
                    }
                    if status.blocked() {
                        self.refuse_waiting();
                    }
                }
                () = asked(&mut closing) => break Ok(()),
            }
        };
        self.link.send_replace(Link::Down);
        workers.shutdown().await;
        let goodbye = connection.close(REPLY_SUCCESS, "OK".into());
        // A connection that broke cannot be closed politely; the socket is shut below either way.
        let _ = timeout(CLOSE_TIMEOUT, goodbye).await;
        ended
    }

    fn worker(
        &self,
        connection: &Arc<Connection>,
        channel: Channel,
        blocked: &watch::Receiver<bool>,
    ) -> Worker {
        Worker {
            sink: self.name.clone(),
            connection: Arc::clone(connection),
            channel,
            exchange: self.exchange.clone(),
            jobs: Arc::clone(&self.jobs),
            batch_max: self.batch_max,
            blocked: blocked.clone(),
        }
    }

    fn worker_ended(&self, ended: Result<Result<(), Fault>, JoinError>) -> Result<(), Fault> {
        match ended {
            Ok(Err(Fault::Broken(error))) => {
                warn!(sink = self.name, %error, "lost the connection to RabbitMQ");
                Ok(())
            }
            Ok(outcome) => outcome,
            Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
            Err(_) => Ok(()),
        }
    }

    /// What the broker says of the connection as a whole.
    fn told(&self, event: Event, block: &watch::Sender<bool>) {
        match event {
            Event::ConnectionBlocked(reason) => {
                warn!(
                    sink = self.name,
                    reason, "RabbitMQ blocks publishers: a resource alarm"
                );
                block.send_replace(true);
                self.refuse_waiting();
            }
            Event::ConnectionUnblocked => {
                info!(sink = self.name, "RabbitMQ takes messages again");
                block.send_replace(false);
            }
            // These the workers meet themselves; more may be added to the library.
            Event::Connected | Event::SendFlow(_) | Event::Error(_) | _ => {}
        }
    }

    /// Tells those who wait for a channel that the broker blocks publishers. A worker that has none
    /// in hand looks for itself.
    fn refuse_waiting(&self) {
        let Ok(mut jobs) = self.jobs.try_lock() else {
            return;
        };
        while let Ok(job) = jobs.try_recv() {
            job.waiting.settle(Err(PublishError::Blocked));
        }
    }

    /// Drops the jobs that wait, so that their requesters hear of it now and not at their deadline.
    async fn dismiss_waiting(&self) {
        let mut jobs = self.jobs.lock().await;
        while jobs.try_recv().is_ok() {}
    }
}

struct Session {
    connection: Arc<Connection>,
    channels: Vec<Channel>,
    _socket: Socket,
}

/// A second handle on the connection's socket, shut on drop. lapin's I/O thread lives as long as
/// its socket does and its handshake knows no timeout, so that a broker which accepts connections
/// but says nothing would cost a thread for each attempt.
struct Socket(Option<TcpStream>);

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(socket) = &self.0 {
            // It fails on a socket that the peer has closed, which is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

async fn asked(closing: &mut watch::Receiver<bool>) {
    // The sender is gone when the sink was dropped, which asks for the same.
    let _ = closing.wait_for(|closing| *closing).await;
}
