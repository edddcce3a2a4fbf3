//! How a sink's records are written and placed, as the configuration says.

use std::sync::Arc;

use crate::publish::encode::Shape;
use crate::publish::{DeadLetters, Route, Topics};
use crate::settings::{SinkKind, SinkSettings, Target};

/// How a sink's dead letters are written.
pub(crate) fn letters(sink: &SinkSettings) -> DeadLetters {
    DeadLetters {
        topic: sink.dead_letter_topic.clone(),
        shape: shape(sink),
    }
}

/// How events are placed at `sink`, as `target` says.
pub(crate) fn route(sink: &SinkSettings, target: &Target, topics: Arc<Topics>) -> Route {
    let mut shape = shape(sink);
    shape.encoding = target.encoding.unwrap_or(shape.encoding);
    Route {
        shape,
        topic: target.topic.clone().unwrap_or_else(|| sink.topic.clone()),
        key: target.key.clone().unwrap_or_else(|| sink.key.clone()),
        headers: target.headers.clone(),
        default_topic: sink.default_topic.clone(),
        dead_letter_topic: sink.dead_letter_topic.clone(),
        topics,
    }
}

/// How the sink's envelopes are written.
pub(crate) fn shape(sink: &SinkSettings) -> Shape {
    Shape {
        encoding: sink.encoding,
        attribute_prefix: match sink.kind {
            SinkKind::Kafka(_) => "ce_",
            SinkKind::Rabbitmq(_) => "ce-",
        },
    }
}
