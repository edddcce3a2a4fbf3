//! Two daemons that share a Redis, and what may become of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::support::daemon::Daemon;
use super::support::github::{Delivery, SECRET};
use super::support::ledger::{Until, load};
use super::support::redis::Redis;
use super::support::{run_id, scale, until};
use super::{
    BOUND, PATH, REPLY_WITHIN, before_a_stalled_link, before_kafka, in_flight, metric, stored,
};

/// A Redis that takes longer hangs: longer than a busy machine's pauses, so that only real trouble is seen as one.
const HUNG: Duration = Duration::from_millis(1500);

fn sharing(url: &str) -> Value {
    json!({ "redis": { "url": url, "timeout_ms": u64::try_from(HUNG.as_millis()).unwrap() } })
}

async fn relied_on(daemon: &Daemon) {
    until("Redis is relied on", BOUND, || async {
        metric(daemon, "hookferry_dedup_store_up ").await == 1
    })
    .await;
}

async fn two(run: &str, url: &str) -> [Daemon; 2] {
    let both = [0, 1].map(|_| before_kafka(run, sharing(url), json!({})));
    for daemon in &both {
        daemon.ready().await;
    }
    both
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_race_store_each_delivery_once() {
    let (run, redis) = (run_id(), Redis::start());
    let both = two(&run, &redis.url()).await;
    for daemon in &both {
        relied_on(daemon).await;
    }
    let clients = [both[0].client(), both[1].client()];
    let mut accepted = 0;
    for number in 0..500 * scale() {
        let delivery = Delivery::push(format!("{run}-{number}"));
        let sends = [0, 1, 1, 0].map(|at| {
            let (client, delivery) = (clients[at].clone(), delivery.clone());
            tokio::spawn(async move { delivery.send(&client, PATH, SECRET).await })
        });
        for reply in join_all(sends).await {
            let reply = reply.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
            accepted += usize::from(reply.reason() == "accepted");
        }
    }
    let stored = stored(&run);
    assert_eq!(stored.len(), 500 * scale());
    let twice: Vec<_> = stored.iter().filter(|(_, count)| **count > 1).collect();
    let (count, one) = (twice.len(), twice.first());
    assert_eq!(count, 0, "stored twice, such as {one:?}");
    assert_eq!(accepted, 500 * scale());
    for daemon in &both {
        let metrics = daemon.metrics().await;
        assert!(
            !metrics.contains("dedup_store_failures_total{"),
            "{metrics}"
        );
    }
}

/// Redis is killed, hangs, is restarted empty and is full, while every event comes to both replicas.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_becomes_of_redis_nothing_is_lost() {
    let (run, mut redis) = (run_id(), Redis::start());
    let url = redis.url();
    let both = two(&run, &url).await;
    for daemon in &both {
        relied_on(daemon).await;
    }
    let (stop, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let clients = [both[0].client(), both[1].client()];
    let (prefix, counted) = (run.clone(), Arc::clone(&done));
    let send = move |number: usize| {
        // Two neighbours are one delivery, at one replica each.
        let delivery = Delivery::push(format!("{prefix}-{}", number / 2));
        let (client, counted) = (clients[number % 2].clone(), Arc::clone(&counted));
        async move {
            let mut outcome = delivery.attempt(&client, PATH, SECRET).await;
            // As a provider does. Another replica's claim may have to run out.
            while matches!(&outcome, Ok(reply) if reply.reason() == "in_progress") {
                outcome = delivery.attempt(&client, PATH, SECRET).await;
            }
            counted.fetch_add(1, Ordering::Relaxed);
            (delivery.id, outcome)
        }
    };
    let ledger = tokio::spawn(load(16, Until::Flag(Arc::clone(&stop)), send));
    let flows = || async {
        let goal = done.load(Ordering::Relaxed) + 500;
        until("events flow", BOUND, || async {
            done.load(Ordering::Relaxed) >= goal
        })
        .await;
    };
    let failing = || async {
        for daemon in &both {
            until("the failure is seen", BOUND, || async {
                metric(daemon, "hookferry_dedup_store_up ").await == 0
            })
            .await;
        }
    };
    flows().await;
    redis.kill();
    failing().await;
    flows().await;
    redis.start_again();
    for daemon in &both {
        relied_on(daemon).await;
    }
    flows().await;
    redis.pause();
    failing().await;
    flows().await;
    redis.resume();
    for daemon in &both {
        relied_on(daemon).await;
    }
    flows().await;
    redis.run(&["CONFIG", "SET", "maxmemory", "1"]);
    failing().await;
    flows().await;
    redis.run(&["CONFIG", "SET", "maxmemory", "0"]);
    for daemon in &both {
        relied_on(daemon).await;
    }
    flows().await;
    stop.store(true, Ordering::Relaxed);
    let ledger = ledger.await.unwrap();
    let stored = stored(&run);
    let twice = stored.values().filter(|count| **count > 1).count();
    println!(
        "{:?}; the slowest after {:?}; {} stored, {twice} of them twice",
        ledger.tally(),
        ledger.slowest(),
        stored.len(),
    );
    let ids: BTreeSet<_> = stored.keys().cloned().collect();
    ledger.assert_nothing_lost(&ids);
    // Redis costs nobody their answer.
    assert_eq!(ledger.accepted().len(), ids.len(), "{:?}", ledger.tally());
    assert!(
        ledger.replies().all(|(_, reply)| reply.status == 200),
        "{:?}",
        ledger.tally()
    );
    assert!(ledger.slowest() <= REPLY_WITHIN, "{:?}", ledger.slowest());
    for daemon in &both {
        let output = daemon.output();
        let said = |words: &str| output.matches(words).count();
        // Once for each failure. A pause of the machine may be another.
        assert!((3..=6).contains(&said("Redis fails")), "{output}");
        assert_eq!(said("Redis answers again"), said("Redis fails"), "{output}");
        for reason in ["timeout", "refused"] {
            let line = format!("hookferry_dedup_store_failures_total{{reason=\"{reason}\"}} ");
            assert!(metric(daemon, &line).await > 0, "{reason}");
        }
    }
}

/// A hung Redis is waited for by the few that find out, and by nobody after them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hung_redis_is_waited_for_once() {
    let (run, redis) = (run_id(), Redis::start());
    let daemon = before_kafka(&run, sharing(&redis.url()), json!({}));
    daemon.ready().await;
    relied_on(&daemon).await;
    let client = daemon.client();
    redis.pause();
    let mut slow = 0;
    for number in 0..100 {
        let delivery = Delivery::push(format!("{run}-{number}"));
        let reply = delivery.send(&client, PATH, SECRET).await;
        assert_eq!(reply.reason(), "accepted", "{reply:?}");
        slow += usize::from(reply.took >= HUNG);
    }
    // Whoever waited for nothing but a busy machine is none of them.
    assert!(slow <= 5, "{slow} of 100 waited");
    // Who looks after Redis may be waiting for an answer of its own.
    until("Redis is not relied on", BOUND, || async {
        metric(&daemon, "hookferry_dedup_store_up ").await == 0
    })
    .await;
    assert_eq!(stored(&run).len(), 100);
}

