//! Secrets are neither missing nor told.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::support::client::Reply;
use super::support::daemon::{Daemon, config};
use super::support::github::{self, Delivery};
use super::support::{kafka, rabbitmq, run_id};
use super::{EVENT, GITHUB, GITLAB, STRIPE, Target, gitlab_headers, stripe_headers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_seen_nowhere() {
    let target = Target::start().await;
    let delivery = target.push();
    let mut said = String::new();
    let mut hear = |reply: Reply| said.push_str(&format!("{:?} {}\n", reply.headers, reply.text()));
    hear(delivery.send(&target.client, GITHUB, &target.github).await);
    hear(
        delivery
            .send(&target.client, GITHUB, "a-wrong-secret-for-once")
            .await,
    );
    hear(
        target
            .send(GITLAB, &gitlab_headers(&target.gitlab), EVENT)
            .await,
    );
    hear(
        target
            .send(
                GITLAB,
                &gitlab_headers(&format!("{}x", target.gitlab)),
                EVENT,
            )
            .await,
    );
    hear(
        target
            .send(STRIPE, &stripe_headers(&target.stripe, 1, 1, EVENT), EVENT)
            .await,
    );
    hear(
        target
            .send("/nowhere", &gitlab_headers(&target.gitlab), EVENT)
            .await,
    );
    let admin = target.daemon.admin();
    for path in [
        "/", "/metrics", "/readyz", "/livez", "/config", "/debug", "/nowhere",
    ] {
        hear(admin.get(path).await);
    }
    let (run, github) = (target.run.clone(), target.github.clone());
    let mut daemon = target.daemon;
    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(30));
    assert_eq!(ended.status.code(), Some(0));
    said.push_str(&ended.output);
    assert!(said.contains("wrong_signature") && said.contains("hookferry_requests_total"));

    // What a forger would ask for: the secrets, and the signature that would have been right.
    let canary = format!("canary-github-{run}");
    let right = github::signature(&github, &delivery.body);
    assert_silent(
        &said,
        &[
            &format!("-{run}\""),
            "canary-",
            &right,
            &right["sha256=".len()..],
        ],
    );
    assert_silent(&said, &[&hex::encode(&canary), &STANDARD.encode(&canary)]);
    rabbitmq::delete(&rabbitmq::url(), &run, &run);
}

fn assert_silent(said: &str, secrets: &[&str]) {
    for secret in secrets {
        let line = said.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret:?} was said: {line:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_of_brokers_are_seen_nowhere_even_when_refused() {
    let run = run_id();
    let password = format!("canary-{run}");
    let url = rabbitmq::url().replace("guest:guest@", &format!("guest:{password}@"));
    let config = config(json!({
        "log": { "format": "json", "level": "trace" },
        "limits": { "reply_within_ms": 1000 },
        "sinks": {
            "rabbit": { "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run },
            "kafka": {
                "type": "kafka", "brokers": kafka::address(), "topic": run,
                "sasl": { "mechanism": "PLAIN", "username": "user", "password": { "env": "PASSWORD" } },
            },
        },
        "sources": {
            "a": { "provider": "github", "path": "/a", "secrets": [{ "env": "GITHUB" }], "sinks": ["rabbit"] },
            "b": { "provider": "github", "path": "/b", "secrets": [{ "env": "GITHUB" }], "sinks": ["kafka"] },
        },
    }));
    let env = [
        ("GITHUB", github::SECRET),
        ("RABBITMQ_URL", url.as_str()),
        ("PASSWORD", password.as_str()),
    ];
    let mut daemon = Daemon::start(config, &env);
    let client = daemon.client();
    let mut said = String::new();
    for path in ["/a", "/b"] {
        let reply = Delivery::push(&run)
            .send(&client, path, github::SECRET)
            .await;
        assert_eq!(reply.status, 503, "{path}: {reply:?}");
        said.push_str(&reply.text());
    }
    let ready = daemon.admin().get("/readyz").await;
    assert_eq!(ready.status, 503);
    said.push_str(&ready.text());
    said.push_str(&daemon.metrics().await);
    // Who reads along is refused in the brokers' words, too.
    let file = daemon.folder.path().join("config.yaml");
    // Kafka's client tries on, and says so, unless it has given up before.
    let kafka = ["has not answered yet", "Authentication failure"];
    for (sink, words) in [("rabbit", &["RabbitMQ: "][..]), ("kafka", &kafka)] {
        let told = tail(&file, sink, &env, words);
        let is_told = words.iter().any(|words| told.contains(words));
        assert!(is_told, "{sink}: {told}");
        said.push_str(&told);
    }
    daemon.terminate();
    said.push_str(&daemon.wait(Duration::from_secs(30)).output);
    assert_silent(&said, &["canary", &STANDARD.encode(&password)]);
}

/// What `hookferry tail` of a sink says until it says one of these `words`, or ends.
fn tail(file: &Path, sink: &str, env: &[(&str, &str)], words: &[&str]) -> String {
    let mut tail = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    tail.args(["tail", "--sink", sink, "-c"]).arg(file);
    tail.env_clear().envs(env.iter().copied());
    let mut tail = tail.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(tail.stderr.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        said.push('\n');
        if words.iter().any(|words| said.contains(words)) {
            break;
        }
    }
    let _ = tail.kill();
    tail.wait().unwrap();
    said
}

#[test]
fn a_source_without_a_real_secret_does_not_start() {
    let source = |secrets: Value| {
        config(json!({
            "sinks": { "kafka": { "type": "kafka", "brokers": "127.0.0.1:1" } },
            "sources": { "github": { "provider": "github", "path": GITHUB, "secrets": secrets, "sinks": ["kafka"] } },
        }))
    };
    for (fault, secrets) in [
        ("an empty variable", json!([{ "env": "EMPTY" }])),
        ("blanks", json!([{ "env": "BLANK" }])),
        ("an unset variable", json!([{ "env": "UNSET" }])),
        ("too short a secret", json!([{ "env": "SHORT" }])),
        (
            "a file that is not there",
            json!([{ "file": "/nonexistent" }]),
        ),
        ("a file without a byte", json!([{ "file": "/dev/null" }])),
        ("an empty list", json!([])),
        (
            "one good, one empty",
            json!([{ "env": "GOOD" }, { "env": "EMPTY" }]),
        ),
    ] {
        let env = [
            ("EMPTY", ""),
            ("BLANK", "                    "),
            ("SHORT", "fifteen-letters"),
            ("GOOD", github::SECRET),
        ];
        let Err(ended) = Daemon::attempt(source(secrets), &env) else {
            panic!("{fault}: it started");
        };
        assert_eq!(ended.status.code(), Some(78), "{fault}: {}", ended.output);
        assert!(
            ended.output.contains("secrets"),
            "{fault}: {}",
            ended.output
        );
        assert!(
            !ended.output.contains("fifteen-letters"),
            "{fault}: {}",
            ended.output
        );
    }
}
