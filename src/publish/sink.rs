//! A broker, and what stands between it and the requests: the circuit, the cap, the spool, the
//! dead letters.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::circuit::{Change, Circuit};
use super::dead_letter::request_headers;
use super::pace::Pace;
use super::spool::{Attempt, Spool};
use super::{Broker, DeadLetters, Landed, Landing, PublishError, Record, Route};
use crate::metrics::SinkMetrics;
use crate::normalize::Event;
use crate::telemetry::{Sending, Trace, Value};

/// How long an event waits for room that was let in when there was some, as others were.
const ROOM: Duration = Duration::from_millis(250);

/// Where events are carried to.
pub struct Sink {
    broker: Broker,
    circuit: Circuit,
    /// One for every record that the broker is asked to take and has not judged.
    in_flight: Semaphore,
    in_flight_max: usize,
    pace: Pace,
    spool: Option<(Arc<Spool>, Duration)>,
    letters: DeadLetters,
    metrics: SinkMetrics,
}

/// What a sink is made of.
#[derive(Debug)]
pub struct SinkOptions {
    pub broker: Broker,
    /// Records that may wait for the broker's word.
    pub in_flight_max: usize,
    /// For how long after others a record waits for company.
    pub coalesce: Duration,
    /// With how long the broker may take before it takes over.
    pub spool: Option<(Arc<Spool>, Duration)>,
    pub letters: DeadLetters,
    pub metrics: SinkMetrics,
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("broker", &self.broker)
            .finish_non_exhaustive()
    }
}

impl Sink {
    pub fn new(options: SinkOptions) -> Self {
        Self {
            broker: options.broker,
            circuit: Circuit::default(),
            in_flight: Semaphore::new(options.in_flight_max),
            in_flight_max: options.in_flight_max,
            pace: Pace::new(options.coalesce),
            spool: options.spool,
            letters: options.letters,
            metrics: options.metrics,
        }
    }

    pub fn name(&self) -> &str {
        self.broker.name()
    }

    /// `Ok` once `event` is stored: as its record, or as a dead letter where the broker does not
    /// take that and would not another time.
    ///
    /// # Errors
    /// By `deadline` at the latest. It may be stored all the same.
    pub(super) async fn store(
        self: &Arc<Self>,
        route: &Route,
        event: &Event,
        deadline: Instant,
    ) -> Result<Landed, PublishError> {
        let sending = event.trace().and_then(Trace::sending);
        let Some(sending) = sending else {
            let record = route.record(event);
            return self.settle(&record, event, deadline).await;
        };
        let record = route.record_in(event, Some(sending.context()));
        let stored = self.settle(&record, event, deadline).await;
        self.tell(sending, &record, stored.as_ref());
        stored
    }

    /// Tells of a message, by the semantic conventions for messaging.
    fn tell(
        &self,
        sending: Sending<'_>,
        record: &Record<'_>,
        stored: Result<&Landed, &PublishError>,
    ) {
        let (system, destination) = self.broker.destination(record);
        let name = format!("send {destination}");
        let mut attributes = vec![
            ("messaging.system", Value::from(system)),
            ("messaging.operation.name", "send".into()),
            ("messaging.operation.type", "send".into()),
            ("messaging.destination.name", destination.into()),
            (
                "messaging.message.id",
                record.id.clone().into_owned().into(),
            ),
            ("hookferry.sink", self.name().to_owned().into()),
        ];
        if system == "rabbitmq" {
            let key = record.topic.clone();
            attributes.push(("messaging.rabbitmq.destination.routing_key", key.into()));
        }
        if let Ok(landed) = stored {
            match landed.at {
                Landing::Kafka { partition, offset } => {
                    let partition = partition.to_string();
                    attributes.push(("messaging.destination.partition.id", partition.into()));
                    attributes.push(("messaging.kafka.offset", offset.into()));
                }
                Landing::Rabbitmq => {}
                Landing::Spooled => attributes.push(("hookferry.spooled", "true".into())),
            }
            let buried = landed.buried;
            attributes.extend(buried.map(|reason| ("hookferry.dead_letter", reason.into())));
        }
        let error = stored.err();
        let error = error.map(|error| (error.label(), error.to_string()));
        sending.sent(name, attributes, error);
    }

