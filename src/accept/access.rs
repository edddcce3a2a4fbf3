//! The access log: a line for a request, with nothing of it in it but who sent it, where it went and
//! what became of it. Never a query, a header or a payload.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use tokio::time::Instant;
use tracing::Level;
use uuid::Uuid;

use super::{Outcome, Reply};
use crate::telemetry::{Context, Ratio, Trace, Value};

/// How long a budget of lines is for.
const WINDOW: Duration = Duration::from_secs(1);
/// Methods that have a name here. A stranger may make up another, with anything in it; it is told of as in
/// traces everywhere (semantic conventions of HTTP, `http.request.method`).
const METHODS: [Method; 9] = [
    Method::POST,
    Method::GET,
    Method::HEAD,
    Method::PUT,
    Method::DELETE,
    Method::CONNECT,
    Method::OPTIONS,
    Method::TRACE,
    Method::PATCH,
];
const OTHER: &str = "_OTHER";

/// Of which requests there are lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLog {
    /// Of those that went well: accepted, or dropped by a filter.
    pub accepted: Ratio,
    /// Of all others.
    pub refused: Ratio,
    /// Further ones are counted instead, so that whoever sends forged requests does not fill a disk.
    pub lines_per_s_max: u32,
}

/// What is said of a request before its outcome is known.
pub(super) struct Entry<'r, C> {
    pub(super) id: &'r Uuid,
    pub(super) client: C,
    pub(super) method: &'r Method,
    pub(super) source: Option<&'r str>,
    pub(super) tenant: Option<&'r str>,
    /// Of the body, as it came.
    pub(super) bytes: u64,
    pub(super) trace: Option<&'r Context>,
    pub(super) started: Instant,
}

impl<C> Entry<'_, C> {
    fn method(&self) -> &str {
        if METHODS.contains(self.method) {
            self.method.as_str()
        } else {
            OTHER
        }
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Writes it.
pub(super) struct Access {
    options: AccessLog,
    window: Arc<Mutex<Window>>,
}

/// Tells of the whole request. `path` is one of the configuration's, or none: what strangers make up
/// is no name for anything.
pub(super) fn trace(
    trace: &Trace,
    entry: &Entry<'_, impl Display>,
    path: Option<String>,
    reply: &Reply,
) {
    let number = |number: u64| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let status = reply.status().as_u16();
    let mut attributes = vec![
        ("http.request.method", entry.method().to_owned().into()),
        ("http.response.status_code", i64::from(status).into()),
        ("http.request.body.size", number(entry.bytes)),
        ("client.address", entry.client.to_string().into()),
        ("hookferry.request_id", entry.id.to_string().into()),
        ("hookferry.outcome", reply.outcome().label().into()),
        ("hookferry.reason", reply.reason().into()),
    ];
    for (name, value) in [
        ("hookferry.source", entry.source),
        ("hookferry.tenant", entry.tenant),
    ] {
        attributes.extend(value.map(|value| (name, value.to_owned().into())));
    }
    let mut name = entry.method().to_owned();
    if let Some(path) = path {
        name = format!("{name} {path}");
        attributes.push(("url.path", path.into()));
    }
    // A request that is refused is no error of ours (semantic conventions of HTTP, "Status").
    let error = (status >= 500).then(|| reply.reason());
    attributes.extend(error.map(|error| ("error.type", error.into())));
    trace.answered(name, attributes, error);
}

/// What of a request's id is random, where a trace's id has it: the rest is a clock and a counter.
fn chance(id: &Uuid) -> [u8; 16] {
    let [.., a, b, c, d] = *id.as_bytes();
    [0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d, 0, 0, 0]
}

/// One second's lines.
struct Window {
    began: Instant,
    written: u32,
    left_out: u64,
}

impl Access {
    pub(super) fn new(options: AccessLog) -> Self {
        let window = Window {
            began: Instant::now(),
            written: 0,
            left_out: 0,
        };
        Self {
            options,
            window: Arc::new(Mutex::new(window)),
        }
    }

    pub(super) fn note(&self, entry: &Entry<'_, impl Display>, reply: &Reply) {
        // What a macro is handed is worked out only where the line is written.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request = %entry.id,
                    client = %entry.client,
                    method = entry.method(),
                    source = entry.source,
                    tenant = entry.tenant,
                    bytes = entry.bytes,
                    outcome = reply.outcome().label(),
                    reason = reply.reason(),
                    detail = reply.detail(),
                    status = reply.status().as_u16(),
                    elapsed_ms = entry.elapsed_ms(),
                    trace = entry.trace.map(Context::trace),
                    "request answered"
                )
            };
        }
        match reply.outcome() {
            Outcome::Accepted | Outcome::Filtered => {
                if tracing::enabled!(Level::INFO) && self.takes(entry, self.options.accepted) {
                    line!(info);
                } else {
                    line!(debug);
                }
            }
            Outcome::Handshake | Outcome::Denied | Outcome::Captured => {
                if tracing::enabled!(Level::INFO) && self.takes(entry, self.options.refused) {
                    line!(info);
                }
            }
            Outcome::Refused | Outcome::Rejected => {
                if tracing::enabled!(Level::WARN) && self.takes(entry, self.options.refused) {
                    line!(warn);
                }
            }
            Outcome::Unavailable => {
                if tracing::enabled!(Level::ERROR) && self.takes(entry, self.options.refused) {
                    line!(error);
                }
            }
        }
    }

    /// Whether the request is one of `ratio`, and there is room for its line. Requests of one trace are
    /// all in or all out, here and wherever else the same ratio is asked.
    fn takes<C>(&self, entry: &Entry<'_, C>, ratio: Ratio) -> bool {
        let chance = entry
            .trace
            .map_or_else(|| chance(entry.id), |it| it.trace_id);
        ratio.has(&chance) && self.has_room()
    }

    fn has_room(&self) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now.duration_since(window.began) >= WINDOW {
            window.began = now;
            window.written = 0;
        }
        if window.written < self.options.lines_per_s_max {
            window.written += 1;
            return true;
        }
        window.left_out += 1;
        if window.left_out == 1 {
            let (window, until) = (Arc::clone(&self.window), window.began + WINDOW);
            drop(tokio::spawn(async move {
                tokio::time::sleep_until(until).await;
                let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
                let requests = std::mem::take(&mut window.left_out);
                drop(window);
                tracing::warn!(
                    requests,
                    "requests without a line: more than log.access.lines_per_s_max in a second"
                );
            }));
        }
        false
    }
}
