//! What people who run the daemon are given is true: every metric is documented, and rules and
//! dashboard name what is shown, and say what they should when they should.

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

#[path = "operations/alerts.rs"]
mod alerts;
#[path = "operations/dashboard.rs"]
mod dashboard;
#[path = "operations/known.rs"]
mod known;
#[path = "operations/metrics.rs"]
mod metrics;
#[path = "operations/promql.rs"]
mod promql;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde_json::json;
use yaml_rust2::YamlLoader;

use alerts::{RULES, labels_in, rules};
use known::Known;
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::{Folder, output_of, project_file, run_id};

const DOCUMENT: &str = "docs/metrics.md";
const WRITE: &str = "HOOKFERRY_TEST_WRITE";
const RULE_TESTS: [&str; 2] = ["rules_test.yaml", "rules_week_test.yaml"];

fn text(path: &str) -> String {
    fs::read_to_string(project_file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_metric_and_alert_is_in_the_document() {
    let made = metrics::document();
    if std::env::var_os(WRITE).is_some() {
        fs::write(project_file(DOCUMENT), &made).unwrap();
    }
    assert!(
        fs::read_to_string(project_file(DOCUMENT)).unwrap_or_default() == made,
        "{DOCUMENT} is old: {WRITE}=1 cargo test --release --test operations document"
    );
}

/// No broker is there, which is when metrics matter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_daemon_shows_is_what_is_documented() {
    let (spool, tenants) = (Folder::new(), Folder::new());
    tenants.write("acme", SECRET);
    tenants.write("broken", "");
    let tenants = format!("{}/{{tenant}}", tenants.path().display());
    let github = json!({ "provider": "github", "secrets": [{ "env": "SECRET" }] });
    let source = |more: serde_json::Value| {
        let mut source = github.clone();
        for (key, value) in more.as_object().unwrap() {
            source[key] = value.clone();
        }
        source
    };
    let config = config(json!({
        "spool": { "path": spool.path() },
        "dedup": { "redis": { "url": "redis://127.0.0.1:1/0" } },
        "sinks": {
            "kafka": { "type": "kafka", "brokers": "127.0.0.1:1" },
            "rabbit": { "type": "rabbitmq", "url": "amqp://127.0.0.1:1", "queues": ["webhooks"] },
        },
        "sources": {
            "github": source(json!({ "path": "/github" })),
            "filtered": source(json!({ "path": "/filtered", "filter": { "exclude": ["push"] } })),
            "open": { "provider": "github", "path": "/open", "verify": "none" },
            "shops": source(json!({ "path": "/shops/{tenant}", "secrets": [{ "file": tenants }] })),
        },
    }));
    let daemon = Daemon::start(config, &[("SECRET", SECRET)]);
    let (client, push) = (daemon.client(), Delivery::push(run_id()));
    for (path, secret, status) in [
        ("/github", SECRET, 200),
        ("/github", SECRET, 200),
        ("/github", "another-secret-altogether", 401),
        ("/filtered", SECRET, 200),
        ("/nowhere", SECRET, 404),
    ] {
        let reply = push.send(&client, path, secret).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
    }
    let reply = client
        .post(
            "/open",
            &[
                ("content-type", "application/json"),
                ("x-github-event", "push"),
            ],
            "{",
        )
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let shown = metrics::families(&daemon.metrics().await);
    let documented = metrics::all();
    for (name, family) in &shown {
        assert_eq!(Some(family), documented.get(name), "{name}");
    }
    // Those that need a broker, a check, a client with too many connections, a provider's keys, a source with bounds of its own, TLS,
    // a proxy or a collector.
    let missing: Vec<_> = documented
        .keys()
        .filter(|it| !shown.contains_key(*it))
        .collect();
    assert_eq!(
        missing,
        [
            "hookferry_check_duration_seconds",
            "hookferry_check_failed_runs",
            "hookferry_check_interval_seconds",
            "hookferry_check_last_run_timestamp_seconds",
            "hookferry_check_last_success_timestamp_seconds",
            "hookferry_check_runs_total",
            "hookferry_check_up",
            "hookferry_connections_closed_total",
            "hookferry_key_fetches_total",
            "hookferry_proxy_protocol_failures_total",
            "hookferry_publish_failures_total",
            "hookferry_source_limited_total",
            "hookferry_tls_certificate_expiry_timestamp_seconds",
            "hookferry_tls_handshake_failures_total",
            "hookferry_trace_spans_dropped_total",
        ]
    );
}

fn promtool(arguments: &[&str]) {
    let mut command = Command::new("promtool");
    command
        .args(arguments)
        .current_dir(project_file("deploy/prometheus"));
    output_of(&mut command, vec![]);
}

#[test]
fn the_alerts_fire_when_they_should_and_else_do_not() {
    promtool(&["check", "rules", "rules.yaml"]);
    promtool(&[["test", "rules"].as_slice(), &RULE_TESTS].concat());

    // Each was seen to fire, and not to, in one and the same story.
    let mut seen = BTreeSet::new();
    let mut labels = BTreeMap::<String, BTreeSet<String>>::new();
    for file in RULE_TESTS {
        let written = YamlLoader::load_from_str(&text(&format!("deploy/prometheus/{file}")));
        for story in written.unwrap()[0]["tests"].as_vec().unwrap() {
            let times = story["promql_expr_test"].as_vec().unwrap();
            let mut fired = Vec::new();
            for time in times {
                assert_eq!(time["expr"].as_str(), Some("ALERTS{alertstate=\"firing\"}"));
                let samples = time["exp_samples"].as_vec().unwrap().iter();
                let alerts =
                    samples.map(|it| promql::named(it["labels"].as_str().unwrap()).matchers);
                let mut names = BTreeSet::new();
                for matchers in alerts {
                    let name = matchers.iter().find(|it| it.label == "alertname").unwrap();
                    names.insert(name.value.clone());
                    let of = labels.entry(name.value.clone()).or_default();
                    of.extend(matchers.iter().map(|it| it.label.clone()));
                }
                fired.push(names);
            }
            for name in fired.iter().flatten() {
                if fired.iter().any(|names| !names.contains(name)) {
                    seen.insert(name.clone());
                }
            }
        }
    }
    let alerts: Vec<_> = rules().into_iter().filter(|rule| rule.is_alert).collect();
    let names: BTreeSet<_> = alerts.iter().map(|alert| alert.name.clone()).collect();
    assert_eq!(seen, names);
    for alert in alerts {
        let name = &alert.name;
        for used in [&alert.summary, &alert.description].map(|it| labels_in(it)) {
            assert!(used.is_subset(&labels[name]), "{name} has not {used:?}");
        }
    }
}

#[test]
fn the_rules_name_what_there_is_and_say_what_to_do() {
    let known = Known::new();
    let help = output_of(
        Command::new(env!("CARGO_BIN_EXE_hookferry")).arg("--help"),
        vec![],
    );
    let help = String::from_utf8(help).unwrap();
    for rule in rules() {
        let name = &rule.name;
        known.judge(name, &rule.expression);
        if !rule.is_alert {
            continue;
        }
        assert!(
            ["critical", "warning"].contains(&rule.severity.as_str()),
            "{name}"
        );
        assert!(
            !rule.summary.is_empty() && rule.summary.len() <= 110,
            "{name}: its summary"
        );
        let (file, heading) = rule
            .runbook
            .split_once('#')
            .expect("a heading of a document");
        let headings: Vec<_> = text(file).lines().filter_map(slug).collect();
        assert!(
            headings.iter().any(|it| it == heading),
            "{name}: {file} has {headings:?}"
        );
        // A code or a path, or a command that there is.
        for command in rule.description.split("`hookferry ").skip(1) {
            let command = command.split([' ', '`']).next().unwrap();
            assert!(
                help.contains(&format!("\n  {command} ")),
                "{name}: hookferry {command}"
            );
        }
    }
    // Bounds follow the configuration, or where it is not shown, its defaults.
    let (rules, example) = (text(RULES), text("config.example.yaml"));
    for share in [
        "hookferry_spool_bytes / hookferry_spool_bytes_max > 0.7",
        "hookferry_spool_oldest_seconds > 0.85 * hookferry_spool_age_max_seconds",
        "p99 > 2.5",
    ] {
        assert!(rules.contains(share), "{share}");
    }
    assert!(example.contains("reply_within_ms: 5000\n"));
}

/// A heading's anchor, as GitHub makes it.
fn slug(line: &str) -> Option<String> {
    let heading = line
        .strip_prefix('#')?
        .trim_start_matches('#')
        .strip_prefix(' ')?;
    let kept = heading.to_lowercase().replace(' ', "-");
    Some(
        kept.chars()
            .filter(|c| c.is_alphanumeric() || "-_".contains(*c))
            .collect(),
    )
}

#[test]
fn the_dashboard_shows_all_that_is_measured() {
    let known = Known::new();
    let board = dashboard::read();
    let mut shown = BTreeSet::new();
    let mut rules = String::from("groups:\n  - name: dashboard\n    rules:\n");
    for (number, (whose, expression, legend)) in board.expressions().into_iter().enumerate() {
        let named = known.judge(&whose, &expression);
        for label in legend.split("{{").skip(1) {
            let label = label.split("}}").next().unwrap().trim().to_owned();
            let by = |it: &promql::Grouping| it.labels.contains(&label);
            assert!(
                named.groupings.iter().any(by),
                "{whose}: no {label} is left for the legend"
            );
        }
        shown.extend(named.metrics);
        let plain = ["$__rate_interval", "$__range"]
            .iter()
            .fold(expression, |it, variable| it.replace(variable, "5m"));
        rules.push_str(&format!(
            "      - record: panel:{number}\n        expr: {}\n",
            json!(plain)
        ));
    }
    for query in board.variables() {
        let inside = query
            .strip_prefix("label_values(")
            .and_then(|it| it.strip_suffix(')'));
        let (expression, label) = inside.expect("label_values").rsplit_once(", ").unwrap();
        known.judge("a variable", &format!("sum by ({label}) ({expression})"));
    }
    let measured = known
        .labels
        .keys()
        .filter(|name| name.starts_with("hookferry_"));
    let measured: BTreeSet<_> = measured
        .filter(|name| !name.ends_with("_sum") && !name.ends_with("seconds_count"))
        .cloned()
        .collect();
    let missing: Vec<_> = measured.difference(&shown).collect();
    assert!(missing.is_empty(), "no panel shows {missing:?}");
    let folder = Folder::new();
    promtool(&["check", "rules", &folder.write("panels.yaml", rules)]);
}

#[test]
fn the_dashboard_is_laid_out() {
    dashboard::read().assert_layout();
}

/// Whoever finds its targets by annotations, and whoever does by the Prometheus Operator, finds the pods.
#[test]
fn prometheus_finds_the_pods() {
    let read = |name: &str| {
        let text = text(&format!("deploy/kubernetes/{name}.yaml"));
        YamlLoader::load_from_str(&text).unwrap()
    };
    let monitor = read("monitoring/podmonitor").remove(0)["spec"].clone();
    let endpoint = &monitor["podMetricsEndpoints"][0];
    assert_eq!(endpoint["path"].as_str(), Some("/metrics"));
    for (name, is_own_pod) in [
        ("base/deployment", true),
        ("spool/statefulset", true),
        ("sidecar/sidecar", false),
    ] {
        let documents = read(name);
        let workload = documents
            .iter()
            .find(|it| !it["spec"]["template"].is_badvalue());
        let pod = &workload.unwrap()["spec"]["template"];
        let containers = ["containers", "initContainers"].map(|it| pod["spec"][it].as_vec());
        let ports = containers.into_iter().flatten().flatten();
        let ports = ports.flat_map(|it| it["ports"].as_vec()).flatten();
        let admin: Vec<_> = ports
            .filter(|port| port["name"] == endpoint["port"])
            .collect();
        assert_eq!(admin.len(), 1, "{name}");
        let annotations = &pod["metadata"]["annotations"];
        assert_eq!(
            annotations["prometheus.io/scrape"].as_str(),
            Some("true"),
            "{name}"
        );
        let port = admin[0]["containerPort"].as_i64().unwrap().to_string();
        assert_eq!(
            annotations["prometheus.io/port"].as_str(),
            Some(&*port),
            "{name}"
        );
        let is_meant = pod["metadata"]["labels"] == monitor["selector"]["matchLabels"];
        assert_eq!(is_meant, is_own_pod, "{name}");
    }
}
