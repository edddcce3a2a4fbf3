//! Publishing dead letters again, to where they were meant to go.
//!
//! They lie in a Kafka topic (`replay/kafka.rs`), in a RabbitMQ queue (`replay/rabbitmq.rs`) or in
//! the spool's quarantine (`replay/quarantine.rs`). A letter is taken away only once its record is
//! confirmed, so that whatever ends a replay at any point loses nothing; what was on its way then
//! may be published twice, under the same id.

mod kafka;
mod letter;
mod quarantine;
mod rabbitmq;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::read::Seen;
use super::{Broker, PublishError};
use crate::time::UnixTime;
pub use letter::{Letter, Reading};

/// Records on their way at most.
const ASKING_MAX: usize = 64;
/// How long a broker may take to confirm one.
pub const CONFIRM_WITHIN: Duration = Duration::from_secs(30);

/// Which dead letters are meant: those that all of it holds for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The source's name in the configuration, or CloudEvents `source`.
    pub source: Option<String>,
    /// CloudEvents `type`.
    pub kind: Option<String>,
    /// Why it died.
    pub reason: Option<String>,
    /// Events' ids; any when empty.
    pub ids: BTreeSet<String>,
    /// Received then or later.
    pub since: Option<UnixTime>,
    /// Received earlier.
    pub until: Option<UnixTime>,
    /// No more than so many.
    pub limit: Option<u64>,
}

impl Filter {
    fn takes(&self, letter: &Letter) -> bool {
        let is = |wanted: &Option<String>, given: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == given)
        };
        (is(&self.source, letter.source()) || is(&self.source, letter.uri()))
            && is(&self.kind, letter.kind())
            && is(&self.reason, letter.reason())
            && (self.ids.is_empty() || self.ids.contains(letter.id()))
            && self.since.is_none_or(|since| since <= letter.received())
            && self.until.is_none_or(|until| letter.received() < until)
    }
}

/// Where dead letters lie.
#[derive(Debug)]
pub enum Letters<'a> {
    Kafka(&'a super::kafka::Options, &'a str),
    Rabbitmq(&'a super::rabbitmq::Options, &'a str),
    /// A sink's quarantine, whose folder belongs to this process.
    Quarantine(&'a super::spool::Options, &'a str),
    /// The same only to be looked at, whoever it belongs to.
    QuarantineSeen(&'a Path),
}

/// What became of one dead letter.
#[derive(Debug)]
pub enum Fate<'a> {
    /// It was only looked at.
    Seen,
    Published,
    /// It is not known to be published, and is where it was.
    Failed(&'a PublishError),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Tally {
    /// Messages read.
    pub read: u64,
    /// Of them, those that are no dead letters of hookferry's.
    pub foreign: u64,
    /// Dead letters that the filter takes.
    pub taken: u64,
    pub published: u64,
    pub failed: u64,
    /// What is worth knowing of where they lie.
    pub notes: Vec<String>,
}

/// Reads what lies in `from`, tells `each` of every dead letter that `filter` takes, and publishes
/// them where there is a `broker`: in order for each key, each taken away once it is confirmed. What
/// arrives meanwhile is left alone. After a failure that may pass no more are begun.
///
/// # Errors
/// The place cannot be read. What was told to `each` before has happened; the tally is as far.
pub async fn replay(
    from: Letters<'_>,
    reading: &Reading,
    filter: &Filter,
    broker: Option<Arc<Broker>>,
    each: &mut (dyn FnMut(&Letter, Fate<'_>) + Send),
) -> (Tally, Result<(), String>) {
    let order = Order {
        reading,
        filter,
        broker,
        each,
    };
    match from {
        Letters::Kafka(options, topic) => order.run(kafka::Topic::open(options, topic).await).await,
        Letters::Rabbitmq(options, queue) => {
            order.run(rabbitmq::Queue::open(options, queue).await).await
        }
        Letters::Quarantine(options, sink) => {
            order.run(quarantine::Held::open(options, sink)).await
        }
        Letters::QuarantineSeen(folder) => order.run(Ok(quarantine::Looked::open(folder))).await,
    }
}

/// Tells `each` of every dead letter in a quarantine that may be in use; how many other entries there
/// are.
///
/// # Errors
/// The files cannot be read.
pub fn quarantined(
    folder: &Path,
    reading: &Reading,
    mut each: impl FnMut(&Letter),
) -> Result<u64, String> {
    let mut others = 0;
    quarantine::look(folder, |seen| {
        match reading.letter(seen) {
            Some(letter) => each(&letter),
            None => others += 1,
        }
        true
    })?;
    Ok(others)
}

/// A place where dead letters lie.
trait Shelf {
    /// What a message is taken away by.
    type Ticket: Send + 'static;

    /// The next message; none at the end.
    async fn next(&mut self) -> Result<Option<(Seen, Self::Ticket)>, String>;

    /// Takes the message away: it is published.
    async fn settle(&mut self, ticket: Self::Ticket) -> Result<(), String>;

    /// Leaves what was not settled as it was; what is worth knowing of this place.
    async fn close(self) -> Result<Vec<String>, String>;
}

struct Order<'a> {
    reading: &'a Reading,
    filter: &'a Filter,
    broker: Option<Arc<Broker>>,
    each: &'a mut (dyn FnMut(&Letter, Fate<'_>) + Send),
}

