//! A collector of traces of a test's own: it keeps what it is sent, and may be made to fail. What the
//! messages say is read by OpenTelemetry's own library (`tests/clients/otlp_read.py`).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::support::{output_of, python, until};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Take,
    /// Requests are read, and not answered until this changes.
    Hang,
    /// Every request is answered so.
    Answer(u16),
}

pub(super) struct Asked {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

pub(super) struct Collector {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    asked: Arc<Mutex<Vec<Asked>>>,
    refused: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Collector {
    pub(super) async fn start(mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (mode, modes) = watch::channel(mode);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let refused = Arc::new(AtomicUsize::new(0));
        let (kept, count) = (Arc::clone(&asked), Arc::clone(&refused));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (modes, kept) = (modes.clone(), Arc::clone(&kept));
                let count = Arc::clone(&count);
                let service = service_fn(move |request| {
                    let (kept, count) = (Arc::clone(&kept), Arc::clone(&count));
                    answer(request, modes.clone(), kept, count)
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self {
            address,
            mode,
            asked,
            refused,
            task,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// How many requests it was told to answer with an error.
    pub(super) fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// How many requests it has taken.
    pub(super) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    pub(super) fn last(&self) -> Asked {
        self.asked
            .lock()
            .unwrap()
            .pop()
            .expect("a request has come")
    }

    /// Every span so far.
    pub(super) fn spans(&self) -> Vec<Value> {
        let lines: String = {
            let asked = self.asked.lock().unwrap();
            let lines = asked
                .iter()
                .map(|asked| STANDARD.encode(&asked.body) + "\n");
            lines.collect()
        };
        let read = output_of(&mut python("otlp_read.py"), lines.into_bytes());
        let text = String::from_utf8(read).expect("it is JSON");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    /// The spans of a trace, once there are `count`, by name.
    pub(super) async fn trace(&self, id: &str, count: usize) -> Vec<Value> {
        let of_trace = || {
            let spans = self.spans().into_iter();
            spans.filter(|span| span["trace"] == id).collect::<Vec<_>>()
        };
        until(
            &format!("{count} spans of {id}"),
            Duration::from_secs(20),
            || async { of_trace().len() >= count },
        )
        .await;
        of_trace()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    request: Request<Incoming>,
    mut modes: watch::Receiver<Mode>,
    kept: Arc<Mutex<Vec<Asked>>>,
    refused: Arc<AtomicUsize>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("the body is whole").to_bytes();
    let mode = *modes.borrow_and_update();
    if mode == Mode::Hang {
        let _ = modes.wait_for(|mode| *mode != Mode::Hang).await;
    }
    let mut response = Response::new(Full::default());
    if let Mode::Answer(status) = mode {
        *response.status_mut() = hyper::StatusCode::from_u16(status).expect("a status");
        refused.fetch_add(1, Ordering::Relaxed);
    }
    if mode == Mode::Take {
        kept.lock().unwrap().push(Asked {
            path: head.uri.path().to_owned(),
            headers: head.headers,
            body,
        });
    }
    Ok(response)
}
