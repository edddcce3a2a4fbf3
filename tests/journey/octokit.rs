//! GitHub's own sample payloads, through every encoding at both brokers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::support::cloudevents::{self, Parsed};
use super::support::daemon::Daemon;
use super::support::github::{self, Delivery, SECRET};
use super::support::ledger::{Ledger, Until, load};
use super::support::rabbitmq::Message;
use super::support::{kafka, now_s, rabbitmq, run_id};
use super::{GITHUB, github_source, kafka_sink, lines, rabbitmq_sink, start, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_github_sample_arrives_whole_on_both_brokers_in_both_encodings() {
    let run = run_id();
    let url = rabbitmq::url();
    let (structured, binary) = (format!("{run}-s"), format!("{run}-b"));
    for exchange in [&structured, &binary] {
        rabbitmq::declare(&url, exchange, exchange, "github.#");
    }
    let all = github_source(&["kafka-s", "kafka-b", "rabbit-s", "rabbit-b"]);
    let daemon = start(
        json!({
            "kafka-s": with(kafka_sink(&run), "topics_max", 500),
            "kafka-b": with(with(kafka_sink(&binary), "encoding", "binary"), "topic", binary.clone()),
            "rabbit-s": rabbitmq_sink(&structured),
            "rabbit-b": with(rabbitmq_sink(&binary), "encoding", "binary"),
        }),
        json!({ "github": all }),
    )
    .await;
    let deliveries = github::octokit_deliveries(&run);
    assert!(deliveries.len() >= 200, "{} payloads", deliveries.len());
    let began_s = now_s();
    let ledger = send_all(&daemon, &deliveries).await;
    assert_eq!(
        ledger.accepted().len(),
        deliveries.len(),
        "{:?}",
        ledger.tally()
    );

    let from_kafka = kafka::read_all(&kafka::address(), &format!("{run}.github."));
    for record in &from_kafka {
        let delivery = &deliveries[number(record.json()["id"].as_str().unwrap(), &run)];
        assert_eq!(record.topic, format!("{run}.github.{}", delivery.kind()));
        assert_eq!(record.key.as_deref(), Some(key(delivery).as_str()));
    }
    let binary_topic = kafka::read(&kafka::address(), &binary);
    for record in &binary_topic {
        let delivery = &deliveries[number(record.header("ce_id").unwrap(), &run)];
        assert_eq!(record.key.as_deref(), Some(key(delivery).as_str()));
        assert_eq!(record.header("content-type"), Some("application/json"));
    }
    let structured_queue = rabbitmq::read_all(&url, &structured).await;
    let binary_queue = rabbitmq::read_all(&url, &binary).await;
    let messages = structured_queue.iter().chain(&binary_queue);
    messages.for_each(|message| assert_placed(message, &deliveries, &run, began_s));
    for (lines, binding, mode) in [
        (lines(&from_kafka, |it| &it.line), "kafka", "structured"),
        (lines(&binary_topic, |it| &it.line), "kafka", "binary"),
        (
            lines(&structured_queue, |it| &it.line),
            "kafka",
            "structured",
        ),
        (lines(&binary_queue, |it| &it.line), "rabbitmq", "binary"),
    ] {
        let events = cloudevents::parse(lines);
        assert_eq!(events.len(), deliveries.len(), "{binding} {mode}");
        let mut seen = BTreeSet::new();
        for event in events {
            assert_eq!(
                (event.binding.as_str(), event.mode.as_str()),
                (binding, mode)
            );
            let number = number(event.attribute("id"), &run);
            assert!(seen.insert(number), "{} came twice", event.attribute("id"));
            assert_is(&event, &deliveries[number], began_s);
        }
    }
    for queue in [&structured, &binary] {
        rabbitmq::delete(&url, queue, queue);
    }
}

fn assert_placed(message: &Message, deliveries: &[Delivery], run: &str, began_s: u64) {
    let delivery = &deliveries[number(message.message_id.as_deref().unwrap(), run)];
    let kind = delivery.kind();
    assert_eq!(message.routing_key, format!("github.{kind}"));
    assert_eq!(message.kind, Some(format!("com.github.{kind}")));
    assert_eq!(message.delivery_mode, Some(2));
    let timestamp = message.timestamp.unwrap();
    assert!(
        (began_s..=now_s()).contains(&timestamp),
        "arrived at {timestamp}"
    );
}

fn number(id: &str, run: &str) -> usize {
    let number = id.strip_prefix(run).and_then(|rest| rest.strip_prefix('-'));
    number
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("{id:?} is not ours"))
}

fn subject(delivery: &Delivery) -> Option<String> {
    let body: Value = serde_json::from_slice(&delivery.body).unwrap();
    [
        "/repository/full_name",
        "/organization/login",
        "/installation/id",
    ]
    .iter()
    .filter_map(|pointer| body.pointer(pointer))
    .find_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn key(delivery: &Delivery) -> String {
    subject(delivery).unwrap_or_else(|| delivery.id.clone())
}

fn assert_is(event: &Parsed, delivery: &Delivery, began_s: u64) {
    let id = &delivery.id;
    assert_eq!(
        event.data.as_deref(),
        Some(delivery.body.as_slice()),
        "{id}: the bytes"
    );
    for (name, value) in [
        ("specversion", "1.0".to_owned()),
        ("id", id.clone()),
        ("type", format!("com.github.{}", delivery.kind())),
        ("source", format!("https://hooks.example.com{GITHUB}")),
        ("subject", subject(delivery).unwrap_or_default()),
        ("provider", "github".to_owned()),
        ("integrity", "partial".to_owned()),
        ("datacontenttype", "application/json".to_owned()),
        ("partitionkey", key(delivery)),
        // GitHub does not say when.
        ("time", String::new()),
    ] {
        assert_eq!(event.attribute(name), value, "{id}: {name}");
    }
    let received: jiff::Timestamp = event.attribute("receivedtime").parse().unwrap();
    let received_s = u64::try_from(received.as_second()).unwrap();
    assert!(
        (began_s..=now_s()).contains(&received_s),
        "{id}: received at {received}"
    );
}

async fn send_all(daemon: &Daemon, deliveries: &[Delivery]) -> Ledger {
    let client = daemon.client();
    let deliveries = Arc::new(deliveries.to_vec());
    load(8, Until::Count(deliveries.len()), move |number| {
        let (client, deliveries) = (client.clone(), Arc::clone(&deliveries));
        async move {
            let delivery = &deliveries[number];
            (
                delivery.id.clone(),
                delivery.attempt(&client, GITHUB, SECRET).await,
            )
        }
    })
    .await
}
