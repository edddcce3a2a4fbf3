//! What is asked of a cluster beside producing: whether it creates topics by itself, whether a
//! topic is there, and that one be made.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};
use tracing::info;

use super::super::PublishError;
use super::running::Log;
use super::topics::{self, Found};
use super::verdict::{translate, translate_creation};

/// How long a broker may take to answer a question.
pub(super) const ANSWER: Duration = Duration::from_millis(1000);
/// How long the brokers' own setting is believed.
const SETTING: Duration = Duration::from_mins(1);
/// What librdkafka and Kafka call it.
const AUTO_CREATE: [&str; 2] = ["allow.auto.create.topics", "auto.create.topics.enable"];

/// How missing topics are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTopics {
    /// Partitions of a new topic.
    pub partitions: i32,
    /// Copies of each partition.
    pub replication_factor: i32,
    /// Kafka's topic configuration, as in `min.insync.replicas`.
    pub config: BTreeMap<String, String>,
}

pub(super) struct Admin {
    sink: String,
    config: ClientConfig,
    pub(super) create: Option<CreateTopics>,
    /// There while somebody asks: it has threads and connections of its own.
    client: Mutex<Weak<AdminClient<Log>>>,
    setting: Mutex<Option<(bool, Instant)>>,
    /// Whether the producer lets brokers create topics.
    lets_create: bool,
}

/// The client for as long as it is used. Ending it blocks, so that a thread for that does it.
struct Lease(Option<Arc<AdminClient<Log>>>);

impl Drop for Lease {
    fn drop(&mut self) {
        let client = self.0.take();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn_blocking(move || drop(client)));
        }
    }
}

impl Admin {
    /// `producer` is the producers' configuration.
    pub(super) fn new(sink: &str, producer: &ClientConfig, create: Option<CreateTopics>) -> Self {
        let lets_create = producer.get(AUTO_CREATE[0]) != Some("false");
        let mut config = producer.clone();
        // Nothing is produced here: no producer id is asked for, and no topic made by looking.
        config.set("enable.idempotence", "false");
        config.set(AUTO_CREATE[0], "false");
        Self {
            sink: sink.to_owned(),
            config,
            create,
            client: Mutex::default(),
            setting: Mutex::default(),
            lets_create,
        }
    }

    fn client(&self) -> Result<Lease, KafkaError> {
        let mut slot = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = slot.upgrade() {
            return Ok(Lease(Some(client)));
        }
        let client = self.config.create_with_context(Log::new(&self.sink))?;
        let client = Arc::new(client);
        *slot = Arc::downgrade(&client);
        Ok(Lease(Some(client)))
    }

    /// Whether the brokers create a topic that is asked for; `None` where they do not say, which
    /// takes the right DescribeConfigs on the cluster. `broker` is the id of the one that is asked.
    pub(super) async fn creates_by_itself(&self, broker: i32) -> Option<bool> {
        if !self.lets_create {
            return Some(false);
        }
        let known = *self.setting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((creates, at)) = known
            && at.elapsed() < SETTING
        {
            return Some(creates);
        }
        let lease = self.client().ok()?;
        let client = lease.0.as_ref()?;
        let place = [ResourceSpecifier::Broker(broker)];
        let asked = client.describe_configs(&place, &options());
        let answers = timeout(ANSWER * 2, asked).await.ok()?.ok()?;
        let broker = answers.into_iter().next()?.ok()?;
        let creates = broker.get(AUTO_CREATE[1])?.value.as_deref()? == "true";
        let mut known = self.setting.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((creates, Instant::now()));
        Some(creates)
    }

    /// Looks for `topic` without making it, whatever the brokers do by themselves.
    pub(super) async fn look(&self, topic: &str) -> Result<Found, PublishError> {
        let lease = self.client().map_err(|error| translate(&error))?;
        let topic = topic.to_owned();
        let looked = spawn_blocking(move || {
            let client = lease.0.as_ref().ok_or(PublishError::Unreachable)?;
            topics::look(client.inner(), &topic, ANSWER)
        });
        looked.await.unwrap_or(Err(PublishError::Unreachable))
    }

    /// Makes `topic` by the operator's numbers. That it is there already is as good.
    pub(super) async fn create(&self, topic: &str, how: &CreateTopics) -> Result<(), PublishError> {
        let lease = self.client().map_err(|error| translate(&error))?;
        let Some(client) = lease.0.as_ref() else {
            return Err(PublishError::Unreachable);
        };
        let replication = TopicReplication::Fixed(how.replication_factor);
        let mut new = NewTopic::new(topic, how.partitions, replication);
        for (property, value) in &how.config {
            new = new.set(property, value);
        }
        let asked = client.create_topics([&new], &options());
        let Ok(answer) = timeout(ANSWER * 2, asked).await else {
            return Err(PublishError::Timeout);
        };
        let made = answer
            .map_err(|error| translate(&error))?
            .into_iter()
            .next();
        match made {
            Some(Ok(_)) => {
                info!(sink = self.sink, topic, "created the topic");
                Ok(())
            }
            // Another replica of ours was first, or the operator.
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(()),
            Some(Err((_, code))) => Err(translate_creation(topic, code)),
            None => Err(PublishError::Declined("the broker said nothing".to_owned())),
        }
    }
}

fn options() -> AdminOptions {
    AdminOptions::new()
        .request_timeout(Some(ANSWER))
        .operation_timeout(Some(ANSWER))
}
