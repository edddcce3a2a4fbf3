//! The delivery report is awaited: `acks=all`, idempotent.

use std::time::Duration;

use http::HeaderMap;
use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};

use super::{Told, header};

pub struct Kafka {
    producer: FutureProducer,
    topic: String,
}

impl Kafka {
    pub fn new(told: &Told) -> Self {
        let producer = ClientConfig::new()
            .set("bootstrap.servers", &told.kafka)
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("linger.ms", "1")
            .set("message.timeout.ms", "5000")
            .create()
            .expect("a producer");
        let topic = told.name.clone();
        Self { producer, topic }
    }

    pub async fn publish(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), ()> {
        let record = FutureRecord::to(&self.topic)
            .key(header(headers, "x-github-delivery"))
            .payload(body);
        let sent = self.producer.send(record, Duration::from_secs(5)).await;
        sent.map(drop).map_err(drop)
    }
}