/// A replica that dies while it publishes has claimed the event for no longer than its request could
/// have lasted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_replicas_claim_ends_by_itself() {
    let (run, redis) = (run_id(), Redis::start());
    let (mut first, _proxy) = before_a_stalled_link(&run, sharing(&redis.url())).await;
    relied_on(&first).await;
    let kafka = before_kafka(&run, sharing(&redis.url()), json!({}));
    kafka.ready().await;
    relied_on(&kafka).await;
    let delivery = Delivery::push(format!("{run}-1"));
    let began = Instant::now();
    let lost = {
        let (client, delivery) = (first.client(), delivery.clone());
        tokio::spawn(async move { delivery.attempt(&client, PATH, SECRET).await })
    };
    in_flight(&first, 1).await;
    until("the claim is in Redis", BOUND, || async {
        redis.keys().len() == 1
    })
    .await;
    first.kill();
    assert!(lost.await.unwrap().is_err());
    let client = kafka.client();
    let mut reasons = BTreeMap::new();
    loop {
        let reply = delivery.send(&client, PATH, SECRET).await;
        *reasons.entry(reply.reason()).or_insert(0) += 1;
        if reply.status == 200 {
            break;
        }
    }
    let took = began.elapsed();
    println!("{reasons:?} after {took:?}");
    assert_eq!(reasons["accepted"], 1, "{reasons:?}");
    // The deadline, a second, and what this machine takes.
    assert!(
        took >= REPLY_WITHIN,
        "the claim was not respected: {took:?}"
    );
    assert!(took < REPLY_WITHIN + Duration::from_secs(10), "{took:?}");
    assert_eq!(stored(&run), BTreeMap::from([(delivery.id, 1)]));
    super::rabbitmq::delete(&super::rabbitmq::url(), &run, &run);
}

