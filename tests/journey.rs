//! The promise on real brokers: what was answered 2xx is there, whole, at its place, and a client
//! that is not ours can read it.

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

#[path = "journey/octokit.rs"]
mod octokit;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use support::cloudevents;
use support::daemon::{Daemon, config};
use support::github::{self, Delivery, SECRET};
use support::ledger::{Ledger, Until, load};
use support::random::Random;
use support::{kafka, now_s, rabbitmq, run_id, scale};

const GITHUB: &str = "/webhooks/github";

fn kafka_sink(run: &str) -> Value {
    json!({
        "type": "kafka",
        "brokers": kafka::address(),
        "topic": format!("{run}.{{source}}.{{event}}"),
        "default_topic": format!("{run}.default"),
        "dead_letter_topic": format!("{run}.dead"),
    })
}

/// Routing keys are `{source}.{event}` by default.
fn rabbitmq_sink(run: &str) -> Value {
    json!({ "type": "rabbitmq", "url": url_from_env(), "exchange": run })
}

/// URLs hold a password, so they are not written into a configuration.
fn url_from_env() -> Value {
    json!({ "env": "RABBITMQ_URL" })
}

fn with(mut sink: Value, key: &str, value: impl Into<Value>) -> Value {
    sink[key] = value.into();
    sink
}

fn github_source(sinks: &[&str]) -> Value {
    json!({
        "provider": "github",
        "path": GITHUB,
        "secrets": [{ "env": "GITHUB_SECRET" }],
        "sinks": sinks,
    })
}

async fn start(sinks: Value, sources: Value) -> Daemon {
    let url = rabbitmq::url();
    let limits = json!({ "reply_within_ms": 10_000 });
    let config = config(json!({ "limits": limits, "sinks": sinks, "sources": sources }));
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("OTHER_SECRET", SECRET),
        ("RABBITMQ_URL", &url),
    ];
    let daemon = Daemon::start(config, &env);
    daemon.ready().await;
    daemon
}

