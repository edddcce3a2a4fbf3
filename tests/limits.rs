//! More than may come: of all, from one client, to one source. Others are to notice nothing.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "limits/batch.rs"]
mod batch;
#[path = "limits/connections.rs"]
mod connections;
#[path = "limits/room.rs"]
mod room;
mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::client::{Client, Reply};
use support::daemon::{self, Daemon};
use support::github::{Delivery, SECRET};
use support::proxy::{Mode, Proxy};
use support::{kafka, rabbitmq, run_id, until};

const ENV: [(&str, &str); 1] = [("GITHUB_SECRET", SECRET)];

fn config(run: &str, limits: Value, noisy: Value) -> Value {
    let source = |name: &str| {
        json!({
            "provider": "github", "path": format!("/{name}"), "secrets": [{ "env": "GITHUB_SECRET" }],
        })
    };
    let (mut own, quiet) = (source("noisy"), source("quiet"));
    let noisy = noisy.as_object().expect("keys of a source").clone();
    own.as_object_mut().unwrap().extend(noisy);
    daemon::config(json!({
        "limits": limits,
        "sinks": { "kafka": {
            "type": "kafka", "brokers": kafka::address(), "topic": run, "default_topic": run,
        } },
        "sources": { "noisy": own, "quiet": quiet },
    }))
}

async fn send(client: &Client, path: &str, forwarded_for: Option<&str>) -> Reply {
    let delivery = Delivery::push(run_id());
    let headers = delivery.headers(SECRET);
    let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let further = forwarded_for.map(|value| ("x-forwarded-for", value));
    let headers: Vec<_> = headers.chain(further).collect();
    client.post(path, &headers, delivery.body).await
}

/// How many a bucket of `burst_max` that is filled by one a second has let in at most since `began`.
fn most(burst_max: usize, began: Instant) -> usize {
    burst_max + usize::try_from(began.elapsed().as_secs()).expect("few seconds") + 1
}

