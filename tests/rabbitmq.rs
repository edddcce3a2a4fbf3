//! RabbitMQ's accidents: alarms, a missing exchange, closed channels and connections, full queues,
//! missing rights, queues that drop. What is answered 2xx is stored in every one of them.

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

#[path = "rabbitmq/definitions.rs"]
mod definitions;
#[path = "rabbitmq/queues.rs"]
mod queues;
#[path = "rabbitmq/readers.rs"]
mod readers;
#[path = "rabbitmq/rights.rs"]
mod rights;
mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::brokers::{Private, Which};
use support::client::Reply;
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::ledger::Ledger;
use support::siege::{SENDERS, Siege};
use support::{LATE, assert_prompt, rabbitmq, run_id, until};

const PATH: &str = "/webhooks/github";
const REPLY_WITHIN: Duration = Duration::from_millis(4000);
/// From the end of what was wrong to the first event that is confirmed, usually.
const BACK_WITHIN: Duration = Duration::from_secs(2);
/// How long anything may take to happen at all.
const BOUND: Duration = Duration::from_secs(60);
/// What is refused without asking the broker is mostly refused within, beside 63 others and a broker.
const AT_ONCE: Duration = Duration::from_millis(1000);

/// A daemon with one RabbitMQ sink, `more` of it, and `{event}` as routing key.
fn start(url: &str, exchange: &str, more: Value) -> Daemon {
    let mut sink = json!({
        "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": exchange, "routing_key": "{event}",
    });
    let more = more.as_object().unwrap().clone();
    sink.as_object_mut().unwrap().extend(more);
    let config = config(json!({
        "limits": { "reply_within_ms": u64::try_from(REPLY_WITHIN.as_millis()).unwrap() },
        "sinks": { "rabbit": sink },
        "sources": { "github": {
            "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }],
        } },
    }));
    Daemon::start(config, &[("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", url)])
}

fn pushes(daemon: &Daemon, run: &str) -> Siege {
    Siege::start(daemon, PATH, run, |_| "push")
}

async fn send(daemon: &Daemon, id: &str, event: &str) -> Reply {
    let mut delivery = Delivery::push(id);
    delivery.event = event.into();
    delivery.send(&daemon.client(), PATH, SECRET).await
}

/// Every id in the queue, which is empty then.
async fn stored(url: &str, queue: &str) -> BTreeSet<String> {
    let messages = rabbitmq::read_all(url, queue).await;
    let id = |message: &rabbitmq::Message| message.json()["id"].as_str().unwrap().to_owned();
    messages.iter().map(id).collect()
}

/// Waits until `/readyz` says `words` of the sink.
async fn says(daemon: &Daemon, words: &str) {
    let admin = daemon.admin();
    until(&format!("/readyz says {words:?}"), BOUND, || async {
        let ready = admin.get("/readyz").await;
        let said = ready.json()["sinks"]["rabbit"].to_string();
        ready.status == 503 && said.contains(words)
    })
    .await;
}

fn resident_kib(daemon: &Daemon) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB");
    kib.parse().unwrap()
}

/// Nothing is lost, every reply came in time, and all that was refused was so for one of `reasons`.
fn assert_kept(what: &str, ledger: &Ledger, stored: &BTreeSet<String>, reasons: &[&str]) {
    let unasked = ledger.assert_nothing_lost(stored);
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
    let tally = ledger.tally();
    println!(
        "{what}: {tally:?}; the slowest after {:?}; {} stored, {unasked} of them answered 503",
        ledger.slowest(),
        stored.len()
    );
    // A broker that failed several in a row is asked only now and then.
    let said = tally
        .keys()
        .filter(|(status, reason)| *status == 503 && reason != "circuit_open");
    for (_, reason) in said {
        assert!(reasons.contains(&reason.as_str()), "{reason}: {tally:?}");
    }
    assert!(ledger.accepted().len() > 1000, "the load was none");
}

