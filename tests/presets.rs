//! Presets of an operator's own, by the commands and by a daemon, and what a preset may demand.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::process::{Command, Output};

use serde_json::{Value, json};

use support::Folder;
use support::daemon::{Daemon, config};

const ACME: &str = "\
id: acme
name: Acme
domain: acme.example
docs: https://acme.example/docs/webhooks
confidence: unverified
integrity: full
reply_within_ms: 5000
secret: { about: The signing secret., bytes_min: 4 }
verify:
  signature:
    from: '{header:acme-signature}'
    encoding: hex
    algorithm: hmac-sha256
    signed: '{body}'
event:
  type: '{json:/type}'
  id: '{json:/id}'
refused: { status: 498 }
accepted:
  - when: { '{json:/type}': order.paid }
    reply: { content_type: text/xml, body: '<Ack>{json:/id}</Ack>' }
  - reply: { body: OK }
samples:
  - type: order.created
    body: '{\"type\":\"order.created\",\"id\":\"e1\"}'
  - type: order.paid
    body: '{\"type\":\"order.paid\",\"id\":\"e2\"}'
";

/// An Acme request signed with `hush`, by openssl: `printf '{"type":"order.created","id":"e1"}' |
/// openssl dgst -sha256 -hmac hush`.
fn case(expect: &str) -> String {
    let body = "eyJ0eXBlIjoib3JkZXIuY3JlYXRlZCIsImlkIjoiZTEifQ==";
    let signature = SIGNATURE;
    json!({
        "provider": "acme", "case": "valid", "config": { "secrets": ["hush"] }, "now": 1_767_225_600,
        "request": { "url": "https://h.example/in", "headers": { "acme-signature": signature }, "body_b64": body },
        "expect": expect, "expect_type": "order.created", "expect_id": "e1",
    })
    .to_string()
}

const SIGNATURE: &str = "7489f1fb3158b60b898ee257d9df0494d43f761dfc678b52a41ae3cf0c3c9354";

fn hookferry(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command.args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(both).unwrap()
}