fn lines<T>(messages: &[T], line: fn(&T) -> &String) -> Vec<&str> {
    messages
        .iter()
        .map(|message| line(message).as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_fan_out_is_no_success() {
    let run = run_id();
    let url = rabbitmq::url();
    let daemon = start(
        json!({ "kafka": kafka_sink(&run), "rabbit": rabbitmq_sink(&run) }),
        json!({ "github": github_source(&["kafka", "rabbit"]) }),
    )
    .await;
    let delivery = Delivery::push(format!("{run}-1"));
    let client = daemon.client();

    let reply = delivery.send(&client, GITHUB, SECRET).await;
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "unroutable"),
        "{reply:?}"
    );
    assert!(reply.header("retry-after").is_some());
    let topic = format!("{run}.github.push");
    let in_kafka = || kafka::read(&kafka::address(), &topic).len();
    assert_eq!(in_kafka(), 1, "Kafka had confirmed its half");

    rabbitmq::declare(&url, &run, &run, "github.push");
    let reply = delivery.send(&client, GITHUB, SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        in_kafka(),
        2,
        "the retry brings the other half again, under the same id"
    );
    let messages = rabbitmq::read_all(&url, &run).await;
    let ids: Vec<_> = messages
        .iter()
        .map(|message| message.json()["id"].clone())
        .collect();
    assert_eq!(ids, [json!(delivery.id)]);
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_and_slack_speak_in_their_own_ways() {
    let run = run_id();
    let daemon = start(
        json!({ "kafka": kafka_sink(&run) }),
        json!({
            "stripe": { "provider": "stripe", "path": "/webhooks/stripe", "secrets": [{ "env": "GITHUB_SECRET" }] , "sinks": ["kafka"] },
            "slack": { "provider": "slack", "path": "/webhooks/slack", "secrets": [{ "env": "OTHER_SECRET" }], "sinks": ["kafka"] },
        }),
    )
    .await;
    let client = daemon.client();
    let now = now_s();

    let challenge = r#"{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
    let reply = client
        .post("/webhooks/slack", &slack_headers(now, challenge), challenge)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        reply.text(),
        "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
    );
    let forged = client
        .post("/webhooks/slack", &slack_headers(now, "{}"), challenge)
        .await;
    assert_eq!(forged.status, 401, "a challenge is signed like an event");
    assert_eq!(
        kafka::topics(&kafka::address(), &format!("{run}.slack")),
        [""; 0]
    );

    let message = r#"{"event":{"type":"message","channel":"C0LAN2Q65"},"type":"event_callback","event_id":"Ev1","event_time":1767225600}"#;
    let reply = client
        .post("/webhooks/slack", &slack_headers(now, message), message)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let body = r#"{"id":"evt_1","created":1767225600,"type":"payment_intent.succeeded","data":{"object":{"id":"pi_1"}}}"#;
    let signed = format!("{now}.{body}");
    let signature = github::hmac_hex(SECRET.as_bytes(), signed.as_bytes());
    let signature = format!("t={now},v1={signature},v0=ffff");
    let headers = [
        ("content-type", "application/json"),
        ("stripe-signature", signature.as_str()),
    ];
    let reply = client.post("/webhooks/stripe", &headers, body).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let records = kafka::read_all(&kafka::address(), &run);
    let topics: Vec<_> = records.iter().map(|record| record.topic.as_str()).collect();
    let events = cloudevents::parse(lines(&records, |it| &it.line));
    for (topic, expected) in [
        (
            "slack.message",
            ["com.slack.message", "Ev1", "C0LAN2Q65", message],
        ),
        (
            "stripe.payment_intent.succeeded",
            ["com.stripe.payment_intent.succeeded", "evt_1", "pi_1", body],
        ),
    ] {
        let at = topics.iter().position(|it| *it == format!("{run}.{topic}"));
        let event = &events[at.unwrap_or_else(|| panic!("{topic} is not among {topics:?}"))];
        let told = ["type", "id", "subject"].map(|name| event.attribute(name));
        assert_eq!(told, expected[..3]);
        assert_eq!(event.data.as_deref(), Some(expected[3].as_bytes()));
        assert_eq!(event.attribute("time"), "2026-01-01T00:00:00Z");
        assert_eq!(event.attribute("integrity"), "full");
    }
    assert_eq!(records.len(), 2);
}