/// From `over` to the first event that was accepted after `since`.
fn back(what: &str, ledger: &Ledger, since: Instant, over: Instant) {
    let first = ledger.first_accepted_after(since).unwrap();
    let took = first.saturating_duration_since(over);
    println!("{what}: the first event {took:?} after it was over");
    assert_prompt(what, BACK_WITHIN, &[took]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alarms_under_load_refuse_at_once_and_lose_nothing() {
    let broker = Private::start(Which::Rabbitmq).await;
    let (run, url) = (run_id(), broker.address());
    rabbitmq::declare(&url, &run, &run, "push");
    let daemon = start(&url, &run, json!({}));
    daemon.ready().await;
    let siege = pushes(&daemon, &run);
    siege.accepts(5000).await;
    let memory = (
        ["set_vm_memory_high_watermark", "absolute", "1MB"].as_slice(),
        ["set_vm_memory_high_watermark", "0.4"].as_slice(),
        "low on memory",
    );
    let disk = (
        ["set_disk_free_limit", "mem_relative", "1000.0"].as_slice(),
        ["set_disk_free_limit", "50MB"].as_slice(),
        "low on disk",
    );
    let mut alarms = Vec::new();
    for (set, clear, words) in [memory, disk, memory] {
        let before_kib = resident_kib(&daemon);
        broker.ctl(set);
        says(&daemon, "blocks publishers").await;
        let begun = Instant::now();
        // Some thousand, were they kept.
        siege.refuses(3000).await;
        // Those that are judged below are sent when everybody knows.
        until("everybody knows of the alarm", BOUND, || async {
            begun.elapsed() > AT_ONCE
        })
        .await;
        siege.refuses(2000).await;
        let grown_kib = resident_kib(&daemon).saturating_sub(before_kib);
        let cleared = Instant::now();
        broker.ctl(clear);
        let over = Instant::now();
        siege.accepts(2000).await;
        daemon.ready().await;
        println!("{words}: {grown_kib} KiB more after 5000 refusals");
        assert!(grown_kib < 8192, "{grown_kib} KiB were kept");
        alarms.push((words, begun, cleared, over));
    }
    let output = daemon.output();
    let ledger = siege.end().await;
    let stored = stored(&url, &run).await;
    // Nobody waited for the deadline: not even those under way when the alarm came.
    assert_kept("alarms", &ledger, &stored, &["blocked"]);
    assert!(ledger.slowest() < REPLY_WITHIN, "{:?}", ledger.slowest());
    for (words, begun, cleared, over) in alarms {
        assert!(output.contains(words), "the log does not say {words}");
        back(words, &ledger, cleared, over);
        let during = ledger
            .replies()
            .filter(|(_, reply)| reply.at - reply.took > begun + AT_ONCE && reply.at < cleared);
        let mut took = Vec::new();
        for (entry, reply) in during {
            let reason = reply.reason();
            assert!(
                ["blocked", "circuit_open"].contains(&reason.as_str()),
                "{}: {reply:?}",
                entry.id
            );
            took.push(reply.took);
        }
        took.sort();
        let (count, half) = (took.len(), took.get(took.len() / 2));
        println!(
            "{words}: {count} refused while it lasted, half within {half:?}, all within {:?}",
            took.last()
        );
        assert!(
            count > 1000 && half.is_some_and(|it| *it < AT_ONCE),
            "{half:?}"
        );
    }
}

/// RabbitMQ tells a connection of an alarm only once it has published.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_event_after_an_alarm_finds_it_out() {
    let broker = Private::start(Which::Rabbitmq).await;
    let (run, url) = (run_id(), broker.address());
    rabbitmq::declare(&url, &run, &run, "push");
    broker.ctl(&["set_vm_memory_high_watermark", "absolute", "1MB"]);
    let daemon = start(&url, &run, json!({}));
    daemon.ready().await;
    let first = send(&daemon, &format!("{run}-first"), "push").await;
    assert_eq!((first.status, first.reason().as_str()), (503, "blocked"));
    assert!(first.took < REPLY_WITHIN, "{first:?}");
    let second = send(&daemon, &format!("{run}-second"), "push").await;
    assert_eq!((second.status, second.reason().as_str()), (503, "blocked"));
    assert!(
        second.took < REPLY_WITHIN / 2,
        "it was not refused at once: {second:?}"
    );
    says(&daemon, "blocks publishers").await;
    println!(
        "the first after {:?}, the second after {:?}",
        first.took, second.took
    );

    broker.ctl(&["set_vm_memory_high_watermark", "0.4"]);
    let over = Instant::now();
    daemon.ready().await;
    let third = send(&daemon, &format!("{run}-third"), "push").await;
    assert_eq!(third.status, 200, "{third:?}");
    assert_prompt("the alarm is over", BACK_WITHIN, &[over.elapsed()]);
    // The first was under way, and came late; the second was never sent.
    let stored = stored(&url, &run).await;
    assert_eq!(
        stored,
        ["first", "third"].map(|it| format!("{run}-{it}")).into()
    );
}

/// The daemon declares it anew; bindings are the operator's, and until they are back nothing is
/// taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_deleted_under_load_is_declared_anew() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "push");
    let daemon = start(&url, &run, json!({}));
    daemon.ready().await;
    let siege = pushes(&daemon, &run);
    let mut bound = Vec::new();
    for _ in 0..2 {
        siege.accepts(2000).await;
        rabbitmq::declare_with(&url, &run, &run, "push", &["--delete-exchange"]);
        siege.refuses(2 * SENDERS).await;
        let before = Instant::now();
        rabbitmq::declare(&url, &run, &run, "push");
        bound.push((before, Instant::now()));
        siege.accepts(1000).await;
    }
    let ledger = siege.end().await;
    let stored = stored(&url, &run).await;
    let reasons = ["declined", "unroutable", "unreachable"];
    assert_kept("exchange deleted", &ledger, &stored, &reasons);
    for (before, over) in bound {
        back("exchange deleted", &ledger, before, over);
    }
    let output = daemon.output();
    let said = "the broker closed a channel, opening another";
    let said = output.lines().find(|line| line.contains(said)).unwrap();
    assert!(said.contains("NOT_FOUND"), "{said}");
    assert!(ledger.tally().contains_key(&(503, "unroutable".into())));
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_closed_and_nodes_stopped_under_load_lose_nothing() {
    let broker = Private::start(Which::Rabbitmq).await;
    let (run, url) = (run_id(), broker.address());
    rabbitmq::declare(&url, &run, &run, "push");
    let daemon = start(&url, &run, json!({}));
    daemon.ready().await;
    let siege = pushes(&daemon, &run);
    let (mut ends, mut closed) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        siege.accepts(2000).await;
        closed.push(Instant::now());
        broker.ctl(&["close_all_connections", "a test"]);
        siege.accepts(SENDERS + 1).await;

        siege.accepts(2000).await;
        broker.ctl(&["stop_app"]);
        siege.refuses(SENDERS).await;
        says(&daemon, "cannot be reached").await;
        let before = Instant::now();
        let answers = broker.answers_again();
        broker.ctl(&["start_app"]);
        ends.push(("node stopped", before, answers.join().unwrap()));
        siege.accepts(1000).await;
        daemon.ready().await;
    }
    let ledger = siege.end().await;
    let stored = stored(&url, &run).await;
    assert_kept("closed and stopped", &ledger, &stored, &["unreachable"]);
    for (what, before, over) in ends {
        back(what, &ledger, before, over);
    }
    assert!(
        daemon.output().contains("CONNECTION_FORCED"),
        "the broker's words are not in the log"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_declines_and_takes_again_once_it_is_read() {
    let (run, url) = (run_id(), rabbitmq::url());
    let full = r#"{"x-max-length":800,"x-overflow":"reject-publish"}"#;
    rabbitmq::declare_with(&url, &run, &run, "push", &["--arguments", full]);
    let daemon = start(&url, &run, json!({}));
    daemon.ready().await;
    let siege = pushes(&daemon, &run);
    let mut kept = BTreeSet::new();
    let mut read = Vec::new();
    for _ in 0..4 {
        siege.refuses(SENDERS).await;
        let (accepted, before) = (siege.accepted(), Instant::now());
        // It fills again while it is read.
        kept.extend(stored(&url, &run).await);
        read.push(before);
        siege.accepts_since(accepted, 300).await;
    }
    assert_eq!(daemon.admin().get("/readyz").await.status, 200);
    let ledger = siege.end().await;
    kept.extend(stored(&url, &run).await);
    assert_kept("queue full", &ledger, &kept, &["declined"]);
    for before in read {
        back("queue full", &ledger, before, before);
    }
    rabbitmq::delete(&url, &run, &run);
}