#[test]
fn a_preset_of_ones_own_is_judged_by_the_cases_beside_it() {
    let folder = Folder::new();
    let preset = folder.write("acme.yaml", ACME);
    let cases = folder.write("acme.jsonl", case("accept"));
    let output = hookferry(&["verify", "--preset", &preset]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("1 cases, 0 malformed, 0 disagreeing"));
    // The folder as a whole, and cases elsewhere.
    let whole = folder.path().display().to_string();
    assert!(hookferry(&["verify", "--preset", &whole]).status.success());
    let elsewhere = ["verify", "--preset", &preset, "--vectors", &cases];
    assert!(hookferry(&elsewhere).status.success());

    folder.write("acme.jsonl", case("reject"));
    let output = hookferry(&["verify", "--preset", &preset]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    std::fs::remove_file(&cases).unwrap();
    let output = hookferry(&["verify", "--preset", &preset]);
    assert_eq!(output.status.code(), Some(64));
    assert!(said(&output).contains("the test cases of acme cannot be read"));
}

#[test]
fn a_faulty_preset_is_named_with_its_line_and_key() {
    let folder = Folder::new();
    for (change, instead, expected) in [
        (
            "encoding: hex",
            "encoding: hexx",
            "acme.yaml:12:5: verify.signature.encoding: there is no hexx here",
        ),
        (
            "domain:",
            "domian:",
            "acme.yaml:3:1: domian: there is no key domian here",
        ),
        (
            "id: acme",
            "id: acne",
            "acme.yaml:1:1: id: the id is acne, but the file is named acme.yaml",
        ),
    ] {
        let preset = folder.write("acme.yaml", ACME.replacen(change, instead, 1));
        for arguments in [
            &["verify", "--preset", &preset][..],
            &["providers", "acme", "--preset", &preset],
        ] {
            let output = hookferry(arguments);
            assert_eq!(output.status.code(), Some(78), "{}", said(&output));
            assert!(said(&output).contains(expected), "{}", said(&output));
        }
    }
}

/// What `check` says of one source.
fn check(source: &Value, folder: &Folder) -> (bool, String) {
    let sinks = json!({ "kafka": { "type": "kafka", "brokers": "127.0.0.1:1" } });
    let config = config(json!({ "sinks": sinks, "sources": { "one": source },
        "providers_dir": folder.path() }));
    let path = folder.write("config.json", config.to_string());
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command
        .args(["check", "-c", &path])
        .env("HUSH", "dGhlIHNlY3JldCBvZiB0aGlzIHRlc3Q=");
    let output = command.output().unwrap();
    (output.status.success(), said(&output))
}

#[test]
fn a_hook_whose_answer_decides_something_needs_a_fixed_answer() {
    let folder = Folder::new();
    let mut source =
        json!({ "provider": "microsoft-teams", "path": "/in", "secrets": [{ "env": "HUSH" }] });
    let (passes, said) = check(&source, &folder);
    assert!(!passes, "{said}");
    assert!(
        said.contains("the provider's answer decides something"),
        "{said}"
    );
    source["override"] = json!({ "accepted": { "json": { "type": "message", "text": "seen" } } });
    let (passes, said) = check(&source, &folder);
    assert!(passes, "{said}");
}

#[test]
fn weak_and_unconfirmed_presets_are_warned_of() {
    let folder = Folder::new();
    for (provider, expected) in [
        ("patreon", "its signature is weak"),
        ("patreon", "the preset is unverified"),
    ] {
        let source = json!({ "provider": provider, "path": "/in", "secrets": [{ "env": "HUSH" }] });
        let (passes, said) = check(&source, &folder);
        assert!(passes && said.contains(expected), "{said}");
    }
    let source = json!({ "provider": "github", "path": "/in", "secrets": [{ "env": "HUSH" }] });
    let (passes, said) = check(&source, &folder);
    assert!(passes && !said.contains("warning:"), "{said}");
}

#[test]
fn what_would_let_forgeries_in_or_break_the_envelope_is_a_fault() {
    let folder = Folder::new();
    folder.write("acme.yaml", ACME);
    for (over, expected) in [
        (
            json!({ "event": { "extensions": { "provider": "{json:/x}" } } }),
            "an attribute provider of its own",
        ),
        (
            json!({ "verify": { "signature": { "algorithm": "md5", "values": { "unused": "{secret}" } } } }),
            "unless {secret} is in what is hashed",
        ),
        (
            json!({ "verify": { "signature": { "timestamp": { "from": "{header:t}", "unit": "s", "tolerance_s": 5 } } } }),
            "the time is not in what is signed",
        ),
        (
            json!({ "verify": { "jwt": { "from": "{body}", "algorithms": [] } } }),
            "a token must not choose",
        ),
        (
            json!({ "refused": { "status": 200 } }),
            "200 does not refuse",
        ),
        (
            json!({ "handshakes": [{ "when": { "{method}": "GET" }, "signed": false, "learn": "{query:s}", "reply": {} }], "secret": { "encoding": "hex" } }),
            "its encoding must be utf8",
        ),
    ] {
        let source = json!({ "provider": "acme", "path": "/in", "secrets": [{ "env": "HUSH" }], "override": over });
        let (passes, said) = check(&source, &folder);
        assert!(!passes && said.contains(expected), "{over}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_hears_the_answer_that_it_demands() {
    let folder = Folder::new();
    let preset = folder.write("acme.yaml", ACME);
    let run = support::run_id();
    let sinks = json!({ "kafka": { "type": "kafka", "brokers": support::kafka::address(), "topic": run,
        "default_topic": run, "dead_letter_topic": run } });
    let secret = json!([{ "env": "HUSH" }]);
    let config = config(
        json!({ "sinks": sinks, "providers_dir": folder.path(), "sources": {
        "acme": { "provider": "acme", "path": "/acme", "secrets": secret },
        "dropbox-sign": { "provider": "dropbox-sign", "path": "/dropbox-sign", "secrets": secret },
    } }),
    );
    let daemon = Daemon::start(config, &[("HUSH", "the secret of this test")]);
    daemon.ready().await;
    let send = |provider: &str, event: &str, secret: &str| {
        let to = format!("http://{}/{provider}", daemon.ingress);
        let output = hookferry(&[
            "send",
            "--preset",
            &preset,
            "--provider",
            provider,
            "--event",
            event,
            "--secret",
            secret,
            "--to",
            &to,
        ]);
        said(&output).trim().to_owned()
    };
    let good = "the secret of this test";
    assert!(send("acme", "order.created", good).ends_with("-> 200 OK OK"));
    assert!(send("acme", "order.paid", good).ends_with("-> 200 OK <Ack>e2</Ack>"));
    assert!(send("acme", "order.paid", "another").contains("-> 498 "));
    let answer = send("dropbox-sign", "signature_request_sent", good);
    assert!(
        answer.ends_with("-> 200 OK Hello API Event Received"),
        "{answer}"
    );
}
