//! Checks and `hookferry probe` on real brokers: what passes, what each way to fail is called, that their
//! events are told from providers', and that no real event is lost to a check's own reader.

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

mod support;

use std::fs;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use hookferry::authenticate::Scheme;
use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::providers;
use hookferry::synthetic::{HEADER, Marked, mark};
use hookferry::time::UnixTime;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET, signature};
use support::proxy::{Link, Mode, Proxy};
use support::{Folder, free_port, kafka, rabbitmq, run_id, until};

const STRIPE: &str = "whsec_0123456789abcdef0123456789abcdef";
const SOON: Duration = Duration::from_secs(30);

fn kafka_sink(run: &str, brokers: &str) -> Value {
    json!({
        "type": "kafka",
        "brokers": brokers,
        "topic": format!("{run}.{{source}}.{{event}}"),
        "default_topic": format!("{run}.default"),
        "dead_letter_topic": format!("{run}.dead"),
    })
}

fn rabbitmq_sink(run: &str) -> Value {
    json!({ "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run, "encoding": "binary" })
}

fn github(path: &str, more: Value) -> Value {
    let mut source = json!({
        "provider": "github", "path": path, "secrets": [{ "env": "SECRET" }], "sinks": ["kafka"],
    });
    for (key, value) in more.as_object().unwrap() {
        source[key] = value.clone();
    }
    source
}

fn start(config: &Value) -> Daemon {
    let url = rabbitmq::url();
    let env = [
        ("SECRET", SECRET),
        ("STRIPE", STRIPE),
        ("RABBITMQ_URL", &url),
    ];
    Daemon::start(config, &env)
}

/// `hookferry probe` of `config`, with its words after the configuration's.
fn probe_with(config: &Value, words: &[&str], secret: &str) -> Output {
    let folder = Folder::new();
    let file = folder.write("config.yaml", config.to_string());
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command.args(["probe", "-c", &file]).args(words).env_clear();
    command.env("SECRET", secret).env("STRIPE", STRIPE);
    command.env("RABBITMQ_URL", rabbitmq::url());
    support::run(&mut command, vec![])
}

fn probe(config: &Value, words: &[&str]) -> Output {
    probe_with(config, words, SECRET)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What `--json` said, a check each.
fn reports(output: &Output) -> Vec<Value> {
    let lines = text(&output.stdout);
    let lines = lines.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn url(daemon: &Daemon) -> String {
    format!("http://{}", daemon.ingress)
}

/// The value of a series with these labels, as it is shown.
fn shown(metrics: &str, series: &str) -> Option<f64> {
    let begin = format!("{series} ");
    let value = metrics.lines().find_map(|line| line.strip_prefix(&begin))?;
    Some(value.parse().unwrap())
}

async fn metric(daemon: &Daemon, series: &str) -> Option<f64> {
    shown(&daemon.metrics().await, series)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_pass_on_both_brokers_again_and_again_and_a_new_secret_changes_nothing() {
    let (run, rabbit) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&rabbit, &run, &run, "stripe.#");
    let secrets = Folder::new();
    let secret = secrets.write("github", SECRET);
    let config = config(json!({
        "sinks": { "kafka": kafka_sink(&run, &kafka::address()), "rabbit": rabbitmq_sink(&run) },
        "sources": {
            "github": github("/github", json!({ "secrets": [{ "file": secret }] })),
            // Its id is in the signed body.
            "stripe": { "provider": "stripe", "path": "/stripe", "secrets": [{ "env": "STRIPE" }], "sinks": ["rabbit", "kafka"] },
        },
        "checks": {
            "github": { "source": "github", "event": "push", "every_s": 5, "expect": {
                "status": 200, "within_ms": 5000,
                "topic": format!("{run}.github.push"),
                "attributes": { "type": "com.github.p*", "id": "hookferry-check-*", "synthetic": "true",
                    "integrity": "partial", "dataedits": null },
            } },
            "stripe": { "source": "stripe", "every_s": 5, "expect": { "attributes": { "type": "com.stripe.*", "synthetic": "true" } } },
        },
    }));
    let daemon = start(&config);
    daemon.ready().await;
    let passed = async |check: &str| {
        let series = format!("hookferry_check_runs_total{{check=\"{check}\",result=\"passed\"}}");
        metric(&daemon, &series).await.unwrap_or_default()
    };
    until("both have passed twice", SOON, || async {
        passed("github").await >= 2.0 && passed("stripe").await >= 2.0
    })
    .await;
    let renamed = secrets.write("new", "a secret after the rotation");
    fs::rename(renamed, &secret).unwrap();
    until("the new secret is read", SOON, || async {
        daemon
            .output()
            .contains("the configuration was read anew and counts")
    })
    .await;
    let before = passed("github").await;
    until("it has passed with the new secret", SOON, || async {
        passed("github").await >= before + 2.0
    })
    .await;

    let metrics = daemon.metrics().await;
    for check in ["github", "stripe"] {
        let of = |name: &str, more: &str| {
            shown(
                &metrics,
                &format!("hookferry_check_{name}{{check=\"{check}\"{more}}}"),
            )
        };
        assert_eq!(of("up", ""), Some(1.0), "{metrics}");
        assert_eq!(of("failed_runs", ""), Some(0.0));
        assert_eq!(of("interval_seconds", ""), Some(5.0));
        let now = support::now_s() as f64;
        for name in [
            "last_success_timestamp_seconds",
            "last_run_timestamp_seconds",
        ] {
            assert!((now - of(name, "").unwrap()).abs() < 30.0, "{name}");
        }
        let (reply, arrival) = (
            of("duration_seconds", ",stage=\"reply\"").unwrap(),
            of("duration_seconds", ",stage=\"arrival\"").unwrap(),
        );
        assert!(reply > 0.0 && reply < 5.0 && arrival > 0.0 && arrival < 10.0);
    }
    let others = metrics
        .lines()
        .filter(|line| line.starts_with("hookferry_check_runs_total"));
    assert!(
        others
            .clone()
            .all(|line| line.contains("result=\"passed\"")),
        "{metrics}"
    );
    assert!(
        !daemon.output().contains("a check fails"),
        "{}",
        daemon.output()
    );

    // Each run's event is its own, and every reader can tell it from the provider's.
    let records = kafka::read(&kafka::address(), &format!("{run}.github.push"));
    let mut ids: Vec<_> = records.iter().map(|it| it.json()["id"].clone()).collect();
    assert!(ids.len() >= 4);
    for record in &records {
        assert_eq!(record.json()["synthetic"], "true");
        let id = record.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(record.header("hookferry-check"), Some(id.as_str()));
    }
    ids.dedup();
    assert_eq!(ids.len(), records.len());
    for message in rabbitmq::read_all(&rabbit, &run).await {
        assert_eq!(message.headers["ce-synthetic"], "true");
        let id = message.json()["id"].as_str().unwrap().to_owned();
        assert!(id.starts_with("hookferry-check-"), "{id}");
        assert_eq!(message.headers["hookferry-check"], id.as_str());
    }
    rabbitmq::delete(&rabbit, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probe_calls_each_way_to_fail_by_its_name() {
    let (run, rabbit) = (run_id(), rabbitmq::url());
    // An exchange without a queue for what is published.
    rabbitmq::declare(&rabbit, &run, &run, "nothing.that.comes");
    let hanging = Proxy::before_kafka(kafka::address()).await;
    let sinks = json!({
        "kafka": kafka_sink(&run, &kafka::address()),
        "hanging": kafka_sink(&run, &hanging.address().to_string()),
        "rabbit": rabbitmq_sink(&run),
    });
    let short = json!({ "sinks": ["hanging"], "reply_within_ms": 1000 });
    let sources = json!({
        "github": github("/github", json!({})),
        "filtered": github("/filtered", json!({ "filter": { "exclude": ["push"] } })),
        "dead": github("/dead", json!({ "filter": "data.nothing.there == 'x'" })),
        "hung": github("/hung", short),
        "rabbit": github("/rabbit", json!({ "sinks": ["rabbit"] })),
    });
    let daemon = start(&config(
        json!({ "sinks": sinks.clone(), "sources": sources.clone() }),
    ));
    daemon.ready().await;
    hanging.set(Mode::Stall);
    let slow = Proxy::start(daemon.ingress.to_string()).await;
    slow.link(Link {
        latency: Duration::from_millis(150),
        ..Link::default()
    });
    let push = |source: &str, more: Value, expect: Value| {
        let mut check = json!({ "source": source, "event": "push", "expect": expect });
        for (key, value) in more.as_object().unwrap() {
            check[key] = value.clone();
        }
        check
    };
    let none = json!({});
    let nobody = format!("http://127.0.0.1:{}/github", free_port());
    let slow = format!("http://{}/github", slow.address());
    let elsewhere = format!("{run}.elsewhere");
    let mut checks = json!({
        "attributes": push("github", none.clone(), json!({ "attributes": { "type": "com.github.issues" } })),
        "absent": push("github", none.clone(), json!({ "attributes": { "type": null } })),
        "dead": push("dead", none.clone(), json!({ "arrives_within_ms": 1000 })),
        "filtered": push("filtered", none.clone(), json!({ "arrives_within_ms": 1000 })),
        "hung": push("hung", none.clone(), none.clone()),
        "kept-away": push("filtered", none.clone(), json!({ "arrives": false, "arrives_within_ms": 500 })),
        "passes": push("github", none.clone(), json!({ "status": [200, 202], "within_ms": 5000 })),
        "slow": push("github", json!({ "url": slow }), json!({ "within_ms": 200 })),
        "status": push("github", none.clone(), json!({ "status": 418 })),
        "topic": push("github", none.clone(), json!({ "topic": elsewhere, "arrives_within_ms": 1000 })),
        "unroutable": push("rabbit", none.clone(), none.clone()),
        "unwanted": push("github", none.clone(), json!({ "arrives": false })),
    });
    let plain = |checks: &Value| {
        config(json!({ "sinks": sinks.clone(), "sources": sources.clone(), "checks": checks }))
    };
    let told = |output: &Output| {
        let reports = reports(output).into_iter();
        let told = reports.map(|it| {
            let word = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
            (
                word("check"),
                word("result"),
                word("expected"),
                word("got"),
                it["passed"] == true,
            )
        });
        told.collect::<Vec<_>>()
    };
    // --url is for all of them but those with an URL of their own, which is what is looked at here.
    for (_, check) in checks.as_object_mut().unwrap() {
        if check["url"].is_null() {
            let path = sources[check["source"].as_str().unwrap()]["path"]
                .as_str()
                .unwrap();
            check["url"] = format!("{}{path}", url(&daemon)).into();
        }
    }
    checks["nobody"] = push("github", json!({ "url": nobody }), none.clone());
    let output = probe(&plain(&checks), &["--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let all = told(&output);
    let expected = [
        (
            "absent",
            "wrong_attributes",
            "no type",
            "type com.github.push",
        ),
        (
            "attributes",
            "wrong_attributes",
            "type com.github.issues",
            "type com.github.push",
        ),
        (
            "dead",
            "not_arrived",
            ".dead.push within 1000 ms",
            "nothing",
        ),
        (
            "filtered",
            "not_arrived",
            ".filtered.push within 1000 ms",
            "nothing",
        ),
        ("hung", "wrong_status", "status 2xx", "status 503"),
        ("kept-away", "passed", "", ""),
        (
            "nobody",
            "send_failed",
            "a reply of http://127.0.0.1",
            "refused",
        ),
        ("passes", "passed", "", ""),
        ("slow", "too_slow", "a reply within 200 ms", "one after "),
        ("status", "wrong_status", "status 418", "status 200"),
        (
            "topic",
            "not_arrived",
            ".elsewhere within 1000 ms",
            "nothing",
        ),
        // Our own reader does not make it routable.
        (
            "unroutable",
            "wrong_status",
            "status 2xx",
            "status 503 unroutable",
        ),
        ("unwanted", "unwanted", "no event", ".github.push/0@"),
    ];
    assert_eq!(all.len(), expected.len(), "{all:#?}");
    for ((check, result, wanted, got), told) in expected.iter().zip(&all) {
        assert_eq!(
            (told.0.as_str(), told.1.as_str()),
            (*check, *result),
            "{all:#?}"
        );
        assert!(told.2.contains(wanted) && told.3.contains(got), "{told:?}");
        assert_eq!(told.4, *result == "passed");
    }

    // The other end has another secret.
    let one = json!({ "passes": checks["passes"] });
    let output = probe_with(&plain(&one), &["--json"], "another-secret-altogether");
    let all = told(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        (all[0].1.as_str(), all[0].3.as_str()),
        ("wrong_status", "status 401 wrong_signature")
    );
    // We cannot read the broker that the daemon publishes to.
    let mut deaf = plain(&one);
    deaf["sinks"]["kafka"]["brokers"] = "127.0.0.1:1".into();
    let output = probe(&deaf, &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(told(&output)[0].1, "cannot_read");
    rabbitmq::delete(&rabbit, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probe_speaks_to_people_and_to_scripts() {
    let run = run_id();
    let sinks = json!({ "kafka": kafka_sink(&run, &kafka::address()) });
    let sources = json!({ "github": github("/hooks/github", json!({})) });
    let mut config = config(json!({ "sinks": sinks, "sources": sources }));
    let daemon = start(&config);
    daemon.ready().await;
    let at = url(&daemon);

    let output = probe(&config, &["--url", &at]);
    assert_eq!(output.status.code(), Some(64));
    assert!(
        text(&output.stderr).contains("has no checks"),
        "{}",
        text(&output.stderr)
    );

    config["checks"] = json!({
        "one": { "source": "github", "event": "push" },
        "other": { "source": "github", "event": "push", "expect": { "status": 204 } },
    });
    let output = probe(&config, &["--url", &at, "--check", "one"]);
    let said = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}{}",
        text(&output.stderr)
    );
    assert!(said.starts_with("passed one: 200 after "), "{said}");
    assert!(
        said.contains(&format!(" ms, at {run}.github.push/0@0 after ")),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1);

    let output = probe(&config, &["--url", &at]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].starts_with("passed one: "), "{said}");
    assert_eq!(
        lines[1..],
        ["FAILED other: wrong_status: expected status 204, got status 200 accepted"]
    );

    for (words, code, expected) in [
        (
            &["--url", &at, "--check", "on"][..],
            64,
            "there is no check on; known checks: one, other",
        ),
        (
            &["--url", "localhost"],
            64,
            "--url \"localhost\" is no http:// or https:// URL",
        ),
        (&[], 64, "name the daemon with --url"),
        (&["--frobnicate"], 64, "unexpected argument"),
    ] {
        let output = probe(&config, words);
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        let said = text(&output.stderr);
        assert!(
            said.contains(expected) && output.stdout.is_empty(),
            "{said}"
        );
    }
    config["checks"]["one"]["source"] = "gitlab".into();
    let output = probe(&config, &["--url", &at]);
    assert_eq!(output.status.code(), Some(78));
    assert!(text(&output.stderr).contains("checks.one.source: there is no source gitlab"));
}

/// A consumer that ignores synthetic events must not be made to ignore a real one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_have_a_real_event_taken_for_a_check() {
    let run = run_id();
    let sinks = json!({ "kafka": kafka_sink(&run, &kafka::address()) });
    let routes = json!([
        { "name": "checks", "when": "has(event.synthetic)", "to": [{ "sink": "kafka", "topic": format!("{run}.checks") }] },
        { "name": "rest" },
    ]);
    let daemon = start(&config(json!({
        "sinks": sinks, "sources": { "github": github("/github", json!({})) }, "routes": routes,
    })));
    daemon.ready().await;
    let preset = providers::parse(providers::load("github").unwrap().unwrap()).unwrap();
    let scheme = |secret: &str| {
        let secrets = vec![secret.to_owned()];
        let operator = Operator {
            secrets,
            ..Operator::default()
        };
        endpoint(&preset, &operator).unwrap().scheme
    };
    let now = UnixTime::now();
    let body = br#"{"ref":"refs/heads/main"}"#;
    let marked = |source: &'static str, body: &'static [u8]| Marked {
        source,
        tenant: None,
        body,
    };
    let genuine = |scheme: &Scheme, marked: Marked<'_>, at| {
        let mark = mark(scheme, marked, "run-1", at).unwrap();
        mark.to_str().unwrap().to_owned()
    };
    let own = scheme(SECRET);
    let good = genuine(&own, marked("github", body), now);
    let old = UnixTime::from_seconds(now.seconds() - 301);
    let cases = [
        ("genuine", vec![good.clone()], true),
        (
            "of another secret",
            vec![genuine(
                &scheme("another-secret-altogether"),
                marked("github", body),
                now,
            )],
            false,
        ),
        (
            "of another body",
            vec![genuine(&own, marked("github", b"{}"), now)],
            false,
        ),
        (
            "of another source",
            vec![genuine(&own, marked("gitlab", body), now)],
            false,
        ),
        (
            "of long ago",
            vec![genuine(&own, marked("github", body), old)],
            false,
        ),
        ("another run", vec![good.replace("run-1", "run-2")], false),
        ("the word alone", vec!["true".to_owned()], false),
        ("twice", vec![good.clone(), good], false),
    ];
    let client = daemon.client();
    let signed = signature(SECRET, body);
    for (at, (name, marks, _)) in cases.iter().enumerate() {
        let id = format!("{run}-{at}");
        let mut headers = vec![
            ("content-type", "application/json"),
            ("x-github-event", "push"),
            ("x-github-delivery", &id),
            ("x-hub-signature-256", &signed),
            // What a stranger may think of.
            ("ce-synthetic", "true"),
            ("synthetic", "true"),
            ("hookferry-check", "run-1"),
        ];
        headers.extend(marks.iter().map(|mark| (HEADER, mark.as_str())));
        let reply = client.post("/github", &headers, &body[..]).await;
        assert_eq!(reply.status, 200, "{name}: {reply:?}");
    }
    // A mark is no signature.
    let own_mark = genuine(&own, marked("github", body), now);
    let headers = [("x-github-event", "push"), (HEADER, own_mark.as_str())];
    let reply = client.post("/github", &headers, &body[..]).await;
    assert_eq!(reply.status, 401, "{reply:?}");

    let id = |at: usize| json!(format!("{run}-{at}"));
    for (at, (name, _, is_synthetic)) in cases.iter().enumerate() {
        let topic = if *is_synthetic {
            "checks"
        } else {
            "github.push"
        };
        let records = kafka::read(&kafka::address(), &format!("{run}.{topic}"));
        let record = records.iter().find(|it| it.json()["id"] == id(at));
        let record = record.unwrap_or_else(|| panic!("{name} is not in {topic}"));
        let attribute = record.json()["synthetic"].clone();
        assert_eq!(attribute == "true", *is_synthetic, "{name}: {attribute}");
        assert_eq!(
            record.header("hookferry-check").is_some(),
            *is_synthetic,
            "{name}"
        );
    }
}

/// With a reader of the check's at the exchange, an event that nobody has a queue for is still refused:
/// confirmed, it would go with the reader.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_takes_no_real_event_from_rabbitmq() {
    let (run, rabbit) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&rabbit, &run, &run, "nothing.that.comes");
    let rabbit_only = json!({ "sinks": ["rabbit"], "filter": { "exclude": ["push"] } });
    let sources = json!({
        "github": github("/github", json!({ "sinks": ["rabbit"] })),
        "filtered": github("/filtered", rabbit_only),
    });
    let mut config =
        config(json!({ "sinks": { "rabbit": rabbitmq_sink(&run) }, "sources": sources }));
    let daemon = start(&config);
    daemon.ready().await;
    // Its own event is filtered, so that its reader stays, where the other source's events go.
    config["checks"] = json!({ "waits": { "source": "filtered", "event": "push", "expect": {
        "arrives": false, "arrives_within_ms": 60_000, "topic": "github.push",
    } } });
    let folder = Folder::new();
    let file = folder.write("config.yaml", config.to_string());
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command.args(["probe", "-c", &file, "--url", &url(&daemon)]);
    let env = [("SECRET", SECRET), ("RABBITMQ_URL", &rabbit)];
    let mut waiting = command.env_clear().envs(env).spawn().unwrap();
    let reader = || {
        let columns = ["source_name", "destination_name", "routing_key"];
        let bindings = rabbitmq::ctl(&[["list_bindings"].as_slice(), &columns].concat());
        let own = format!("{run}\t");
        let mut names = bindings.lines().filter_map(|line| line.strip_prefix(&own));
        let name = names.find(|it| it.starts_with("hookferry-check-"))?;
        let (name, key) = name.split_once('\t').unwrap();
        assert_eq!(key, "github.push");
        Some(name.to_owned())
    };
    let began = Instant::now();
    let name = loop {
        if let Some(name) = reader() {
            break name;
        }
        assert!(began.elapsed() < SOON, "the reader is not there");
        assert!(waiting.try_wait().unwrap().is_none(), "it has ended");
    };
    let client = daemon.client();
    for at in 0..20 {
        let delivery = Delivery::push(format!("{run}-{at}"));
        let reply = delivery.send(&client, "/github", SECRET).await;
        assert_eq!((reply.status, reply.reason().as_str()), (503, "unroutable"));
    }
    let still_there = reader();
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    assert_eq!(
        still_there,
        Some(name.clone()),
        "it was looked at without a reader"
    );
    until("nothing of it is left", SOON, || async {
        let left = ["list_queues", "list_exchanges"].map(|what| rabbitmq::ctl(&[what, "name"]));
        !left.concat().contains(&name)
    })
    .await;
    rabbitmq::delete(&rabbit, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_begins_to_fail_is_told_once_and_so_is_its_recovery() {
    let run = run_id();
    let broker = Proxy::before_kafka(kafka::address()).await;
    let mut sink = kafka_sink(&run, &broker.address().to_string());
    sink["topic"] = run.clone().into();
    let daemon = start(&config(json!({
        "limits": { "reply_within_ms": 1000 },
        "sinks": { "kafka": sink },
        "sources": { "github": github("/github", json!({})) },
        "checks": { "github": { "source": "github", "event": "push", "every_s": 5 } },
    })));
    daemon.ready().await;
    let up = async || metric(&daemon, "hookferry_check_up{check=\"github\"}").await;
    let failed = async || metric(&daemon, "hookferry_check_failed_runs{check=\"github\"}").await;
    let lines = |message: &str| {
        let output = daemon.output();
        let lines = output
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines
            .filter(|line| line["message"] == message)
            .collect::<Vec<_>>()
    };
    until("it passes", SOON, || async { up().await == Some(1.0) }).await;
    let first = metric(
        &daemon,
        "hookferry_check_last_success_timestamp_seconds{check=\"github\"}",
    )
    .await;
    broker.set(Mode::Stall);
    until("it has failed twice", Duration::from_secs(60), || async {
        failed().await >= Some(2.0)
    })
    .await;
    assert_eq!(up().await, Some(0.0));
    let last = metric(
        &daemon,
        "hookferry_check_last_success_timestamp_seconds{check=\"github\"}",
    )
    .await;
    assert!(last >= first && last.is_some());
    let told = lines("a check fails");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["level"], &told[0]["check"]),
        (&json!("WARN"), &json!("github"))
    );
    assert_eq!(told[0]["result"], "wrong_status");
    assert_eq!(told[0]["expected"], "status 2xx");
    assert!(
        told[0]["got"].as_str().unwrap().starts_with("status 503 "),
        "{told:?}"
    );
    broker.set(Mode::Pass);
    until("it passes again", Duration::from_secs(60), || async {
        up().await == Some(1.0)
    })
    .await;
    assert_eq!(failed().await, Some(0.0));
    let told = lines("a check passes again");
    assert_eq!(
        (told.len(), &told[0]["level"]),
        (1, &json!("INFO")),
        "{told:?}"
    );
    assert_eq!(lines("a check fails").len(), 1);
    let all: Vec<_> = daemon
        .output()
        .lines()
        .filter(|it| it.contains(SECRET))
        .map(str::to_owned)
        .collect();
    assert!(all.is_empty(), "{all:?}");
}

/// Somebody who takes connections and says nothing: a run takes longer than the time between two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_runs_one_at_a_time_and_ends_with_the_daemon() {
    let run = run_id();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("http://{}/github", silent.local_addr().unwrap());
    let mut daemon = start(&config(json!({
        "sinks": { "kafka": kafka_sink(&run, &kafka::address()) },
        "sources": { "github": github("/github", json!({})) },
        "checks": { "github": { "source": "github", "url": to, "every_s": 5, "timeout_ms": 12_000 } },
    })));
    let accept = |within: Duration| tokio::time::timeout(within, silent.accept());
    let (first, _) = accept(SOON).await.expect("the first run").unwrap();
    // Another one was due by then, and this one has four seconds left.
    let second = accept(Duration::from_secs(8)).await;
    assert!(
        second.is_err(),
        "a second run began while the first was under way"
    );
    let (next, _) = accept(SOON).await.expect("the run after it").unwrap();
    let runs = "hookferry_check_runs_total{check=\"github\",result=\"send_failed\"}";
    assert_eq!(metric(&daemon, runs).await, Some(1.0));
    let began = Instant::now();
    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(10));
    assert!(ended.status.success(), "{}", ended.output);
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    drop((first, next));
}
