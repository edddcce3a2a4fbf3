//! The path without its edges: authenticate, normalize, encode.
//!
//! ```text
//! cargo bench --bench pure
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_debug_implementations,
    unreachable_pub,
    reason = "a bench that cannot go on says so and stops"
)]

#[path = "../tests/support/subject.rs"]
mod subject;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::FutureExt as _;
use hookferry::dedup::{Dedup, Options};
use hookferry::metrics::Metrics;
use hookferry::normalize;
use hookferry::publish::encode::Encoding;
use hookferry::publish::{
    Broker, DeadLetters, Placement, Routing, Rule, Sink, SinkOptions, Way, kafka,
};
use http::HeaderValue;
use subject::{Subject, route};

fn path(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("authenticate + normalize + encode");
    for body_bytes in [1024, 8192, 25_600] {
        let subject = subject(body_bytes);
        group.throughput(Throughput::Bytes(subject.body.len() as u64));
        for encoding in [Encoding::Structured, Encoding::Binary] {
            let route = route(encoding);
            let name = format!("{encoding:?} {body_bytes} B");
            group.bench_function(name, |bencher| {
                bencher.iter(|| {
                    let delivery = normalize::events(&subject.endpoint.mapping, subject.verified());
                    for event in &delivery.events {
                        black_box(route.record(event));
                    }
                });
            });
        }
    }
    group.finish();
}

/// About so many bytes, most of them one string.
fn subject(body_bytes: usize) -> Subject {
    let filler = "x".repeat(body_bytes.saturating_sub(120));
    Subject::github(&format!("\"{filler}\""))
}

/// A way to a sink that takes nothing, and says so at once.
fn nowhere(metrics: &Metrics) -> Routing {
    let options = kafka::Options {
        name: "nowhere".into(),
        brokers: "127.0.0.1:1".into(),
        default_topic: "webhooks".into(),
        dead_letter_topic: "webhooks.dead-letter".into(),
        create_topics: None,
        linger_ms: 1.0,
        message_timeout_ms: 1000,
        queue_messages_max: 1000,
        queue_kbytes_max: 1000,
        properties: BTreeMap::new(),
        registry: None,
    };
    let kafka = kafka::Kafka::new(&options).expect("a client");
    let route = route(Encoding::Structured);
    let sink = Arc::new(Sink::new(SinkOptions {
        broker: Broker::Kafka(kafka),
        in_flight_max: 0,
        coalesce: Duration::ZERO,
        spool: None,
        letters: DeadLetters {
            topic: route.dead_letter_topic.clone(),
            shape: route.shape,
        },
        metrics: metrics.sink("nowhere"),
    }));
    let last = Way::new(Arc::new(Rule::all("all")), vec![Placement { sink, route }]);
    Routing {
        ways: Vec::new(),
        last: last.expect("a place"),
    }
}

/// What deduplication adds to one event that was not seen before, beside a sink that takes nothing.
fn dedup(criterion: &mut Criterion) {
    let mut subject = subject(1024);
    let metrics = Arc::new(Metrics::new(&[], &[]).expect("metrics"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _entered = runtime.enter();
    let routing = nowhere(&metrics);
    let mut group = criterion.benchmark_group("dedup");
    for (name, window_s) in [("off", 0), ("new", 600)] {
        let options = Options {
            window: Duration::from_secs(window_s),
            entries_max: 100_000,
            shared: None,
        };
        let dedup = Dedup::new(options, &metrics).expect("randomness");
        let mut number = 0_u64;
        let mut parcels = || {
            number += 1;
            let id = HeaderValue::from_str(&format!("72d3162e-cc78-11e3-81ab-{number:012x}"));
            let headers = &mut subject.headers;
            headers.insert("x-github-delivery", id.expect("a value"));
            let events = normalize::events(&subject.endpoint.mapping, subject.verified()).events;
            let routed = events.into_iter().map(|event| routing.route(event));
            routed.collect::<Result<Vec<_>, _>>().expect("no filter")
        };
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                &mut parcels,
                |parcels| {
                    let now = tokio::time::Instant::now();
                    let storing = dedup.store(parcels, now, now + Duration::from_secs(5));
                    // It is done at once: nothing of it is ever waited for.
                    let stored = storing.now_or_never().expect("no await");
                    black_box(stored.expect_err("the sink takes nothing"))
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, path, dedup);
criterion_main!(benches);