/// What stands under an event's key is believed in our own words only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_value_in_redis_is_no_stored_event() {
    let (run, redis) = (run_id(), Redis::start());
    let delivery = Delivery::push(format!("{run}-1"));
    let daemon = || async {
        let daemon = before_kafka(&run, sharing(&redis.url()), json!({}));
        daemon.ready().await;
        relied_on(&daemon).await;
        daemon
    };
    let reason = |daemon: &Daemon| {
        let (client, delivery) = (daemon.client(), delivery.clone());
        async move { delivery.send(&client, PATH, SECRET).await.reason() }
    };
    let first = daemon().await;
    assert_eq!(reason(&first).await, "accepted");
    until("it is said to be stored", BOUND, || async {
        let keys = redis.keys();
        keys.len() == 1 && redis.run(&["GET", &keys[0]]) == "stored"
    })
    .await;
    let key = redis.keys().remove(0);
    // What another replica has stored is known to one that knows nothing itself.
    assert_eq!(reason(&daemon().await).await, "duplicate");
    let token = "0123456789abcdef".repeat(4);
    let foreign: [&[&str]; 7] = [
        &["SET", &key, "stored ", "PX", "60000"],
        &["SET", &key, "STORED", "PX", "60000"],
        &["SET", &key, "", "PX", "60000"],
        &["SET", &key, "stored"],
        &["SET", &key, &token],
        &["SET", &key, &token, "PX", "6000000"],
        &["RPUSH", &key, "stored"],
    ];
    for value in foreign {
        redis.run(&["DEL", &key]);
        redis.run(value);
        let daemon = daemon().await;
        assert_eq!(reason(&daemon).await, "accepted", "{value:?}");
        let metrics = daemon.metrics().await;
        assert!(
            metrics.contains("dedup_store_failures_total{"),
            "{value:?}: {metrics}"
        );
    }
    assert_eq!(stored(&run), BTreeMap::from([(delivery.id.clone(), 8)]));
}

/// Servers that are none of Redis, or deny everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_redis_is_done_without() {
    let answers: [&[u8]; 5] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"-NOAUTH Authentication required.\r\n",
        b"+OK\r\n",
        b"$-1\r\n",
        b"*1000000000\r\n",
    ];
    for answer in answers {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    while let Ok(1..) = client.read(&mut buffer).await {
                        for _ in 0..8 {
                            let _ = client.write_all(answer).await;
                        }
                    }
                });
            }
        });
        let run = run_id();
        let daemon = before_kafka(&run, sharing(&url), json!({}));
        daemon.ready().await;
        let client = daemon.client();
        for number in 0..20 {
            let delivery = Delivery::push(format!("{run}-{number}"));
            let reply = delivery.send(&client, PATH, SECRET).await;
            assert_eq!(reply.reason(), "accepted", "{reply:?}");
        }
        assert_eq!(stored(&run).len(), 20);
        server.abort();
    }
}
