//! The dead letters of a Kafka topic, which stay there: from its beginning to what was its end when
//! the reading began.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::Shelf;
use crate::publish::kafka::Options;
use crate::publish::read::{Seen, client, kafka_fault, passes, seen_in_kafka};

/// How long the broker may take to answer a question.
const ASK_WITHIN: Duration = Duration::from_secs(10);
/// How long no record may come while some are still to be read.
const READ_WITHIN: Duration = Duration::from_secs(30);

pub(super) struct Topic {
    consumer: StreamConsumer,
    /// The partitions that are not read to their ends, and the ends' offsets.
    ends: BTreeMap<i32, i64>,
}

impl Topic {
    /// Takes the topic's partitions by hand; no group is joined and nothing is committed.
    ///
    /// # Errors
    /// The broker does not answer, or refuses.
    pub(super) async fn open(options: &Options, topic: &str) -> Result<Self, String> {
        let mut config = client(&options.brokers, &options.properties);
        // The end is told even where the last records of a partition are not to be seen.
        config.set("enable.partition.eof", "true");
        let topic = topic.to_owned();
        // Asking blocks.
        let opened = spawn_blocking(move || {
            let consumer: StreamConsumer = config.create()?;
            let ends = ends(&consumer, &topic)?;
            let mut assigned = TopicPartitionList::new();
            for partition in ends.keys() {
                assigned.add_partition_offset(&topic, *partition, Offset::Beginning)?;
            }
            consumer.assign(&assigned)?;
            Ok(Self { consumer, ends })
        });
        let opened = opened.await.map_err(|error| error.to_string())?;
        opened.map_err(|error| kafka_fault(&error))
    }
}

/// Where the partitions end that hold something; none for a topic that is not there.
fn ends(consumer: &StreamConsumer, topic: &str) -> Result<BTreeMap<i32, i64>, KafkaError> {
    let metadata = consumer.fetch_metadata(Some(topic), ASK_WITHIN)?;
    let mut ends = BTreeMap::new();
    for found in metadata.topics() {
        match found.error().map(RDKafkaErrorCode::from) {
            None => {}
            Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
                continue;
            }
            Some(code) => return Err(KafkaError::MetadataFetch(code)),
        }
        for partition in found.partitions() {
            let (low, high) = consumer.fetch_watermarks(topic, partition.id(), ASK_WITHIN)?;
            if low < high {
                ends.insert(partition.id(), high);
            }
        }
    }
    Ok(ends)
}

impl Shelf for Topic {
    type Ticket = ();

    async fn next(&mut self) -> Result<Option<(Seen, ())>, String> {
        let deadline = Instant::now() + READ_WITHIN;
        while !self.ends.is_empty() {
            let received = timeout_at(deadline, self.consumer.recv()).await;
            match received.map_err(|_| "Kafka: it sends nothing more".to_owned())? {
                Ok(message) => {
                    let Some(end) = self.ends.get(&message.partition()).copied() else {
                        continue;
                    };
                    let next = message.offset().saturating_add(1);
                    if next >= end {
                        self.ends.remove(&message.partition());
                    }
                    if next <= end {
                        return Ok(Some((seen_in_kafka(&message), ())));
                    }
                }
                Err(KafkaError::PartitionEOF(partition)) => {
                    self.ends.remove(&partition);
                }
                Err(error) if passes(&error) => {}
                Err(error) => return Err(kafka_fault(&error)),
            }
        }
        Ok(None)
    }

    /// Kafka keeps what was read.
    async fn settle(&mut self, (): ()) -> Result<(), String> {
        Ok(())
    }

    async fn close(self) -> Result<Vec<String>, String> {
        // Dropping a consumer blocks.
        let dropped = spawn_blocking(move || drop(self));
        dropped.await.map_err(|error| error.to_string())?;
        Ok(Vec::new())
    }
}