fn slack_headers(now: u64, body: &str) -> [(&'static str, &'static str); 3] {
    let signed = format!("v0:{now}:{body}");
    let signature = format!(
        "v0={}",
        github::hmac_hex(SECRET.as_bytes(), signed.as_bytes())
    );
    [
        ("content-type", "application/json"),
        ("x-slack-request-timestamp", now.to_string().leak()),
        ("x-slack-signature", signature.leak()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_answered_once_when_all_its_events_are_stored() {
    const EVENTS: usize = 300;
    let run = run_id();
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).unwrap();
    // SendGrid shows its key as the base64 of a SubjectPublicKeyInfo (RFC 5480).
    let mut public = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    public.extend_from_slice(pair.public_key().as_ref());
    let folder = support::Folder::new();
    let key = folder.write("sendgrid.pub", STANDARD.encode(public));
    let daemon = start(
        json!({ "kafka": with(kafka_sink(&run), "topic", format!("{run}.{{source}}")) }),
        json!({ "sendgrid": {
            "provider": "sendgrid", "path": "/sendgrid", "public_keys": [{ "file": key }], "sinks": ["kafka"],
        } }),
    )
    .await;
    // The last two have no id of their own.
    let event = |number: usize| match number {
        0..298 => format!(
            r#"{{"email":"a{number}@example.com","timestamp":1767225600 ,"event":"open","sg_event_id":"{run}-{number}"}}"#
        ),
        _ => {
            format!(r#"{{"email":"a{number}@example.com","timestamp":1767225600,"event":"click"}}"#)
        }
    };
    let items: Vec<_> = (0..EVENTS).map(event).collect();
    let body = format!("[{}]", items.join(" ,\n"));
    let now = now_s().to_string();
    let signature = pair
        .sign(&random, format!("{now}{body}").as_bytes())
        .unwrap();
    let signature = STANDARD.encode(signature);
    let headers = [
        ("content-type", "application/json"),
        ("x-twilio-email-event-webhook-timestamp", now.as_str()),
        ("x-twilio-email-event-webhook-signature", signature.as_str()),
    ];
    let reply = daemon.client().post("/sendgrid", &headers, body).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let records = kafka::read(&kafka::address(), &format!("{run}.sendgrid"));
    let events = cloudevents::parse(lines(&records, |it| &it.line));
    assert_eq!(events.len(), EVENTS);
    let by_id: BTreeMap<_, _> = events
        .iter()
        .map(|event| (event.attribute("id"), event))
        .collect();
    assert_eq!(by_id.len(), EVENTS, "the ids are distinct");
    let mut bytes: Vec<_> = events
        .iter()
        .map(|event| event.data.clone().unwrap())
        .collect();
    let mut sent: Vec<_> = items.iter().map(|item| item.clone().into_bytes()).collect();
    bytes.sort();
    sent.sort();
    assert_eq!(bytes, sent, "every item byte for byte");
    assert_eq!(
        by_id[format!("{run}-7").as_str()].attribute("type"),
        "com.sendgrid.open"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signed_content_that_is_no_json_is_kept_as_a_dead_letter() {
    let run = run_id();
    let url = rabbitmq::url();
    rabbitmq::declare(&url, &run, &run, "github.#");
    let daemon = start(
        json!({
            "kafka": kafka_sink(&run),
            "rabbit": with(rabbitmq_sink(&run), "dead_letter_routing_key", "dead"),
        }),
        json!({ "github": github_source(&["kafka", "rabbit"]) }),
    )
    .await;
    let client = daemon.client();
    let mut delivery = Delivery::push(format!("{run}-1"));
    delivery.body = b"{\"truncated\": \"\xff\x00 in the mid".to_vec();

    let reply = delivery.send(&client, GITHUB, SECRET).await;
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "unroutable"),
        "no dead-letter queue yet"
    );
    rabbitmq::declare(&url, &run, &run, "dead");
    let reply = delivery.send(&client, GITHUB, SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let records = kafka::read(&kafka::address(), &format!("{run}.dead"));
    let messages = rabbitmq::read_all(&url, &run).await;
    assert_eq!(messages[0].routing_key, "dead");
    let letters = [
        lines(&records, |it| &it.line),
        lines(&messages, |it| &it.line),
    ]
    .concat();
    assert_eq!(letters.len(), 3, "two from Kafka, one from RabbitMQ");
    for event in cloudevents::parse(letters) {
        assert_eq!(event.data.as_deref(), Some(delivery.body.as_slice()));
        assert_eq!(event.attribute("deadletterreason"), "not_json");
        assert_eq!(event.attribute("id"), delivery.id);
    }
    assert_eq!(
        kafka::topics(&kafka::address(), &format!("{run}.github")),
        [""; 0]
    );
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_cannot_make_topics_without_end() {
    let run = run_id();
    let daemon = start(
        json!({ "kafka": with(kafka_sink(&run), "topics_max", 2) }),
        json!({ "github": github_source(&["kafka"]) }),
    )
    .await;
    let client = daemon.client();
    let events = ["push", "fork", "watch", "../../push", "fork"];
    for (number, event) in events.into_iter().enumerate() {
        let mut delivery = Delivery::push(format!("{run}-{number}"));
        delivery.event = event.to_owned();
        let reply = delivery.send(&client, GITHUB, SECRET).await;
        assert_eq!(reply.status, 200, "{event}: {reply:?}");
    }
    // The event's name is in a header, which may be missing.
    let mut nameless = Delivery::push(format!("{run}-nameless")).headers(SECRET);
    nameless.retain(|(name, _)| *name != "x-github-event");
    let nameless: Vec<_> = nameless
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let body = Delivery::push(format!("{run}-nameless")).body;
    assert_eq!(client.post(GITHUB, &nameless, body).await.status, 200);

    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in kafka::read_all(&kafka::address(), &run) {
        let kind = record.json()["type"].as_str().unwrap().to_owned();
        found.entry(record.topic).or_default().push(kind);
    }
    found.values_mut().for_each(|kinds| kinds.sort());
    let expected = json!({
        format!("{run}.github.push"): ["com.github.../../push", "com.github.push"],
        format!("{run}.github.fork"): ["com.github.fork", "com.github.fork"],
        format!("{run}.default"): ["com.github.unknown", "com.github.watch"],
    });
    assert_eq!(json!(found), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_text_arrive_as_they_were() {
    let run = run_id();
    let daemon = start(
        json!({ "s": kafka_sink(&run), "b": with(kafka_sink(&format!("{run}b")), "encoding", "binary") }),
        json!({ "github": github_source(&["s", "b"]) }),
    )
    .await;
    let mut bytes = Random::new().bytes(100_000);
    bytes.extend(0..=255);
    let signature = github::signature(SECRET, &bytes);
    let headers = [
        ("content-type", "application/octet-stream"),
        ("x-github-event", "blob"),
        ("x-github-delivery", run.as_str()),
        ("x-hub-signature-256", signature.as_str()),
    ];
    let reply = daemon.client().post(GITHUB, &headers, bytes.clone()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let records = kafka::read(&kafka::address(), &format!("{run}.github.blob"));
    assert!(records[0].json()["data_base64"].is_string());
    let events = cloudevents::parse(lines(&records, |it| &it.line));
    assert!(
        events[0].data.as_ref() == Some(&bytes),
        "through data_base64"
    );
    let payloads = kafka::payloads(&kafka::address(), &format!("{run}b.github.blob"));
    assert!(payloads == [bytes], "as the record's value");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafka_holds_exactly_what_was_answered_2xx() {
    let run = run_id();
    let daemon = start(
        json!({ "kafka": kafka_sink(&run) }),
        json!({ "github": github_source(&["kafka"]) }),
    )
    .await;
    let ledger = push_many(&daemon, &run).await;
    let records = kafka::read(&kafka::address(), &format!("{run}.github.push"));
    let ids = records
        .iter()
        .map(|record| record.json()["id"].as_str().unwrap().to_owned());
    assert_exact(&ledger, ids.collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_holds_exactly_what_was_answered_2xx() {
    let run = run_id();
    let url = rabbitmq::url();
    rabbitmq::declare(&url, &run, &run, "github.push");
    let daemon = start(
        json!({ "rabbit": rabbitmq_sink(&run) }),
        json!({ "github": github_source(&["rabbit"]) }),
    )
    .await;
    let ledger = push_many(&daemon, &run).await;
    let messages = rabbitmq::read_all(&url, &run).await;
    let ids = messages
        .iter()
        .map(|message| message.json()["id"].as_str().unwrap().to_owned());
    assert_exact(&ledger, ids.collect());
    rabbitmq::delete(&url, &run, &run);
}

async fn push_many(daemon: &Daemon, run: &str) -> Ledger {
    let (client, run) = (daemon.client(), run.to_owned());
    load(64, Until::Count(20_000 * scale()), move |number| {
        let (client, delivery) = (client.clone(), Delivery::push(format!("{run}-{number}")));
        async move {
            let outcome = delivery.attempt(&client, GITHUB, SECRET).await;
            (delivery.id, outcome)
        }
    })
    .await
}

fn assert_exact(ledger: &Ledger, stored: Vec<String>) {
    println!(
        "{:?}, the slowest after {:?}",
        ledger.tally(),
        ledger.slowest()
    );
    assert_eq!(ledger.accepted().len(), 20_000 * scale());
    let distinct: BTreeSet<_> = stored.iter().map(String::as_str).collect();
    assert_eq!(stored.len(), distinct.len(), "some were stored twice");
    assert!(distinct == ledger.accepted(), "the ids differ");
}
