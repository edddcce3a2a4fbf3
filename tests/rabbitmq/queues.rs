//! Queues that would lose events are warned of, as far as the broker shows them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::brokers::Private;
use super::support::daemon::Daemon;
use super::support::rabbitmq::{self, declare_with};
use super::support::{run_id, until};
use super::{BOUND, start};

/// The daemon looks every minute, and RabbitMQ's API hears of a policy within some seconds.
const SEEN_WITHIN: Duration = Duration::from_secs(90);

/// The faults whose gauge is not 0, with its value.
async fn faults(daemon: &Daemon) -> BTreeMap<String, u64> {
    let metrics = daemon.metrics().await;
    let mut faults = BTreeMap::new();
    for line in metrics.lines() {
        let Some(rest) = line.strip_prefix("hookferry_queue_faults{fault=\"") else {
            continue;
        };
        let (fault, rest) = rest.split_once('"').unwrap();
        let (labels, value) = rest.split_once("} ").unwrap();
        assert_eq!(labels, ",sink=\"rabbit\"");
        let value = value.parse().unwrap();
        if value > 0 {
            faults.insert(fault.to_owned(), value);
        }
    }
    faults
}

async fn finds(daemon: &Daemon, within: Duration, expected: &[(&str, u64)]) {
    let expected: BTreeMap<_, _> = expected
        .iter()
        .map(|(fault, count)| ((*fault).to_owned(), *count))
        .collect();
    let what = format!("the faults are {expected:?}");
    until(&what, within, || async {
        let found = faults(daemon).await;
        found == expected
    })
    .await;
}

