//! Traces: which one a request is part of, what is told of it, and which requests are looked at.

mod context;
mod ratio;
mod span;

pub use context::{Context, TRACEPARENT, TRACESTATE};
pub use ratio::Ratio;
pub use span::{Kind, Sending, Span, Trace, Tracer, Value};
