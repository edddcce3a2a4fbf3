//! Which topics are there. librdkafka keeps a record for a topic that is missing until its time is
//! over and then calls it timed out, so that it is asked for before.
//!
//! Topics come from a route, which admits only so many (`topics_max`), and so their number here is
//! bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use rdkafka::client::{Client, ClientContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::{error, warn};

use super::super::PublishError;
use super::admin::{ANSWER, Admin, CreateTopics};
use super::producers::Producers;
use super::verdict::translate;

/// How long a refusal is repeated without asking again, so that a flood stays ours.
const REFUSED: Duration = Duration::from_millis(1000);
/// How long a creation that was refused is not tried again. The topic is looked for all the same.
const UNCREATED: Duration = Duration::from_millis(5000);
/// How long one look at a missing topic goes on before those who wait are told how it stands.
const LOOK: Duration = Duration::from_millis(250);
/// Between two questions for one topic.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a topic may be missing on a broker that makes none by itself: one that was made just
/// now is not known to every broker at once.
const PROPAGATES: Duration = Duration::from_millis(150);
/// The same where the broker does not tell whether it makes any.
const MAY_BE_MADE: Duration = Duration::from_millis(3000);

/// How often the time for an answer is doubled at most.
const SLOW_MAX: u32 = 3;

/// A topic as a broker knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// With so many partitions.
    There(usize),
    /// In the words of the broker with this id.
    Missing(i32),
}

/// What came of looking for a topic.
#[derive(Debug, Clone)]
struct Word {
    /// How many partitions it has.
    found: Result<usize, PublishError>,
    /// Whether whoever has time left should look again.
    again: bool,
    /// Until then it is believed.
    until: Instant,
    history: History,
}

/// What is known of a missing topic from looks before.
#[derive(Debug, Clone, Default)]
struct History {
    missing_since: Option<Instant>,
    uncreated: Option<(PublishError, Instant)>,
    /// A refusal that was logged.
    said: Option<PublishError>,
    /// Questions in a row that nobody answered in time.
    unanswered: u32,
}

type Look = Shared<BoxFuture<'static, Word>>;

pub(super) struct Topics {
    sink: String,
    producers: Arc<Producers>,
    pub(super) admin: Admin,
    /// With their partitions as they were counted then.
    there: RwLock<HashMap<String, usize>>,
    looks: Mutex<HashMap<String, Look>>,
}

impl Topics {
    pub(super) fn new(sink: &str, producers: Arc<Producers>, admin: Admin) -> Self {
        Self {
            sink: sink.to_owned(),
            producers,
            admin,
            there: RwLock::default(),
            looks: Mutex::default(),
        }
    }

    /// How many partitions `topic` has, once it is known to be there. One look serves all who wait for it.
    ///
    /// # Errors
    /// It is not, it may not be seen, or nobody could say so before `deadline`.
    pub(super) async fn ensure(
        self: &Arc<Self>,
        topic: &str,
        deadline: Instant,
    ) -> Result<usize, PublishError> {
        let mut last = PublishError::Timeout;
        loop {
            if let Some(partitions) = self.partitions(topic) {
                return Ok(partitions);
            }
            let word = match timeout_at(deadline, self.look(topic)).await {
                Ok(word) => word,
                Err(_) => return Err(last),
            };
            match word.found {
                Ok(partitions) => return Ok(partitions),
                Err(error) if !word.again => return Err(error),
                Err(error) => last = error,
            }
            if word.until >= deadline {
                return Err(last);
            }
            sleep_until(word.until).await;
        }
    }

    fn partitions(&self, topic: &str) -> Option<usize> {
        let there = self.there.read().unwrap_or_else(PoisonError::into_inner);
        there.get(topic).copied()
    }

    /// The topic is looked for again before the next record.
    pub(super) fn forget(&self, topic: &str) {
        let mut there = self.there.write().unwrap_or_else(PoisonError::into_inner);
        there.remove(topic);
    }

    /// Repeats `error` to whoever wants to write to `topic`, and looks at it again after a while.
    pub(super) fn refuse(&self, topic: &str, error: PublishError) {
        self.forget(topic);
        let word = Word {
            found: Err(error),
            again: false,
            until: Instant::now() + REFUSED,
            history: History::default(),
        };
        let look = futures_util::future::ready(word).boxed().shared();
        // Whoever takes it up finds its word.
        let _ = look.clone().now_or_never();
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks.insert(topic.to_owned(), look);
    }

    /// The look that is under way or has a word that is still believed; otherwise a new one. It goes
    /// on for as long as anybody waits for it.
    fn look(self: &Arc<Self>, topic: &str) -> Look {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut history = History::default();
        if let Some(look) = looks.get(topic) {
            match look.peek() {
                None => return look.clone(),
                Some(word) if Instant::now() < word.until => return look.clone(),
                Some(word) => history = word.history.clone(),
            }
        }
        let look = Arc::clone(self).find(topic.to_owned(), history);
        let look = look.boxed().shared();
        looks.insert(topic.to_owned(), look.clone());
        look
    }

