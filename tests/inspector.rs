//! The inspector: what came, what became of it and why is there within a second; what must not be kept is
//! nowhere; and nobody looks who may not.

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

#[path = "inspector/bins.rs"]
mod bins;
#[path = "inspector/bounds.rs"]
mod bounds;
#[path = "inspector/explain.rs"]
mod explain;
#[path = "inspector/guards.rs"]
mod guards;
#[path = "inspector/page.rs"]
mod page;
#[path = "inspector/replay.rs"]
mod replay;
#[path = "inspector/secrets.rs"]
mod secrets;
mod support;

use serde_json::{Value, json};

use page::Page;
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::{kafka, now_s, run_id};

/// Of the inspectors of these tests.
const TOKEN: &str = "a-token-for-the-inspector-0123456789";

/// A daemon that publishes to the tests' Kafka.
async fn start(run: &str, sources: Value, inspector: Value) -> (Daemon, Page) {
    let daemon = unready(run, &kafka::address(), sources, inspector);
    daemon.ready().await;
    let page = Page::of(&daemon);
    (daemon, page)
}

/// The same for a Kafka of its own, which need not be there.
fn unready(run: &str, brokers: &str, sources: Value, inspector: Value) -> Daemon {
    let mut own = json!({ "enabled": true, "token": { "env": "INSPECTOR_TOKEN" } });
    if let (Value::Object(own), Value::Object(more)) = (&mut own, inspector) {
        own.extend(more);
    }
    let config = config(json!({
        "admin": { "listen": "127.0.0.1:0", "inspector": own },
        "limits": { "reply_within_ms": 5000, "body_bytes_max": 131_072 },
        "sinks": { "kafka": {
            "type": "kafka",
            "brokers": brokers,
            "topic": format!("{run}.{{source}}.{{event}}"),
            "default_topic": format!("{run}.default"),
            "dead_letter_topic": format!("{run}.dead"),
        } },
        "sources": sources,
    }));
    let env = [("GITHUB_SECRET", SECRET), ("INSPECTOR_TOKEN", TOKEN)];
    Daemon::start(config, &env)
}

/// A broker that nobody answers for.
const NOBODY: &str = "127.0.0.1:9";

fn github() -> Value {
    json!({ "github": source("github", json!({})) })
}

