//! Answered 2xx is never lost: brokers die, links break, and every id that was promised is there
//! afterwards; everything else was answered 503 in time, and the daemon comes back by itself.

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

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::brokers::{Private, Which};
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::kafka_link::KafkaLink;
use support::ledger::{Ledger, Until, load};
use support::proxy::{Mode, Proxy};
use support::random::Random;
use support::siege::{SENDERS, Siege};
use support::{LATE, assert_prompt, kafka, rabbitmq, run_id, scale, until};

const PATH: &str = "/webhooks/github";
const REPLY_WITHIN: Duration = Duration::from_millis(2000);
/// From the broker's first answer to the first event that it confirms, usually.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// How long anything in these tests may take to happen at all.
const BOUND: Duration = Duration::from_secs(60);

/// A daemon with one sink: a broker's address is Kafka's `host:port` or RabbitMQ's URL.
fn start(which: Which, address: &str, run: &str) -> Daemon {
    let sink = match which {
        Which::Kafka => {
            json!({ "type": "kafka", "brokers": address, "topic": run, "default_topic": run })
        }
        Which::Rabbitmq => json!({
            "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run, "routing_key": "{event}",
        }),
    };
    let config = config(json!({
        "limits": { "reply_within_ms": u64::try_from(REPLY_WITHIN.as_millis()).unwrap() },
        "sinks": { "broker": sink },
        "sources": { "github": {
            "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }], "sinks": ["broker"],
        } },
    }));
    Daemon::start(
        config,
        &[("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", address)],
    )
}

/// Everything that is stored, by id. A record may be there twice: a 503 says that it is not known.
async fn stored(which: Which, address: &str, run: &str) -> BTreeSet<String> {
    let id = |json: Value| json["id"].as_str().unwrap().to_owned();
    match which {
        Which::Kafka => {
            let records = kafka::read(address, run);
            records.iter().map(|record| id(record.json())).collect()
        }
        Which::Rabbitmq => {
            let messages = rabbitmq::read_all(address, run).await;
            messages.iter().map(|message| id(message.json())).collect()
        }
    }
}

/// Pushes without end, from [`SENDERS`].
fn besiege(daemon: &Daemon, run: &str) -> Siege {
    Siege::start(daemon, PATH, run, |_| "push")
}

fn assert_kept(what: &str, ledger: &Ledger, stored: &BTreeSet<String>) {
    let unasked = ledger.assert_nothing_lost(stored);
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
    println!(
        "{what}: {:?}; the slowest after {:?}; {} stored, {unasked} of them answered 503",
        ledger.tally(),
        ledger.slowest(),
        stored.len()
    );
    assert!(ledger.accepted().len() > 1000, "the load was none");
}

