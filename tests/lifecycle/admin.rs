//! What operators see: metrics, health and logs, and what they never see.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use crate::dev::{Spawned, free_addresses};
use crate::support::brokers::{Private, Which};
use crate::support::client::{Client, Reply};
use crate::support::daemon::{Daemon, config};
use crate::support::github::{Delivery, SECRET, signature};
use crate::support::random::Random;
use crate::support::{Folder, kafka, rabbitmq, run_id, until};
use crate::{BOUND, MARGIN, PATH, one_topic, start};

/// Every series of a text in Prometheus' format, by its name and labels.
fn series(text: &str) -> BTreeMap<String, f64> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples
        .map(|line| {
            line.rsplit_once(' ')
                .unwrap_or_else(|| panic!("no sample: {line}"))
        })
        .map(|(series, value)| {
            (
                series.to_owned(),
                value.parse().unwrap_or_else(|_| panic!("{series} {value}")),
            )
        })
        .collect()
}

/// The values of a series' labels: `{a="b",c="d"}`. None of ours needs escaping.
fn labels(series: &str) -> Vec<(String, String)> {
    let Some((_, labels)) = series.split_once('{') else {
        return Vec::new();
    };
    let labels = labels
        .strip_suffix('}')
        .unwrap_or_else(|| panic!("{series}"));
    labels
        .split(',')
        .map(|label| {
            let (name, value) = label
                .split_once("=\"")
                .unwrap_or_else(|| panic!("{series}"));
            let value = value
                .strip_suffix('"')
                .unwrap_or_else(|| panic!("{series}"));
            assert!(!value.contains(['"', '\\']), "{series}");
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

fn assert_is_well_formed(text: &str) {
    let mut helped = BTreeSet::new();
    let mut kinds = BTreeMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(help.len() > 10, "{line}");
            assert!(helped.insert(name.to_owned()), "{name} is explained twice");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(helped.contains(name), "{name} has no help");
            assert!(
                kinds.insert(name.to_owned(), kind.to_owned()).is_none(),
                "{name} is typed twice"
            );
        } else {
            assert!(!line.is_empty() && !line.starts_with('#'), "{line:?}");
        }
    }
    assert!(kinds.len() >= 10, "{kinds:?}");
    for (name, kind) in &kinds {
        assert!(
            name.starts_with("hookferry_") || name.starts_with("process_"),
            "{name}"
        );
        assert_eq!(
            kind == "counter",
            name.ends_with("_total"),
            "{name} is a {kind}"
        );
        assert!(
            kind != "histogram" || name.ends_with("_seconds") || name.ends_with("_bytes"),
            "{name}"
        );
        for unit in [
            "_ms",
            "_milliseconds",
            "_minutes",
            "_kb",
            "_kilobytes",
            "_mb",
        ] {
            assert!(!name.contains(unit), "{name} is not in base units");
        }
    }
    for series in series(text).keys() {
        let name = series.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let family =
            family.filter(|family| kinds.get(*family).is_some_and(|kind| kind == "histogram"));
        assert!(
            kinds.contains_key(family.unwrap_or(name)),
            "{series} has no type"
        );
    }
}

/// Requests of every odd kind: none may leave its words in a metric's name or label.
async fn odd_requests(daemon: &Daemon, random: &mut Random, count: usize) {
    let client = daemon.client();
    for number in 0..count {
        let word = format!("canary{:x}", random.word());
        let methods = ["POST", "POST", "POST", "GET", "PUT", &word];
        let method = methods[random.below(methods.len())].to_uppercase();
        let path = match number % 4 {
            0 => format!("/{word}"),
            1 => format!("{PATH}?{word}={word}"),
            _ => PATH.to_owned(),
        };
        let mut push = Delivery::push(word.clone());
        push.event.clone_from(&word);
        if number % 8 == 7 {
            push.body = word.clone().into_bytes();
        }
        let mut headers = push.headers(if number % 3 == 0 {
            "another-secret-altogether"
        } else {
            SECRET
        });
        headers[0].1 = format!("application/{word}");
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        client
            .request(method, &path, &headers, Bytes::from(push.body))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_do_not_make_metrics() {
    let run = run_id();
    let daemon = start(&run, json!({})).await;
    let mut random = Random::new();
    odd_requests(&daemon, &mut random, 100).await;
    let text = daemon.metrics().await;
    assert_is_well_formed(&text);
    let before = series(&text);
    odd_requests(&daemon, &mut random, 1000).await;
    let text = daemon.metrics().await;
    assert_is_well_formed(&text);
    let after = series(&text);
    let more: Vec<_> = after
        .keys()
        .filter(|series| !before.contains_key(*series))
        .collect();
    assert!(more.is_empty(), "requests have made {more:?}");
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    for series in after.keys() {
        for (name, value) in labels(series) {
            let is_word = value.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let known = match name.as_str() {
                "source" => value == "github",
                "sink" => value == "kafka",
                "reason" | "outcome" | "fate" | "result" | "stage" => is_word && value.len() < 32,
                "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
                "version" => value == env!("CARGO_PKG_VERSION"),
                _ => false,
            };
            assert!(known, "{series}");
        }
    }
    // They count what happened.
    let requests = after.iter().filter(|(series, _)| {
        [
            "hookferry_requests_total{",
            "hookferry_requests_denied_total{",
        ]
        .iter()
        .any(|name| series.starts_with(name))
    });
    assert_eq!(requests.map(|(_, count)| count).sum::<f64>(), 1100.0);
    let accepted = after[r#"hookferry_requests_total{outcome="accepted",source="github"}"#];
    assert_eq!(
        accepted,
        after[r#"hookferry_records_confirmed_total{sink="kafka"}"#]
    );
    assert_eq!(
        kafka::read_all(&kafka::address(), &run).len().to_string(),
        accepted.to_string()
    );
    assert_eq!(after["hookferry_requests_in_flight"], 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_down_is_named_and_its_return_is_seen() {
    let broker = Private::start(Which::Kafka).await;
    let daemon = Daemon::start(
        one_topic(&broker.address(), &run_id(), json!({})),
        &[("GITHUB_SECRET", SECRET)],
    );
    daemon.ready().await;
    let admin = daemon.admin();
    assert_eq!(
        admin.get("/readyz").await.json()["sinks"],
        json!({ "kafka": "up" })
    );
    broker.kill();
    until("/readyz names the dead broker", BOUND, || async {
        let ready = admin.get("/readyz").await;
        let word = ready.json()["sinks"]["kafka"].as_str().unwrap().to_owned();
        assert_eq!(ready.status == 200, word == "up", "{ready:?}");
        ready.status == 503
    })
    .await;
    assert_eq!(admin.get("/readyz").await.json()["draining"], false);
    assert_eq!(
        admin.get("/livez").await.status,
        200,
        "a restart would not help"
    );
    assert!(
        daemon
            .metrics()
            .await
            .contains("hookferry_sink_up{sink=\"kafka\"} 0\n")
    );
    broker.start_again();
    daemon.ready().await;
    assert!(
        daemon
            .metrics()
            .await
            .contains("hookferry_sink_up{sink=\"kafka\"} 1\n")
    );
    let said = daemon.output();
    for word in ["the broker is down", "the broker is up"] {
        assert!(said.contains(word), "{word:?} was not logged: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_admin_answers_only_what_it_should() {
    let daemon = start(&run_id(), json!({})).await;
    let admin = daemon.admin();
    for (path, status) in [
        ("/metrics", 200),
        ("/livez", 200),
        ("/readyz", 200),
        ("/", 404),
        (PATH, 404),
        ("/metrics/", 404),
    ] {
        let reply = admin.get(path).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let reply = admin.request(method, "/readyz", &[], Bytes::new()).await;
        assert_eq!(
            (reply.status, reply.header("allow")),
            (405, Some("GET, HEAD"))
        );
    }
    // A webhook that is sent to the wrong door is not taken there.
    let push = Delivery::push("lost");
    assert_eq!(push.send(&admin, PATH, SECRET).await.status, 405);
    for path in ["/metrics", "/livez", "/readyz"] {
        assert_eq!(
            daemon.client().get(path).await.status,
            404,
            "{path} at the ingress"
        );
    }
}

const DELIVERY: &str = "0b8c5f60-27ad-11ef-8f1f-7c2d9a0f8e11";

/// What must never be said: secrets, contents, and headers that hold credentials.
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn new(run: &str) -> Self {
        let names = [
            "secret",
            "payload",
            "authorization",
            "cookie",
            "query",
            "header",
            "wrong",
        ];
        Self(
            names
                .map(|name| (name, format!("canary-{name}-{run}")))
                .to_vec(),
        )
    }

    fn get(&self, name: &str) -> &str {
        &self.0.iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn assert_unsaid(&self, where_: &str, said: &str) {
        for (name, canary) in &self.0 {
            let line = said.lines().find(|line| line.contains(canary.as_str()));
            assert!(line.is_none(), "{where_} says the {name}: {line:?}");
        }
    }
}

/// Requests that end in every way, with canaries wherever a request has room for one.
async fn speak_canaries(client: &Client, canaries: &Canaries) -> Vec<Reply> {
    let secret = canaries.get("secret");
    let body = format!(
        r#"{{"action":"opened","repository":{{"full_name":"a/b"}},"text":"{}"}}"#,
        canaries.get("payload")
    );
    let odd = format!("{} is no JSON", canaries.get("payload"));
    let mut replies = Vec::new();
    for (method, path, event, key, body) in [
        (Method::POST, PATH, "push", secret, &body),
        (Method::POST, PATH, "push", canaries.get("wrong"), &body),
        (Method::POST, PATH, "push", secret, &odd),
        (Method::POST, "/unroutable", "fork", secret, &body),
        (Method::PUT, PATH, "push", secret, &body),
        (Method::POST, "/nowhere", "push", secret, &body),
    ] {
        let signed = signature(key, body.as_bytes());
        let cookie = format!("session={}", canaries.get("cookie"));
        let bearer = format!("Bearer {}", canaries.get("authorization"));
        let headers = [
            ("content-type", "application/json"),
            ("x-github-event", event),
            ("x-github-delivery", DELIVERY),
            ("x-hub-signature-256", &signed),
            ("authorization", &bearer),
            ("cookie", &cookie),
            ("x-custom", canaries.get("header")),
        ];
        let path = format!("{path}?token={}", canaries.get("query"));
        replies.push(
            client
                .request(method, &path, &headers, Bytes::from(body.clone()))
                .await,
        );
    }
    replies
}

fn canary_config(run: &str, format: &str, level: &str) -> Value {
    let source = |path: &str, sink: &str| json!({ "provider": "github", "path": path, "secrets": [{ "env": "SECRET" }], "sinks": [sink] });
    config(json!({
        "log": { "format": format, "level": level },
        "sinks": {
            "kafka": { "type": "kafka", "brokers": kafka::address(), "topic": run, "default_topic": run, "dead_letter_topic": run },
            "rabbit": { "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run },
        },
        "sources": { "github": source(PATH, "kafka"), "unroutable": source("/unroutable", "rabbit") },
    }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_log_line_is_json_and_one_requests_lines_share_its_id() {
    for level in ["info", "trace"] {
        logged_at(level).await;
    }
}

async fn logged_at(level: &str) {
    let (run, url) = (run_id(), rabbitmq::url());
    let canaries = Canaries::new(&run);
    rabbitmq::declare(&url, &run, &run, "nothing-that-comes");
    let env = [("SECRET", canaries.get("secret")), ("RABBITMQ_URL", &url)];
    let mut daemon = Daemon::start(canary_config(&run, "json", level), &env);
    daemon.ready().await;
    let replies = speak_canaries(&daemon.client(), &canaries).await;
    let statuses: Vec<_> = replies.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 401, 200, 503, 405, 404]);
    for reply in &replies {
        canaries.assert_unsaid("a reply", &format!("{:?}\n{}", reply.headers, reply.text()));
    }
    canaries.assert_unsaid("/metrics", &daemon.metrics().await);
    canaries.assert_unsaid("/readyz", &daemon.admin().get("/readyz").await.text());
    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(25) + MARGIN);
    canaries.assert_unsaid("the log", &ended.output);
    let lines: Vec<Value> = ended
        .output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        let level = line["level"].as_str().unwrap_or_default();
        assert!(
            ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&level),
            "{line}"
        );
        assert!(
            line["timestamp"].is_string() && line["message"].is_string(),
            "{line}"
        );
    }
    for reply in &replies {
        let id = reply.header("x-request-id").unwrap();
        let its: Vec<_> = lines
            .iter()
            .filter(|line| line.to_string().contains(id))
            .collect();
        assert!(
            !its.is_empty() || (reply.status, level) == (200, "info"),
            "nothing was logged of {reply:?}"
        );
        for line in &its {
            assert!(
                line["span"]["id"] == id || line["request"] == id,
                "the id is not at its place: {line}"
            );
        }
        // What was wrong is said where the id is.
        let reason = reply.reason();
        let told = its.iter().any(|line| line["reason"] == reason.as_str());
        assert!(
            told || reply.status == 200,
            "{reason} was not logged: {its:?}"
        );
    }
    // An accepted request writes no line of its own at `info`, so the event's id is what tells which
    // delivery went to the dead letters.
    let dead = lines
        .iter()
        .find(|line| line["message"].as_str().unwrap().contains("dead letter"));
    let dead = dead.expect("dead letters are warned of");
    assert_eq!(dead["event"], DELIVERY, "at {level}: {dead}");
    for line in lines.iter().filter(|line| !line["elapsed_ms"].is_null()) {
        assert!(line["elapsed_ms"].is_number(), "{line}");
    }
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_text_log_is_as_silent() {
    let (run, url) = (run_id(), rabbitmq::url());
    let canaries = Canaries::new(&run);
    rabbitmq::declare(&url, &run, &run, "nothing-that-comes");
    let folder = Folder::new();
    // In text, the harness cannot read the addresses from the log: they are chosen before.
    let [listen, admin] = free_addresses();
    let mut config = canary_config(&run, "text", "trace");
    config["listen"] = json!(listen);
    config["admin"] = json!({ "listen": admin });
    let path = folder.write("config.yaml", config.to_string());
    let env = [("SECRET", canaries.get("secret")), ("RABBITMQ_URL", &url)];
    let daemon = Spawned::start(&["serve", "-c", &path], &env);
    let [client, admin] = [&listen, &admin].map(|address| Client::new(address.parse().unwrap()));
    until("/readyz says 200", BOUND, || async {
        admin
            .attempt(Method::GET, "/readyz", &[], Bytes::new())
            .await
            .is_ok_and(|reply| reply.status == 200)
    })
    .await;
    let replies = speak_canaries(&client, &canaries).await;
    let said = daemon.end("TERM");
    for reply in &replies {
        assert!(
            said.contains(reply.header("x-request-id").unwrap()),
            "{said}"
        );
    }
    assert!(
        said.contains("wrong_signature") && said.contains("unroutable"),
        "{said}"
    );
    canaries.assert_unsaid("the log", &said);
    rabbitmq::delete(&url, &run, &run);
}
