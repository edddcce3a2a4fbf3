//! What is told of a request's way: spans, as OpenTelemetry has them, and who collects them.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Context, Ratio};
use crate::metrics::SpansDropped;

/// What a span stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Work of our own.
    Internal,
    /// A request that is answered.
    Server,
    /// A message for somebody who reads it later.
    Producer,
}

/// What an attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(Cow<'static, str>),
    Number(i64),
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// A piece of a request's way that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub context: Context,
    /// The span that it is a part of.
    pub parent: Option<[u8; 8]>,
    pub name: Cow<'static, str>,
    pub kind: Kind,
    /// Unix time in nanoseconds.
    pub began_ns: u64,
    pub ended_ns: u64,
    /// OpenTelemetry's semantic conventions, and `hookferry.` where they have no word.
    pub attributes: Vec<(&'static str, Value)>,
    /// Why it failed.
    pub error: Option<Cow<'static, str>>,
}

/// Decides which traces are recorded, and takes their spans. It never waits: what nobody fetches in
/// time is dropped and counted.
#[derive(Debug)]
pub struct Tracer {
    roots: Ratio,
    queue: mpsc::Sender<Span>,
    dropped: SpansDropped,
}

/// One request's place in its trace.
#[derive(Debug)]
pub struct Trace {
    /// Our span for the whole request; the sender's own where the trace is not recorded.
    context: Context,
    parent: Option<[u8; 8]>,
    /// Where the trace is recorded.
    tracer: Option<Arc<Tracer>>,
    /// One moment by both clocks.
    began: SystemTime,
    started: Instant,
}

/// A message that is about to be sent, as a part of a trace that is recorded.
#[derive(Debug)]
pub struct Sending<'t> {
    trace: &'t Trace,
    context: Context,
    began: Instant,
}

impl Tracer {
    /// Of traces that begin here it records `roots`; of all others, those that their sender does.
    pub fn new(roots: Ratio, queue: mpsc::Sender<Span>, dropped: SpansDropped) -> Self {
        Self {
            roots,
            queue,
            dropped,
        }
    }

    /// A request whose head arrived at `started`, and what its sender says.
    pub fn begin(self: &Arc<Self>, sender: Option<&Context>, started: Instant) -> Trace {
        let ours = |trace_id, flags, state: &str| Context {
            trace_id,
            span_id: span_id(),
            flags,
            state: state.to_owned(),
        };
        let context = match sender {
            Some(sender) if sender.is_sampled() => {
                ours(sender.trace_id, sender.flags, &sender.state)
            }
            Some(sender) => sender.clone(),
            None => {
                let id = random();
                ours(id, u8::from(self.roots.has(&id)), "")
            }
        };
        Trace {
            tracer: context.is_sampled().then(|| Arc::clone(self)),
            parent: sender.map(|sender| sender.span_id),
            context,
            began: SystemTime::now(),
            started,
        }
    }

    fn take(&self, span: Span) {
        if self.queue.try_send(span).is_err() {
            self.dropped.count("queue_full", 1);
        }
    }
}

impl Trace {
    /// What whoever follows is told.
    pub fn context(&self) -> &Context {
        &self.context
    }

    pub fn is_recorded(&self) -> bool {
        self.tracer.is_some()
    }

    /// Records the whole request, once it is answered.
    pub fn answered(
        &self,
        name: String,
        attributes: Vec<(&'static str, Value)>,
        error: Option<&'static str>,
    ) {
        let span = Span {
            context: self.context.clone(),
            parent: self.parent,
            name: name.into(),
            kind: Kind::Server,
            began_ns: self.at(self.started),
            ended_ns: self.at(Instant::now()),
            attributes,
            error: error.map(Cow::Borrowed),
        };
        self.record(span);
    }

    /// Records a part of it that is over.
    pub fn part(
        &self,
        name: &'static str,
        (began, ended): (Instant, Instant),
        error: Option<&'static str>,
    ) {
        if !self.is_recorded() {
            return;
        }
        let span = Span {
            context: self.child(),
            parent: Some(self.context.span_id),
            name: Cow::Borrowed(name),
            kind: Kind::Internal,
            began_ns: self.at(began),
            ended_ns: self.at(ended),
            attributes: error
                .map(|error| ("error.type", error.into()))
                .into_iter()
                .collect(),
            error: error.map(Cow::Borrowed),
        };
        self.record(span);
    }

    /// A message of it is about to be sent; `None` where the trace is not recorded.
    pub fn sending(&self) -> Option<Sending<'_>> {
        self.is_recorded().then(|| Sending {
            trace: self,
            context: self.child(),
            began: Instant::now(),
        })
    }

    fn child(&self) -> Context {
        Context {
            span_id: span_id(),
            ..self.context.clone()
        }
    }

    fn record(&self, span: Span) {
        if let Some(tracer) = &self.tracer {
            tracer.take(span);
        }
    }

    /// Unix time in nanoseconds, by the monotonic clock from the request's arrival on.
    fn at(&self, moment: Instant) -> u64 {
        // The wall clock was read a moment after the head had arrived: that is within what clocks differ.
        let since = moment.saturating_duration_since(self.started);
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from((began + since).as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Sending<'_> {
    /// What the message's reader is told.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Records it, once its outcome is known.
    pub fn sent(
        self,
        name: String,
        mut attributes: Vec<(&'static str, Value)>,
        error: Option<(&'static str, String)>,
    ) {
        attributes.extend(
            error
                .as_ref()
                .map(|(kind, _)| ("error.type", (*kind).into())),
        );
        let span = Span {
            context: self.context,
            parent: Some(self.trace.context.span_id),
            name: name.into(),
            kind: Kind::Producer,
            began_ns: self.trace.at(self.began),
            ended_ns: self.trace.at(Instant::now()),
            attributes,
            error: error.map(|(_, said)| said.into()),
        };
        self.trace.record(span);
    }
}

fn span_id() -> [u8; 8] {
    random()
}

/// Never all zero, which would be no id.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [1; N];
    // Without randomness nothing else here would run either: keys and ids need it.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() || bytes == [0; N] {
        return [1; N];
    }
    bytes
}
