//! Stage 1: bytes in, answers out. Everything a stranger can do to us before a signature is
//! checked happens here, under limits.

mod access;
mod admit;
mod bin;
mod body;
mod coding;
mod connection;
mod denial;
mod doors;
mod framing;
mod generation;
mod patience;
mod proxied;
mod rates;
mod received;
mod reply;
mod shares;
mod visitor;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use socket2::{SockFilter, SockRef};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use access::AccessLog;
pub use bin::Bin;
pub use coding::{Codings, Undecoded, Untaken};
pub use denial::Denial;
pub use doors::{Door, Doors};
pub use generation::{Current, Generation};
pub use rates::{Gate, Proxies, Rate, TooMany, Whose};
pub use received::{Received, media_type};
pub use reply::{Outcome, Reply};
pub use visitor::{Admission, CertificateRule};

use shares::{Share, Shares};

use crate::metrics::{Counted, Metrics};
use crate::telemetry::Tracer;
use crate::tls;

/// What a stranger may take of us at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub connections_max: usize,
    /// Those of one client, by its address.
    pub client_connections_max: usize,
    /// Requests being read or published at the same time; more are answered 503.
    pub in_flight_max: usize,
    /// How long one for which there is no room waits before it is.
    pub room_wait: Duration,
    /// How long a connection may take to send a request's head, and may idle between requests, and may
    /// leave unread what it is sent. HTTP/2: at most twice as long.
    pub header_read: Duration,
    /// How long a request may take to send its body.
    pub body_read: Duration,
    /// The longest request head.
    pub headers_bytes_max: usize,
    /// How many times larger a body may be once it is decoded.
    pub decoded_ratio_max: usize,
    /// Requests of all clients together.
    pub rate: Option<Rate>,
    /// Requests of each client, by its address.
    pub client_rate: Option<Rate>,
    /// Whose `X-Forwarded-For`, and whose PROXY protocol header, says what that address is.
    pub trusted_proxies: Proxies,
    /// What is written of their requests.
    pub access_log: AccessLog,
    /// Whether every connection begins with such a header, and comes from one of these proxies.
    pub proxy_protocol: bool,
}

/// The rest of the journey. `accept` is handed it and names no later stage.
pub trait Carry: Send + Sync + 'static {
    /// Carries a whole request to its reply. `started` is when its head had arrived.
    fn carry(
        &self,
        door: &Door,
        received: Received,
        started: Instant,
    ) -> impl Future<Output = Reply> + Send;

    /// Whether what comes to `door` could be stored now. What cannot waits before it has cost anything.
    fn has_room(&self, _door: &Door) -> bool {
        true
    }

    /// Who is told of the requests, where anybody is.
    fn tracer(&self) -> Option<&Arc<Tracer>> {
        None
    }

    /// Whether [`Carry::turned_away`] wants to be told.
    fn is_watched(&self) -> bool {
        false
    }

    /// Told of a request that was turned away; `seen` is without its body.
    fn turned_away(
        &self,
        _door: Option<&Door>,
        _seen: &Received,
        _reply: &Reply,
        _started: Instant,
    ) {
    }

    /// The bin that takes what comes to `path`, which is no source's.
    fn bin(&self, _path: &str) -> Option<Bin> {
        None
    }

    /// Has `bin` keep a request, and says what it is answered.
    fn capture(
        &self,
        bin: Bin,
        received: Received,
        started: Instant,
    ) -> impl Future<Output = Reply> + Send;
}

/// What every connection needs.
pub(crate) struct Shared<C> {
    current: Arc<Current<C>>,
    tls: Arc<tls::Listener>,
    pub(crate) metrics: Arc<Metrics>,
    shares: Arc<Shares>,
    /// `true` once the daemon is going: replies then end their connection.
    going: watch::Sender<bool>,
    /// The same, at the price of a load.
    is_going: AtomicBool,
}

impl<C> Shared<C> {
    fn is_going(&self) -> bool {
        self.is_going.load(Ordering::Acquire)
    }

    /// Counts a connection of `client`, for as long as what it gives is kept: nothing for a proxy, through which
    /// many come. `Err` when that client has as many as it may have.
    fn share(&self, client: IpAddr, limits: &Limits) -> Result<Option<Share>, ()> {
        if limits.trusted_proxies.trusts(client.to_canonical()) {
            return Ok(None);
        }
        let most = limits.client_connections_max;
        let share = self.shares.take(client, most);
        if share.is_none() {
            self.metrics.turned_back(shares::REASON);
            self.shares.tell(client, most);
        }
        share.map(Some).ok_or(())
    }

    /// The flag is first: a connection that is woken looks at it, and goes back to sleep when it
    /// is not up.
    fn go(&self) {
        self.is_going.store(true, Ordering::Release);
        self.going.send_replace(true);
    }
}

