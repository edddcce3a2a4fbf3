//! What people see of one request: its trace, in the brokers and at a collector, and its line in the log.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "traces/access.rs"]
mod access;
#[path = "traces/collector.rs"]
mod collector;
mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use collector::{Collector, Mode};
use support::client::{Client, Reply};
use support::daemon::{self, Daemon};
use support::github::{Delivery, SECRET};
use support::{kafka, rabbitmq, run_id, until};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SENDER: &str = "00f067aa0ba902b7";
const SERVER_SPANS: usize = 1;

fn config(run: &str, more: Value) -> Value {
    let mut config = daemon::config(json!({
        "sinks": { "kafka": {
            "type": "kafka", "brokers": kafka::address(), "topic": run, "default_topic": run,
        } },
        "sources": { "github": {
            "provider": "github", "path": "/hooks", "secrets": [{ "env": "GITHUB_SECRET" }],
        } },
    }));
    let more = more.as_object().unwrap().clone();
    config.as_object_mut().unwrap().extend(more);
    config
}

async fn send(client: &Client, id: &str, secret: &str, further: &[(&str, &str)]) -> Reply {
    let delivery = Delivery::push(id);
    let headers = delivery.headers(secret);
    let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
    let headers: Vec<_> = headers.chain(further.iter().copied()).collect();
    client.post("/hooks", &headers, delivery.body).await
}

/// The only span that `is` fits.
fn one<'s>(spans: &'s [Value], what: &str, is: impl Fn(&Value) -> bool) -> &'s Value {
    let found: Vec<_> = spans.iter().filter(|span| is(span)).collect();
    assert_eq!(found.len(), 1, "{what}: {spans:#?}");
    found[0]
}

