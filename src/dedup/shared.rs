//! What replicas tell each other through Redis: who is storing an event, and that it is stored.
//!
//! A claim is `SET key token NX PX ...`; what is stored says so under the same key for the rest of
//! the window. Redis is believed only in the exact words of ours, and it is never waited for
//! longer than the timeout: without it events are published, perhaps twice, never lost.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, Pipeline, RedisError, Value};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use zeroize::Zeroizing;

use super::table::Claim;
use crate::metrics::Metrics;

/// What stands under the key of an event that is stored.
const STORED: &[u8] = b"stored";
/// Under it Redis is asked whether it takes writes.
const PROBE: &str = "hookferry:dedup:probe";
/// Deletes a claim, if it is ours.
const RELEASE: &str =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
/// How long connecting may take, TLS and names included. No request waits for it.
const CONNECT: Duration = Duration::from_secs(2);
/// How long Redis is left alone after a failure.
const REST: Duration = Duration::from_millis(250);
/// How often it is asked while all is well.
const LOOK: Duration = Duration::from_secs(1);
/// What a claim outlives the deadline of the request that it is for.
const LINGER: Duration = Duration::from_secs(1);
/// The longest claim: the longest deadline that can be configured, and [`LINGER`].
const CLAIM_MS_MAX: u64 = 61_000;
/// A batch with more events is not shared: asking for all of it would take Redis too long.
const SHARED_MAX: usize = 1000;

/// Which Redis, and how long it may keep a request waiting.
#[derive(Clone)]
pub struct Options {
    client: Client,
    url: Zeroizing<String>,
    timeout: Duration,
}

impl PartialEq for Options {
    fn eq(&self, other: &Self) -> bool {
        (&self.url, self.timeout) == (&other.url, other.timeout)
    }
}

impl Options {
    /// # Errors
    /// When `url` is none of Redis, without the URL, which may hold a password.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, &'static str> {
        let client = Client::open(url).map_err(|_| "it is not a Redis URL")?;
        let url = Zeroizing::new(url.to_owned());
        Ok(Self {
            client,
            url,
            timeout,
        })
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Options({:?})", self.timeout)
    }
}

/// Another replica's word that it has stored an event. Only a reply of Redis makes one.
pub(super) struct Word(());

/// What Redis says of one event.
pub(super) enum Said {
    /// The claim is this replica's now.
    Ours,
    /// Another replica is storing it.
    Elsewhere,
    Stored(Word),
}

/// Why Redis is not relied on. Its words are metric labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Unreachable,
    Timeout,
    /// It answers with an error: it is full, read-only, or wants a password.
    Refused,
    /// It answers with what nobody here has written.
    Garbage,
}

impl Trouble {
    const fn label(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
            Self::Garbage => "garbage",
        }
    }

    fn of(error: &RedisError) -> Self {
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_io_error() {
            Self::Unreachable
        } else if matches!(
            error.kind(),
            ErrorKind::Server(_) | ErrorKind::Extension | ErrorKind::AuthenticationFailed
        ) {
            Self::Refused
        } else {
            Self::Garbage
        }
    }
}

/// A connection, and which one since the start: a late failure of an old one says nothing.
#[derive(Clone)]
struct Link {
    number: u64,
    connection: MultiplexedConnection,
}

/// The Redis that replicas share.
pub(super) struct Shared {
    options: Options,
    window: Duration,
    /// What claims of this process say. Within it the table keeps claims apart.
    token: String,
    /// The trouble, while Redis is not relied on.
    link: watch::Sender<Result<Link, Trouble>>,
    metrics: Arc<Metrics>,
    runtime: Handle,
}

impl Shared {
    /// To be made within the runtime.
    pub(super) fn new(
        options: Options,
        window: Duration,
        token: String,
        metrics: Arc<Metrics>,
    ) -> Self {
        metrics.dedup_store_up(false);
        Self {
            options,
            window,
            token,
            link: watch::Sender::new(Err(Trouble::Unreachable)),
            metrics,
            runtime: Handle::current(),
        }
    }

    /// Keeps a connection for as long as the daemon runs, and says when Redis goes and returns.
    pub(super) async fn watch(&self) {
        let mut is_well = true;
        for number in 0_u64.. {
            let trouble = match self.connect().await {
                Ok(connection) => {
                    if !is_well {
                        tracing::warn!("Redis answers again: replicas share what they store");
                    }
                    is_well = true;
                    self.metrics.dedup_store_up(true);
                    self.rely_on(Link { number, connection }).await
                }
                Err(trouble) => {
                    self.metrics.dedup_store_failed(trouble.label());
                    trouble
                }
            };
            self.metrics.dedup_store_up(false);
            if is_well {
                let reason = trouble.label();
                tracing::warn!(reason, "Redis fails: replicas may store an event twice");
            }
            is_well = false;
            sleep(REST).await;
        }
    }