fn source(provider: &str, more: Value) -> Value {
    let mut source = json!({
        "provider": provider,
        "path": format!("/webhooks/{provider}"),
        "secrets": [{ "env": "GITHUB_SECRET" }],
    });
    if let (Value::Object(source), Value::Object(more)) = (&mut source, more) {
        source.extend(more);
    }
    source
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_outcome_is_there_within_a_second_with_its_reason() {
    let run = run_id();
    let mut sources = github();
    sources["slack"] = source("slack", json!({}));
    sources["picky"] = source(
        "github",
        json!({
            "path": "/picky",
            "filter": { "include": ["push", "star*"] },
            "validate": [{ "require": { "/ref": "string" }, "on_violation": "reject" }],
        }),
    );
    sources["small"] = source(
        "github",
        json!({ "path": "/small", "body_bytes_max": 1024 }),
    );
    sources["few"] = source(
        "github",
        json!({ "path": "/few", "rate": { "requests_per_s": 1, "burst_max": 1 } }),
    );
    let (daemon, page) = start(&run, sources, json!({})).await;
    let client = daemon.client();
    let mut live = page.live(None).await;
    let waits = std::cell::RefCell::new(Vec::new());
    let mut told = async |outcome: &str, reason: &str, status: u16| {
        let began = std::time::Instant::now();
        let event = live.next_exchange(support::PATIENCE).await;
        waits.borrow_mut().push(began.elapsed());
        let said = (
            event["outcome"].as_str(),
            event["reason"].as_str(),
            event["status"].as_u64(),
        );
        assert_eq!(
            said,
            (Some(outcome), Some(reason), Some(status.into())),
            "{event}"
        );
        event
    };

    let delivery = Delivery::push(format!("{run}-1"));
    assert_eq!(
        delivery
            .send(&client, "/webhooks/github", SECRET)
            .await
            .status,
        200
    );
    let event = told("accepted", "accepted", 200).await;
    assert_eq!(event["source"], "github");
    assert_eq!(
        (&event["type"], &event["id"]),
        (&json!("com.github.push"), &json!(format!("{run}-1")))
    );
    let place = &event["where"][0];
    assert_eq!(place["sink"], "kafka");
    assert_eq!(place["topic"], format!("{run}.github.push"));
    assert_eq!(
        (&place["offset"], place["partition"].is_i64()),
        (&json!(0), true),
        "{place}"
    );
    let stages = &event["stages"];
    assert!(stages["publish_ms"].as_f64().unwrap() > 0.0, "{stages}");
    assert_eq!(
        delivery
            .send(&client, "/webhooks/github", SECRET)
            .await
            .status,
        200
    );
    let event = told("accepted", "duplicate", 200).await;
    assert_eq!(event["where"], json!([]));

    assert_eq!(
        delivery
            .send(&client, "/webhooks/github", "another secret")
            .await
            .status,
        401
    );
    told("refused", "wrong_signature", 401).await;
    let mut other = Delivery::push(format!("{run}-2"));
    other.event = "ping".into();
    assert_eq!(other.send(&client, "/picky", SECRET).await.status, 200);
    told("filtered", "filtered", 200).await;
    other.event = "star".into();
    other.body = br#"{"nothing":1}"#.to_vec();
    assert_eq!(other.send(&client, "/picky", SECRET).await.status, 422);
    told("rejected", "schema_violation", 422).await;

    let challenge = r#"{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
    let (time, signature) = slack(now_s(), challenge, SECRET);
    let headers = [
        ("content-type", "application/json"),
        ("x-slack-request-timestamp", &time),
        ("x-slack-signature", &signature),
    ];
    assert_eq!(
        client
            .post("/webhooks/slack", &headers, challenge)
            .await
            .status,
        200
    );
    told("handshake", "handshake", 200).await;

    assert_eq!(client.get("/nowhere").await.status, 404);
    told("denied", "not_found", 404).await;
    assert_eq!(client.get("/webhooks/github").await.status, 405);
    told("denied", "method_not_allowed", 405).await;
    let form = [("content-type", "text/plain")];
    assert_eq!(client.post("/webhooks/slack", &form, "x").await.status, 415);
    told("denied", "unsupported_media_type", 415).await;
    let large = client.post("/small", &[], vec![b'x'; 5000]).await;
    assert_eq!(large.status, 413);
    let event = told("denied", "too_large", 413).await;
    assert_eq!(event["source"], "small");
    let delivery = Delivery::push(format!("{run}-3"));
    assert_eq!(delivery.send(&client, "/few", SECRET).await.status, 200);
    told("accepted", "accepted", 200).await;
    // One a second is let in: another one, where the machine had a pause.
    let mut let_in = 1;
    while delivery.send(&client, "/few", SECRET).await.status == 200 {
        told("accepted", "duplicate", 200).await;
        let_in += 1;
    }
    told("denied", "source_too_many", 429).await;
    let half = "POST /webhooks/github HTTP/1.1\r\nhost: h\r\ncontent-length: 100\r\n\r\n{";
    client.raw(half.as_bytes(), true, support::PATIENCE).await;
    told("denied", "broken", 400).await;
    support::assert_prompt(
        "an outcome is there",
        std::time::Duration::from_millis(500),
        &waits.borrow(),
    );
    let count = 12 + let_in;

    // All of it is in the list, the latest first, and pages join without a gap.
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let list = page.get(&format!("exchanges?limit=5{before}")).await;
        let exchanges = list["exchanges"].as_array().unwrap();
        seen.extend(exchanges.iter().map(|it| it["seq"].as_u64().unwrap()));
        if list["more"] == json!(false) {
            break;
        }
        before = format!("&before={}", seen.last().unwrap());
    }
    let expected: Vec<_> = (1..=count).rev().collect();
    assert_eq!(seen, expected);
    let state = page.get("state").await;
    assert_eq!(state["kept"]["entries"], count);
    assert_eq!(state["missed"], 0);
    let names: Vec<_> = state["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].clone())
        .collect();
    assert_eq!(names, ["few", "github", "picky", "slack", "small"]);

    // A reader that comes again is told what it has missed.
    let mut again = page.live(Some(count - 2)).await;
    for seq in [count - 1, count] {
        let event = again.next_exchange(support::PATIENCE).await;
        assert_eq!(event["seq"], seq);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_published_is_shown_as_consumers_get_it() {
    let run = run_id();
    let (daemon, page) = start(&run, github(), json!({})).await;
    let delivery = Delivery::push(format!("{run}-1"));
    let reply = delivery
        .send(&daemon.client(), "/webhooks/github", SECRET)
        .await;
    assert_eq!(reply.status, 200);
    let detail = page.latest().await;
    let event = &detail["events"][0];
    assert_eq!(event["encoding"], "structured");
    let published = kafka::payloads(&kafka::address(), &format!("{run}.github.push"));
    let envelope = event["envelope"].as_str().unwrap();
    assert_eq!(published, [envelope.as_bytes()]);
    assert_eq!(detail["body"].as_str().unwrap().as_bytes(), delivery.body);
    let raw = page.raw(&format!("exchanges/{}/raw", detail["seq"])).await;
    assert_eq!(raw.body, delivery.body);
    assert_eq!(raw.header("content-type"), "application/octet-stream");
    assert_eq!(raw.header("x-content-type-options"), "nosniff");
    assert!(raw.header("content-disposition").starts_with("attachment"));

    // The command that it shows sends the same once more.
    let command = detail["curl"].as_str().unwrap();
    let here = command.replace(
        "https://hooks.example.com",
        &format!("http://{}", daemon.ingress),
    );
    let mut shell = std::process::Command::new("sh");
    let said = support::output_of(shell.args(["-c", &format!("{here} -sS")]), vec![]);
    assert!(
        String::from_utf8_lossy(&said).contains("duplicate"),
        "{here}"
    );

    for format in ["har", "jsonl"] {
        let file = page.raw(&format!("export?format={format}")).await;
        assert_eq!(file.status, 200);
        assert!(file.header("content-disposition").contains(format));
        let text = String::from_utf8(file.body).unwrap();
        if format == "har" {
            let har: Value = serde_json::from_str(&text).unwrap();
            let entry = &har["log"]["entries"][0];
            assert_eq!(entry["request"]["method"], "POST");
            let posted = entry["request"]["postData"]["text"].as_str().unwrap();
            assert_eq!(posted.as_bytes(), delivery.body);
        } else {
            let lines: Vec<Value> = text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            assert_eq!(lines.len(), 2);
            assert_eq!(lines[0]["seq"], detail["seq"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_wait_for_its_answer_is_known_and_its_event_can_be_published_later()
{
    let run = run_id();
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let brokers = silent.local_addr().unwrap().to_string();
    let daemon = unready(&run, &brokers, github(), json!({}));
    let page = Page::of(&daemon);
    let delivery = Delivery::push(format!("{run}-1"));
    let mut head = "POST /webhooks/github HTTP/1.1\r\nhost: h\r\n".to_owned();
    for (name, value) in delivery.headers(SECRET) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let bytes = delivery.body.len();
    head.push_str(&format!("content-length: {bytes}\r\n\r\n"));
    let request = [head.as_bytes(), &delivery.body].concat();
    let patience = std::time::Duration::from_millis(1000);
    let said = daemon.client().raw(&request, false, patience).await;
    assert_eq!(said, "", "there is no answer yet");
    let detail = page.latest().await;
    let told = (&detail["outcome"], &detail["reason"], &detail["status"]);
    assert_eq!(
        told,
        (&json!("unavailable"), &json!("client_left"), &json!(499))
    );
    assert_eq!(
        (&detail["id"], &detail["where"]),
        (&json!(format!("{run}-1")), &json!([]))
    );
    assert_eq!(detail["can_replay"]["event"], true);
}

/// Slack's time and signature.
fn slack(now: u64, body: &str, secret: &str) -> (String, String) {
    let signed = format!("v0:{now}:{body}");
    let mac = support::github::hmac_hex(secret.as_bytes(), signed.as_bytes());
    (now.to_string(), format!("v0={mac}"))
}