    async fn settle(
        self: &Arc<Self>,
        record: &Record<'_>,
        event: &Event,
        deadline: Instant,
    ) -> Result<Landed, PublishError> {
        let refused = match self.take(record, event, deadline).await {
            Err(error) if error.lasts() => error,
            other => return other.map(Landed::as_meant),
        };
        let letter = self.letters.of(record, &request_headers(event), &refused);
        let buried = match &letter {
            Some(letter) => self.take(letter, event, deadline).await,
            None => Err(refused.clone()),
        };
        let at = match buried {
            Ok(at) => at,
            Err(error) if !error.lasts() => return Err(error),
            // What is too large never gets better by being sent again; what is not routed may.
            Err(_) if refused != PublishError::TooLarge => return Err(refused),
            Err(_) => {
                let (spool, _) = self.spool.as_ref().ok_or(refused.clone())?;
                let held = letter.as_ref().unwrap_or(record);
                spool.quarantine(held, request_headers(event)).await?;
                Landing::Spooled
            }
        };
        self.metrics.dead_letter(&record.source, refused.label());
        let (source, event, reason) = (&*record.source, event.id(), refused.label());
        tracing::warn!(
            sink = self.name(),
            source,
            event,
            reason,
            "an event goes to the dead letters: {refused}"
        );
        Ok(Landed {
            at,
            buried: Some(refused.label()),
        })
    }

    /// `Ok` once the broker has confirmed `record`, or it is on the spool's disk.
    async fn take(
        self: &Arc<Self>,
        record: &Record<'_>,
        event: &Event,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        let Some((spool, takeover)) = &self.spool else {
            return self.ask(record, || event.is_of_batch(), deadline).await;
        };
        // What waits with the same key goes first.
        if spool.is_before(record) {
            let kept = keep(spool, record, event, None, deadline).await;
            return kept.map(|_| Landing::Spooled);
        }
        let now = Instant::now();
        let patience =
            (*takeover + self.pace.coalesce()).min(deadline.saturating_duration_since(now) / 2);
        // It may outlive this request.
        let (sink, own) = (Arc::clone(self), record.clone().into_owned());
        let is_of_batch = event.is_of_batch();
        let mut asking = Box::pin(async move { sink.ask(&own, || is_of_batch, deadline).await });
        match timeout_at(now + patience, &mut asking).await {
            Ok(Ok(landing)) => return Ok(landing),
            Ok(Err(error)) if error.lasts() => return Err(error),
            Ok(Err(_)) => {
                let kept = keep(spool, record, event, None, deadline).await;
                return kept.map(|_| Landing::Spooled);
            }
            // Perhaps the broker was not asked: then it is not known to be slow.
            Err(_) if self.broker.is_held_up() => {}
            Err(_) => self.note(Err(&PublishError::Timeout)),
        }
        // What may yet confirm it, so that the spool does not ask the broker for the same again.
        let attempt = spool.attempt();
        let own = Some(Arc::clone(&attempt));
        let place = match keep(spool, record, event, own, deadline).await {
            Ok(place) => place,
            Err(error) => return asking.await.map_err(|_| error),
        };
        let sink = Arc::clone(self);
        tokio::spawn(async move {
            if asking.await.is_ok()
                && let Some((spool, _)) = &sink.spool
            {
                spool.settle_late(place);
            }
            drop(attempt);
        });
        Ok(Landing::Spooled)
    }

