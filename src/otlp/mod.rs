//! Traces for a collector, by OTLP over HTTP (<https://opentelemetry.io/docs/specs/otlp/>). A task of
//! its own fetches what the tracer has queued: whatever becomes of the collector, no request waits for
//! it, and what it does not take in time is dropped and counted.

mod proto;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use prost::Message as _;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::fetch::Fetcher;
use crate::metrics::{Metrics, SpansDropped};
use crate::telemetry::{Ratio, Span, Tracer};

/// Spans that may wait for the collector, about half a kilobyte each.
const QUEUE_MAX: usize = 8192;
/// Spans of one request to it.
const BATCH_MAX: usize = 512;
/// How long a span waits for company.
const LINGER: Duration = Duration::from_secs(1);
/// How often a batch is sent, and the pause after the first failure; it doubles with each.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_secs(1);

/// How long a daemon that goes down waits for the collector.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Where traces go, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// With the path of traces.
    pub url: String,
    /// What the collector wants to see, as for its authentication.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Which of the traces that begin here are recorded.
    pub roots: Ratio,
    /// Who we are: `service.name` and what the environment says.
    pub resource: Vec<(String, String)>,
    /// How long the collector may take.
    pub timeout: Duration,
}

/// The task that exports.
#[derive(Debug)]
pub struct Export {
    tracer: Arc<Tracer>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Export {
    /// To be called within the runtime.
    ///
    /// # Errors
    /// When there can be no client.
    pub fn start(options: Options, metrics: &Arc<Metrics>) -> Result<Self, String> {
        let (queue, spans) = mpsc::channel(QUEUE_MAX);
        let (stop, stopping) = watch::channel(false);
        let tracer = Tracer::new(options.roots, queue, metrics.spans_dropped());
        let exporter = Exporter {
            collector: Collector::new(options)?,
            metrics: Arc::clone(metrics),
            dropped: metrics.spans_dropped(),
            stopping,
            is_down: false,
        };
        Ok(Self {
            tracer: Arc::new(tracer),
            stop,
            task: tokio::spawn(exporter.run(spans)),
        })
    }

    pub fn tracer(&self) -> Arc<Tracer> {
        Arc::clone(&self.tracer)
    }

    /// Exports what there is, as far as the collector takes it in time.
    pub async fn close(self) {
        self.stop.send_replace(true);
        let _ = timeout(LAST_WORDS, self.task).await;
    }
}

struct Exporter {
    collector: Collector,
    metrics: Arc<Metrics>,
    dropped: SpansDropped,
    stopping: watch::Receiver<bool>,
    /// It has been said that the collector is away.
    is_down: bool,
}

impl Exporter {
    async fn run(mut self, mut spans: mpsc::Receiver<Span>) {
        let mut stopping = self.stopping.clone();
        loop {
            let mut batch = Vec::new();
            let mut until = None;
            while batch.len() < BATCH_MAX {
                let due = until.unwrap_or_else(Instant::now);
                let room = BATCH_MAX - batch.len();
                tokio::select! {
                    _ = stopping.wait_for(|stop| *stop) => break,
                    () = sleep_until(due), if until.is_some() => break,
                    count = spans.recv_many(&mut batch, room) => {
                        if count == 0 {
                            break;
                        }
                    }
                }
                until = until.or_else(|| Some(Instant::now() + LINGER));
            }
            let is_over = *stopping.borrow() || spans.is_closed();
            if is_over {
                spans.close();
                while let Ok(span) = spans.try_recv() {
                    batch.push(span);
                }
            }
            while !batch.is_empty() {
                let rest = batch.split_off(batch.len().min(BATCH_MAX));
                self.send(batch).await;
                batch = rest;
            }
            if is_over {
                return;
            }
        }
    }

