//! A request that has come and what became of it, as it is kept: without what must not be.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::accept::Reply;
use crate::authenticate::Step;
use crate::publish::Parcel;
use crate::settings::compile::Endpoint;
use crate::time::UnixTime;

/// What stands where something was not kept.
pub(super) const REDACTED: &str = "[redacted]";

/// A kept exchange.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) seq: u64,
    pub(super) at: UnixTime,
    pub(super) request: Request,
    pub(super) whose: Whose,
    pub(super) end: End,
    pub(super) stages: Stages,
    pub(super) steps: Vec<Step>,
    pub(super) causes: Vec<String>,
    /// What can explain it later, where there was no time to at once.
    pub(super) unexplained: Option<Arc<Endpoint>>,
    /// Its events, where they are kept.
    pub(super) parcels: Vec<Parcel>,
    /// Why they are not.
    pub(super) events_note: Option<&'static str>,
    pub(super) events: usize,
    pub(super) kind: Option<String>,
    pub(super) id: Option<String>,
    pub(super) places: Vec<Place>,
    pub(super) replay_of: Option<u64>,
    /// The likely preset.
    pub(super) guess: Option<String>,
}

/// What came.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) client: Option<IpAddr>,
    /// When it arrived, by which its signed time is judged.
    pub(super) at: UnixTime,
    pub(super) body: Option<Bytes>,
    /// How long it was.
    pub(super) body_bytes: usize,
    /// Why it is not kept, or not as it came.
    pub(super) body_note: Option<&'static str>,
    pub(super) truncated: bool,
    /// Why it cannot be judged again as it came.
    pub(super) incomplete: Option<&'static str>,
    /// Of each header that was not kept: its digest under the process's own key.
    pub(super) digests: Vec<(http::HeaderName, [u8; 32])>,
}

/// It is not yet without what must not stay.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("bytes", &self.body_bytes)
            .finish_non_exhaustive()
    }
}

/// Where it belongs.
#[derive(Debug, Clone, Default)]
pub(super) struct Whose {
    pub(super) source: Option<Arc<str>>,
    pub(super) tenant: Option<Arc<str>>,
    pub(super) bin: Option<Arc<str>>,
    pub(super) provider: Option<String>,
}

/// How it ended.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) status: u16,
    pub(super) outcome: &'static str,
    pub(super) reason: &'static str,
    pub(super) message: String,
}

/// Milliseconds; none of a stage that it did not come to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stages {
    pub(super) read: Option<f64>,
    pub(super) verify: Option<f64>,
    pub(super) normalize: Option<f64>,
    pub(super) publish: Option<f64>,
    pub(super) whole: f64,
}

/// Where one of its records lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sink: String,
    pub(super) at: PlaceAt,
    /// Why as a dead letter.
    pub(super) buried: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PlaceAt {
    Kafka {
        topic: String,
        partition: i32,
        offset: i64,
        key: String,
    },
    Rabbitmq {
        exchange: String,
        routing_key: String,
    },
    Spooled {
        topic: String,
    },
}

impl End {
    pub(super) fn of(reply: &Reply) -> Self {
        Self {
            status: reply.status().as_u16(),
            outcome: reply.outcome().label(),
            reason: reply.reason(),
            message: reply.detail().to_owned(),
        }
    }
}

impl Exchange {
    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let request = &self.request;
        let headers = request.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len() + 64)
            .sum();
        let body = request.body.as_ref().map_or(0, Bytes::len);
        let steps: usize = self.steps.iter().map(|step| step.text.len() + 40).sum();
        let causes: usize = self.causes.iter().map(|cause| cause.len() + 24).sum();
        let event = |parcel: &Parcel| {
            let data = parcel.event().data();
            let is_body = request
                .body
                .as_ref()
                .is_some_and(|body| body.as_ptr() == data.as_ptr());
            1024 + if is_body { 0 } else { data.len() }
        };
        let events: usize = self.parcels.iter().map(event).sum();
        let texts = request.path.len() + request.query.len() + self.end.message.len();
        1024 + headers + body + steps + causes + events + texts + self.places.len() * 160
    }

    /// Whether its events can be published once more, and why not.
    pub(super) fn can_publish(&self) -> Result<(), &'static str> {
        if !self.parcels.is_empty() {
            return Ok(());
        }
        Err(self.events_note.unwrap_or(match self.end.outcome {
            "accepted" | "unavailable" => "nothing of it is an event that was kept",
            _ => "it was not authentic, or nothing of it is published",
        }))
    }

    /// Whether it can be judged once more as it came, and why not.
    pub(super) fn can_judge(&self) -> Result<(), &'static str> {
        if self.whose.bin.is_some() {
            return Err("it came to a bin, and no source is judged by it");
        }
        if self.whose.source.is_none() {
            return Err("no source has its path");
        }
        self.request.incomplete.map_or(Ok(()), Err)
    }
}
