//! Data that is typed by the schema that its topic has, and data that does not fit it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::server::{Link, Registry};
use crate::support::github::{Delivery, SECRET};
use crate::support::{cloudevents, kafka, run_id, until};
use crate::{GITHUB, sink, start, with};

const AVRO: &str = r#"{ "type": "record", "name": "Push", "namespace": "test", "fields": [
    { "name": "ref", "type": "string" },
    { "name": "after", "type": ["null", "string"], "default": null },
    { "name": "at", "type": ["null", { "type": "long", "logicalType": "timestamp-millis" }], "default": null },
    { "name": "state", "type": { "type": "enum", "name": "State", "symbols": ["open", "done"] }, "default": "open" },
    { "name": "sizes", "type": { "type": "array", "items": "double" }, "default": [0.5] }
] }"#;
const PROTOBUF: &str =
    "syntax = \"proto3\"; package test; message Push { string ref = 1; string after = 2; }";
const JSON: &str = r#"{ "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
    "required": ["ref"], "properties": { "ref": { "type": "string" } } }"#;

fn delivery(id: String, body: &str) -> Delivery {
    Delivery {
        event: "push".into(),
        id,
        body: body.as_bytes().to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_is_written_as_the_topics_schema_says() {
    let (run, registry) = (run_id(), Registry::shared().await);
    let link = Link::start(&registry, None).await;
    let known = |letter: &str, format: &str| {
        let registry = json!({ "url": link.url(), "format": format });
        with(
            sink(&format!("{run}{letter}"), registry),
            "encoding",
            "binary",
        )
    };
    for (letter, kind, schema) in [
        ("a", "AVRO", AVRO),
        ("p", "PROTOBUF", PROTOBUF),
        ("j", "JSON", JSON),
    ] {
        let subject = format!("{run}{letter}.events-value");
        registry.register(&subject, kind, schema).await;
    }
    let daemon = start(
        json!({ "a": known("a", "avro"), "p": known("p", "protobuf"), "j": known("j", "json_schema") }),
        None,
    )
    .await;
    let client = daemon.client();
    let body = "{ \"ref\":\"a\\u00e9\", \"after\" : \"7\", \"at\": \"2026-01-01T00:00:00.25Z\", \"unknown\": {\"x\":[1]} ,\n\"sizes\": [1, 2.5]}";
    let fits = delivery(format!("{run}-1"), body)
        .send(&client, GITHUB, SECRET)
        .await;
    assert_eq!(fits.status, 200, "{fits:?}");

    let read = |letter: &str, form: &str| {
        let topic = format!("{run}{letter}.events");
        let read = registry.read(form, &topic, &kafka::payloads(&kafka::address(), &topic));
        let [one] = read.as_slice() else {
            panic!("{topic}: {read:?}");
        };
        one.clone()
    };
    let avro = json!({
        "ref": "aé", "after": "7", "at": "2026-01-01T00:00:00.250000+00:00", "state": "open", "sizes": [1.0, 2.5],
    });
    assert_eq!(read("a", "avro"), avro);
    assert_eq!(
        read("p", "protobuf:Push"),
        json!({ "ref": "aé", "after": "7" })
    );
    assert_eq!(
        read("j", "json")["text"],
        body,
        "JSON Schema changes no byte"
    );

    // The reference is no text: nothing of it may be said where strangers' data may not go.
    let body = r#"{"ref":{"canary":1}}"#;
    let misfit = delivery(format!("{run}-2"), body)
        .send(&client, GITHUB, SECRET)
        .await;
    assert_eq!(
        misfit.status, 200,
        "it is stored as a dead letter: {misfit:?}"
    );
    for (letter, told) in [
        ("a", "at \"/ref\": it is no text"),
        (
            "p",
            "at line 1, column 7: it is not as message test.Push says",
        ),
        ("j", "at \"/ref\": type"),
    ] {
        let letters = kafka::read(&kafka::address(), &format!("{run}{letter}.dead"));
        let parsed = cloudevents::parse(letters.iter().map(|it| it.line.as_str()));
        let [one] = parsed.as_slice() else {
            panic!("{letter}: {parsed:?}");
        };
        assert_eq!(one.attribute("deadletterreason"), "schema_mismatch");
        assert_eq!(
            one.attribute("deadlettertopic"),
            format!("{run}{letter}.events")
        );
        let detail = one.attribute("deadletterdetail");
        assert!(
            detail.contains(told) && !detail.contains("canary"),
            "{detail}"
        );
        assert_eq!(one.data.as_deref(), Some(body.as_bytes()), "as it came");
    }
    let metrics = daemon.metrics().await;
    let counted = "hookferry_dead_letters_total{reason=\"schema_mismatch\",source=\"github\"} 3";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(!daemon.output().contains("canary"), "{}", daemon.output());
    assert_eq!(link.requests(), 3, "each topic's schema was asked for once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_registry_refuses_is_named() {
    let (run, registry) = (run_id(), Registry::shared().await);
    let link = Link::start(&registry, Some("hookferry:right")).await;
    let url = format!("http://{}{}", registry.address(), crate::server::API);
    let other = format!("{run}t.events-value");
    registry.register(&other, "JSON", JSON).await;
    let cases: [(&str, Value, &str, &str); 5] = [
        (
            "w",
            json!({ "url": link.url(), "format": "avro", "user": "hookferry", "password": { "env": "REGISTRY_PASSWORD" } }),
            "structured",
            "refuses user or password",
        ),
        (
            "m",
            json!({ "url": url, "format": "avro" }),
            "binary",
            "holds no schema for subject",
        ),
        (
            "r",
            json!({ "url": url, "format": "avro", "register": false }),
            "structured",
            "does not hold the schema of CloudEvents for subject",
        ),
        (
            "t",
            json!({ "url": url, "format": "avro" }),
            "binary",
            "its type is not AVRO",
        ),
        (
            "u",
            json!({ "url": format!("http://{}/nowhere", registry.address()), "format": "avro" }),
            "structured",
            "answers 404",
        ),
    ];
    for (letter, known, encoding, said) in cases {
        let prefix = format!("{run}{letter}");
        let sink = with(sink(&prefix, known), "encoding", encoding);
        let daemon = start(json!({ "kafka": sink }), None).await;
        let reply = Delivery::push(format!("{run}-1"))
            .send(&daemon.client(), GITHUB, SECRET)
            .await;
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            (503, "registry"),
            "{letter}: {reply:?}"
        );
        assert!(reply.header("retry-after").is_some());
        let told = || async { daemon.output().contains(said) };
        until(said, Duration::from_secs(10), told).await;
        let output = daemon.output();
        assert!(
            output.contains(&format!("{prefix}.events-value")),
            "{output}"
        );
        let topics = kafka::topics(&kafka::address(), &prefix);
        assert!(!topics.contains(&format!("{prefix}.events")), "{topics:?}");
        assert!(
            !output.contains("REGISTRY_PASSWORD=") && !output.contains("aG9va2ZlcnJ5"),
            "{output}"
        );
    }
    // With the schema that somebody has registered, a daemon that may not do so itself publishes.
    let schema = include_str!("../../src/publish/registry/cloudevents.avsc");
    registry
        .register(&format!("{run}r.events-value"), "AVRO", schema)
        .await;
    let known = json!({ "url": url, "format": "avro", "register": false });
    let daemon = start(json!({ "kafka": sink(&format!("{run}r"), known) }), None).await;
    let reply = Delivery::push(format!("{run}-2"))
        .send(&daemon.client(), GITHUB, SECRET)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
}
