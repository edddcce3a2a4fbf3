//! With a spool an event is answered 2xx while the broker is away, and published when it is back:
//! nothing is lost, and the events of a key keep their order. Whatever ends the daemon meanwhile.

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

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::brokers::{Private, Which};
use support::daemon::{Daemon, config};
use support::github::SECRET;
use support::oracle::{self, PATH, Siege};
use support::proxy::{Mode, Proxy};
use support::random::Random;
use support::{Folder, assert_prompt, free_port, rabbitmq, run_id, scale};

const REPLY_WITHIN_MS: u64 = 2000;
/// With a spool a reply waits for no broker. Longer than any pause of a busy machine.
const PATIENT_MS: u64 = 15_000;
const KEYS: usize = 64;
/// Some two thousand events a second.
const PAUSE: Duration = Duration::from_millis(30);

/// A place for a daemon that is started again and again.
struct Place {
    which: Which,
    broker: String,
    run: String,
    listen: SocketAddr,
    folder: Folder,
    spool: Option<Value>,
}

impl Place {
    /// With a spool of these options beside its path, or without.
    fn new(which: Which, broker: &str, spool: Option<Value>) -> Self {
        Self {
            which,
            broker: broker.to_owned(),
            run: run_id(),
            listen: SocketAddr::from(([127, 0, 0, 1], free_port())),
            folder: Folder::new(),
            spool,
        }
    }

    fn config(&self) -> Value {
        let mut config = config(json!({
            "listen": self.listen.to_string(),
            "limits": { "reply_within_ms": if self.spool.is_some() { PATIENT_MS } else { REPLY_WITHIN_MS } },
            "sinks": { "broker": oracle::sink(self.which, &self.broker, &self.run) },
            "sources": { "github": {
                "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }],
            } },
        }));
        if let Some(options) = &self.spool {
            let mut spool = options.clone();
            spool["path"] = self.folder.path().display().to_string().into();
            config["spool"] = spool;
        }
        config
    }

    fn start(&self) -> Daemon {
        let env = [("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", &self.broker)];
        Daemon::start(self.config(), &env)
    }

    async fn stored(&self) -> Vec<oracle::Stored> {
        oracle::stored(self.which, &self.broker, &self.run).await
    }
}

async fn broker(which: Which, spool: Option<Value>) -> (Private, Place) {
    let private = Private::start(which).await;
    let place = Place::new(which, &private.address(), spool);
    if which == Which::Rabbitmq {
        rabbitmq::declare(&place.broker, &place.run, &place.run, "push");
        private.keeps_definitions();
    }
    (private, place)
}