    async fn send(&mut self, batch: Vec<Span>) {
        let spans = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let body = self.collector.write(batch);
        let mut attempt = 0;
        let failure = loop {
            match self.collector.post(body.clone()).await {
                Ok(rejected) => {
                    let rejected = rejected.min(spans);
                    self.metrics.spans_exported(spans - rejected);
                    if rejected > 0 {
                        self.dropped.count("rejected", rejected);
                    }
                    if std::mem::take(&mut self.is_down) {
                        tracing::info!("the collector of traces answers again");
                    }
                    return;
                }
                Err(failure) => {
                    attempt += 1;
                    if !failure.may_pass || attempt >= ATTEMPTS || *self.stopping.borrow() {
                        break failure;
                    }
                }
            }
            let pause = PAUSE * 2_u32.saturating_pow(attempt - 1);
            tokio::select! {
                () = sleep(pause) => {}
                _ = self.stopping.wait_for(|stop| *stop) => {}
            }
        };
        let reason = if failure.may_pass {
            "unreachable"
        } else {
            "refused"
        };
        self.dropped.count(reason, spans);
        // Once, and not for each batch.
        if !std::mem::replace(&mut self.is_down, true) {
            let error = failure.said;
            tracing::warn!(
                error,
                "the collector takes no traces: they are dropped until it does; webhooks are not held up"
            );
        }
    }
}

/// Why a batch was not taken.
struct Failure {
    said: String,
    /// Whether it may be taken another time.
    may_pass: bool,
}

struct Collector {
    fetcher: Fetcher,
    url: String,
    headers: HeaderMap,
    resource: proto::Resource,
    timeout: Duration,
}

impl Collector {
    fn new(options: Options) -> Result<Self, String> {
        let mut headers: HeaderMap = options.headers.into_iter().collect();
        let protobuf = HeaderValue::from_static("application/x-protobuf");
        headers.insert(header::CONTENT_TYPE, protobuf);
        let agent = concat!("hookferry/", env!("CARGO_PKG_VERSION"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        let attributes = options.resource.into_iter();
        Ok(Self {
            fetcher: Fetcher::for_operator(None)?,
            url: options.url,
            headers,
            resource: proto::Resource {
                attributes: attributes
                    .map(|(key, value)| proto::attribute(&key, value.into()))
                    .collect(),
            },
            timeout: options.timeout,
        })
    }

    fn write(&self, batch: Vec<Span>) -> Bytes {
        let request = proto::Request {
            resource_spans: vec![proto::ResourceSpans {
                resource: Some(self.resource.clone()),
                scope_spans: vec![proto::ScopeSpans {
                    scope: Some(proto::Scope {
                        name: env!("CARGO_PKG_NAME").to_owned(),
                        version: env!("CARGO_PKG_VERSION").to_owned(),
                    }),
                    spans: batch.into_iter().map(proto::Span::from).collect(),
                }],
            }],
        };
        request.encode_to_vec().into()
    }

    /// How many spans the collector did not take of those that it was sent.
    async fn post(&self, body: Bytes) -> Result<u64, Failure> {
        let headers = self.headers.clone();
        let asked = self
            .fetcher
            .exchange(Method::POST, &self.url, headers, body, self.timeout);
        let (status, answer) = asked.await.map_err(|said| Failure {
            said,
            may_pass: true,
        })?;
        if !status.is_success() {
            return Err(Failure {
                said: format!("it answered {status}"),
                // OTLP, "Failures": these alone are to be sent again.
                may_pass: matches!(
                    status,
                    StatusCode::TOO_MANY_REQUESTS
                        | StatusCode::BAD_GATEWAY
                        | StatusCode::SERVICE_UNAVAILABLE
                        | StatusCode::GATEWAY_TIMEOUT
                ),
            });
        }
        let answer = proto::Response::decode(answer).unwrap_or_default();
        let partial = answer.partial_success.unwrap_or_default();
        if partial.rejected_spans > 0 {
            let said = partial.error_message;
            tracing::warn!(said, "the collector did not take all spans of a batch");
        }
        Ok(u64::try_from(partial.rejected_spans).unwrap_or_default())
    }
}