/// What became of `count` requests one after the other, by reason.
async fn burst(client: &Client, count: usize, path: &str) -> BTreeMap<String, usize> {
    let mut reasons = BTreeMap::new();
    for _ in 0..count {
        let reply = send(client, path, None).await;
        *reasons.entry(reply.reason()).or_default() += 1;
    }
    reasons
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_beyond_its_rate_is_told_when_to_come_again_and_no_other_is() {
    let run = run_id();
    // One token a second, so that few are given back while the test looks.
    let noisy = json!({ "rate": { "requests_per_s": 1, "burst_max": 30 } });
    let daemon = Daemon::start(config(&run, json!({}), noisy), &ENV);
    daemon.ready().await;
    let client = daemon.client();
    let began = Instant::now();
    let reasons = burst(&client, 60, "/noisy").await;
    let mut accepted = reasons["accepted"];
    assert!((30..=most(30, began)).contains(&accepted), "{reasons:?}");
    let refused = reasons.get("source_too_many").copied().unwrap_or_default();
    assert_eq!(refused, 60 - accepted, "{reasons:?}");
    let mut reply = send(&client, "/noisy", None).await;
    while reply.status == 200 {
        // A second was over.
        accepted += 1;
        reply = send(&client, "/noisy", None).await;
    }
    assert_eq!(reply.status, 429);
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(reply.header("ratelimit"), Some("\"source\";r=0;t=1"));
    assert_eq!(
        reply.header("ratelimit-policy"),
        Some("\"source\";q=30;w=30")
    );
    assert_eq!(burst(&client, 60, "/quiet").await["accepted"], 60);
    until(
        "what is given back is taken",
        Duration::from_secs(10),
        || async { send(&client, "/noisy", None).await.status == 200 },
    )
    .await;
    let metrics = daemon.metrics().await;
    let limited = "hookferry_source_limited_total{reason=\"source_too_many\",source=\"noisy\"}";
    assert!(metrics.contains(limited), "{metrics}");
    assert!(
        !metrics.contains("source=\"quiet\",reason=\"source_too_many\""),
        "{metrics}"
    );
    // All that was answered 2xx is there, and nothing else.
    let stored = kafka::read(&kafka::address(), &run).len();
    assert_eq!(stored, accepted + 60 + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_beyond_its_rate_is_known_by_the_word_of_trusted_proxies_alone() {
    let rate = json!({ "requests_per_s": 1, "burst_max": 20 });
    let run = run_id();
    let trusting = json!({ "client_rate": rate, "trusted_proxies": ["127.0.0.0/8"] });
    let daemon = Daemon::start(config(&run, trusting, json!({})), &ENV);
    daemon.ready().await;
    let client = daemon.client();
    let statuses = async |count: usize, address: &str| {
        let (mut taken, began) = (0, Instant::now());
        for _ in 0..count {
            let reply = send(&client, "/quiet", Some(address)).await;
            assert!(matches!(reply.status, 200 | 429), "{reply:?}");
            taken += usize::from(reply.status == 200);
        }
        assert!(taken <= most(20, began), "{taken}");
        taken
    };
    let began = Instant::now();
    let taken = statuses(50, "203.0.113.9, 198.51.100.1").await;
    assert!(taken >= 20, "{taken}");
    // What the client has written before the proxy's word makes nobody else of it.
    let again = statuses(10, "203.0.113.10, 198.51.100.1").await;
    assert!(taken + again <= most(20, began), "{taken} and {again}");
    assert_eq!(statuses(15, "198.51.100.2").await, 15);
    // Neither does an address of the same network make a client of its own in IPv6.
    let began = Instant::now();
    let many = statuses(25, "2001:db8::1").await + statuses(25, "2001:db8::2").await;
    assert!((20..=most(20, began)).contains(&many), "{many}");
    // Paths that are not there count: they are what a scanner asks for.
    let (mut found, began) = (BTreeMap::new(), Instant::now());
    for _ in 0..50 {
        let headers = [("x-forwarded-for", "198.51.100.3")];
        let reply = client.post("/nowhere", &headers, "").await;
        *found.entry(reply.status).or_insert(0) += 1;
    }
    assert!((20..=most(20, began)).contains(&found[&404]), "{found:?}");
    assert_eq!(found.values().sum::<usize>(), 50);
    assert!(found.keys().all(|it| [404, 429].contains(it)), "{found:?}");

    // Without trust, everyone who writes the header would be everyone they like.
    let (run, limits) = (run_id(), json!({ "client_rate": rate }));
    let daemon = Daemon::start(config(&run, limits, json!({})), &ENV);
    daemon.ready().await;
    let client = daemon.client();
    let (mut taken, began) = (0, Instant::now());
    for number in 0..50 {
        let address = format!("198.51.100.{number}");
        let reply = send(&client, "/quiet", Some(&address)).await;
        taken += usize::from(reply.status == 200);
    }
    assert!((20..=most(20, began)).contains(&taken), "{taken}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_whose_broker_hangs_takes_its_own_share_and_no_more() {
    let run = run_id();
    let proxy = Proxy::before_kafka(kafka::address()).await;
    let url = rabbitmq::url();
    rabbitmq::declare(&url, &run, &run, "#");
    let mut config = config(
        &run,
        json!({ "in_flight_max": 32, "reply_within_ms": 15_000 }),
        json!({ "sinks": ["kafka"], "in_flight_max": 8 }),
    );
    config["sinks"]["kafka"]["brokers"] = json!(proxy.address().to_string());
    config["sinks"]["rabbit"] =
        json!({ "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run });
    config["sources"]["quiet"]["sinks"] = json!(["rabbit"]);
    let daemon = Daemon::start(config, &[ENV[0], ("RABBITMQ_URL", &url)]);
    daemon.ready().await;
    let client = daemon.client();
    assert_eq!(send(&client, "/noisy", None).await.status, 200);
    proxy.set(Mode::Stall);
    let busy = Arc::new(AtomicUsize::new(0));
    let noise: Vec<_> = (0..64)
        .map(|_| {
            let (client, busy) = (daemon.client(), Arc::clone(&busy));
            tokio::spawn(async move {
                let reply = send(&client, "/noisy", None).await;
                let is_busy = reply.reason() == "source_busy";
                busy.fetch_add(usize::from(is_busy), Ordering::Relaxed);
                reply
            })
        })
        .collect();
    // Its share hangs, and all others of it are turned away at once.
    until("its share is taken", Duration::from_secs(20), || async {
        busy.load(Ordering::Relaxed) == 64 - 8
    })
    .await;
    for _ in 0..50 {
        let reply = send(&client, "/quiet", None).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for reply in noise {
        let reply = reply.await.unwrap();
        assert_eq!(reply.status, 503);
        assert!(reply.header("retry-after").is_some());
        *reasons.entry(reply.reason()).or_default() += 1;
    }
    assert_eq!(reasons["source_busy"], 64 - 8, "{reasons:?}");
    assert!(!reasons.contains_key("overloaded"), "{reasons:?}");
    assert!(
        reasons.values().sum::<usize>() == 64 && reasons.len() > 1,
        "{reasons:?}"
    );
    let stored = rabbitmq::read_all(&url, &run).await;
    assert_eq!(stored.len(), 50);
    proxy.set(Mode::Pass);
    rabbitmq::delete(&url, &run, &run);
}
