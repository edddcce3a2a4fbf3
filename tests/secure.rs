//! Brokers behind TLS that want to know who comes: the daemon gets in with what it is given, and
//! with anything less it publishes nothing, says so, and tells no password.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use support::brokers::{Private, Which};
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::{kafka, output_of, rabbitmq, run_id, until};

const PATH: &str = "/webhooks/github";
/// Whom `tests/brokers secure` lets in.
const USER: &str = "hookferry";
const PASSWORD: &str = "of-the-test-alone";
const WRONG: &str = "canary-of-a-wrong-password";
const BOUND: Duration = Duration::from_secs(30);

fn start(sink: &Value, url: &str, password: &str) -> Daemon {
    let config = config(json!({
        "limits": { "reply_within_ms": 3000 },
        "sinks": { "broker": sink },
        "sources": { "github": { "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }] } },
    }));
    let variables = [
        ("GITHUB_SECRET", SECRET),
        ("BROKER_URL", url),
        ("BROKER_PASSWORD", password),
    ];
    Daemon::start(config, &variables)
}

/// One event goes in, and `tail` reads it from the same sink by the same configuration.
async fn assert_carries(what: &str, sink: &Value, url: &str, run: &str) {
    let daemon = start(sink, url, PASSWORD);
    daemon.ready().await;
    let file = daemon.folder.path().join("config.yaml");
    let mut tail = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    tail.env_clear()
        .envs([
            ("GITHUB_SECRET", SECRET),
            ("BROKER_URL", url),
            ("BROKER_PASSWORD", PASSWORD),
        ])
        .args([
            "tail",
            "--json",
            "--from-beginning",
            "--count",
            "1",
            "--topics",
            run,
            "-c",
        ])
        .arg(file);
    let tail = tokio::task::spawn_blocking(move || output_of(&mut tail, vec![]));
    let client = daemon.client();
    // A RabbitMQ reader sees what comes once it is there, and does not tell us when that is.
    until(&format!("{what}: tail shows an event"), BOUND, || async {
        let push = Delivery::push(run_id());
        let reply = push.send(&client, PATH, SECRET).await;
        assert_eq!(reply.status, 200, "{what}: {reply:?}\n{}", daemon.output());
        tail.is_finished()
    })
    .await;
    let line: Value = serde_json::from_slice(&tail.await.unwrap()).unwrap();
    let event: Value = serde_json::from_str(line["value"].as_str().unwrap()).unwrap();
    assert_eq!(event["type"], "com.github.push", "{what}: {line}");
}

/// The sink stays down, which is said, and an event is answered 503.
async fn assert_stays_out(what: &str, sink: &Value, url: &str, password: &str) {
    let daemon = start(sink, url, password);
    let push = Delivery::push(run_id());
    let reply = push.send(&daemon.client(), PATH, SECRET).await;
    assert_eq!(reply.status, 503, "{what}: {reply:?}");
    assert!(reply.header("retry-after").is_some(), "{what}: {reply:?}");
    let ready = daemon.admin().get("/readyz").await;
    assert_eq!(ready.status, 503, "{what}: {ready:?}");
    assert_ne!(ready.json()["sinks"]["broker"], "up", "{what}");
    let said = daemon.output();
    for secret in [PASSWORD, WRONG, SECRET] {
        assert!(!said.contains(secret), "{what}: {said}");
    }
}

fn without(value: &Value, keys: &[&str]) -> Value {
    let mut value = value.clone();
    for key in keys {
        value.as_object_mut().unwrap().remove(*key).unwrap();
    }
    value
}

fn with(value: &Value, key: &str, other: impl Into<Value>) -> Value {
    let mut value = value.clone();
    value[key] = other.into();
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafka_behind_tls_takes_records_from_whom_it_knows_alone() {
    let broker = Private::secure(Which::Kafka).await;
    let (run, address) = (run_id(), broker.secure_address());
    let file = |name: &str| broker.tls_file(name);
    let tls = json!({
        "ca_file": file("ca.pem"), "certificate_file": file("client.pem"), "key_file": file("client.key"),
    });
    let sasl = json!({
        "mechanism": "SCRAM-SHA-512", "username": USER, "password": { "env": "BROKER_PASSWORD" },
    });
    let sink = json!({
        "type": "kafka", "brokers": address, "topic": run, "default_topic": run, "tls": tls, "sasl": sasl,
    });
    assert_carries("SCRAM", &sink, "", &run).await;
    let plain = with(&sink, "sasl", with(&sasl, "mechanism", "PLAIN"));
    assert_carries("PLAIN", &plain, "", &run).await;

    let stored = kafka::read(&broker.address(), &run).len();
    let unknown_user = with(&sink, "sasl", with(&sasl, "username", "nobody"));
    let no_user = without(&sink, &["sasl"]);
    let no_certificate = with(
        &sink,
        "tls",
        without(&tls, &["certificate_file", "key_file"]),
    );
    let no_tls = without(&sink, &["tls"]);
    let stranger = with(&sink, "tls", with(&tls, "ca_file", file("other-ca.pem")));
    let public_only = with(&sink, "tls", without(&tls, &["ca_file"]));
    // It is the same broker, but its certificate is for another name.
    let misnamed = with(&sink, "brokers", address.replace("localhost", "127.0.0.1"));
    tokio::join!(
        assert_stays_out("a wrong password", &sink, "", WRONG),
        assert_stays_out("an unknown user", &unknown_user, "", PASSWORD),
        assert_stays_out("no user", &no_user, "", PASSWORD),
        assert_stays_out("no client certificate", &no_certificate, "", PASSWORD),
        assert_stays_out("no TLS", &no_tls, "", PASSWORD),
        assert_stays_out("another authority", &stranger, "", PASSWORD),
        assert_stays_out("the public authorities", &public_only, "", PASSWORD),
        assert_stays_out("another name", &misnamed, "", PASSWORD),
    );
    assert_eq!(kafka::read(&broker.address(), &run).len(), stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_behind_tls_takes_messages_from_whom_it_knows_alone() {
    let broker = Private::secure(Which::Rabbitmq).await;
    let (run, url) = (run_id(), broker.secure_address());
    rabbitmq::declare(&broker.address(), &run, &run, "#");
    let file = |name: &str| broker.tls_file(name);
    let tls = json!({
        "ca_file": file("ca.pem"), "certificate_file": file("client.pem"), "key_file": file("client.key"),
    });
    let sink = json!({
        "type": "rabbitmq", "url": { "env": "BROKER_URL" }, "exchange": run, "tls": tls,
    });
    assert_carries("a client certificate", &sink, &url, &run).await;

    let stored = rabbitmq::count(&broker.address(), &run).await;
    let wrong = url.replace("guest:guest", &format!("guest:{WRONG}"));
    let no_certificate = with(
        &sink,
        "tls",
        without(&tls, &["certificate_file", "key_file"]),
    );
    let stranger = with(&sink, "tls", with(&tls, "ca_file", file("other-ca.pem")));
    let public_only = with(&sink, "tls", without(&tls, &["ca_file"]));
    let misnamed = url.replace("localhost", "127.0.0.1");
    tokio::join!(
        assert_stays_out("a wrong password", &sink, &wrong, PASSWORD),
        assert_stays_out("no client certificate", &no_certificate, &url, PASSWORD),
        assert_stays_out("another authority", &stranger, &url, PASSWORD),
        assert_stays_out("the public authorities", &public_only, &url, PASSWORD),
        assert_stays_out("another name", &sink, &misnamed, PASSWORD),
    );
    assert_eq!(rabbitmq::count(&broker.address(), &run).await, stored);
}
