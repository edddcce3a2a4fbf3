//! What a provider sends again is stored once, and nothing is lost by it: whoever came first may
//! fail, leave or die, and Redis may do what it likes.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

#[path = "dedup/replicas.rs"]
mod replicas;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use support::client::{Client, Reply};
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET, hmac};
use support::kafka;
use support::proxy::{Mode, Proxy};
use support::random::Random;
use support::{LATE, rabbitmq, run_id, until};

const PATH: &str = "/webhooks/github";
const REPLY_WITHIN: Duration = Duration::from_millis(5000);
/// How long anything in these tests may take to happen at all.
const BOUND: Duration = Duration::from_secs(60);

/// Kafka, every event in one topic.
fn kafka_sink(brokers: &str, run: &str) -> Value {
    json!({
        "type": "kafka", "brokers": brokers, "topic": run, "default_topic": run,
        "dead_letter_topic": format!("{run}-dead"),
    })
}

/// A daemon whose sources (GitHub's, with what `sources` adds or changes) all go to one sink.
fn start(sink: Value, dedup: Value, sources: Value) -> Daemon {
    let github = json!({ "provider": "github", "path": PATH, "secrets": [{ "env": "SECRET" }] });
    let mut all = json!({ "github": github });
    for (name, more) in sources.as_object().unwrap() {
        let mut source = all[name].as_object().cloned().unwrap_or_default();
        source.extend(more.as_object().unwrap().clone());
        all[name] = Value::Object(source);
    }
    let config = config(json!({
        "limits": { "reply_within_ms": u64::try_from(REPLY_WITHIN.as_millis()).unwrap() },
        "dedup": dedup,
        "sinks": { "broker": sink },
        "sources": all,
    }));
    Daemon::start(config, &[("SECRET", SECRET)])
}

/// A daemon in front of Kafka.
fn before_kafka(run: &str, dedup: Value, sources: Value) -> Daemon {
    start(kafka_sink(&kafka::address(), run), dedup, sources)
}

/// A daemon in front of RabbitMQ, and the link between them, on which nothing passes any more.
async fn before_a_stalled_link(run: &str, dedup: Value) -> (Daemon, Proxy) {
    let url = rabbitmq::url();
    rabbitmq::declare(&url, run, run, "#");
    let proxy = Proxy::start(rabbitmq::host_of(&url)).await;
    let url = rabbitmq::url_at(&url, proxy.address());
    let sink = json!({ "type": "rabbitmq", "url": url, "exchange": run });
    let daemon = start(sink, dedup, json!({}));
    daemon.ready().await;
    proxy.set(Mode::Stall);
    (daemon, proxy)
}

/// How often each id is stored.
fn stored(run: &str) -> BTreeMap<String, usize> {
    let mut ids = BTreeMap::new();
    for record in kafka::read_all(&kafka::address(), run) {
        let id = record.json()["id"].as_str().unwrap().to_owned();
        *ids.entry(id).or_default() += 1;
    }
    ids
}

/// Sends a delivery `count` times at once.
async fn at_once(count: usize, delivery: &Delivery, client: &Client) -> Vec<Reply> {
    let sends = (0..count).map(|_| {
        let (delivery, client) = (delivery.clone(), client.clone());
        tokio::spawn(async move { delivery.send(&client, PATH, SECRET).await })
    });
    let replies = join_all(sends).await.into_iter();
    replies.map(Result::unwrap).collect()
}

/// How many replies have each status and reason.
fn tally(replies: &[Reply]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for reply in replies {
        *tally.entry((reply.status, reply.reason())).or_default() += 1;
    }
    tally
}

fn counts<const N: usize>(expected: [(u16, &str, usize); N]) -> BTreeMap<(u16, String), usize> {
    let each = expected.into_iter();
    each.map(|(status, reason, count)| ((status, reason.to_owned()), count))
        .collect()
}

/// The value of a metric's line; 0 where there is none.
async fn metric(daemon: &Daemon, line: &str) -> u64 {
    let metrics = daemon.metrics().await;
    let found = metrics.lines().find_map(|it| it.strip_prefix(line));
    found.map_or(0, |value| value.trim().parse().unwrap())
}