    /// Asks the broker, unless it is known to be down or has enough to do.
    async fn ask(
        &self,
        record: &Record<'_>,
        is_of_batch: impl Fn() -> bool,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        let mut now = Instant::now();
        self.circuit.admit(now)?;
        let _permit = match self.in_flight.try_acquire() {
            Ok(permit) => permit,
            // A spool has room at once.
            Err(_) if self.spool.is_none() => {
                // With one of a batch refused, all of it would be sent again, and be refused again.
                let until = if is_of_batch() {
                    deadline
                } else {
                    deadline.min(now + ROOM)
                };
                let permit = timeout_at(until, self.in_flight.acquire()).await;
                now = Instant::now();
                permit
                    .ok()
                    .and_then(Result::ok)
                    .ok_or(PublishError::Overloaded)?
            }
            Err(_) => return Err(PublishError::Overloaded),
        };
        // A batch has company of its own, and goes in order.
        if let Some(due) = self.pace.due(now, self.in_flight())
            && !is_of_batch()
        {
            now = self.pace.wait(due.min(deadline)).await;
        }
        self.confirm_since(now, record, deadline).await
    }

    /// `Ok` once the broker has confirmed.
    pub(super) async fn confirm(
        &self,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        self.confirm_since(Instant::now(), record, deadline).await
    }

    async fn confirm_since(
        &self,
        asked: Instant,
        record: &Record<'_>,
        deadline: Instant,
    ) -> Result<Landing, PublishError> {
        let outcome = self.broker.confirm(record, deadline).await;
        let now = Instant::now();
        self.note_at(outcome.as_ref().map(drop), now);
        let reason = outcome.as_ref().err().map(PublishError::label);
        self.metrics.judged(now - asked, reason);
        outcome
    }

    fn note(&self, outcome: Result<(), &PublishError>) {
        self.note_at(outcome, Instant::now());
    }

    fn note_at(&self, outcome: Result<(), &PublishError>, now: Instant) {
        match self.circuit.note(outcome, now) {
            None => {}
            Some(Change::Opened) => {
                self.metrics.circuit_open(true);
                tracing::error!(
                    sink = self.name(),
                    "the broker is down: it is asked now and then"
                );
            }
            Some(Change::Lasted) => self.broker.doubt(),
            Some(Change::Closed) => {
                self.metrics.circuit_open(false);
                tracing::info!(sink = self.name(), "the broker answers again");
            }
        }
    }

    pub(super) fn letters(&self) -> &DeadLetters {
        &self.letters
    }

    /// The broker's own client.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    fn in_flight(&self) -> usize {
        let free = self.in_flight.available_permits();
        self.in_flight_max.saturating_sub(free)
    }

    /// Whether a record would be taken now that comes alone.
    pub(super) fn has_room(&self) -> bool {
        self.spool.is_some() || self.in_flight.available_permits() > 0
    }

    /// Whether events are answered 2xx while the broker is down.
    pub fn has_spool(&self) -> bool {
        self.spool.is_some()
    }

    /// Asks the broker itself whether it is there, within `deadline`.
    ///
    /// # Errors
    /// Why it does not count as there.
    pub async fn probe(&self, deadline: Instant) -> Result<(), PublishError> {
        self.broker.probe(deadline).await
    }

    /// Ends only when what carries records to the broker has ended: a daemon that takes webhooks but
    /// has stopped connecting helps nobody, and a restart does.
    pub async fn ended(&self) {
        self.broker.ended().await;
    }

    /// Ends the connection; by then every request has its answer. A spool is left open: another sink
    /// may go on with it.
    pub async fn close(&self, deadline: Instant) {
        self.broker.close(deadline).await;
    }
}

/// Keeps `record` in the spool by `deadline`, while `attempt` goes on.
async fn keep(
    spool: &Spool,
    record: &Record<'_>,
    event: &Event,
    attempt: Option<Arc<Attempt>>,
    deadline: Instant,
) -> Result<super::spool::Place, PublishError> {
    let kept = timeout_at(
        deadline,
        spool.keep(record, request_headers(event), attempt),
    )
    .await;
    // A disk that is too slow: it may be kept all the same.
    kept.unwrap_or(Err(PublishError::Timeout))
}