impl Order<'_> {
    async fn run<S: Shelf>(self, shelf: Result<S, String>) -> (Tally, Result<(), String>) {
        let shelf = match shelf {
            Ok(shelf) => shelf,
            Err(error) => return (Tally::default(), Err(error)),
        };
        let mut run = Run {
            order: self,
            shelf,
            asking: JoinSet::new(),
            keys: HashSet::new(),
            tally: Tally::default(),
            stopped: false,
        };
        let mut done = run.feed().await;
        while !run.asking.is_empty() {
            done = done.and(run.judge().await);
        }
        let closed = run.shelf.close().await;
        let done = done.and(closed.map(|notes| run.tally.notes = notes));
        (run.tally, done)
    }
}

struct Run<'a, S: Shelf> {
    order: Order<'a>,
    shelf: S,
    asking: JoinSet<Asked<S::Ticket>>,
    /// The keys of what is on its way.
    keys: HashSet<String>,
    tally: Tally,
    /// A failure says that the next would fail too.
    stopped: bool,
}

/// A letter on its way: what it is taken away by, and what the broker says.
type Asked<T> = (Letter, T, Result<(), PublishError>);

impl<S: Shelf> Run<'_, S> {
    async fn feed(&mut self) -> Result<(), String> {
        let limit = self.order.filter.limit.unwrap_or(u64::MAX);
        while self.tally.taken < limit && !self.stopped {
            let Some((seen, ticket)) = self.shelf.next().await? else {
                break;
            };
            self.tally.read += 1;
            let Some(letter) = self.order.reading.letter(seen) else {
                self.tally.foreign += 1;
                continue;
            };
            if !self.order.filter.takes(&letter) {
                continue;
            }
            let Some(broker) = self.order.broker.clone() else {
                self.tally.taken += 1;
                (self.order.each)(&letter, Fate::Seen);
                continue;
            };
            // What has the same key goes one after the other.
            while self.asking.len() >= ASKING_MAX || self.keys.contains(letter.key()) {
                self.judge().await?;
            }
            while let Some(asked) = self.asking.try_join_next() {
                self.note(asked).await?;
            }
            if self.stopped {
                break;
            }
            self.tally.taken += 1;
            if !letter.key().is_empty() {
                self.keys.insert(letter.key().to_owned());
            }
            self.asking.spawn(async move {
                let deadline = Instant::now() + CONFIRM_WITHIN;
                let outcome = broker.confirm(&letter.record, deadline).await;
                (letter, ticket, outcome.map(drop))
            });
        }
        Ok(())
    }

    /// Waits for the broker's word on one of those on their way.
    async fn judge(&mut self) -> Result<(), String> {
        match self.asking.join_next().await {
            Some(asked) => self.note(asked).await,
            None => Ok(()),
        }
    }

    async fn note(&mut self, asked: Result<Asked<S::Ticket>, JoinError>) -> Result<(), String> {
        let (letter, ticket, outcome) = asked.map_err(|error| error.to_string())?;
        self.keys.remove(letter.key());
        match outcome {
            Ok(()) => {
                self.tally.published += 1;
                (self.order.each)(&letter, Fate::Published);
                self.shelf.settle(ticket).await
            }
            Err(error) => {
                self.tally.failed += 1;
                self.stopped |= !error.lasts();
                (self.order.each)(&letter, Fate::Failed(&error));
                Ok(())
            }
        }
    }
}