    /// A connection on which Redis has taken a write.
    async fn connect(&self) -> Result<MultiplexedConnection, Trouble> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(None);
        let client = &self.options.client;
        let connecting = client.get_multiplexed_async_connection_with_config(&config);
        let connected = timeout(CONNECT, connecting).await;
        let connection = connected.map_err(|_| Trouble::Timeout)?;
        let connection = connection.map_err(|error| Trouble::of(&error))?;
        self.probe(&connection).await?;
        Ok(connection)
    }

    /// Serves requests by `link` until it fails; why.
    async fn rely_on(&self, link: Link) -> Trouble {
        let (number, connection) = (link.number, link.connection.clone());
        let mut states = self.link.subscribe();
        drop(self.link.send_replace(Ok(link)));
        loop {
            // Nobody else makes it well again, so a change is a failure.
            if timeout(LOOK, states.changed()).await.is_err()
                && let Err(trouble) = self.probe(&connection).await
            {
                self.fail(number, trouble);
            }
            if let Err(trouble) = *states.borrow() {
                return trouble;
            }
        }
    }

    async fn probe(&self, connection: &MultiplexedConnection) -> Result<(), Trouble> {
        let mut ask = redis::pipe();
        ask.cmd("SET")
            .arg(PROBE)
            .arg(&self.token)
            .arg("PX")
            .arg(1000);
        match self.ask(connection, &ask).await?.as_slice() {
            [Value::Okay] => Ok(()),
            _ => Err(Trouble::Garbage),
        }
    }

    /// What Redis answers within the timeout.
    async fn ask(
        &self,
        connection: &MultiplexedConnection,
        pipeline: &Pipeline,
    ) -> Result<Vec<Value>, Trouble> {
        let mut connection = connection.clone();
        let asked = pipeline.query_async(&mut connection);
        match timeout(self.options.timeout, asked).await {
            Ok(Ok(values)) => Ok(values),
            Ok(Err(error)) => Err(Trouble::of(&error)),
            Err(_) => Err(Trouble::Timeout),
        }
    }

    /// The same on the connection there is; `None` without one, or after a failure.
    async fn answer(&self, pipeline: &Pipeline) -> Option<(u64, Vec<Value>)> {
        let link = self.link.borrow().as_ref().ok().cloned()?;
        match self.ask(&link.connection, pipeline).await {
            Ok(values) => Some((link.number, values)),
            Err(trouble) => {
                self.fail(link.number, trouble);
                None
            }
        }
    }

    /// From now on nobody waits for Redis, until it has answered [`Shared::watch`].
    fn fail(&self, number: u64, trouble: Trouble) {
        self.metrics.dedup_store_failed(trouble.label());
        self.link.send_if_modified(|state| {
            let is_meant = state.as_ref().is_ok_and(|link| link.number == number);
            if is_meant {
                *state = Err(trouble);
            }
            is_meant
        });
    }

    /// Claims events, which the table has claimed already, by their names for a request that ends
    /// at `deadline`. What Redis says of each; `None` where it cannot be relied on.
    pub(super) async fn claim(&self, names: &[String], deadline: Instant) -> Option<Vec<Said>> {
        if names.len() > SHARED_MAX {
            return None;
        }
        let lifetime = deadline.saturating_duration_since(Instant::now()) + LINGER;
        let mut ask = redis::pipe();
        for name in names {
            ask.cmd("SET").arg(name).arg(&self.token);
            ask.arg("NX").arg("PX").arg(millis(lifetime));
            ask.cmd("GET").arg(name);
            ask.cmd("PTTL").arg(name);
        }
        let (number, values) = self.answer(&ask).await?;
        let (answers, rest) = values.as_chunks();
        let said: Option<Vec<_>> = answers.iter().map(|answer| self.said(answer)).collect();
        let said = said.filter(|said| said.len() == names.len() && rest.is_empty());
        if said.is_none() {
            self.fail(number, Trouble::Garbage);
        }
        said
    }

    /// What the answers to SET, GET and PTTL mean; `None` when nobody here has made them so.
    fn said(&self, [set, get, lifetime]: &[Value; 3]) -> Option<Said> {
        if *set == Value::Nil && *get == Value::Nil {
            // It was released, or has expired, between the two.
            return Some(Said::Ours);
        }
        // What never ends, or outlasts every request, is no claim.
        let Value::Int(lifetime @ 0..) = *lifetime else {
            return None;
        };
        let Value::BulkString(held) = get else {
            return None;
        };
        let is_ours = held == self.token.as_bytes();
        if *set == Value::Okay {
            return is_ours.then_some(Said::Ours);
        }
        if *set != Value::Nil {
            return None;
        }
        if is_ours {
            // The table has given it to nobody else: it is left from a claim whose answer was late.
            return Some(Said::Ours);
        }
        if held == STORED {
            return Some(Said::Stored(Word(())));
        }
        let is_token = held.len() == self.token.len() && held.iter().all(u8::is_ascii_hexdigit);
        let ends = u64::try_from(lifetime).is_ok_and(|ms| ms <= CLAIM_MS_MAX);
        (is_token && ends).then_some(Said::Elsewhere)
    }

    /// Tells the replicas that these events are stored. Nobody waits for it.
    pub(super) fn keep(self: &Arc<Self>, names: Vec<String>) {
        if names.len() > SHARED_MAX {
            return;
        }
        let mut tell = redis::pipe();
        for name in names {
            tell.cmd("SET").arg(name).arg(STORED);
            tell.arg("PX").arg(millis(self.window));
        }
        self.later(tell, Vec::new());
    }

    /// Lets other replicas claim these events, and then, by `claims`, the requests of this one.
    pub(super) fn release(self: &Arc<Self>, names: Vec<String>, claims: Vec<Claim>) {
        let mut tell = redis::pipe();
        for name in names {
            tell.cmd("EVAL").arg(RELEASE).arg(1);
            tell.arg(name).arg(&self.token);
        }
        self.later(tell, claims);
    }

    fn later(self: &Arc<Self>, pipeline: Pipeline, claims: Vec<Claim>) {
        // There is nothing to tell where others had it all.
        if pipeline.is_empty() || self.link.borrow().is_err() {
            return;
        }
        let shared = Arc::clone(self);
        self.runtime.spawn(async move {
            shared.answer(&pipeline).await;
            drop(claims);
        });
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shared({:?})", self.options)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
