//! Through a real schema registry: what Confluent's own client reads back, what the registry is asked,
//! and what happens when it does not answer.

#![cfg(feature = "schema-registry")]
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

#[path = "registry/outage.rs"]
mod outage;
#[path = "registry/server.rs"]
mod server;
mod support;
#[path = "registry/typed.rs"]
mod typed;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use server::{Link, Registry};
use support::daemon::{Daemon, config};
use support::github::{self, Delivery, SECRET, octokit_deliveries};
use support::ledger::{Until, load};
use support::{Folder, kafka, run_id};

const GITHUB: &str = "/webhooks/github";

/// A sink whose topics begin with `prefix`.
fn sink(prefix: &str, registry: Value) -> Value {
    json!({
        "type": "kafka",
        "brokers": kafka::address(),
        "topic": format!("{prefix}.events"),
        "default_topic": format!("{prefix}.default"),
        "dead_letter_topic": format!("{prefix}.dead"),
        "schema_registry": registry,
    })
}

fn with(mut sink: Value, key: &str, value: impl Into<Value>) -> Value {
    sink[key] = value.into();
    sink
}

async fn start(sinks: Value, spool: Option<&Folder>) -> Daemon {
    let names: Vec<_> = sinks.as_object().expect("sinks").keys().cloned().collect();
    let mut config = config(json!({
        "limits": { "reply_within_ms": 10_000 },
        "sinks": sinks,
        "sources": { "github": {
            "provider": "github", "path": GITHUB, "secrets": [{ "env": "GITHUB_SECRET" }], "sinks": names,
        } },
    }));
    if let Some(folder) = spool {
        config["spool"] = json!({ "path": folder.path() });
    }
    let env = [("GITHUB_SECRET", SECRET), ("REGISTRY_PASSWORD", "pass")];
    let daemon = Daemon::start(config, &env);
    daemon.ready().await;
    daemon
}

