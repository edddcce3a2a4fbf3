//! One connection: which HTTP it speaks, and its requests one by one.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::{HeaderValue, Request, Response, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::access::{self, Entry};
use super::admit::admit;
use super::bin;
use super::body::{self, BodyError};
use super::coding::{Codings, Undecoded};
use super::patience::{Activity, Patient};
use super::proxied;
use super::visitor::Visitor;
use super::{Carry, Denial, Door, Generation, Limits, Received, Reply, Shared};
use crate::metrics::Counted;
use crate::scheduling;
use crate::telemetry::{Context, Trace};
use crate::time::UnixTime;
use crate::tls::Stream;

/// What an HTTP/2 client with prior knowledge begins with (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// HTTP/2 streams that one connection may have open.
const STREAMS_MAX: u32 = 128;

pub(super) async fn run<C: Carry>(
    (stream, peer): (TcpStream, IpAddr),
    shared: &Arc<Shared<C>>,
    last_request: Duration,
) {
    // Replies are small and each is awaited: waiting to fill a packet only costs time.
    let _ = stream.set_nodelay(true);
    // Those it was opened under: the rest of them is of the request's generation.
    let (header_read, headers_bytes_max) = {
        let limits = &shared.current.get().limits;
        (limits.header_read, limits.headers_bytes_max)
    };
    let opened = tokio::select! {
        opened = open(stream, peer, shared) => opened,
        () = time_is_up(shared, last_request) => return,
    };
    let Some((stream, http2, visitor)) = opened else {
        return;
    };
    // One pointer, for every request holds it.
    let visit = Arc::new((Arc::clone(shared), visitor, Activity::default()));
    let service = {
        let visit = Arc::clone(&visit);
        service_fn(move |request| {
            let visit = Arc::clone(&visit);
            async move {
                let _running = visit.2.one();
                Ok::<_, Infallible>(answer(request, &visit.1, &visit.0).await)
            }
        })
    };
    let io = TokioIo::new(Patient::new(stream, header_read));
    // A protocol error ends the connection; hyper has answered what could be answered.
    if http2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(u32::try_from(headers_bytes_max).unwrap_or(u32::MAX))
            .keep_alive_interval(header_read)
            .keep_alive_timeout(header_read)
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        // A client that only answers pings would stay for ever.
        let ceased = || visit.2.ceased(header_read);
        if !ends_before(connection.as_mut(), shared, last_request, ceased()).await {
            connection.as_mut().graceful_shutdown();
            // It may not read its answers, or give them no window: then it is cut.
            tokio::select! {
                _ = connection => {}
                () = ceased() => {}
            }
        }
    } else {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_read)
            .max_buf_size(headers_bytes_max.max(8192))
            // A reply is short: copied behind its head, it needs no list of pieces.
            .writev(false)
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        let never = std::future::pending();
        if !ends_before(connection.as_mut(), shared, last_request, never).await {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// All that comes before HTTP, within the time of a request's head: for whom a proxy speaks, TLS, and
/// which HTTP it will be. `None` when it came to nothing, which has been counted.
async fn open<C>(
    mut stream: TcpStream,
    peer: IpAddr,
    shared: &Shared<C>,
) -> Option<(Stream, bool, Visitor)> {
    let generation = shared.current.get();
    let until = Instant::now() + generation.limits.header_read;
    let mut address = peer;
    if generation.limits.proxy_protocol {
        let said = proxied::client(&mut stream, peer, &generation.limits.trusted_proxies, until);
        // Boxed, for a connection that has none is not to have room for it.
        match Box::pin(said).await {
            Ok(client) => address = client,
            Err(unproxied) => {
                let reason = unproxied.label();
                shared.metrics.unproxied(reason);
                tracing::debug!(client = %peer, reason, "no PROXY protocol header");
                return None;
            }
        }
    }
    // Given back with the connection.
    let _share = shared.share(address, &generation.limits).ok()?;
    // A connection that says nothing is not to keep alive what has been replaced.
    drop(generation);
    let stream = shared.tls.open(stream, address, until).await.ok()?;
    let http2 = match &stream {
        Stream::Plain(stream) => {
            let sniffed = tokio::time::timeout_at(until, speaks_http2(stream)).await;
            sniffed.ok().flatten()?
        }
        Stream::Tls(_) => stream.is_http2().unwrap_or_default(),
    };
    let names = stream.client_names();
    let visitor = Visitor {
        address,
        names,
        _share,
    };
    Some((stream, http2, visitor))
}

/// Whether `connection` ends by itself before the daemon has been going for `last_request`, and before
/// `ceased`.
async fn ends_before<C, F: Future>(
    mut connection: Pin<&mut F>,
    shared: &Shared<C>,
    last_request: Duration,
    ceased: impl Future<Output = ()>,
) -> bool {
    let mut ceased = pin!(ceased);
    let mut time_is_up = pin!(time_is_up(shared, last_request));
    let mut is_waiting = false;
    poll_fn(move |context| {
        // Asked once to have the task woken, then only when there is news: a watch is a lock, and
        // a connection is polled several times a request. It comes first, for the connection may
        // use up the task's budget, without which nothing registers.
        if !is_waiting || shared.is_going() {
            is_waiting = true;
            if time_is_up.as_mut().poll(context).is_ready() {
                return Poll::Ready(false);
            }
        }
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        ceased.as_mut().poll(context).map(|()| false)
    })
    .await
}

/// Ends `last_request` after the daemon has begun to go.
async fn time_is_up<C>(shared: &Shared<C>, last_request: Duration) {
    // The sender lives as long as the listener's task, which ends us when it ends.
    if shared
        .going
        .subscribe()
        .wait_for(|going| *going)
        .await
        .is_ok()
    {
        tokio::time::sleep(last_request).await;
    }
}

/// Whether the client begins with HTTP/2's preface; `None` when it leaves without a word.
async fn speaks_http2(stream: &TcpStream) -> Option<bool> {
    let mut begun = [0_u8; PREFACE.len()];
    loop {
        let count = stream.peek(&mut begun).await.ok()?;
        let seen = begun.get(..count)?;
        if seen.is_empty() {
            return None;
        }
        if seen == PREFACE {
            return Some(true);
        }
        if !PREFACE.starts_with(seen) {
            return Some(false);
        }
        // Bytes that were peeked at stay, so readiness does not tell when there are more.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn answer<C: Carry>(
    request: Request<Incoming>,
    visitor: &Visitor,
    shared: &Shared<C>,
) -> Response<Full<Bytes>> {
    let started = Instant::now();
    let uuid = Uuid::now_v7();
    let mut text = Uuid::encode_buffer();
    let id: &str = uuid.hyphenated().encode_lower(&mut text);
    let is_http1 = request.version() < http::Version::HTTP_2;
    let generation = &*shared.current.get();
    let door = generation.doors.at(request.uri().path());
    let source = door.map(|door| generation.metrics.source_name(door.source));
    let _counted = Counted::one(&shared.metrics.requests_in_flight);
    let proxies = &generation.limits.trusted_proxies;
    let client = proxies.client(visitor.address, request.headers());
    let sender = Context::of(request.headers());
    let tracer = generation.carry.tracer();
    let trace = tracer.map(|tracer| Arc::new(tracer.begin(sender.as_ref(), started)));
    let (method, path) = (
        request.method().clone(),
        path_of(&request, trace.as_deref()),
    );
    let mut noted = Noted {
        bytes: 0,
        trace: trace.clone(),
    };
    // At the level `info` a request that went well costs no span and writes no line.
    let span = tracing::debug_span!("request", id, source);
    let reply = if span.is_disabled() {
        judge(
            request,
            (visitor, client),
            door,
            generation,
            started,
            &mut noted,
        )
        .await
    } else {
        // Boxed, or this future had room for both.
        let judged = judge(
            request,
            (visitor, client),
            door,
            generation,
            started,
            &mut noted,
        );
        let judged = Box::pin(judged);
        judged.instrument(span).await
    };
    let entry = Entry {
        id: &uuid,
        client,
        method: &method,
        source,
        tenant: door.and_then(|door| door.tenant.as_deref()),
        bytes: noted.bytes,
        trace: trace.as_deref().map(Trace::context).or(sender.as_ref()),
        started,
    };
    generation.access.note(&entry, &reply);
    if let Some(trace) = trace.as_deref().filter(|trace| trace.is_recorded()) {
        access::trace(trace, &entry, path.filter(|_| door.is_some()), &reply);
    }
    make_way(&reply);
    let ends_connection = reply.ends_connection() || shared.is_going();
    let mut response = reply.into_response(id);
    if is_http1 && ends_connection {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// What is turned away may come without end, and what is not is to get its turn.
fn make_way(reply: &Reply) {
    if !reply.status().is_success() {
        scheduling::give_way();
    }
}

/// What is told of a request beside its reply.
struct Noted {
    /// Of the body, as it came.
    bytes: u64,
    trace: Option<Arc<Trace>>,
}

/// The path, where somebody is told of it.
fn path_of(request: &Request<Incoming>, trace: Option<&Trace>) -> Option<String> {
    trace.filter(|trace| trace.is_recorded())?;
    Some(request.uri().path().to_owned())
}

async fn judge<C: Carry>(
    request: Request<Incoming>,
    (visitor, client): (&Visitor, IpAddr),
    door: Option<&Door>,
    generation: &Generation<C>,
    started: Instant,
    noted: &mut Noted,
) -> Reply {
    let (head, body) = request.into_parts();
    // What is told of it where it goes no further.
    let seen = generation.carry.is_watched().then(|| {
        let (method, uri, headers) = (head.method.clone(), head.uri.clone(), head.headers.clone());
        let seen = Received::new(method, uri, headers, Bytes::new(), UnixTime::now());
        Box::new(seen.sent_by(client))
    });
    let denied = |denial: Denial| {
        generation.metrics.denied(denial.label());
        if let (Some(door), true) = (door, denial.is_of_source()) {
            generation.metrics.limited(door.source, denial.label());
        }
        let reply = Reply::denied(&denial);
        if let Some(seen) = &seen {
            generation.carry.turned_away(door, seen, &reply, started);
        }
        reply
    };
    if door.is_none()
        && let Some(bin) = generation.carry.bin(head.uri.path())
    {
        // Boxed, for it is rare.
        let captured = Box::pin(bin::capture(bin, (head, body), client, generation, started));
        return match captured.await {
            Ok(reply) => reply,
            Err(denial) => denied(denial),
        };
    }
    let admitted = admit(&head, (visitor, client), door, generation).await;
    let (door, codings, _permits) = match admitted {
        Ok(admitted) => admitted,
        Err(denial) => {
            body::discard(body, &head.headers).await;
            return denied(denial);
        }
    };
    let read = body::read(body, &head.headers, door.body_bytes_max);
    let until = started + generation.limits.body_read;
    let body = match tokio::time::timeout_at(until, read).await {
        Ok(Ok(body)) => body,
        Ok(Err(BodyError::TooLarge)) => return denied(Denial::TooLarge(door.body_bytes_max)),
        Ok(Err(BodyError::Broken)) => return denied(Denial::Broken),
        Err(_) => return denied(Denial::TooSlow),
    };
    noted.bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let trace = noted.trace.take();
    let received = |body| {
        let received = Received::new(head.method, head.uri, head.headers, body, UnixTime::now());
        received.sent_by(client).part_of(trace)
    };
    let received = if codings.is_empty() {
        received(body)
    } else {
        match decoded(&codings, &body, door, &generation.limits) {
            Ok(plain) if door.keeps_encoded => received(plain).decoded_from(body),
            Ok(plain) => received(plain).decoded_from(Bytes::new()),
            Err(denial) => return denied(denial),
        }
    };
    generation.carry.carry(door, received, started).await
}

fn decoded(codings: &Codings, body: &Bytes, door: &Door, limits: &Limits) -> Result<Bytes, Denial> {
    let (bytes_max, ratio_max) = (door.body_bytes_max, limits.decoded_ratio_max);
    codings
        .decode(body, bytes_max, ratio_max)
        .map_err(|why| match why {
            Undecoded::TooLarge => Denial::TooLarge(bytes_max),
            Undecoded::TooDense => Denial::TooDense(ratio_max),
            Undecoded::Broken => Denial::BrokenEncoding,
        })
}