fn parent(text: &str) -> (&str, &str, &str) {
    let parts: Vec<_> = text.split('-').collect();
    assert_eq!((parts.len(), parts[0]), (4, "00"), "{text}");
    (parts[1], parts[2], parts[3])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_goes_on_through_the_daemon_into_both_brokers() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "#");
    let collector = Collector::start(Mode::Take).await;
    let mut config = config(
        &run,
        json!({ "tracing": { "otlp": {
            "endpoint": collector.url(), "headers": { "x-api-key": { "env": "KEY" } },
        } } }),
    );
    config["sinks"]["kafka"]["encoding"] = json!("binary");
    config["sinks"]["rabbit"] =
        json!({ "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run });
    let daemon = Daemon::start(
        config,
        &[
            ("GITHUB_SECRET", SECRET),
            ("RABBITMQ_URL", &url),
            ("KEY", "k-1"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment.name=test,team=a%2Cb+c",
            ),
        ],
    );
    daemon.ready().await;
    let client = daemon.client();
    let sent = format!("00-{TRACE}-{SENDER}-01");
    let own = [
        ("traceparent", sent.as_str()),
        ("tracestate", "rojo=1,"),
        ("tracestate", "congo=t61"),
    ];
    let id = format!("{run}-sampled");
    let reply = send(&client, &id, SECRET, &own).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let spans = collector.trace(TRACE, 6).await;
    assert_eq!(spans.len(), 6, "{spans:#?}");
    let server = one(&spans, "server", |span| span["kind"] == "SPAN_KIND_SERVER");
    assert_eq!(server["parent"], SENDER);
    assert_eq!(server["name"], "POST /hooks");
    assert_eq!(server["state"], "rojo=1,congo=t61");
    // Sampled, and its parent is another process's.
    assert_eq!(server["flags"], 0x301);
    let said = &server["attributes"];
    assert_eq!(said["http.request.method"], "POST");
    assert_eq!(said["http.response.status_code"], 200);
    assert_eq!(said["hookferry.source"], "github");
    assert_eq!(said["hookferry.outcome"], "accepted");
    assert_eq!(said["client.address"], "127.0.0.1");
    assert_eq!(
        said["hookferry.request_id"],
        reply.header("x-request-id").unwrap()
    );
    let resource = &server["resource"];
    assert_eq!(resource["service.name"], "hookferry");
    assert_eq!(resource["deployment.environment.name"], "test");
    assert_eq!(resource["team"], "a,b+c");
    let inside = |span: &Value| {
        let [began, ended] = ["began_ns", "ended_ns"].map(|at| span[at].as_u64().unwrap());
        let [from, to] = ["began_ns", "ended_ns"].map(|at| server[at].as_u64().unwrap());
        from <= began && began <= ended && ended <= to
    };
    for stage in ["read", "verify", "normalize"] {
        let span = one(&spans, stage, |span| span["name"] == stage);
        assert_eq!(span["parent"], server["span"]);
        assert_eq!(
            (&span["status"], inside(span)),
            (&json!(0), true),
            "{span:#?}"
        );
    }
    // What a consumer's instrumentation is handed is the span of its own message.
    let record = &kafka::read(&kafka::address(), &run)[0];
    let message = &rabbitmq::read(&url, &run, 1)[0];
    let amqp = |name: &str| message.headers[name].as_str().unwrap_or_default();
    for (system, destination, traceparent, tracestate) in [
        (
            "kafka",
            run.clone(),
            record.header("traceparent").unwrap(),
            record.header("tracestate").unwrap(),
        ),
        (
            "rabbitmq",
            format!("{run}:github.push"),
            amqp("traceparent"),
            amqp("tracestate"),
        ),
    ] {
        let span = one(&spans, system, |span| {
            span["attributes"]["messaging.system"] == system
        });
        assert_eq!(span["kind"], "SPAN_KIND_PRODUCER");
        assert_eq!(span["parent"], server["span"]);
        assert!(inside(span), "{span:#?}");
        assert_eq!(span["name"], format!("send {destination}"));
        assert_eq!(
            span["attributes"]["messaging.destination.name"],
            destination
        );
        assert_eq!(span["attributes"]["messaging.message.id"], id);
        assert_eq!(
            parent(traceparent),
            (TRACE, span["span"].as_str().unwrap(), "01")
        );
        assert_eq!(tracestate, "rojo=1,congo=t61");
    }
    let kafka = one(&spans, "kafka", |span| {
        span["attributes"]["messaging.system"] == "kafka"
    });
    let said = &kafka["attributes"];
    assert_eq!(
        said["messaging.destination.partition.id"],
        record.partition.to_string()
    );
    assert_eq!(said["messaging.kafka.offset"], record.offset);
    // The envelope's attribute is for the trace that the event began in, and stays.
    assert_eq!(record.header("ce_traceparent"), Some(sent.as_str()));
    assert_eq!(message.json()["traceparent"], sent);
    let asked = collector.last();
    assert_eq!(asked.path, "/v1/traces");
    assert_eq!(asked.headers["content-type"], "application/x-protobuf");
    assert_eq!(asked.headers["x-api-key"], "k-1");

    // A forged one is told of too: who sent it is our own fault as little as a 401 is.
    let forged = format!("00-{}-{SENDER}-01", TRACE.replace('4', "5"));
    let reply = send(&client, &id, "another secret", &[("traceparent", &forged)]).await;
    assert_eq!(reply.status, 401);
    let spans = collector.trace(&TRACE.replace('4', "5"), 3).await;
    let server = one(&spans, "server", |span| span["kind"] == "SPAN_KIND_SERVER");
    assert_eq!(server["attributes"]["hookferry.reason"], "wrong_signature");
    assert_eq!(
        (&server["status"], spans.len()),
        (&json!(0), 3),
        "{spans:#?}"
    );
    let verify = one(&spans, "verify", |span| span["name"] == "verify");
    assert_eq!(
        (&verify["status"], &verify["message"]),
        (&json!(2), &json!("wrong_signature"))
    );
    rabbitmq::delete(&url, &run, &run);
}

/// The header of the one record whose id ends in `name`.
fn of_record(run: &str, name: &str) -> (Option<String>, Option<String>, Value) {
    let records = kafka::read(&kafka::address(), run);
    let id = format!("{run}-{name}");
    let found: Vec<_> = records
        .iter()
        .filter(|record| record.json()["id"] == id.as_str())
        .collect();
    assert_eq!(found.len(), 1, "{id}");
    let header = |name: &str| found[0].header(name).map(str::to_owned);
    (header("traceparent"), header("tracestate"), found[0].json())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_sampled_stays_so_and_what_is_malformed_says_nothing() {
    let collector = Collector::start(Mode::Take).await;
    let all =
        json!({ "tracing": { "otlp": { "endpoint": format!("{}/v1/traces", collector.url()) } } });
    let none = json!({ "tracing": { "otlp": { "endpoint": collector.url(), "sample_ratio": 0 } } });
    let unsampled = format!("00-{TRACE}-{SENDER}-00");
    let malformed = format!("00-{}-{SENDER}-01", "0".repeat(32));
    let sends = [
        ("unsampled", Some(unsampled.as_str())),
        ("malformed", Some(malformed.as_str())),
        ("root", None),
    ];
    let mut runs = Vec::new();
    for (kind, more) in [("all", all), ("none", none), ("off", json!({}))] {
        let run = format!("{}{kind}", run_id());
        let daemon = Daemon::start(config(&run, more), &[("GITHUB_SECRET", SECRET)]);
        daemon.ready().await;
        for (name, traceparent) in sends {
            let mut headers = vec![("tracestate", "rojo=1")];
            headers.extend(traceparent.map(|it| ("traceparent", it)));
            let reply = send(&daemon.client(), &format!("{run}-{name}"), SECRET, &headers).await;
            assert_eq!(reply.status, 200, "{reply:?}");
        }
        if kind == "all" {
            // Two traces began here, with five spans each, and nothing else is told of.
            let exported = || async {
                daemon
                    .metrics()
                    .await
                    .contains("hookferry_trace_spans_exported_total 10\n")
            };
            until("ten spans are exported", Duration::from_secs(20), exported).await;
            assert_eq!(collector.spans().len(), 10);
        }
        runs.push((kind, run));
    }
    for (kind, run) in &runs {
        let (header, state, event) = of_record(run, "unsampled");
        assert_eq!(header.as_deref(), Some(unsampled.as_str()), "{kind}");
        assert_eq!(state.as_deref(), Some("rojo=1"));
        assert_eq!(event["traceparent"], unsampled);
        for name in ["malformed", "root"] {
            let (header, state, event) = of_record(run, name);
            assert_eq!(
                (state, &event["traceparent"], &event["tracestate"]),
                (None, &Value::Null, &Value::Null)
            );
            match *kind {
                "off" => assert_eq!(header, None),
                kind => {
                    let header = header.expect("a trace began here");
                    let (trace, _, flags) = parent(&header);
                    assert_ne!(trace, TRACE);
                    assert_eq!(flags, if kind == "all" { "01" } else { "00" });
                }
            }
        }
    }
    assert_eq!(collector.spans().len(), 10);
}

/// The daemon's spans of `reason` that were dropped.
async fn dropped(daemon: &Daemon, reason: &str) -> u64 {
    let begin = format!("hookferry_trace_spans_dropped_total{{reason=\"{reason}\"}} ");
    let metrics = daemon.metrics().await;
    let value = metrics.lines().find_map(|line| line.strip_prefix(&begin));
    value.map_or(0, |value| value.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_hangs_or_is_not_there_holds_no_request_up() {
    const REQUESTS: usize = 1500;
    let hanging = Collector::start(Mode::Hang).await;
    let otlp = |endpoint: String, timeout: u64| json!({ "tracing": { "otlp": { "endpoint": endpoint, "timeout_ms": timeout } } });
    let mut daemons = Vec::new();
    // As long as the test may take, it is not given up.
    for more in [
        json!({}),
        otlp(hanging.url(), 60_000),
        otlp("http://127.0.0.1:1".into(), 100),
    ] {
        let run = run_id();
        let daemon = Daemon::start(config(&run, more), &[("GITHUB_SECRET", SECRET)]);
        daemon.ready().await;
        daemons.push((run, daemon));
    }
    // By turns, so that what else happens on the machine meets all three.
    let mut took = vec![Vec::new(); daemons.len()];
    for number in 0..REQUESTS / 10 {
        for ((run, daemon), took) in daemons.iter().zip(&mut took) {
            let client = daemon.client();
            let began = Instant::now();
            let sends = (0..10).map(|each| {
                let (client, id) = (client.clone(), format!("{run}-{number}-{each}"));
                tokio::spawn(async move { send(&client, &id, SECRET, &[]).await })
            });
            for reply in futures_util::future::join_all(sends.collect::<Vec<_>>()).await {
                let reply = reply.unwrap();
                assert_eq!(reply.status, 200, "{reply:?}");
            }
            took.push(began.elapsed());
        }
    }
    let medians: Vec<_> = took
        .iter_mut()
        .map(|took| {
            took.sort();
            took[took.len() / 2]
        })
        .collect();
    eprintln!(
        "ten requests at once took, without traces, with a collector that hangs, and with none: {medians:?}"
    );
    assert!(
        medians[1] < medians[0] * 2 && medians[2] < medians[0] * 2,
        "{medians:?}"
    );
    let metrics = daemons[1].1.metrics().await;
    assert!(
        metrics.contains("hookferry_trace_spans_exported_total 0\n"),
        "{metrics}"
    );

    // More than may wait is dropped and counted.
    let (run, daemon) = &daemons[1];
    let client = daemon.client();
    let mut number = 0;
    while dropped(daemon, "queue_full").await == 0 {
        assert!(number < 5000, "no span is dropped");
        let sends = (0..100).map(|each| {
            let (client, id) = (client.clone(), format!("{run}-more-{number}-{each}"));
            tokio::spawn(async move { send(&client, &id, "forged", &[]).await.status })
        });
        for status in futures_util::future::join_all(sends.collect::<Vec<_>>()).await {
            assert_eq!(status.unwrap(), 401);
        }
        number += 100;
    }
    until(
        "a collector that is not there is given up",
        Duration::from_secs(20),
        || async { dropped(&daemons[2].1, "unreachable").await > 0 },
    )
    .await;
    until("the log says so", Duration::from_secs(5), || async {
        let output = daemons[2].1.output();
        output.contains("the collector takes no traces")
    })
    .await;
    // Back, it gets what waits, also by a daemon that goes down.
    hanging.set(Mode::Take);
    until(
        "what waits is exported",
        Duration::from_secs(30),
        || async { hanging.count() > SERVER_SPANS },
    )
    .await;
    let (run, mut daemon) = daemons.remove(1);
    let trace = TRACE.replace('4', "6");
    let last = format!("00-{trace}-{SENDER}-01");
    let queued = || async {
        send(
            &daemon.client(),
            &format!("{run}-last"),
            SECRET,
            &[("traceparent", &last)],
        )
        .await
        .status
    };
    assert_eq!(queued().await, 200);
    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(20));
    assert!(ended.status.success(), "{}", ended.output);
    assert!(
        hanging
            .spans()
            .iter()
            .any(|span| span["trace"] == trace.as_str())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_refuses_is_not_asked_again_for_the_same() {
    let collector = Collector::start(Mode::Answer(400)).await;
    let run = run_id();
    let more = json!({ "tracing": { "otlp": { "endpoint": collector.url() } } });
    let daemon = Daemon::start(config(&run, more), &[("GITHUB_SECRET", SECRET)]);
    daemon.ready().await;
    let reply = send(&daemon.client(), &run, SECRET, &[]).await;
    assert_eq!(reply.status, 200);
    until(
        "the spans are given up",
        Duration::from_secs(20),
        || async { dropped(&daemon, "refused").await == 5 },
    )
    .await;
    // What is refused for now is sent again until it is taken.
    collector.set(Mode::Answer(503));
    let reply = send(&daemon.client(), &format!("{run}-2"), SECRET, &[]).await;
    assert_eq!(reply.status, 200);
    let asked = collector.refused();
    until("it has refused them", Duration::from_secs(20), || async {
        collector.refused() > asked
    })
    .await;
    collector.set(Mode::Take);
    until("they are taken", Duration::from_secs(20), || async {
        daemon
            .metrics()
            .await
            .contains("hookferry_trace_spans_exported_total 5\n")
    })
    .await;
    until("the log says so", Duration::from_secs(5), || async {
        daemon
            .output()
            .contains("the collector of traces answers again")
    })
    .await;
}