/// SIGKILL under load, twice and more by scale, and between them a hang.
async fn killed_and_restarted(which: Which) {
    let broker = Private::start(which).await;
    let (run, address) = (run_id(), broker.address());
    if which == Which::Rabbitmq {
        rabbitmq::declare(&address, &run, &run, "push");
        broker.keeps_definitions();
    }
    let daemon = start(which, &address, &run);
    daemon.ready().await;
    let siege = besiege(&daemon, &run);
    let mut returns = Vec::new();
    for _ in 0..2 * scale() {
        siege.accepts(2000).await;
        broker.kill();
        siege.refuses(SENDERS).await;
        let restarted = Instant::now();
        let answers = broker.answers_again();
        broker.start_again();
        returns.push((restarted, answers.join().unwrap()));
        siege.accepts(1000).await;

        broker.pause();
        siege.refuses(SENDERS).await;
        broker.resume();
        returns.push((Instant::now(), Instant::now()));
        siege.accepts(1000).await;
    }
    let ledger = siege.end().await;
    let stored = stored(which, &address, &run).await;
    assert_kept(&format!("{which:?} killed and hung"), &ledger, &stored);
    let took = returns.into_iter().map(|(begun, answered)| {
        let first = ledger.first_accepted_after(begun).unwrap();
        first.saturating_duration_since(answered)
    });
    let took: Vec<_> = took.collect();
    println!("{which:?}: the first event {took:?} after the broker answered");
    assert_prompt("the daemon comes back", BACK_WITHIN, &took);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafka_killed_and_hung_under_load_loses_nothing() {
    killed_and_restarted(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_killed_and_hung_under_load_loses_nothing() {
    killed_and_restarted(Which::Rabbitmq).await;
}

/// A daemon that has its RabbitMQ through a proxy.
async fn behind_a_proxy(run: &str, url: &str) -> (Proxy, Daemon) {
    rabbitmq::declare(url, run, run, "push");
    let proxy = Proxy::start(rabbitmq::host_of(url)).await;
    let url = rabbitmq::url_at(url, proxy.address());
    let daemon = start(Which::Rabbitmq, &url, run);
    daemon.ready().await;
    (proxy, daemon)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmqs_connection_cut_under_load_loses_nothing() {
    let (run, url) = (run_id(), rabbitmq::url());
    let (proxy, daemon) = behind_a_proxy(&run, &url).await;
    let siege = besiege(&daemon, &run);
    let mut random = Random::new();
    let mut back = Vec::new();
    for _ in 0..15 * scale() {
        siege.accepts(random.below(600)).await;
        let refused = siege.refused();
        proxy.cut();
        let cut = Instant::now();
        until("the cut is felt", BOUND, || async {
            siege.refused() > refused
        })
        .await;
        // More than were answered already when the connection broke.
        siege.accepts(SENDERS + 1).await;
        back.push(cut.elapsed());
    }
    let ledger = siege.end().await;
    assert_kept(
        "RabbitMQ cut",
        &ledger,
        &stored(Which::Rabbitmq, &url, &run).await,
    );
    println!("events flowed again after {back:?}");
    assert_prompt("events flow again", BACK_WITHIN, &back);
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_link_costs_no_one_more_than_the_deadline() {
    let (run, url) = (run_id(), rabbitmq::url());
    let (proxy, daemon) = behind_a_proxy(&run, &url).await;
    let siege = besiege(&daemon, &run);
    siege.accepts(1000).await;
    proxy.set(Mode::Stall);
    siege.refuses(SENDERS).await;
    proxy.set(Mode::Pass);
    let passed = Instant::now();
    siege.accepts(SENDERS + 1).await;
    let back = passed.elapsed();
    let ledger = siege.end().await;
    assert_kept(
        "a silent link",
        &ledger,
        &stored(Which::Rabbitmq, &url, &run).await,
    );
    println!("events flowed again after {back:?}");
    assert_prompt("events flow again", BACK_WITHIN, &[back]);
    rabbitmq::delete(&url, &run, &run);
}

/// Up without a broker, and on by itself once there is one.
async fn started_before(which: Which) {
    let broker = Private::start(which).await;
    let (run, address) = (run_id(), broker.address());
    if which == Which::Rabbitmq {
        rabbitmq::declare(&address, &run, &run, "push");
        broker.keeps_definitions();
    }
    broker.kill();
    let daemon = start(which, &address, &run);
    let (client, admin) = (daemon.client(), daemon.admin());
    let early = Delivery::push(format!("{run}-early"))
        .send(&client, PATH, SECRET)
        .await;
    assert_eq!(early.status, 503, "{early:?}");
    assert!(early.took <= REPLY_WITHIN + LATE, "{early:?}");
    assert!(early.header("retry-after").is_some());
    assert_eq!(admin.get("/livez").await.status, 200);
    let ready = admin.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.json()["sinks"]["broker"].is_string(), "{ready:?}");

    let siege = besiege(&daemon, &run);
    siege.refuses(SENDERS).await;
    let restarted = Instant::now();
    let answers = broker.answers_again();
    broker.start_again();
    let answered = answers.join().unwrap();
    siege.accepts(1500).await;
    daemon.ready().await;
    let ledger = siege.end().await;
    let first = ledger.first_accepted_after(restarted).unwrap();
    let took = first.saturating_duration_since(answered);
    println!("{which:?}: the first event {took:?} after the broker answered");
    let stored = stored(which, &address, &run).await;
    assert_kept(&format!("started before {which:?}"), &ledger, &stored);
    assert_prompt("the daemon comes back", BACK_WITHIN, &[took]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn started_before_kafka_it_waits_and_says_so() {
    started_before(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn started_before_rabbitmq_it_waits_and_says_so() {
    started_before(Which::Rabbitmq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unroutable_among_routed_gets_each_its_own_verdict() {
    let count = 6000 * scale();
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "push");
    let daemon = start(Which::Rabbitmq, &url, &run);
    daemon.ready().await;
    let mut random = Random::new();
    let routed: Arc<Vec<bool>> = Arc::new((0..count).map(|_| random.below(2) == 0).collect());
    let ledger = {
        let (client, run, routed) = (daemon.client(), run.clone(), Arc::clone(&routed));
        load(SENDERS, Until::Count(count), move |number| {
            let client = client.clone();
            let mut delivery = Delivery::push(format!("{run}-{number}"));
            if !routed[number] {
                // No queue is bound for it.
                delivery.event = "fork".into();
            }
            async move {
                let outcome = delivery.attempt(&client, PATH, SECRET).await;
                (delivery.id, outcome)
            }
        })
        .await
    };
    println!(
        "{:?}, the slowest after {:?}",
        ledger.tally(),
        ledger.slowest()
    );
    let mut expected = BTreeSet::new();
    for (entry, reply) in ledger.replies() {
        let number: usize = entry.id[run.len() + 1..].parse().unwrap();
        let verdict = if routed[number] {
            (200, "accepted")
        } else {
            (503, "unroutable")
        };
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            verdict,
            "{}: {reply:?}",
            entry.id
        );
        if routed[number] {
            expected.insert(entry.id.clone());
        }
    }
    assert_eq!(ledger.replies().count(), count, "{:?}", ledger.tally());
    assert!(
        stored(Which::Rabbitmq, &url, &run).await == expected,
        "other ids are stored"
    );
    rabbitmq::delete(&url, &run, &run);
}

/// A topic that is just being created refuses a request and takes the one behind it. Kafka accepts
/// any first sequence from a producer that it does not know, so the second's success says nothing
/// of the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_refused_by_a_new_topic_is_not_taken_for_stored() {
    let (run, address) = (run_id(), kafka::address());
    let link = KafkaLink::start(address.clone(), &run).await;
    let daemon = start(Which::Kafka, &link.address().to_string(), &run);
    daemon.ready().await;
    let client = daemon.client();
    let send = |number: usize| {
        let (client, delivery) = (client.clone(), Delivery::push(format!("{run}-{number}")));
        tokio::spawn(async move {
            let reply = delivery.send(&client, PATH, SECRET).await;
            (delivery.id, reply.status)
        })
    };
    let first = send(1);
    tokio::time::timeout(BOUND, link.first_is_held())
        .await
        .unwrap();
    let second = send(2);
    let replies = [first.await, second.await].map(Result::unwrap);
    let stored = stored(Which::Kafka, &address, &run).await;
    for (id, status) in &replies {
        assert!(
            *status != 200 || stored.contains(id),
            "{id} was answered 200 and is lost: {stored:?}"
        );
    }
    assert_eq!(replies[1].1, 200, "the daemon goes on: {replies:?}");
}
