//! The same once more, as an event and as a request.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::github::{Delivery, SECRET};
use super::support::{kafka, rabbitmq, run_id};
use super::{TOKEN, github, source, start};
use crate::page::Page;
use crate::support::daemon::{Daemon, config};

async fn again(page: &Page, seq: &Value, how: &str) -> Value {
    let answer = page
        .post(&format!("exchanges/{seq}/replay"), &json!({ "as": how }))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let new = answer.json()["seq"].clone();
    page.get(&format!("exchanges/{new}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_published_again_under_its_own_id_at_every_sink() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "#");
    let daemon = Daemon::start(
        config(json!({
            "admin": { "listen": "127.0.0.1:0", "inspector": { "enabled": true, "token": { "env": "INSPECTOR_TOKEN" } } },
            "limits": { "reply_within_ms": 10_000 },
            "sinks": {
                "kafka": {
                    "type": "kafka", "brokers": kafka::address(), "encoding": "binary",
                    "topic": format!("{run}.{{event}}"), "default_topic": format!("{run}.default"),
                    "dead_letter_topic": format!("{run}.dead"),
                },
                "rabbit": { "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run },
            },
            "sources": github(),
        })),
        &[
            ("GITHUB_SECRET", SECRET),
            ("INSPECTOR_TOKEN", TOKEN),
            ("RABBITMQ_URL", &url),
        ],
    );
    daemon.ready().await;
    let page = Page::of(&daemon);
    let delivery = Delivery::push(format!("{run}-1"));
    assert_eq!(
        delivery
            .send(&daemon.client(), "/webhooks/github", SECRET)
            .await
            .status,
        200
    );
    let first = page.latest().await;
    let places = first["where"].as_array().unwrap();
    assert_eq!(places.len(), 2, "{places:?}");
    let rabbit = places
        .iter()
        .find(|place| place["sink"] == "rabbit")
        .unwrap();
    assert_eq!(
        (&rabbit["exchange"], &rabbit["routing_key"]),
        (&json!(run), &json!("github.push"))
    );
    let binary = first["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["sink"] == "kafka")
        .unwrap();
    assert_eq!(binary["encoding"], "binary");
    assert_eq!(binary["envelope"]["headers"]["ce_id"], format!("{run}-1"));

    let second = again(&page, &first["seq"], "event").await;
    assert_eq!(
        (&second["replay_of"], &second["outcome"]),
        (&first["seq"], &json!("accepted"))
    );
    assert!(
        second["message"]
            .as_str()
            .unwrap()
            .contains("deduplication was passed by")
    );
    let offsets = |detail: &Value| {
        let places = detail["where"].as_array().unwrap();
        let kafka = places
            .iter()
            .find(|place| place["sink"] == "kafka")
            .unwrap();
        (kafka["partition"].clone(), kafka["offset"].clone())
    };
    assert_eq!(offsets(&first).0, offsets(&second).0);
    assert_eq!(
        (offsets(&first).1, offsets(&second).1),
        (json!(0), json!(1))
    );
    let payloads = kafka::payloads(&kafka::address(), &format!("{run}.push"));
    assert_eq!(payloads, [delivery.body.clone(), delivery.body]);
    let messages = rabbitmq::read_all(&url, &run).await;
    let ids: Vec<_> = messages
        .iter()
        .map(|message| message.json()["id"].clone())
        .collect();
    assert_eq!(ids, [json!(format!("{run}-1")), json!(format!("{run}-1"))]);
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_judged_again_by_what_is_configured_now_and_as_of_its_own_time() {
    let run = run_id();
    let folder = crate::support::Folder::new();
    let file = folder.write("secret", "not-yet-the-right-secret");
    let sources = json!({ "slack": source("slack", json!({ "secrets": [{ "file": file }] })) });
    let (daemon, page) = start(&run, sources, json!({})).await;
    let message = r#"{"event":{"type":"message","channel":"C0LAN2Q65"},"type":"event_callback","event_id":"Ev1","event_time":1767225600}"#;
    let (time, signature) = super::slack(super::now_s(), message, SECRET);
    let headers = [
        ("content-type", "application/json"),
        ("x-slack-request-timestamp", time.as_str()),
        ("x-slack-signature", signature.as_str()),
    ];
    let refused = daemon
        .client()
        .post("/webhooks/slack", &headers, message)
        .await;
    assert_eq!(refused.status, 401);
    let first = page.latest().await;
    assert_eq!(first["can_replay"]["request"], true, "{first}");
    assert_eq!(first["can_replay"]["event"], false);
    let answer = page
        .post(
            &format!("exchanges/{}/replay", first["seq"]),
            &json!({ "as": "event" }),
        )
        .await;
    assert_eq!(
        answer.status, 409,
        "what was not authentic is not published"
    );

    std::fs::write(&file, SECRET).unwrap();
    let seq = &first["seq"];
    let last = std::cell::RefCell::new(Value::Null);
    super::support::until("the new secret counts", Duration::from_secs(20), || async {
        let second = again(&page, seq, "request").await;
        let is_in = second["outcome"] == "accepted";
        *last.borrow_mut() = second;
        is_in
    })
    .await;
    let second = last.take();
    assert_eq!(&second["replay_of"], seq);
    assert_eq!(second["where"][0]["topic"], format!("{run}.slack.message"));
    let published = kafka::payloads(&kafka::address(), &format!("{run}.slack.message"));
    assert_eq!(published.len(), 1);
    // Judged as of the time of the first: what was new then is not stale.
    let envelope: Value = serde_json::from_slice(&published[0]).unwrap();
    assert_eq!(envelope["receivedtime"], first["at"]);
}
