//! The brokers: where each server writes, and how much arrived there.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use lapin::options::{
    ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
    QueueDeleteOptions, QueuePurgeOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties, ExchangeKind};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use tokio::runtime::Runtime;

use crate::process;

/// What all our topics, exchanges and queues begin with.
pub const PREFIX: &str = "hookferry-bench-";
const PARTITIONS: i32 = 3;
const LIMIT: Duration = Duration::from_secs(30);

/// Where one server writes.
#[derive(Clone, Debug)]
pub enum Place {
    /// These topics.
    Kafka(Vec<String>),
    /// An exchange, and a queue of its name that takes what can be routed.
    RabbitMq(String),
    /// Topics and an exchange: a server that is not ours writes to one of them, or to neither.
    Either(Vec<String>, String),
    Nowhere,
}

pub struct Brokers {
    pub kafka: String,
    pub rabbitmq: String,
    /// `quorum` or `classic`.
    pub queue: RefCell<String>,
    runtime: Runtime,
    admin: AdminClient<DefaultClientContext>,
    reader: BaseConsumer,
    channel: Channel,
    _connection: Connection,
}

impl Brokers {
    pub fn new(queue: &str) -> Self {
        let told = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| {
                panic!("no brokers: run it as `tests/run -- cargo bench --profile dist --bench compare`")
            })
        };
        let kafka = told("HOOKFERRY_TEST_KAFKA");
        let rabbitmq = told("HOOKFERRY_TEST_RABBITMQ");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &kafka);
        let (connection, channel) = runtime.block_on(async {
            let connection = Connection::connect(&rabbitmq, ConnectionProperties::default());
            let connection = connection.await.expect("RabbitMQ");
            let channel = connection.create_channel().await.expect("a channel");
            (connection, channel)
        });
        let brokers = Self {
            admin: config.create().expect("an admin client"),
            reader: config.create().expect("a reader"),
            kafka,
            rabbitmq,
            queue: RefCell::new(queue.to_owned()),
            runtime,
            channel,
            _connection: connection,
        };
        brokers.forget_old();
        brokers
    }

    /// Brokers on this machine leave the first core to the servers.
    pub fn pin(&self, cores: &str) {
        let kafka = self.kafka.split(',').next().unwrap_or_default();
        let rabbitmq = self
            .rabbitmq
            .rsplit('@')
            .next()
            .and_then(|rest| rest.split('/').next());
        for (name, address) in [("Kafka", kafka), ("RabbitMQ", rabbitmq.unwrap_or_default())] {
            let port = address
                .rsplit(':')
                .next()
                .and_then(|port| port.parse().ok());
            match port.and_then(process::listener) {
                Some(process) => process::pin(process, cores),
                None => eprintln!("{name} at {address} is not on this machine: not pinned"),
            }
        }
    }

    /// What a run that was broken off has left.
    fn forget_old(&self) {
        let metadata = self.reader.fetch_metadata(None, LIMIT).expect("Kafka");
        let topics = metadata.topics().iter().map(|topic| topic.name());
        let old: Vec<_> = topics.filter(|name| name.starts_with(PREFIX)).collect();
        self.delete_topics(&old);
    }

    fn delete_topics(&self, topics: &[&str]) {
        if topics.is_empty() {
            return;
        }
        let deleted = self
            .admin
            .delete_topics(topics, &AdminOptions::new().request_timeout(Some(LIMIT)));
        if let Err(error) = self.runtime.block_on(deleted) {
            eprintln!("topics could not be deleted: {error}");
        }
    }

    pub fn make(&self, place: &Place) -> Result<(), String> {
        match place {
            Place::Nowhere => Ok(()),
            Place::Kafka(topics) => self.make_topics(topics),
            Place::RabbitMq(name) => self.make_queue(name),
            Place::Either(topics, name) => {
                self.make_topics(topics)?;
                self.make_queue(name)
            }
        }
    }

    fn make_topics(&self, topics: &[String]) -> Result<(), String> {
        let new = topics.iter().map(|topic| {
            // Gigabytes are written: what is deleted goes at once.
            NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(1))
                .set("file.delete.delay.ms", "1000")
        });
        let new: Vec<_> = new.collect();
        let made = self
            .admin
            .create_topics(&new, &AdminOptions::new().operation_timeout(Some(LIMIT)));
        let made = self.runtime.block_on(made);
        for topic in made.map_err(|error| error.to_string())? {
            topic.map_err(|(topic, code)| format!("{topic}: {code}"))?;
        }
        Ok(())
    }

    fn make_queue(&self, name: &str) -> Result<(), String> {
        let (exchange, queue) = (
            ExchangeDeclareOptions {
                durable: true,
                ..ExchangeDeclareOptions::default()
            },
            QueueDeclareOptions {
                durable: true,
                ..QueueDeclareOptions::default()
            },
        );
        let mut kind = FieldTable::default();
        let word = AMQPValue::LongString(self.queue.borrow().as_str().into());
        kind.insert("x-queue-type".into(), word);
        let none = FieldTable::default;
        let channel = &self.channel;
        self.within(async {
            channel
                .exchange_declare(name.into(), ExchangeKind::Topic, exchange, none())
                .await?;
            channel.queue_declare(name.into(), queue, kind).await?;
            let key = "pull_request.#".into();
            channel
                .queue_bind(
                    name.into(),
                    name.into(),
                    key,
                    QueueBindOptions::default(),
                    none(),
                )
                .await
        })
    }

    fn within<T>(&self, work: impl Future<Output = lapin::Result<T>>) -> Result<T, String> {
        let done = async { tokio::time::timeout(LIMIT, work).await };
        match self.runtime.block_on(done) {
            Ok(done) => done.map_err(|error| format!("RabbitMQ: {error}")),
            Err(_) => Err(format!("RabbitMQ took longer than {} s", LIMIT.as_secs())),
        }
    }

    /// How many messages there are by now: in topics since they were made, and in the queue since this was last asked,
    /// because then it is emptied.
    pub fn count(&self, place: &Place) -> Result<Count, String> {
        let (topics, queue): (&[String], _) = match place {
            Place::Nowhere => (&[], None),
            Place::Kafka(topics) => (topics, None),
            Place::RabbitMq(name) => (&[], Some(name)),
            Place::Either(topics, name) => (topics, Some(name)),
        };
        let mut count = Count::default();
        for topic in topics {
            for partition in 0..PARTITIONS {
                count.in_topics += self.end_of(topic, partition)?;
            }
        }
        if let Some(name) = queue {
            let options = QueuePurgeOptions::default();
            let purged = self.channel.queue_purge(name.as_str().into(), options);
            count.from_queue = u64::from(self.within(purged)?);
        }
        Ok(count)
    }

    /// How many records a partition has had.
    fn end_of(&self, topic: &str, partition: i32) -> Result<u64, String> {
        let began = Instant::now();
        loop {
            match self.reader.fetch_watermarks(topic, partition, LIMIT) {
                Ok((_, high)) => return Ok(high as u64),
                // The leader of a new topic may not be known to all yet.
                Err(_) if began.elapsed() < LIMIT => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) => return Err(format!("{topic}: {error}")),
            }
        }
    }

    /// Takes it all away.
    pub fn forget(&self, place: &Place) {
        let (topics, queue): (&[String], _) = match place {
            Place::Nowhere => (&[], None),
            Place::Kafka(topics) => (topics, None),
            Place::RabbitMq(name) => (&[], Some(name)),
            Place::Either(topics, name) => (topics, Some(name)),
        };
        self.delete_topics(&topics.iter().map(String::as_str).collect::<Vec<_>>());
        if let Some(name) = queue {
            let channel = &self.channel;
            let deleted = self.within(async {
                channel
                    .queue_delete(name.as_str().into(), QueueDeleteOptions::default())
                    .await?;
                channel
                    .exchange_delete(name.as_str().into(), ExchangeDeleteOptions::default())
                    .await
            });
            if let Err(error) = deleted {
                eprintln!("{name} could not be deleted: {error}");
            }
        }
    }
}

#[derive(Default, Debug)]
pub struct Count {
    /// Since the topics were made.
    pub in_topics: u64,
    /// Since the last count.
    pub from_queue: u64,
}
