//! What an operator makes of events: each case of a table through a daemon and a real broker, hostile
//! expressions, and accounts that must add up whatever the configuration and the body.

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

#[path = "shape/bounds.rs"]
mod bounds;
#[path = "shape/cases.rs"]
mod cases;
#[path = "shape/docs.rs"]
mod docs;
#[path = "shape/once.rs"]
mod once;
#[path = "shape/sums.rs"]
mod sums;
mod support;

use serde_json::{Map, Value, json};

use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::{kafka, rabbitmq, run_id};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A daemon before Kafka whose sources are called as their keys; all of GitHub's, and each with more
/// of its own.
async fn start(run: &str, sources: &[(String, Value)], more: Value) -> Daemon {
    let mut all = Map::new();
    for (name, own) in sources {
        let mut source = json!({
            "provider": "github",
            "path": format!("/{name}"),
            "secrets": [{ "env": "GITHUB_SECRET" }],
            "sinks": ["kafka"],
        });
        let own = own.as_object().expect("keys of a source").clone();
        source.as_object_mut().expect("an object").extend(own);
        all.insert(name.clone(), source);
    }
    let sink = json!({
        "type": "kafka",
        "brokers": kafka::address(),
        "topic": format!("{run}.events"),
        "default_topic": format!("{run}.default"),
        "dead_letter_topic": format!("{run}.dead"),
    });
    let mut whole = config(json!({
        "sinks": { "kafka": sink },
        "sources": all,
        "limits": { "reply_within_ms": 10_000 },
    }));
    if let (Value::Object(whole), Value::Object(more)) = (&mut whole, more) {
        for (key, value) in more {
            match (whole.get_mut(&key), value) {
                (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
                (_, value) => {
                    whole.insert(key, value);
                }
            }
        }
    }
    let url = rabbitmq::url();
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("REDACT_KEY", KEY),
        ("RABBITMQ_URL", &url),
    ];
    let daemon = Daemon::start(whole, &env);
    daemon.ready().await;
    daemon
}

fn delivery(event: &str, body: &str) -> Delivery {
    Delivery {
        event: event.to_owned(),
        id: run_id(),
        body: body.as_bytes().to_vec(),
    }
}

/// One routed to RabbitMQ and Kafka at once, one to neither's default place, all from one source.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_lead_to_one_or_many_sinks_each_with_its_own_topic_key_headers_and_encoding() {
    let run = run_id();
    let url = rabbitmq::url();
    rabbitmq::declare(&url, &run, &run, "team.#");
    let daemon = start(
        &run,
        &[
            ("hub".to_owned(), json!({ "topic": format!("{run}.hub.{{event}}") })),
            ("lab".to_owned(), json!({})),
        ],
        json!({
            "sinks": { "rabbit": { "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run } },
            "routes": [
                { "name": "both", "sources": ["hub"], "types": ["push"], "when": "data.ref == 'refs/heads/main'",
                  "to": [
                    { "sink": "kafka", "topic": format!("{run}.main.{{source}}"), "key": "{json:/repository/full_name}", "encoding": "binary",
                      "headers": { "team": "platform", "from": "{subject}", "none": "{json:/nothing}" } },
                    { "sink": "rabbit", "topic": "team.{event}", "headers": { "team": "platform" } },
                  ] },
                { "name": "quiet", "types": ["pull_request.*"], "filter": { "exclude": ["*.labeled"], "when": "!has(data.draft) || !data.draft" },
                  "to": [{ "sink": "kafka", "topic": format!("{run}.pulls") }] },
                { "name": "rest" },
            ],
        }),
    )
    .await;
    let client = daemon.client();
    let main = r#"{"ref":"refs/heads/main","repository":{"full_name":"octo/repo"}}"#;
    let other = r#"{"ref":"refs/heads/x","repository":{"full_name":"octo/repo"}}"#;
    let sent = [
        ("/hub", delivery("push", main), "accepted"),
        ("/hub", delivery("push", other), "accepted"),
        ("/lab", delivery("push", main), "accepted"),
        (
            "/lab",
            delivery("pull_request", r#"{"action":"opened"}"#),
            "accepted",
        ),
        (
            "/lab",
            delivery("pull_request", r#"{"action":"labeled"}"#),
            "filtered",
        ),
        (
            "/lab",
            delivery("pull_request", r#"{"action":"closed","draft":true}"#),
            "filtered",
        ),
        // The condition of the first route cannot be judged: it goes nowhere but to the dead letters.
        ("/hub", delivery("push", r#"{"no":"ref"}"#), "accepted"),
        (
            "/hub",
            delivery("pull_request", r#"{"action":"closed","draft":"yes"}"#),
            "accepted",
        ),
    ];
    for (path, delivery, reason) in &sent {
        let reply = delivery.send(&client, path, SECRET).await;
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            (200, *reason),
            "{path} {delivery:?}"
        );
    }
    let at = |topic: &str| kafka::read(&kafka::address(), &format!("{run}.{topic}"));
    let ids = |records: &[kafka::Record]| -> Vec<String> {
        records
            .iter()
            .map(|it| it.json()["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let routed = at("main.hub");
    assert_eq!(routed.len(), 1);
    assert_eq!(routed[0].payload, main);
    assert_eq!(routed[0].key.as_deref(), Some("octo/repo"));
    assert_eq!(routed[0].header("ce_id"), Some(sent[0].1.id.as_str()));
    assert_eq!(routed[0].header("team"), Some("platform"));
    assert_eq!(routed[0].header("from"), Some("octo/repo"));
    assert_eq!(routed[0].header("none"), None);
    let messages = rabbitmq::read_all(&url, &run).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].json()["id"], json!(sent[0].1.id));
    assert_eq!(ids(&at("hub.push")), [sent[1].1.id.clone()]);
    assert_eq!(ids(&at("events")), [sent[2].1.id.clone()]);
    assert_eq!(ids(&at("pulls")), [sent[3].1.id.clone()]);
    // The topic has several partitions: the order between two keys is nobody's.
    let mut dead = at("dead");
    dead.sort_by_key(|it| it.json()["id"] != json!(sent[6].1.id));
    assert_eq!(ids(&dead), [sent[6].1.id.clone(), sent[7].1.id.clone()]);
    assert_eq!(dead[0].json()["deadletterreason"], "filter_failed");
    assert_eq!(
        dead[0].json()["deadletterdetail"],
        "route both: there is no ref"
    );
    assert_eq!(dead[0].json()["data"], json!({"no": "ref"}));
    let metrics = daemon.metrics().await;
    for line in [
        "hookferry_filtered_total{rule=\"quiet.types\",source=\"lab\"} 1",
        "hookferry_filtered_total{rule=\"quiet.when\",source=\"lab\"} 1",
        "hookferry_events_total{fate=\"dead_letter\",source=\"hub\"} 2",
        "hookferry_events_total{fate=\"stored\",source=\"hub\"} 2",
        "hookferry_events_total{fate=\"filtered\",source=\"lab\"} 2",
    ] {
        assert!(metrics.contains(line), "{line} is not among\n{metrics}");
    }
    rabbitmq::delete(&url, &run, &run);
}
