//! Deliveries of thousands: each is as many records as a sink has room for, and more.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::*;

const ENODE: &str = "a secret of thirty characters or so";
/// Of which there is one for each key.
const VEHICLES: usize = 7;

/// A batch as Enode sends it; its items are counted from `first`, and have no ids of their own.
fn batch(first: usize, count: usize) -> String {
    let item = |number: usize| {
        json!({
            "event": "user:vehicle:updated", "number": number,
            "vehicle": { "id": format!("vehicle-{}", number % VEHICLES) },
        })
    };
    Value::from_iter((first..first + count).map(item)).to_string()
}

async fn post(client: &Client, body: String) -> Reply {
    let mut mac = Hmac::<Sha1>::new_from_slice(ENODE.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let signature = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
    let headers = [
        ("content-type", "application/json"),
        ("x-enode-signature", &signature),
    ];
    client.post("/enode", &headers, body).await
}

fn config(sink: Value) -> Value {
    daemon::config(json!({
        "sinks": { "broker": sink },
        "sources": { "enode": {
            "provider": "enode", "path": "/enode", "secrets": [{ "env": "ENODE_SECRET" }],
            // More than Enode waits: the machine may be busy.
            "reply_within_ms": 30_000,
        } },
    }))
}

/// Every number once, and those of each vehicle in their order.
fn assert_whole(numbers: &[u64], count: usize) {
    let mut last = BTreeMap::new();
    for number in numbers {
        let before = last.insert(number % VEHICLES as u64, *number);
        assert!(before < Some(*number), "{before:?} before {number}");
    }
    assert_eq!(numbers.len(), count);
}

fn number(envelope: &Value) -> u64 {
    envelope["data"]["number"].as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_thousands_is_stored_whole_and_in_order_in_kafka() {
    let run = run_id();
    let brokers = kafka::address();
    let sink = json!({ "type": "kafka", "brokers": brokers, "topic": run, "default_topic": run });
    let daemon = Daemon::start(config(sink), &[("ENODE_SECRET", ENODE)]);
    daemon.ready().await;
    let reply = post(&daemon.client(), batch(0, 10_000)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let records = kafka::read(&brokers, &run);
    let numbers: Vec<_> = records.iter().map(|it| number(&it.json())).collect();
    assert_whole(&numbers, 10_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_thousands_is_stored_whole_and_in_order_in_rabbitmq() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "#");
    let sink = json!({
        "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run,
        "in_flight_max": 100, "queue_max": 100,
    });
    let variables = [("ENODE_SECRET", ENODE), ("RABBITMQ_URL", &url)];
    let daemon = Daemon::start(config(sink), &variables);
    daemon.ready().await;
    let reply = post(&daemon.client(), batch(0, 10_000)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let messages = rabbitmq::read_all(&url, &run).await;
    let numbers: Vec<_> = messages.iter().map(|it| number(&it.json())).collect();
    assert_whole(&numbers, 10_000);
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_beyond_what_a_sink_has_room_for_wait_for_each_other() {
    let run = run_id();
    let brokers = kafka::address();
    let sink = json!({
        "type": "kafka", "brokers": brokers, "topic": run, "default_topic": run, "in_flight_max": 20,
    });
    let daemon = Daemon::start(config(sink), &[("ENODE_SECRET", ENODE)]);
    daemon.ready().await;
    let posts = (0..12).map(|at| {
        let client = daemon.client();
        tokio::spawn(async move { post(&client, batch(at * 300, 300)).await })
    });
    for reply in posts.collect::<Vec<_>>() {
        let reply = reply.await.unwrap();
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let records = kafka::read(&brokers, &run);
    let numbers = records.iter().map(|it| number(&it.json()));
    let numbers: std::collections::BTreeSet<_> = numbers.collect();
    assert_eq!((numbers.len(), records.len()), (3_600, 3_600));
}