/// How long a connection may idle once the daemon is going, so that a request that was already
/// on its way on a kept-alive connection is still answered.
const LAST_REQUEST: Duration = Duration::from_millis(1000);

/// How long a client may take for the last packet of its handshake once the daemon is going.
const LAST_HANDSHAKE: Duration = Duration::from_millis(100);

/// A classic packet filter that drops what begins a connection: the flags of TCP are in its header's
/// 14th byte (RFC 9293 section 3.1), SYN is the second bit, and on a socket of TCP a filter sees the
/// packet from that header on.
const NO_SYN: [SockFilter; 4] = [
    // Load the byte at 13.
    SockFilter::new(0x30, 0, 0, 13),
    // Skip nothing if SYN is set, else one.
    SockFilter::new(0x45, 0, 1, 0x02),
    // Drop it.
    SockFilter::new(0x06, 0, 0, 0),
    // Keep all of it.
    SockFilter::new(0x06, 0, 0, u32::MAX),
];

/// Takes connections until `going` says for how long what was accepted may take to finish then.
/// Returns how many connections had to be cut.
pub async fn serve<C: Carry>(
    (listener, tls): (TcpListener, Arc<tls::Listener>),
    current: Arc<Current<C>>,
    metrics: Arc<Metrics>,
    mut going: watch::Receiver<Option<Duration>>,
) -> usize {
    let connections_max = current.get().limits.connections_max;
    let connections = Arc::new(Semaphore::new(connections_max));
    let shared = Arc::new(Shared {
        current,
        tls,
        metrics,
        shares: Arc::default(),
        going: watch::Sender::new(false),
        is_going: AtomicBool::new(false),
    });
    let mut tasks = JoinSet::new();
    let mut backoff = Backoff::default();
    loop {
        // The permit comes first: a connection we have no room for stays in the kernel's queue.
        let permit = tokio::select! {
            permit = Arc::clone(&connections).acquire_owned() => permit,
            _ = going.wait_for(Option::is_some) => break,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = going.wait_for(Option::is_some) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                backoff = Backoff::default();
                start(&mut tasks, &shared, (stream, peer.ip()), permit);
            }
            Err(error) => backoff.pause(&error).await,
        }
        while tasks.try_join_next().is_some() {}
    }
    shared.go();
    take_waiting(&listener, &connections, &shared, &mut tasks).await;
    drop(listener);
    let grace = going.borrow().unwrap_or_default();
    finish(tasks, grace).await
}

fn start<C: Carry>(
    tasks: &mut JoinSet<()>,
    shared: &Arc<Shared<C>>,
    from: (TcpStream, IpAddr),
    permit: tokio::sync::OwnedSemaphorePermit,
) {
    let shared = Arc::clone(shared);
    tasks.spawn(async move {
        let _counted = Counted::one(&shared.metrics.connections);
        connection::run(from, &shared, LAST_REQUEST).await;
        drop(permit);
    });
}

/// Takes the connections that the kernel has already accepted for us: closing the listener under
/// them would reset clients who believe they are connected. Others would come meanwhile, so the
/// kernel is first told to drop what asks for a new one (it will ask again, and be refused then).
/// Where it cannot be told, this is bounded in time.
async fn take_waiting<C: Carry>(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
    shared: &Arc<Shared<C>>,
    tasks: &mut JoinSet<()>,
) {
    if let Err(error) = SockRef::from(listener).attach_filter(&NO_SYN) {
        tracing::debug!(%error, "connections that come meanwhile cannot be held off");
    }
    let until = Instant::now() + LAST_REQUEST;
    let permit = || tokio::time::timeout_at(until, Arc::clone(connections).acquire_owned());
    while let Ok(Ok(permit)) = permit().await {
        let none_waits = Instant::now() + LAST_HANDSHAKE;
        let waiting = tokio::time::timeout_at(none_waits.min(until), listener.accept()).await;
        match waiting {
            Ok(Ok((stream, peer))) => start(tasks, shared, (stream, peer.ip()), permit),
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

async fn finish(mut tasks: JoinSet<()>, grace: Duration) -> usize {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, all).await.is_ok() {
        return 0;
    }
    let cut = tasks.len();
    tasks.shutdown().await;
    cut
}

/// A pause that grows while accepting fails, as it does without free file descriptors.
#[derive(Default)]
struct Backoff(u32);

impl Backoff {
    async fn pause(&mut self, error: &io::Error) {
        tracing::warn!(%error, "cannot accept a connection");
        let pause = Duration::from_millis(10 << self.0.min(6));
        self.0 += 1;
        tokio::time::sleep(pause).await;
    }
}
