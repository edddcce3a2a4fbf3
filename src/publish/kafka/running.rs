//! One producer of librdkafka, and what comes back from it.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use rdkafka::Message as _;
use rdkafka::client::{Client, ClientContext};
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext, PurgeConfig};
use tracing::{debug, error, info, warn};

use super::super::Record;
use super::turns::{Back, Delivered, Delivery, Parting, Ticket, Turns, Undelivered};

/// How long reports are waited for at a time. rdkafka polls without a pause in the last millisecond of it.
const REPORTS: Duration = Duration::from_millis(500);

/// A producer with the thread that its reports come by, which ends some time after this does.
pub(super) struct Running(Arc<Inner>);

struct Inner {
    producer: BaseProducer<Log>,
    turns: Turns,
    is_over: AtomicBool,
}

impl Inner {
    /// Hands a record to librdkafka, which copies it.
    fn send(&self, parting: Parting<'_>) -> Result<(), Back> {
        let Parting {
            topic,
            key,
            value,
            headers,
            ticket,
        } = parting;
        let mut record = BaseRecord::with_opaque_to(&topic, Box::new(ticket))
            .payload(value.as_ref())
            .headers(headers);
        // An empty key would send all keyless records to one partition.
        if !key.is_empty() {
            record = record.key(key.as_ref());
        }
        let sent = self.producer.send(record);
        sent.map_err(|(error, record)| (error, *record.delivery_opaque))
    }

    fn report(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            self.producer.poll(REPORTS);
            self.turns.pass(false, |parting| self.send(parting));
        }
    }
}

impl Running {
    pub(super) fn start(
        config: &ClientConfig,
        sink: &str,
        linger: Duration,
    ) -> Result<Self, KafkaError> {
        let log = Log::new(sink);
        let link = Arc::clone(&log.inner);
        let inner = Arc::new(Inner {
            producer: config.create_with_context(log)?,
            turns: Turns::new(linger),
            is_over: AtomicBool::new(false),
        });
        let _ = link.set(Arc::downgrade(&inner));
        let reporting = Arc::clone(&inner);
        let thread = std::thread::Builder::new().name("kafka reports".to_owned());
        let started = thread.spawn(move || reporting.report());
        started.map_err(|error| {
            KafkaError::ClientCreation(format!("no thread for its reports: {error}"))
        })?;
        Ok(Self(inner))
    }

    pub(super) fn client(&self) -> &Client<Log> {
        self.0.producer.client()
    }

    /// Hands `record` over, or has it wait for its turn; `None` for partitions is one that waits for no others.
    pub(super) fn enqueue(
        &self,
        record: &Record<'_>,
        partitions: Option<usize>,
    ) -> Result<Delivery, KafkaError> {
        let inner = &self.0;
        let turn = partitions.map(|partitions| inner.turns.of(record, partitions));
        let (ticket, delivery) = Ticket::new(turn.clone());
        let parting = Parting {
            topic: Cow::Borrowed(&record.topic),
            key: Cow::Borrowed(&record.key),
            value: record.value.clone(),
            headers: headers(record),
            ticket,
        };
        match &turn {
            Some(turn) => inner
                .turns
                .take(turn, parting, |parting| inner.send(parting))?,
            None => inner.send(parting).map_err(|(error, _)| error)?,
        }
        Ok(delivery)
    }

    /// Waits for the reports of all that was handed over. Blocks.
    ///
    /// # Errors
    /// Some have not come within that time.
    pub(super) fn flush(&self, within: Duration) -> Result<(), KafkaError> {
        let inner = &self.0;
        inner.turns.pass(true, |parting| inner.send(parting));
        inner.producer.flush(within)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
        // Whoever still waits is told.
        let all = PurgeConfig::default().queue().inflight();
        self.0.producer.purge(all);
    }
}

fn headers(record: &Record<'_>) -> OwnedHeaders {
    // The CloudEvents binding tells its modes apart by this header.
    let content_type = Header {
        key: "content-type",
        value: Some(record.content_type.as_ref()),
    };
    let mut headers =
        OwnedHeaders::new_with_capacity(record.headers.len() + 1).insert(content_type);
    for (key, value) in &record.headers {
        headers = headers.insert(Header {
            key,
            value: Some(value),
        });
    }
    headers
}

/// librdkafka's own log lines, as ours.
pub(super) struct Log {
    sink: String,
    /// What its reports let go.
    inner: Arc<OnceLock<Weak<Inner>>>,
}

impl Log {
    pub(super) fn new(sink: &str) -> Self {
        Self {
            sink: sink.to_owned(),
            inner: Arc::default(),
        }
    }
}

impl ProducerContext for Log {
    type DeliveryOpaque = Box<Ticket>;

    fn delivery(&self, report: &DeliveryResult<'_>, ticket: Box<Ticket>) {
        let answer = match report {
            Ok(stored) => Ok(Delivered {
                partition: stored.partition(),
                offset: stored.offset(),
            }),
            Err((error, _)) => Err(Undelivered::Failed(error.clone())),
        };
        ticket.redeem(answer, |parting| {
            match self.inner.get().and_then(Weak::upgrade) {
                Some(inner) => inner.send(parting),
                // The producer is being dropped.
                None => Err((KafkaError::Canceled, parting.ticket)),
            }
        });
    }
}

impl ClientContext for Log {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        let sink = self.sink.as_str();
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error => error!(target: "librdkafka", sink, facility, "{text}"),
            RDKafkaLogLevel::Warning => warn!(target: "librdkafka", sink, facility, "{text}"),
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                info!(target: "librdkafka", sink, facility, "{text}")
            }
            RDKafkaLogLevel::Debug => debug!(target: "librdkafka", sink, facility, "{text}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // Each broker that goes away reports itself; the log line above says the same with less.
        debug!(target: "librdkafka", sink = self.sink, %error, "{reason}");
    }

    /// Off unless `statistics.interval.ms` is set, and of no use here then.
    fn stats_raw(&self, _statistics: &[u8]) {}
}