async fn in_flight(daemon: &Daemon, count: u64) {
    until("so many requests are in flight", BOUND, || async {
        metric(daemon, "hookferry_requests_in_flight ").await == count
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_delivery_many_times_at_once_is_stored_once() {
    let run = run_id();
    let accepted = json!({ "accepted": { "content_type": "text/plain", "body": "thanks" } });
    let daemon = before_kafka(
        &run,
        json!({}),
        json!({
            "other": {
                "provider": "github", "path": "/other", "secrets": [{ "env": "SECRET" }],
            },
            "polite": {
                "provider": "github", "path": "/polite", "secrets": [{ "env": "SECRET" }],
                "override": accepted,
            },
        }),
    );
    daemon.ready().await;
    let client = daemon.client();
    let delivery = Delivery::push(format!("{run}-1"));
    let replies = at_once(200, &delivery, &client).await;
    let expected = counts([(200, "accepted", 1), (200, "duplicate", 199)]);
    assert_eq!(tally(&replies), expected);
    assert_eq!(stored(&run), BTreeMap::from([(delivery.id.clone(), 1)]));
    let line = "hookferry_duplicates_total{source=\"github\"} ";
    assert_eq!(metric(&daemon, line).await, 199);
    let line = "hookferry_records_confirmed_total{sink=\"broker\"} ";
    assert_eq!(metric(&daemon, line).await, 1);

    // Another type under the id, and another source, are other events.
    let mut fork = delivery.clone();
    fork.event = "fork".into();
    assert_eq!(fork.send(&client, PATH, SECRET).await.reason(), "accepted");
    let other = delivery.send(&client, "/other", SECRET).await;
    assert_eq!(other.reason(), "accepted");
    // What the provider wants to hear it hears each time.
    for _ in 0..2 {
        let reply = delivery.send(&client, "/polite", SECRET).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, "thanks"));
    }
    assert_eq!(stored(&run), BTreeMap::from([(delivery.id.clone(), 4)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_that_fails_leaves_its_id_free() {
    let run = run_id();
    let proxy = Proxy::start(kafka::address()).await;
    proxy.set(Mode::Refuse);
    let sink = kafka_sink(&proxy.address().to_string(), &run);
    let daemon = start(sink, json!({}), json!({}));
    let client = daemon.client();
    let delivery = Delivery::push(format!("{run}-1"));
    let replies = at_once(5, &delivery, &client).await;
    assert!(replies.iter().all(|it| it.status == 503), "{replies:?}");
    proxy.set(Mode::Pass);
    daemon.ready().await;
    assert_eq!(stored(&run), BTreeMap::new());
    let replies = at_once(5, &delivery, &client).await;
    let expected = counts([(200, "accepted", 1), (200, "duplicate", 4)]);
    assert_eq!(tally(&replies), expected);
    assert_eq!(stored(&run), BTreeMap::from([(delivery.id, 1)]));
}

/// The first one's deadline is over while others wait for it: one of them publishes, and all are
/// told what came of that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_for_a_first_that_fails_are_served() {
    let run = run_id();
    let (daemon, proxy) = before_a_stalled_link(&run, json!({})).await;
    let (client, delivery) = (daemon.client(), Delivery::push(format!("{run}-1")));
    let first = {
        let (client, delivery) = (client.clone(), delivery.clone());
        tokio::spawn(async move { delivery.send(&client, PATH, SECRET).await })
    };
    in_flight(&daemon, 1).await;
    // Theirs is later by as much as the first has waited already.
    tokio::time::sleep(REPLY_WITHIN / 2).await;
    let waiters = {
        let (client, delivery) = (client.clone(), delivery.clone());
        tokio::spawn(async move { at_once(20, &delivery, &client).await })
    };
    let first = first.await.unwrap();
    assert_eq!((first.status, first.reason()), (503, "timeout".into()));
    proxy.set(Mode::Pass);
    let expected = counts([(200, "accepted", 1), (200, "duplicate", 19)]);
    assert_eq!(tally(&waiters.await.unwrap()), expected);
    // A 503 says that it is not known: the first one's may have arrived too.
    let messages = rabbitmq::read_all(&rabbitmq::url(), &run).await.len();
    assert!((1..=2).contains(&messages), "{messages}");
    rabbitmq::delete(&rabbitmq::url(), &run, &run);
}

/// Nobody waits beyond their own deadline.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_for_nothing_are_answered_in_time() {
    let run = run_id();
    let (daemon, _proxy) = before_a_stalled_link(&run, json!({})).await;
    let delivery = Delivery::push(format!("{run}-1"));
    let replies = at_once(20, &delivery, &daemon.client()).await;
    for reply in &replies {
        assert_eq!(reply.status, 503, "{reply:?}");
        let bound = REPLY_WITHIN + LATE;
        assert!(reply.took < bound, "{reply:?}");
        let reason = reply.reason();
        assert!(
            ["timeout", "in_progress", "circuit_open"].contains(&reason.as_str()),
            "{reason}"
        );
    }
    rabbitmq::delete(&rabbitmq::url(), &run, &run);
}

/// A provider that hangs up while its event is being published has claimed nothing for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_that_leaves_makes_room_for_those_who_wait() {
    let run = run_id();
    let (daemon, proxy) = before_a_stalled_link(&run, json!({})).await;
    let (client, delivery) = (daemon.client(), Delivery::push(format!("{run}-1")));
    let mut first = TcpStream::connect(daemon.ingress).await.unwrap();
    let mut request = format!("POST {PATH} HTTP/1.1\r\nhost: hooks.example.com\r\n");
    for (name, value) in delivery.headers(SECRET) {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("content-length: {}\r\n\r\n", delivery.body.len());
    first.write_all(request.as_bytes()).await.unwrap();
    first.write_all(&delivery.body).await.unwrap();
    in_flight(&daemon, 1).await;
    let waiters = {
        let (client, delivery) = (client.clone(), delivery.clone());
        tokio::spawn(async move { at_once(20, &delivery, &client).await })
    };
    in_flight(&daemon, 21).await;
    drop(first);
    in_flight(&daemon, 20).await;
    proxy.set(Mode::Pass);
    let expected = counts([(200, "accepted", 1), (200, "duplicate", 19)]);
    assert_eq!(tally(&waiters.await.unwrap()), expected);
    rabbitmq::delete(&rabbitmq::url(), &run, &run);
}

/// A batch of LINE's, whose items have ids of their own.
async fn send_batch(client: &Client, ids: &[String]) -> Reply {
    let events: Vec<_> = ids
        .iter()
        .map(|id| json!({ "type": "message", "webhookEventId": id }))
        .collect();
    let body = json!({ "destination": "U1", "events": events }).to_string();
    let signature = STANDARD.encode(hmac(SECRET.as_bytes(), body.as_bytes()));
    let headers = [
        ("content-type", "application/json"),
        ("x-line-signature", signature.as_str()),
    ];
    client.post("/line", &headers, body).await
}

fn line() -> Value {
    json!({ "line": { "provider": "line", "path": "/line", "secrets": [{ "env": "SECRET" }] } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_batch_only_what_is_missing_is_stored() {
    let run = run_id();
    let daemon = before_kafka(&run, json!({}), line());
    daemon.ready().await;
    let client = daemon.client();
    let [a, b, c] = ["a", "b", "c"].map(|name| format!("{run}-{name}"));
    let first = send_batch(&client, &[a.clone(), b.clone()]).await;
    assert_eq!(first.reason(), "accepted", "{first:?}");
    let more = send_batch(&client, &[a.clone(), c.clone(), b.clone()]).await;
    assert_eq!(more.reason(), "accepted", "{more:?}");
    let known = send_batch(&client, &[c.clone(), b.clone(), a.clone()]).await;
    assert_eq!(known.reason(), "duplicate", "{known:?}");
    let each = BTreeMap::from([(a, 1), (b, 1), (c, 1)]);
    assert_eq!(stored(&run), each);
    let line = "hookferry_duplicates_total{source=\"line\"} ";
    assert_eq!(metric(&daemon, line).await, 5);
    // Two events of one delivery are two, whatever their ids.
    let same = format!("{run}-same");
    let reply = send_batch(&client, &[same.clone(), same.clone()]).await;
    assert_eq!(reply.reason(), "accepted", "{reply:?}");
    assert_eq!(stored(&run)[&same], 2);
}

/// Batches that share ids, each in an order of its own: whoever waited for another while it held
/// what that one needs would wait for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_overlap_do_not_wait_for_each_other() {
    let run = run_id();
    let daemon = before_kafka(&run, json!({}), line());
    daemon.ready().await;
    let client = daemon.client();
    let mut random = Random::new();
    let mut all = BTreeMap::new();
    for round in 0..20 {
        let ids: Vec<_> = (0..20).map(|at| format!("{run}-{round}-{at}")).collect();
        all.extend(ids.iter().map(|id| (id.clone(), 1)));
        let sends = (0..8).map(|number| {
            let (client, mut ids) = (client.clone(), ids.clone());
            if number % 2 == 1 {
                ids.reverse();
            }
            ids.rotate_left(random.below(20));
            tokio::spawn(async move { send_batch(&client, &ids).await })
        });
        for reply in join_all(sends).await {
            let reply = reply.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    }
    assert_eq!(stored(&run), all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_the_window_an_id_is_new() {
    let run = run_id();
    let window = Duration::from_secs(5);
    let daemon = before_kafka(&run, json!({ "window_s": window.as_secs() }), json!({}));
    daemon.ready().await;
    let (client, delivery) = (daemon.client(), Delivery::push(format!("{run}-1")));
    let began = Instant::now();
    let first = delivery.send(&client, PATH, SECRET).await;
    assert_eq!(first.reason(), "accepted");
    let second = delivery.send(&client, PATH, SECRET).await;
    assert_eq!(second.reason(), "duplicate");
    until("it is stored again", BOUND, || async {
        delivery.send(&client, PATH, SECRET).await.reason() == "accepted"
    })
    .await;
    assert!(began.elapsed() >= window);
    assert_eq!(stored(&run), BTreeMap::from([(delivery.id, 2)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_ids_are_forgotten_first() {
    let run = run_id();
    let daemon = before_kafka(&run, json!({ "entries_max": 10 }), json!({}));
    daemon.ready().await;
    let client = daemon.client();
    let ids = (0..20).map(|at| Delivery::push(format!("{run}-{at}")));
    let ids: Vec<_> = ids.collect();
    for delivery in &ids {
        let reply = delivery.send(&client, PATH, SECRET).await;
        assert_eq!(reply.reason(), "accepted");
    }
    for delivery in &ids[10..] {
        let reply = delivery.send(&client, PATH, SECRET).await;
        assert_eq!(reply.reason(), "duplicate");
    }
    let oldest = ids[9].send(&client, PATH, SECRET).await;
    assert_eq!(oldest.reason(), "accepted");
}

/// Ids that may repeat are not compared: digests, what a preset says so of, an id of the operator's,
/// dead letters; nor is anything where it is turned off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_repeat_is_stored_each_time() {
    let run = run_id();
    let secrets = json!([{ "env": "SECRET" }]);
    let sources = json!({
        "shop": { "provider": "woocommerce", "path": "/shop", "secrets": secrets },
        "own": {
            "provider": "github", "path": "/own", "secrets": secrets,
            "override": { "event": { "id": "{json:/after}" } },
        },
        "trusted": {
            "provider": "github", "path": "/trusted", "secrets": secrets,
            "override": { "event": { "id": "{json:/after}", "id_repeats": false } },
        },
    });
    let daemon = before_kafka(&run, json!({}), sources);
    daemon.ready().await;
    let client = daemon.client();
    let body = br#"{"id":727,"status":"processing"}"#;
    let signature = STANDARD.encode(hmac(SECRET.as_bytes(), body));
    let shop = [
        ("content-type", "application/json"),
        ("x-wc-webhook-topic", "order.updated"),
        (
            "x-wc-webhook-delivery-id",
            "d3b07384d113edec49eaa6238ad5ff00",
        ),
        ("x-wc-webhook-signature", signature.as_str()),
    ];
    let delivery = Delivery::push(format!("{run}-1"));
    let headers = delivery.headers(SECRET);
    let nameless: Vec<_> = headers
        .iter()
        .filter(|(name, _)| *name != "x-github-delivery")
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut odd = Delivery::push(format!("{run}-odd"));
    odd.body = b"no JSON".to_vec();
    for _ in 0..2 {
        let shop = client.post("/shop", &shop, body.to_vec()).await;
        let nameless = client.post(PATH, &nameless, delivery.body.clone()).await;
        let own = delivery.send(&client, "/own", SECRET).await;
        let odd = odd.send(&client, PATH, SECRET).await;
        for reply in [shop, nameless, own, odd] {
            assert_eq!((reply.status, reply.reason()), (200, "accepted".into()));
        }
    }
    let trusted = twice(&client, &delivery, "/trusted").await;
    assert_eq!(trusted, ["accepted", "duplicate"]);
    let counts: Vec<_> = stored(&run).into_values().collect();
    assert_eq!(counts.iter().sum::<usize>(), 9, "{counts:?}");

    let off = before_kafka(&run_id(), json!({ "window_s": 0 }), json!({}));
    off.ready().await;
    let replies = twice(&off.client(), &delivery, PATH).await;
    assert_eq!(replies, ["accepted", "accepted"]);
}

/// The reasons of two sendings, one behind the other.
async fn twice(client: &Client, delivery: &Delivery, path: &str) -> [String; 2] {
    let first = delivery.send(client, path, SECRET).await.reason();
    [first, delivery.send(client, path, SECRET).await.reason()]
}