/// A delivery of bytes that are no JSON.
async fn send_bytes(daemon: &Daemon, id: &str, bytes: &[u8]) {
    let signature = github::signature(SECRET, bytes);
    let headers = [
        ("content-type", "application/octet-stream"),
        ("x-github-event", "blob"),
        ("x-github-delivery", id),
        ("x-hub-signature-256", signature.as_str()),
    ];
    let reply = daemon.client().post(GITHUB, &headers, bytes.to_vec()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

fn bytes_of(value: &Value) -> Vec<u8> {
    match value["b64"].as_str() {
        Some(text) => STANDARD.decode(text).expect("base64"),
        None => value.as_str().expect("a text").as_bytes().to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_events_are_read_by_confluents_own_client() {
    let (run, registry) = (run_id(), Registry::shared().await);
    let link = Link::start(&registry, None).await;
    let of = |format: &str| json!({ "url": link.url(), "format": format });
    let daemon = start(
        json!({
            "avro": sink(&format!("{run}a"), of("avro")),
            "protobuf": sink(&format!("{run}p"), of("protobuf")),
            "json": sink(&format!("{run}j"), of("json_schema")),
        }),
        None,
    )
    .await;
    let client = daemon.client();
    let mut sent = BTreeMap::new();
    let mut deliveries = octokit_deliveries(&run);
    deliveries.truncate(60);
    let mut blanks = Delivery::push(format!("{run}-blanks"));
    blanks.body =
        b"\r\n { \"ref\" :\t1.0, \"a\": \"\\u00e9\xc3\xa9\" , \"n\": 12345678901234567890123 } \n"
            .to_vec();
    deliveries.push(blanks);
    for delivery in deliveries {
        let reply = delivery.send(&client, GITHUB, SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        sent.insert(delivery.id, delivery.body);
    }
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    send_bytes(&daemon, &format!("{run}-bytes"), &bytes).await;
    sent.insert(format!("{run}-bytes"), bytes);
    assert_eq!(link.requests(), 3, "one for each sink's only topic");

    let read = |letter: &str, form: &str| {
        let topic = format!("{run}{letter}.events");
        let messages = kafka::payloads(&kafka::address(), &topic);
        for message in &messages {
            assert_eq!(message[0], 0, "the magic byte");
        }
        assert_eq!(messages.len(), sent.len(), "{topic}");
        registry.read(form, &topic, &messages)
    };
    // The specification's own schema has more types for data than are written: its readers read it too.
    let official = support::project_file("tests/registry/cloudevents.avsc");
    let official = format!("avro={}", official.display());
    for (letter, form) in [
        ("a", "avro"),
        ("a", &official),
        ("p", "protobuf:CloudEvent"),
    ] {
        let mut found = BTreeMap::new();
        for event in read(letter, form) {
            let attributes = &event["attribute"];
            assert_eq!(attributes["specversion"], "1.0", "{event}");
            assert_eq!(
                attributes["source"],
                "https://hooks.example.com/webhooks/github"
            );
            assert!(attributes["receivedtime"].is_string(), "{event}");
            assert!(attributes["partitionkey"].is_string(), "{event}");
            let id = attributes["id"].as_str().unwrap().to_owned();
            found.insert(id, bytes_of(&event["data"]));
        }
        assert!(
            found == sent,
            "{form}: the data is not byte for byte what was sent"
        );
    }
    let mut found = BTreeMap::new();
    for event in read("j", "json") {
        let id = event["value"]["id"].as_str().unwrap().to_owned();
        let text = event["text"].as_str().unwrap();
        let (body, member) = match event["value"]["data_base64"].as_str() {
            Some(text) => (STANDARD.decode(text).unwrap(), String::new()),
            None => {
                let body = String::from_utf8(sent[&id].clone()).unwrap();
                (sent[&id].clone(), format!("\"data\":{body}"))
            }
        };
        assert!(text.contains(&member), "{text}");
        found.insert(id, body);
    }
    assert!(
        found == sent,
        "json: the data is not byte for byte what was sent"
    );

    assert_eq!(
        content_type_of(&format!("{run}a.events")),
        "application/cloudevents+avro"
    );
    assert_eq!(
        content_type_of(&format!("{run}p.events")),
        "application/cloudevents+protobuf"
    );
}

/// The content type that one topic's records have.
fn content_type_of(topic: &str) -> String {
    let mut kcat = std::process::Command::new("kcat");
    let brokers = kafka::address();
    kcat.args([
        "-C",
        "-b",
        &brokers,
        "-t",
        topic,
        "-o",
        "beginning",
        "-c",
        "1",
        "-e",
        "-q",
    ]);
    let headers = support::output_of(kcat.args(["-f", "%h"]), vec![]);
    let headers = String::from_utf8(headers).expect("headers are text");
    headers.trim_start_matches("content-type=").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_events_ask_the_registry_once() {
    const EVENTS: usize = 1000;
    let (run, registry) = (run_id(), Registry::shared().await);
    let link = Link::start(&registry, Some("hookferry:pass")).await;
    let schema = json!({ "type": "record", "name": "Push", "fields": [
        { "name": "ref", "type": "string" }, { "name": "after", "type": "string" },
    ] });
    registry
        .register(&format!("{run}b.events-value"), "AVRO", &schema.to_string())
        .await;
    let known = json!({
        "url": link.url(), "format": "avro", "user": "hookferry", "password": { "env": "REGISTRY_PASSWORD" },
    });
    let daemon = start(
        json!({
            "whole": sink(&format!("{run}a"), known.clone()),
            "data": with(sink(&format!("{run}b"), known), "encoding", "binary"),
        }),
        None,
    )
    .await;
    let client = daemon.client();
    let forged = Delivery::push(format!("{run}-forged"));
    assert_eq!(
        forged.send(&client, GITHUB, "another secret").await.status,
        401
    );
    assert_eq!(link.requests(), 0, "nobody asks for what is forged");
    let prefix = run.clone();
    let ledger = load(64, Until::Count(EVENTS), move |number| {
        let (client, delivery) = (client.clone(), Delivery::push(format!("{prefix}-{number}")));
        async move {
            let sent = delivery.attempt(&client, GITHUB, SECRET).await;
            (delivery.id, sent)
        }
    })
    .await;
    assert_eq!(ledger.accepted().len(), EVENTS, "{:?}", ledger.tally());
    assert_eq!(
        link.requests(),
        2,
        "one for the whole events, one for the data"
    );
    for (letter, attribute) in [("a", true), ("b", false)] {
        let topic = format!("{run}{letter}.events");
        let read = registry.read("avro", &topic, &kafka::payloads(&kafka::address(), &topic));
        let ids = read.iter().map(|event| match attribute {
            true => event["attribute"]["id"].as_str().unwrap(),
            false => event["after"].as_str().unwrap(),
        });
        let ids: std::collections::BTreeSet<_> = ids.collect();
        assert_eq!(ids, ledger.accepted(), "{topic}");
        assert_eq!(read.len(), EVENTS, "{topic}");
    }
}
