//! What a Kafka cluster can do to a daemon: topics that are missing or too small, leaders that
//! change, rights that are missing, errors that end a producer. Each is named for what it is, harms
//! only whom it concerns, and loses nothing.

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

#[path = "kafka/cluster.rs"]
mod cluster;
#[path = "kafka/fatal.rs"]
mod fatal;
#[path = "kafka/large.rs"]
mod large;
#[path = "kafka/rights.rs"]
mod rights;
#[path = "kafka/slow.rs"]
mod slow;
mod support;
#[path = "kafka/topics.rs"]
mod topics;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::brokers::Private;
use support::client::{Client, Reply};
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::kafka_link::{CREATE_TOPICS, KafkaLink, METADATA};
use support::ledger::{Ledger, Until, load};
use support::random::Random;
use support::{Folder, LATE, assert_prompt, kafka, run_id, scale, until};

const PATH: &str = "/webhooks/github";
/// Every user's of `tests/brokers guard`.
const PASSWORD: &str = "of-the-test-alone";
const REPLY_WITHIN: Duration = Duration::from_millis(3000);
/// From a trouble's end to the first event that is stored, usually.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// A live broker names what is wrong within, and nobody waits for a deadline.
const AT_ONCE: Duration = Duration::from_millis(2500);
/// How long anything may take to happen at all.
const BOUND: Duration = Duration::from_secs(60);
const SENDERS: usize = 64;

/// A daemon whose events go to topic `RUN.EVENT` at `brokers`; `more` adds keys to the sink.
fn start(brokers: &str, run: &str, more: Value) -> Daemon {
    start_with(brokers, run, more, json!({}))
}

/// The same with keys that stand beside the sink's.
fn start_with(brokers: &str, run: &str, more: Value, beside: Value) -> Daemon {
    let mut sink = json!({
        "type": "kafka", "brokers": brokers, "topic": format!("{run}.{{event}}"),
        "default_topic": format!("{run}.push"), "dead_letter_topic": format!("{run}.dead"),
        "key": "{json:/repository/full_name}",
    });
    if let (Value::Object(sink), Value::Object(more)) = (&mut sink, more) {
        sink.extend(more);
    }
    let mut config = config(json!({
        "limits": {
            "reply_within_ms": u64::try_from(REPLY_WITHIN.as_millis()).unwrap(), "body_bytes_max": 4_000_000,
        },
        "sinks": { "broker": sink },
        "sources": { "github": { "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }] } },
    }));
    if let (Value::Object(config), Value::Object(beside)) = (&mut config, beside) {
        config.extend(beside);
    }
    Daemon::start(
        config,
        &[("GITHUB_SECRET", SECRET), ("KAFKA_PASSWORD", PASSWORD)],
    )
}

/// One event of this kind, which becomes a topic's last word.
async fn send(client: &Client, event: &str) -> Reply {
    let mut delivery = Delivery::push(run_id());
    delivery.event = event.to_owned();
    delivery.send(client, PATH, SECRET).await
}

/// Sends events of a kind until one is answered with `status`, and tells how long that took.
async fn until_answered(client: &Client, event: &str, status: u16) -> Duration {
    let began = Instant::now();
    let what = format!("{event} is answered {status}");
    until(&what, BOUND, || async {
        send(client, event).await.status == status
    })
    .await;
    began.elapsed()
}

/// The ids that are stored in a topic.
fn stored(brokers: &str, topic: &str) -> BTreeSet<String> {
    let records = kafka::read(brokers, topic);
    let ids = records
        .iter()
        .map(|record| record.json()["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// Providers that send until they are told to stop. Each sends events of its own key one after the
/// other.
struct Siege {
    stop: Arc<AtomicBool>,
    /// Replies other than 200 and 200s.
    counts: [Arc<AtomicUsize>; 2],
    ledger: tokio::task::JoinHandle<Ledger>,
}

impl Siege {
    /// `name` of a number is its kind of event.
    fn start(
        daemon: &Daemon,
        run: &str,
        kind: impl Fn(usize) -> &'static str + Clone + Send + 'static,
    ) -> Self {
        Self::paced(daemon, run, SENDERS, Duration::ZERO, kind)
    }

    /// The same by so many senders, each of whom rests after an event.
    fn paced(
        daemon: &Daemon,
        run: &str,
        senders: usize,
        rest: Duration,
        kind: impl Fn(usize) -> &'static str + Clone + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let counts = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
        let mut ledgers = tokio::task::JoinSet::new();
        for sender in 0..senders {
            let (client, run, kind) = (daemon.client(), run.to_owned(), kind.clone());
            let counts = counts.clone();
            let send = move |number: usize| {
                let (client, counts) = (client.clone(), counts.clone());
                let delivery = keyed(&run, sender, number, kind(number));
                async move {
                    let outcome = delivery.attempt(&client, PATH, SECRET).await;
                    let is_stored = matches!(&outcome, Ok(reply) if reply.status == 200);
                    counts[usize::from(is_stored)].fetch_add(1, Ordering::Relaxed);
                    // A provider that was refused does not come back at once.
                    let rest = if is_stored {
                        rest
                    } else {
                        rest.max(Duration::from_millis(20))
                    };
                    if !rest.is_zero() {
                        tokio::time::sleep(rest).await;
                    }
                    (delivery.id, outcome)
                }
            };
            ledgers.spawn(load(1, Until::Flag(Arc::clone(&stop)), send));
        }
        let ledger = tokio::spawn(async move {
            let mut all = Ledger::default();
            while let Some(ledger) = ledgers.join_next().await {
                all.entries.extend(ledger.unwrap().entries);
            }
            all.entries
                .sort_by_key(|entry| entry.outcome.as_ref().map(|reply| reply.at).ok());
            all
        });
        Self {
            stop,
            counts,
            ledger,
        }
    }

    /// Waits until `more` further events were accepted; how long it took.
    async fn accepts(&self, more: usize) -> Duration {
        self.counts_up(1, more, "events are accepted").await
    }

    /// Waits until `more` further events were not.
    async fn fails(&self, more: usize) -> Duration {
        self.counts_up(0, more, "events are refused").await
    }

    async fn counts_up(&self, at: usize, more: usize, what: &str) -> Duration {
        let began = Instant::now();
        let goal = self.counts[at].load(Ordering::Relaxed) + more;
        until(&format!("{more} more {what}"), BOUND, || async {
            self.counts[at].load(Ordering::Relaxed) >= goal
        })
        .await;
        began.elapsed()
    }

    async fn end(self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        self.ledger.await.unwrap()
    }
}

/// The `number`th event of a sender, whose key is its own. Its id is `RUN-SENDER-NUMBER`.
fn keyed(run: &str, sender: usize, number: usize, kind: &str) -> Delivery {
    let mut delivery = Delivery::push(format!("{run}-{sender}-{number}"));
    delivery.event = kind.to_owned();
    delivery.body = json!({ "repository": { "full_name": format!("o/{sender}") } })
        .to_string()
        .into();
    delivery
}

fn metric(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |value| value.trim().parse().unwrap())
}
