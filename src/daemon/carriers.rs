//! The sinks, each with what stands before its broker, and who empties their spools.

use std::sync::Arc;

use crate::metrics::Metrics;
use crate::publish::encode::Shape;
use crate::publish::kafka::Kafka;
use crate::publish::rabbitmq::Rabbitmq;
use crate::publish::spool::{Drain, Lock, Opened, Spool};
use crate::publish::{Broker, DeadLetters, Route, Sink, SinkOptions, Topics};
use crate::settings::{Settings, SinkKind, SinkSettings, Target};

/// What carries events to the brokers.
pub(super) struct Carriers {
    pub(super) sinks: Vec<Arc<Sink>>,
    pub(super) drains: Vec<(Arc<Sink>, Drain)>,
    /// The right to the spool's folder.
    pub(super) lock: Option<Lock>,
}

/// Makes the sinks and opens their spools.
///
/// # Errors
/// What is wrong with a sink, or with the spool's files.
pub(super) fn open(settings: &Settings, metrics: &Metrics) -> Result<Carriers, String> {
    let lock = settings.spool.as_ref().map(|spool| Lock::take(&spool.path));
    let mut carriers = Carriers {
        sinks: Vec::new(),
        drains: Vec::new(),
        lock: lock.transpose()?,
    };
    for sink in &settings.sinks {
        let broker =
            broker(sink, Some(metrics)).map_err(|error| format!("sinks.{}: {error}", sink.name))?;
        let (mut spool, mut drain) = (None, None);
        if let Some(options) = &settings.spool {
            let opened = Spool::open(options, &sink.name, metrics.spool(&sink.name))?;
            let Opened {
                spool: own,
                drain: its,
            } = opened;
            spool = Some((own, options.takeover));
            drain = Some(its);
        }
        let made = Arc::new(Sink::new(SinkOptions {
            broker,
            in_flight_max: sink.in_flight_max,
            spool,
            letters: letters(sink),
            metrics: metrics.sink(&sink.name),
        }));
        carriers
            .drains
            .extend(drain.map(|drain| (Arc::clone(&made), drain)));
        carriers.sinks.push(made);
    }
    Ok(carriers)
}

/// Starts a sink's client.
///
/// # Errors
/// What is wrong with its settings, without secrets.
pub(crate) fn broker(sink: &SinkSettings, metrics: Option<&Metrics>) -> Result<Broker, String> {
    match &sink.kind {
        SinkKind::Kafka(options) => Kafka::new(options).map(|kafka| {
            if let Some(metrics) = metrics {
                kafka.count_restarts(metrics.producer_restarts(&sink.name));
            }
            Broker::Kafka(kafka)
        }),
        SinkKind::Rabbitmq(options) => Rabbitmq::new(options).map(Broker::Rabbitmq),
    }
}

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