/// The broker is killed, and comes back; the broker hangs, and goes on.
async fn an_outage(which: Which) {
    let (broker, place) = broker(which, Some(json!({ "takeover_ms": 300 }))).await;
    let daemon = place.start();
    daemon.ready().await;
    let siege = Siege::start(place.listen, &place.run, KEYS, PAUSE);
    for _ in 0..2 {
        siege.accepts(1000).await;
        broker.kill();
        siege.accepts(2000).await;
        broker.start_again();
        siege.accepts(2000).await;
        broker.pause();
        siege.accepts(2000).await;
        broker.resume();
        siege.accepts(1000).await;
    }
    let account = siege.end().await;
    daemon.drained("broker").await;
    let verdict = account.judge(&place.stored().await);
    println!("{which:?}: {verdict:?}; {:?}", account.tally());
    assert_eq!(
        verdict.accepted,
        verdict.sent,
        "some were refused: {:?}",
        account.tally()
    );
    assert!(
        verdict.slowest < Duration::from_millis(PATIENT_MS / 2),
        "{verdict:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_kafka_costs_no_event_and_no_refusal() {
    an_outage(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_rabbitmq_costs_no_event_and_no_refusal() {
    an_outage(Which::Rabbitmq).await;
}

/// The spool takes over from attempts that the broker confirms late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_confirmed_late_is_there_once() {
    let url = rabbitmq::url();
    let proxy = Proxy::start(rabbitmq::host_of(&url)).await;
    let through = rabbitmq::url_at(&url, proxy.address());
    let place = Place::new(
        Which::Rabbitmq,
        &through,
        Some(json!({ "takeover_ms": 200 })),
    );
    rabbitmq::declare(&url, &place.run, &place.run, "push");
    let daemon = place.start();
    daemon.ready().await;
    let siege = Siege::start(place.listen, &place.run, 16, PAUSE);
    for _ in 0..2 {
        siege.accepts(100).await;
        proxy.set(Mode::StallAnswers);
        siege.accepts(48).await;
        proxy.set(Mode::Pass);
    }
    let account = siege.end().await;
    daemon.drained("broker").await;
    let kept = daemon.of_sink("hookferry_spool_kept_total", "broker").await;
    let stored = oracle::stored(Which::Rabbitmq, &url, &place.run).await;
    let verdict = account.judge(&stored);
    println!("{kept:?} were kept; {verdict:?}; {:?}", account.tally());
    assert!(kept.is_some_and(|kept| kept > 0), "the spool had no part");
    let counts = (verdict.accepted, verdict.duplicates);
    assert_eq!(counts, (verdict.sent, 0));
    rabbitmq::delete(&url, &place.run, &place.run);
}

/// The daemon is killed at random moments, with the broker there and away; now and then the broker is
/// killed at the same moment.
async fn killed(which: Which, spool: Option<Value>) {
    let has_spool = spool.is_some();
    let (broker, place) = broker(which, spool).await;
    let siege = Siege::start(place.listen, &place.run, 16, Duration::ZERO);
    let mut random = Random::new();
    let kills = 10 * scale();
    for round in 0..kills {
        let mut daemon = place.start();
        // In every other round the broker is away, if events are taken meanwhile.
        let away = has_spool && round % 2 == 1;
        if away {
            broker.pause();
        }
        siege.accepts(1 + random.below(200)).await;
        if round % 25 == 9 {
            daemon.signal("KILL");
            broker.kill();
            broker.start_again();
        } else if away {
            daemon.kill();
            broker.resume();
        }
        daemon.kill();
    }
    let daemon = place.start();
    siege.accepts(1).await;
    let account = siege.end().await;
    if has_spool {
        daemon.drained("broker").await;
    }
    let verdict = account.judge(&place.stored().await);
    println!(
        "{which:?}, spool {has_spool}, {kills} times kill -9: {verdict:?}; {:?}",
        account.tally()
    );
    assert!(verdict.accepted >= kills, "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_before_kafka_loses_nothing() {
    killed(Which::Kafka, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_with_a_spool_before_kafka_loses_nothing() {
    killed(Which::Kafka, Some(json!({ "takeover_ms": 50 }))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_before_rabbitmq_loses_nothing() {
    killed(Which::Rabbitmq, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_with_a_spool_before_rabbitmq_loses_nothing() {
    killed(Which::Rabbitmq, Some(json!({ "takeover_ms": 50 }))).await;
}

/// While a broker is known to be down, nobody waits for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_spool_a_broker_that_is_down_is_answered_for_at_once() {
    for which in [Which::Kafka, Which::Rabbitmq] {
        let (broker, place) = broker(which, None).await;
        let daemon = place.start();
        daemon.ready().await;
        let siege = Siege::start(place.listen, &place.run, KEYS, PAUSE);
        siege.accepts(500).await;
        broker.pause();
        siege.refuses(2 * KEYS).await;
        let known = Instant::now();
        siege.refuses(2000).await;
        let took = known.elapsed();
        assert!(
            daemon
                .metrics()
                .await
                .contains("hookferry_circuit_open{sink=\"broker\"} 1\n")
        );
        broker.resume();
        let resumed = Instant::now();
        siege.accepts(KEYS + 1).await;
        let back = resumed.elapsed();
        let account = siege.end().await;
        let verdict = account.judge(&place.stored().await);
        println!(
            "{which:?}: 2000 refused in {took:?}, back after {back:?}; {verdict:?}; {:?}",
            account.tally()
        );
        // Each waiting for its own deadline, 64 senders would take a minute.
        assert!(took < Duration::from_secs(20), "{took:?}");
        assert_prompt("events flow again", Duration::from_secs(2), &[back]);
        assert!(
            daemon
                .metrics()
                .await
                .contains("hookferry_circuit_open{sink=\"broker\"} 0\n")
        );
    }
}

/// The spool takes no more than it may, says so, and goes on once there is room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_spool_is_503_and_recovers() {
    let spool = json!({ "takeover_ms": 50, "bytes_max": 4 << 20 });
    let (broker, place) = broker(Which::Rabbitmq, Some(spool)).await;
    let daemon = place.start();
    broker.kill();
    let siege = Siege::start(place.listen, &place.run, KEYS, PAUSE);
    siege.refuses(KEYS).await;
    broker.start_again();
    siege.accepts(4 * KEYS).await;
    let account = siege.end().await;
    daemon.drained("broker").await;
    let verdict = account.judge(&place.stored().await);
    println!("{verdict:?}; {:?}", account.tally());
    let tally = account.tally();
    assert!(
        tally
            .keys()
            .all(|(status, reason)| *status == 200 || *reason == "spool_full"),
        "{tally:?}"
    );
}