    async fn find(self: Arc<Self>, topic: String, mut history: History) -> Word {
        let ends = Instant::now() + LOOK;
        let mut looked = 0_u32;
        loop {
            // A broker that hangs is left for another soon; one that is slow is given more time, or no
            // answer would ever count.
            let within = ANSWER * 2_u32.pow(history.unanswered.min(SLOW_MAX));
            let broker = match self.ask(&topic, within).await {
                Ok(Found::There(partitions)) => return self.found(&topic, partitions),
                Ok(Found::Missing(broker)) => broker,
                Err(error) => {
                    history.unanswered += u32::from(error == PublishError::Timeout);
                    return self.word(&topic, error, history);
                }
            };
            history.unanswered = 0;
            looked += 1;
            let since = *history.missing_since.get_or_insert_with(Instant::now);
            let is_made = match &self.admin.create {
                Some(how) => self.create(&topic, how, &mut history).await,
                None => self.is_patient(&topic, broker, since, looked).await,
            };
            if let Err(error) = is_made {
                return self.word(&topic, error, history);
            }
            if Instant::now() >= ends {
                let said = format!("topic {topic} does not exist yet");
                return self.word(&topic, PublishError::Declined(said), history);
            }
            sleep(PAUSE).await;
        }
    }

    /// `Err` once it is certain that nobody makes the topic.
    async fn is_patient(
        &self,
        topic: &str,
        broker: i32,
        since: Instant,
        looked: u32,
    ) -> Result<(), PublishError> {
        let patience = match self.admin.creates_by_itself(broker).await {
            Some(false) => PROPAGATES,
            None => MAY_BE_MADE,
            // However long it takes: too few brokers for its replicas may be why.
            Some(true) => return Ok(()),
        };
        if looked > 1 && since.elapsed() >= patience {
            let said = format!("topic {topic} does not exist: create it, or set create_topics");
            return Err(PublishError::Refused(said));
        }
        Ok(())
    }

    async fn create(
        &self,
        topic: &str,
        how: &CreateTopics,
        history: &mut History,
    ) -> Result<(), PublishError> {
        if let Some((error, at)) = &history.uncreated
            && at.elapsed() < UNCREATED
        {
            return Err(error.clone());
        }
        let made = self.admin.create(topic, how).await;
        if let Err(error @ (PublishError::Refused(_) | PublishError::Declined(_))) = &made {
            history.uncreated = Some((error.clone(), Instant::now()));
        }
        made
    }

    fn found(&self, topic: &str, partitions: usize) -> Word {
        let mut there = self.there.write().unwrap_or_else(PoisonError::into_inner);
        there.insert(topic.to_owned(), partitions);
        drop(there);
        Word {
            found: Ok(partitions),
            again: false,
            until: Instant::now(),
            history: History::default(),
        }
    }

    fn word(&self, topic: &str, error: PublishError, mut history: History) -> Word {
        let uncreated = history.uncreated.as_ref().map(|(error, _)| error);
        let named = error.lasts() || uncreated == Some(&error);
        if named && history.said.as_ref() != Some(&error) {
            error!(sink = self.sink, topic, %error, "nothing can be written to this topic");
            history.said = Some(error.clone());
        }
        let believed = if named { REFUSED } else { PAUSE };
        Word {
            found: Err(error),
            again: !named,
            until: Instant::now() + believed,
            history,
        }
    }

    /// Asks a broker by the producer, which takes the answer for itself too. A broker that makes
    /// topics by itself makes this one.
    async fn ask(&self, topic: &str, within: Duration) -> Result<Found, PublishError> {
        let Some(running) = self.producers.main() else {
            return Err(PublishError::Unreachable);
        };
        let topic = topic.to_owned();
        let asked = spawn_blocking(move || look(running.client(), &topic, within));
        asked.await.unwrap_or(Err(PublishError::Unreachable))
    }

    /// Says at the start what would be found out with the first record that cannot be read. `Err`
    /// when nobody could say.
    pub(super) async fn look_ahead(self: &Arc<Self>, topic: &str) -> Result<(), PublishError> {
        if self.admin.create.is_some() {
            let found = self.ensure(topic, Instant::now() + ANSWER * 5).await;
            return found.map(drop);
        }
        let broker = match self.admin.look(topic).await? {
            Found::There(_) => return Ok(()),
            Found::Missing(broker) => broker,
        };
        let remedy = match self.admin.creates_by_itself(broker).await {
            Some(true) => return Ok(()),
            Some(false) => "create it, or set create_topics",
            None => "create it, or set create_topics, unless the broker creates topics by itself",
        };
        warn!(
            sink = self.sink,
            topic, remedy, "the dead-letter topic does not exist"
        );
        Ok(())
    }
}

/// Asks a broker for the metadata of `topic`. Blocks.
pub(super) fn look<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    within: Duration,
) -> Result<Found, PublishError> {
    let metadata = client
        .fetch_metadata(Some(topic), within)
        .map_err(|error| translate(&error))?;
    let fault = metadata
        .topics()
        .iter()
        .find_map(rdkafka::metadata::MetadataTopic::error)
        .map(RDKafkaErrorCode::from);
    match fault {
        // Its leaders are being chosen; records wait for them.
        None | Some(RDKafkaErrorCode::LeaderNotAvailable) => {
            let mut topics = metadata.topics().iter();
            let partitions = topics.next().map_or(0, |it| it.partitions().len());
            Ok(Found::There(partitions))
        }
        Some(
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownTopicId,
        ) => Ok(Found::Missing(metadata.orig_broker_id())),
        Some(code) => {
            let verdict = translate(&KafkaError::Global(code));
            Err(if let PublishError::Refused(said) = verdict {
                PublishError::Refused(format!("topic {topic}: {said}"))
            } else {
                verdict
            })
        }
    }
}
