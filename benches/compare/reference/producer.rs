//! librdkafka's own rate: what is left when there is no HTTP at all.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};

use super::Told;
use crate::process::Cpu;

/// Records that wait for their report at the same time.
const IN_FLIGHT_MAX: i64 = 1024;

/// Counts the reports.
#[derive(Default)]
struct Reports {
    in_flight: AtomicI64,
    stored: AtomicU64,
}

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = ();

    fn delivery(&self, report: &DeliveryResult<'_>, (): ()) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        if report.is_ok() {
            self.stored.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Sends for so long as HOOKFERRY_BENCH_SECONDS says, and prints how many records are stored, in how many seconds, at how
/// many CPU seconds.
pub fn run(told: &Told) {
    let number = |name: &str| -> f64 {
        let text = std::env::var(format!("HOOKFERRY_BENCH_{name}")).expect(name);
        text.parse().expect(name)
    };
    let (seconds, body_bytes) = (number("SECONDS"), number("BODY_BYTES") as usize);
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &told.kafka)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("linger.ms", "1");
    let producer = BaseProducer::from_config_and_context(&config, Reports::default());
    let producer: BaseProducer<Reports> = producer.expect("a producer");
    let body = vec![b'x'; body_bytes];
    // Metadata and the first batch are not what is asked about.
    send(&producer, &told.name, &body, 0.3);
    let warm = producer.context().stored.load(Ordering::Relaxed);
    let (began, cpu) = (Instant::now(), Cpu::of(std::process::id()));
    send(&producer, &told.name, &body, seconds);
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = Cpu::of(std::process::id()).since(&cpu);
    let stored = producer.context().stored.load(Ordering::Relaxed);
    println!("{} {stored} {elapsed} {cpu}", stored - warm);
}

fn send(producer: &BaseProducer<Reports>, topic: &str, body: &[u8], seconds: f64) {
    let reports = producer.context();
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let mut number = 0_u64;
    while Instant::now() < until {
        while reports.in_flight.load(Ordering::Relaxed) < IN_FLIGHT_MAX {
            let key = number.to_be_bytes();
            number += 1;
            let record = BaseRecord::to(topic).key(&key).payload(body);
            if producer.send(record).is_err() {
                break;
            }
            reports.in_flight.fetch_add(1, Ordering::Relaxed);
        }
        producer.poll(Duration::from_millis(1));
    }
    producer
        .flush(Duration::from_secs(10))
        .expect("all is stored");
}
