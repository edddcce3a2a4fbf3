//! What operators and their machines ask: metrics, liveness, readiness, and the inspector. A listener of
//! its own, on loopback unless configured otherwise.

mod health;
mod inspector;

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::BoxStream;
use http::uri::Authority;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

pub use health::Health;

use crate::inspect::Inspector;
use crate::learned::Learned;
use crate::metrics::Metrics;
use crate::tls;

/// Connections that operators' machines may have open.
const CONNECTIONS_MAX: usize = 128;
/// Those of them that may look at the inspector: the rest is for whoever asks how it goes.
const INSPECTING_MAX: usize = 64;
/// How long a connection may take to send a request's head.
const HEADER_READ: Duration = Duration::from_secs(10);
/// After this a connection takes no further request, unless it is one that reads along; and so long it
/// may then take to take its answer.
const AGE_MAX: Duration = Duration::from_secs(60);
const LAST_ANSWER: Duration = Duration::from_secs(30);

/// Bodies are whole, or made while they are sent.
type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Whom requests are answered by.
#[derive(Debug)]
pub struct Asked {
    pub metrics: Arc<Metrics>,
    pub health: Arc<Health>,
    pub learned: Arc<Learned>,
    /// Where it is on.
    pub inspector: Option<Arc<Inspector>>,
}

/// A path, and what answers it.
struct Route {
    path: &'static str,
    /// Whether it shows secrets. It is answered then under no name that somebody else can point here: a
    /// page of theirs in an operator's browser would read it (DNS rebinding).
    is_secret: bool,
    answer: fn(&Asked) -> Response<Body>,
}

const ROUTES: [Route; 4] = [
    Route {
        path: "/learned",
        is_secret: true,
        answer: |asked| text(StatusCode::OK, JSON, format!("{}\n", asked.learned.text())),
    },
    Route {
        path: "/metrics",
        is_secret: false,
        answer: |asked| match asked.metrics.text() {
            Ok(body) => text(StatusCode::OK, PROMETHEUS, body),
            Err(error) => {
                let body = format!("# {error}\n");
                text(StatusCode::INTERNAL_SERVER_ERROR, PROMETHEUS, body)
            }
        },
    },
    Route {
        path: "/livez",
        is_secret: false,
        answer: |_| text(StatusCode::OK, JSON, "{\"live\":true}\n".into()),
    },
    Route {
        path: "/readyz",
        is_secret: false,
        answer: |asked| {
            let (ready, body) = asked.health.report();
            let status = if ready {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            text(status, JSON, format!("{body}\n"))
        },
    },
];

const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
const JSON: &str = "application/json";

/// Answers on `listener` until the process ends: readiness has to be told while draining.
pub async fn serve((listener, tls): (TcpListener, Arc<tls::Listener>), asked: Asked) {
    let asked = Arc::new(asked);
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let inspecting = Arc::new(Semaphore::new(INSPECTING_MAX));
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else {
            return;
        };
        let (stream, peer) = match listener.accept().await {
            Ok((stream, peer)) => (stream, peer.ip()),
            Err(error) => {
                tracing::warn!(%error, "cannot accept an admin connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let own = Connection {
            asked: Arc::clone(&asked),
            inspecting: Arc::clone(&inspecting),
            may_inspect: std::sync::Mutex::new(None),
            reads_along: AtomicBool::new(false),
        };
        let tls = Arc::clone(&tls);
        tokio::spawn(async move {
            let until = Instant::now() + HEADER_READ;
            if let Ok(stream) = tls.open(stream, peer, until).await {
                own.run(stream).await;
            }
            drop(permit);
        });
    }
}

/// One connection.
struct Connection {
    asked: Arc<Asked>,
    inspecting: Arc<Semaphore>,
    /// Had from its first request to the inspector to its end.
    may_inspect: std::sync::Mutex<Option<OwnedSemaphorePermit>>,
    /// Whether it has an answer that goes on and on.
    reads_along: AtomicBool,
}

impl Connection {
    async fn run(&self, stream: tls::Stream) {
        let is_tls = stream.is_http2().is_some();
        let service =
            service_fn(|request| async { Ok::<_, Infallible>(self.answer(request, is_tls).await) });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_READ)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let mut old = pin!(self.has_aged());
        let is_over = poll_fn(|context| {
            use std::task::Poll;
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(true);
            }
            old.as_mut().poll(context).map(|()| false)
        });
        if is_over.await {
            return;
        }
        // The client's faults are its own; there is nobody to tell.
        connection.as_mut().graceful_shutdown();
        let _ = timeout(LAST_ANSWER, connection).await;
    }

    /// Ends once the connection has been there for long enough.
    async fn has_aged(&self) {
        loop {
            sleep(AGE_MAX).await;
            if !self.reads_along.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    async fn answer(&self, request: Request<Incoming>, is_tls: bool) -> Response<Body> {
        let path = request.uri().path();
        if let Some(inspector) = &self.asked.inspector
            && Inspector::has(path)
        {
            if !self.may_inspect() {
                return inspector::too_many();
            }
            let (response, goes_on) = inspector::answer(inspector, request, is_tls).await;
            self.reads_along.fetch_or(goes_on, Ordering::Relaxed);
            return response;
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, JSON, "{}\n".into());
            let allow = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(header::ALLOW, allow);
            return response;
        }
        match ROUTES.iter().find(|route| route.path == path) {
            Some(route) if route.is_secret && !names_no_one(&request) => {
                let body = "{\"error\":\"ask by address or as localhost\"}\n";
                text(StatusCode::MISDIRECTED_REQUEST, JSON, body.into())
            }
            Some(route) => (route.answer)(&self.asked),
            None => {
                let mut paths: Vec<_> = ROUTES.iter().map(|route| route.path).collect();
                if self.asked.inspector.is_some() {
                    paths.push("/inspector/");
                }
                let known = serde_json::json!({ "paths": paths });
                text(StatusCode::NOT_FOUND, JSON, format!("{known}\n"))
            }
        }
    }

    fn may_inspect(&self) -> bool {
        let mut permit = self
            .may_inspect
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if permit.is_none() {
            *permit = Arc::clone(&self.inspecting).try_acquire_owned().ok();
        }
        permit.is_some()
    }
}

/// Whether the host that was asked for is an address or `localhost`, and no name that has to be looked up.
fn names_no_one(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter();
    let mut hosts = hosts.map(|host| host.to_str().ok()?.parse().ok());
    let is_ours = |authority: &Authority| {
        let host = authority.host();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok() || host.eq_ignore_ascii_case("localhost")
    };
    request.uri().authority().is_none_or(is_ours)
        && hosts.all(|host: Option<Authority>| host.as_ref().is_some_and(is_ours))
}

fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed_unsync()
}

fn streamed(stream: BoxStream<'static, Bytes>) -> Body {
    use futures_util::StreamExt as _;
    let frames = stream.map(|bytes| Ok::<_, Infallible>(Frame::data(bytes)));
    StreamBody::new(frames).boxed_unsync()
}

fn text(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(whole(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
