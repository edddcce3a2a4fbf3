//! What operators and their machines ask: metrics, liveness, readiness. A listener of its own, on
//! loopback unless configured otherwise.

mod health;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub use health::Health;

use crate::learned::Learned;
use crate::metrics::Metrics;
use crate::tls;

/// Connections that operators' machines may have open.
const CONNECTIONS_MAX: usize = 64;
/// How long a connection may take to send a request's head.
const HEADER_READ: Duration = Duration::from_secs(10);

/// Answers on `listener` until the process ends: readiness has to be told while draining.
pub async fn serve(
    (listener, tls): (TcpListener, Arc<tls::Listener>),
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    learned: Arc<Learned>,
) {
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
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
        let (metrics, health) = (Arc::clone(&metrics), Arc::clone(&health));
        let (learned, tls) = (Arc::clone(&learned), Arc::clone(&tls));
        tokio::spawn(async move {
            let until = Instant::now() + HEADER_READ;
            let Ok(stream) = tls.open(stream, peer, until).await else {
                return;
            };
            let service = service_fn(|request| {
                let response = answer(&request, &metrics, &health, &learned);
                async move { Ok::<_, Infallible>(response) }
            });
            // The client's faults are its own; there is nobody to tell.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_READ)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            drop(permit);
        });
    }
}

fn answer(
    request: &Request<Incoming>,
    metrics: &Metrics,
    health: &Health,
    learned: &Learned,
) -> Response<Full<Bytes>> {
    const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
    const JSON: &str = "application/json";
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, JSON, "{}\n".into());
        let allow = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    match request.uri().path() {
        "/metrics" => match metrics.text() {
            Ok(body) => text(StatusCode::OK, PROMETHEUS, body),
            Err(error) => text(
                StatusCode::INTERNAL_SERVER_ERROR,
                PROMETHEUS,
                format!("# {error}\n"),
            ),
        },
        "/learned" => text(StatusCode::OK, JSON, format!("{}\n", learned.text())),
        "/livez" => text(StatusCode::OK, JSON, "{\"live\":true}\n".into()),
        "/readyz" => {
            let (ready, body) = health.report();
            let status = if ready {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            };
            text(status, JSON, format!("{body}\n"))
        }
        _ => text(
            StatusCode::NOT_FOUND,
            JSON,
            "{\"paths\":[\"/learned\",\"/metrics\",\"/livez\",\"/readyz\"]}\n".into(),
        ),
    }
}

fn text(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