/// The lines of warnings that name `queue`, as the words of their faults.
fn warned(daemon: &Daemon, queue: &str) -> Vec<String> {
    let output = daemon.output();
    let lines = output.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let is_it = line["level"] == "WARN" && line["queue"] == queue;
        is_it.then(|| line["fault"].as_str().unwrap().to_owned())
    });
    lines.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queues_that_drop_are_warned_of_with_their_names() {
    let broker = Private::managed().await;
    let (run, url) = (run_id(), broker.address());
    let arguments = |json: Value| ["--arguments".to_owned(), json.to_string()];
    let quorum = |more: Value| {
        let mut all = json!({ "x-queue-type": "quorum" });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments(all)
    };
    let dead = "x-dead-letter-exchange";
    // Each with the words that it is warned of by.
    let queues: Vec<(&str, Vec<String>, &[&str])> = vec![
        ("sound", vec![], &[]),
        (
            "name with /%",
            arguments(json!({ "x-max-length": 9, "x-overflow": "reject-publish" })).into(),
            &[],
        ),
        (
            "quorum",
            quorum(json!({ "x-overflow": "reject-publish", "x-max-length": 9, dead: "d" })).into(),
            &[],
        ),
        (
            "stream",
            arguments(json!({ "x-queue-type": "stream", "x-max-length-bytes": 1_000_000 })).into(),
            &[],
        ),
        (
            "ttl-kept",
            arguments(json!({ "x-message-ttl": 9_000_000, dead: "d" })).into(),
            &[],
        ),
        ("transient", vec!["--transient".into()], &["transient"]),
        (
            "auto-delete",
            vec!["--auto-delete".into()],
            &["auto_delete"],
        ),
        (
            "drop-bytes",
            arguments(json!({ "x-max-length-bytes": 9, "x-overflow": "drop-head" })).into(),
            &["drop_head"],
        ),
        (
            "drop-quorum",
            quorum(json!({ "x-max-length": 9 })).into(),
            &["drop_head"],
        ),
        (
            "ttl",
            arguments(json!({ "x-message-ttl": 9_000_000 })).into(),
            &["message_ttl"],
        ),
        (
            "expires",
            arguments(json!({ "x-expires": 9_000_000, dead: "d" })).into(),
            &["expires"],
        ),
        ("by-policy", vec![], &["drop_head", "message_ttl"]),
        (
            "limit-by-policy",
            quorum(json!({})).into(),
            &["delivery_limit"],
        ),
        // Declared as sound, which counts before the policy.
        (
            "over-policy",
            arguments(json!({ "x-overflow": "reject-publish" })).into(),
            &["message_ttl"],
        ),
    ];
    for (queue, options, _) in &queues {
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        declare_with(&url, &run, queue, "push", &options);
    }
    let behind = format!("{run}-behind");
    declare_with(
        &url,
        &behind,
        "behind",
        "push",
        &["--transient", "--bound-to", &run],
    );
    let policy = json!({ "max-length": 9, "message-ttl": 9_000_000, "overflow": "drop-head" });
    broker.ctl(&["set_policy", "p", "^(by|over)-policy$", &policy.to_string()]);
    let policy = json!({ "delivery-limit": 3 }).to_string();
    broker.ctl(&["set_policy", "l", "^limit-", &policy]);

    let more =
        json!({ "management_url": broker.management(), "queues": ["sound", "apart", "nowhere"] });
    declare_with(&url, "another", "apart", "push", &[]);
    let daemon = start(&url, &run, more);
    let expected = [
        ("transient", 2),
        ("auto_delete", 1),
        ("drop_head", 3),
        ("message_ttl", 3),
        ("expires", 1),
        ("delivery_limit", 1),
        ("apart", 1),
        ("missing", 1),
    ];
    finds(&daemon, SEEN_WITHIN, &expected).await;
    for (queue, _, words) in &queues {
        assert_eq!(warned(&daemon, queue), *words, "{queue}");
    }
    assert_eq!(warned(&daemon, "behind"), ["transient"]);
    assert_eq!(warned(&daemon, "apart"), ["apart"]);
    assert_eq!(warned(&daemon, "nowhere"), ["missing"]);

    // What is put right is seen, and what goes wrong later.
    broker.ctl(&["clear_policy", "p"]);
    broker.ctl(&["delete_queue", "transient"]);
    let mut later = expected;
    (later[0].1, later[2].1, later[3].1) = (1, 2, 1);
    finds(&daemon, SEEN_WITHIN, &later).await;
    let output = daemon.output();
    let over = output
        .lines()
        .filter(|line| line.contains("this is over"))
        .count();
    assert_eq!(over, 5, "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_that_nothing_is_bound_to_is_warned_of() {
    let broker = Private::managed().await;
    let (run, url) = (run_id(), broker.address());
    let more = || json!({ "management_url": broker.management() });
    let daemon = start(&url, &run, more());
    finds(&daemon, SEEN_WITHIN, &[("unbound", 1)]).await;

    // A user who may not declare it does not hear its type from AMQP.
    let other = format!("{run}-direct");
    declare_with(&url, &other, &other, "push", &["--kind", "direct"]);
    broker.ctl(&["add_user", "little", "a:password/of@this%test"]);
    broker.ctl(&[
        "set_permissions",
        "little",
        "^$",
        &format!("^{other}$"),
        "^$",
    ]);
    broker.ctl(&["set_user_tags", "little", "management"]);
    let little = url.replacen("guest:guest@", "little:a%3Apassword%2Fof%40this%25test@", 1);
    let daemon = start(&little, &other, more());
    finds(&daemon, SEEN_WITHIN, &[("exchange_type", 1)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_seen_is_said_to_be_unchecked() {
    let broker = Private::managed().await;
    let (run, url) = (run_id(), broker.address());
    declare_with(&url, &run, &run, "push", &["--transient"]);

    // Over AMQP, whether a queue is there is all that shows.
    let daemon = start(&url, &run, json!({ "queues": [run, "nowhere"] }));
    finds(&daemon, SEEN_WITHIN, &[("unchecked", 1), ("missing", 1)]).await;
    assert_eq!(warned(&daemon, "nowhere"), ["missing"]);

    // By TLS, whose authority is the sink's.
    let ca = broker.tls_file("ca.pem");
    let tls = json!({
        "ca_file": ca, "certificate_file": broker.tls_file("client.pem"), "key_file": broker.tls_file("client.key"),
    });
    let secure = broker.secure_address();
    let more = json!({ "tls": tls, "management_url": broker.secure_management() });
    let daemon = start(&secure, &run, more);
    finds(&daemon, SEEN_WITHIN, &[("transient", 1)]).await;

    // Nobody is asked whom the authorities do not vouch for.
    let mut said = String::new();
    let more = json!({ "management_url": broker.secure_management() });
    let daemon = start(&url, &run, more);
    finds(&daemon, SEEN_WITHIN, &[("unchecked", 1)]).await;
    until("the log says why", BOUND, || async {
        daemon.output().contains("UnknownIssuer")
    })
    .await;
    said.push_str(&daemon.output());

    // Nor is a password told to anybody but the broker.
    let password = "not-the-password-of-guest";
    let wrong = broker
        .management()
        .replacen("://", &format!("://guest:{password}@"), 1);
    let daemon = start(&url, &run, json!({ "management_url": wrong }));
    finds(&daemon, SEEN_WITHIN, &[("unchecked", 1)]).await;
    until("the log says why", BOUND, || async {
        daemon.output().contains("401 Unauthorized")
    })
    .await;
    said.push_str(&daemon.output());
    let nobody = json!({ "management_url": "http://127.0.0.1:9" });
    let daemon = start(&url, &run, nobody);
    finds(&daemon, SEEN_WITHIN, &[("unchecked", 1)]).await;
    let _ = write!(said, "{}", daemon.output());
    assert!(!said.contains(password), "a password is in the log");
    rabbitmq::delete(&url, &run, &run);
}
